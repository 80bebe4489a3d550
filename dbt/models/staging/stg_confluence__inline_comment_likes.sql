-- Written by `make docs` of the schemas of the streams: change it there.
{{ confluence.stage(
    'inline_comment_likes',
    key=['comment_id', 'account_id'],
    columns=[
        {'name': 'comment_id', 'type': 'string', 'paths': ['commentId']},
        {'name': 'account_id', 'type': 'string', 'paths': ['accountId']},
        {'name': 'extracted_at', 'type': 'timestamp', 'paths': ['_sdc_extracted_at']},
    ],
) }}
