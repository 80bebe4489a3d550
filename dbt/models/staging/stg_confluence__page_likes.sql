-- Written by `make docs` of the schemas of the streams: change it there.
{{ confluence.stage(
    'page_likes',
    key=['page_id', 'account_id'],
    columns=[
        {'name': 'page_id', 'type': 'string', 'paths': ['pageId']},
        {'name': 'account_id', 'type': 'string', 'paths': ['accountId']},
        {'name': 'extracted_at', 'type': 'timestamp', 'paths': ['_sdc_extracted_at']},
    ],
) }}
