-- Written by `make docs` of the schemas of the streams: change it there.
{{ confluence.stage(
    'group_members',
    key=['group_id', 'account_id'],
    columns=[
        {'name': 'group_id', 'type': 'string', 'paths': ['groupId']},
        {'name': 'account_id', 'type': 'string', 'paths': ['accountId']},
        {'name': 'extracted_at', 'type': 'timestamp', 'paths': ['_sdc_extracted_at']},
    ],
) }}
