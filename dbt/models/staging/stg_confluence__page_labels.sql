-- Written by `make docs` of the schemas of the streams: change it there.
{{ confluence.stage(
    'page_labels',
    key=['page_id', 'id'],
    columns=[
        {'name': 'page_id', 'type': 'string', 'paths': ['pageId']},
        {'name': 'id', 'type': 'string', 'paths': ['id']},
        {'name': 'name', 'type': 'string', 'paths': ['name']},
        {'name': 'prefix', 'type': 'string', 'paths': ['prefix']},
        {'name': 'extracted_at', 'type': 'timestamp', 'paths': ['_sdc_extracted_at']},
    ],
) }}
