-- Written by `make docs` of the schemas of the streams: change it there.
{{ confluence.stage(
    'blog_post_likes',
    key=['blog_post_id', 'account_id'],
    columns=[
        {'name': 'blog_post_id', 'type': 'string', 'paths': ['blogPostId']},
        {'name': 'account_id', 'type': 'string', 'paths': ['accountId']},
        {'name': 'extracted_at', 'type': 'timestamp', 'paths': ['_sdc_extracted_at']},
    ],
) }}
