-- Written by `make docs` of the schemas of the streams: change it there.
{{ confluence.stage(
    'space_watchers',
    key=['space_id', 'account_id'],
    columns=[
        {'name': 'space_id', 'type': 'string', 'paths': ['spaceId']},
        {'name': 'account_id', 'type': 'string', 'paths': ['accountId']},
        {'name': 'extracted_at', 'type': 'timestamp', 'paths': ['_sdc_extracted_at']},
    ],
) }}
