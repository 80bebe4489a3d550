-- Written by `make docs` of the schemas of the streams: change it there.
{{ confluence.stage(
    'content_states',
    key=['content_id'],
    columns=[
        {'name': 'content_id', 'type': 'string', 'paths': ['contentId']},
        {'name': 'page_id', 'type': 'string', 'paths': ['pageId']},
        {'name': 'blog_post_id', 'type': 'string', 'paths': ['blogPostId']},
        {'name': 'state_id', 'type': 'string', 'paths': ['stateId']},
        {'name': 'name', 'type': 'string', 'paths': ['name']},
        {'name': 'color', 'type': 'string', 'paths': ['color']},
        {'name': 'last_updated', 'type': 'timestamp', 'paths': ['lastUpdated']},
        {'name': 'extracted_at', 'type': 'timestamp', 'paths': ['_sdc_extracted_at']},
    ],
) }}
