-- Written by `make docs` of the schemas of the streams: change it there.
{{ confluence.stage(
    'custom_content_labels',
    key=['custom_content_id', 'id'],
    columns=[
        {'name': 'custom_content_id', 'type': 'string', 'paths': ['customContentId']},
        {'name': 'id', 'type': 'string', 'paths': ['id']},
        {'name': 'name', 'type': 'string', 'paths': ['name']},
        {'name': 'prefix', 'type': 'string', 'paths': ['prefix']},
        {'name': 'extracted_at', 'type': 'timestamp', 'paths': ['_sdc_extracted_at']},
    ],
) }}
