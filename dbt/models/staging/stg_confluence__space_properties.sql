-- Written by `make docs` of the schemas of the streams: change it there.
{{ confluence.stage(
    'space_properties',
    key=['space_id', 'id'],
    columns=[
        {'name': 'space_id', 'type': 'string', 'paths': ['spaceId']},
        {'name': 'id', 'type': 'string', 'paths': ['id']},
        {'name': 'key', 'type': 'string', 'paths': ['key']},
        {'name': 'value', 'type': 'json', 'paths': ['value']},
        {'name': 'created_at', 'type': 'timestamp', 'paths': ['createdAt']},
        {'name': 'created_by', 'type': 'string', 'paths': ['createdBy']},
        {'name': 'version_number', 'type': 'integer', 'paths': ['versionNumber']},
        {'name': 'version_created_at', 'type': 'timestamp', 'paths': ['versionCreatedAt']},
        {'name': 'version_created_by', 'type': 'string', 'paths': ['versionCreatedBy']},
        {'name': 'extracted_at', 'type': 'timestamp', 'paths': ['_sdc_extracted_at']},
    ],
) }}
