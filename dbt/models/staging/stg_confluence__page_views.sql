-- Written by `make docs` of the schemas of the streams: change it there.
{{ confluence.stage(
    'page_views',
    key=['page_id'],
    columns=[
        {'name': 'page_id', 'type': 'string', 'paths': ['pageId']},
        {'name': 'views', 'type': 'integer', 'paths': ['views']},
        {'name': 'viewers', 'type': 'integer', 'paths': ['viewers']},
        {'name': 'since', 'type': 'timestamp', 'paths': ['since']},
        {'name': 'extracted_at', 'type': 'timestamp', 'paths': ['_sdc_extracted_at']},
    ],
) }}
