-- Written by `make docs` of the schemas of the streams: change it there.
{{ confluence.stage(
    'page_content_properties',
    key=['page_id', 'id'],
    columns=[
        {'name': 'page_id', 'type': 'string', 'paths': ['pageId']},
        {'name': 'id', 'type': 'string', 'paths': ['id']},
        {'name': 'key', 'type': 'string', 'paths': ['key']},
        {'name': 'value', 'type': 'json', 'paths': ['value']},
        {'name': 'version_number', 'type': 'integer', 'paths': ['version.number']},
        {'name': 'version_created_at', 'type': 'timestamp', 'paths': ['version.createdAt']},
        {'name': 'version_message', 'type': 'string', 'paths': ['version.message']},
        {'name': 'version_minor_edit', 'type': 'boolean', 'paths': ['version.minorEdit']},
        {'name': 'version_author_id', 'type': 'string', 'paths': ['version.authorId']},
        {'name': 'modified_at', 'type': 'timestamp', 'paths': ['modifiedAt']},
        {'name': 'extracted_at', 'type': 'timestamp', 'paths': ['_sdc_extracted_at']},
    ],
) }}
