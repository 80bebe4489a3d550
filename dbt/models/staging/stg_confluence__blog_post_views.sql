-- Written by `make docs` of the schemas of the streams: change it there.
{{ confluence.stage(
    'blog_post_views',
    key=['blog_post_id'],
    columns=[
        {'name': 'blog_post_id', 'type': 'string', 'paths': ['blogPostId']},
        {'name': 'views', 'type': 'integer', 'paths': ['views']},
        {'name': 'viewers', 'type': 'integer', 'paths': ['viewers']},
        {'name': 'since', 'type': 'timestamp', 'paths': ['since']},
        {'name': 'extracted_at', 'type': 'timestamp', 'paths': ['_sdc_extracted_at']},
    ],
) }}
