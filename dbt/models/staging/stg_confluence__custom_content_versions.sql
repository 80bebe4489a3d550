-- Written by `make docs` of the schemas of the streams: change it there.
{{ confluence.stage(
    'custom_content_versions',
    key=['custom_content_id', 'number'],
    columns=[
        {'name': 'custom_content_id', 'type': 'string', 'paths': ['customContentId']},
        {'name': 'number', 'type': 'integer', 'paths': ['number']},
        {'name': 'created_at', 'type': 'timestamp', 'paths': ['createdAt']},
        {'name': 'message', 'type': 'string', 'paths': ['message']},
        {'name': 'minor_edit', 'type': 'boolean', 'paths': ['minorEdit']},
        {'name': 'author_id', 'type': 'string', 'paths': ['authorId']},
        {'name': 'modified_at', 'type': 'timestamp', 'paths': ['modifiedAt']},
        {'name': 'extracted_at', 'type': 'timestamp', 'paths': ['_sdc_extracted_at']},
    ],
) }}
