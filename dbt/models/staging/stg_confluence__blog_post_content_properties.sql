-- Written by `make docs` of the schemas of the streams: change it there.
{{ confluence.stage(
    'blog_post_content_properties',
    key=['blog_post_id', 'id'],
    columns=[
        {'name': 'blog_post_id', 'type': 'string', 'paths': ['blogPostId']},
        {'name': 'id', 'type': 'string', 'paths': ['id']},
        {'name': 'key', 'type': 'string', 'paths': ['key']},
        {'name': 'value', 'type': 'json', 'paths': ['value']},
        {'name': 'version_number', 'type': 'integer', 'paths': ['version.number']},
        {'name': 'version_created_at', 'type': 'timestamp', 'paths': ['version.createdAt']},
        {'name': 'version_message', 'type': 'string', 'paths': ['version.message']},
        {'name': 'version_minor_edit', 'type': 'boolean', 'paths': ['version.minorEdit']},
        {'name': 'version_author_id', 'type': 'string', 'paths': ['version.authorId']},
        {'name': 'modified_at', 'type': 'timestamp', 'paths': ['modifiedAt']},
        {'name': 'extracted_at', 'type': 'timestamp', 'paths': ['_sdc_extracted_at']},
    ],
) }}
