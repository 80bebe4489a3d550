-- Written by `make docs` of the schemas of the streams: change it there.
{{ confluence.stage(
    'blog_post_labels',
    key=['blog_post_id', 'id'],
    columns=[
        {'name': 'blog_post_id', 'type': 'string', 'paths': ['blogPostId']},
        {'name': 'id', 'type': 'string', 'paths': ['id']},
        {'name': 'name', 'type': 'string', 'paths': ['name']},
        {'name': 'prefix', 'type': 'string', 'paths': ['prefix']},
        {'name': 'extracted_at', 'type': 'timestamp', 'paths': ['_sdc_extracted_at']},
    ],
) }}
