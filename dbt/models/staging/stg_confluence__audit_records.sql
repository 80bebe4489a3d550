-- Written by `make docs` of the schemas of the streams: change it there.
{{ confluence.stage(
    'audit_records',
    key=['id'],
    columns=[
        {'name': 'id', 'type': 'string', 'paths': ['id']},
        {'name': 'created_at', 'type': 'timestamp', 'paths': ['createdAt']},
        {'name': 'author_id', 'type': 'string', 'paths': ['authorId']},
        {'name': 'author_type', 'type': 'string', 'paths': ['author.type']},
        {'name': 'author_display_name', 'type': 'string', 'paths': ['author.displayName']},
        {'name': 'remote_address', 'type': 'string', 'paths': ['remoteAddress']},
        {'name': 'category', 'type': 'string', 'paths': ['category']},
        {'name': 'summary', 'type': 'string', 'paths': ['summary']},
        {'name': 'description', 'type': 'string', 'paths': ['description']},
        {'name': 'sys_admin', 'type': 'boolean', 'paths': ['sysAdmin']},
        {'name': 'super_admin', 'type': 'boolean', 'paths': ['superAdmin']},
        {'name': 'affected_object_name', 'type': 'string', 'paths': ['affectedObject.name']},
        {'name': 'affected_object_object_type', 'type': 'string', 'paths': ['affectedObject.objectType']},
        {'name': 'affected_object_id', 'type': 'string', 'paths': ['affectedObject.id']},
        {'name': 'changed_values', 'type': 'json', 'paths': ['changedValues']},
        {'name': 'associated_objects', 'type': 'json', 'paths': ['associatedObjects']},
        {'name': 'extracted_at', 'type': 'timestamp', 'paths': ['_sdc_extracted_at']},
    ],
) }}
