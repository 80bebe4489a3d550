-- Written by `make docs` of the schemas of the streams: change it there.
{{ confluence.stage(
    'page_footer_comments',
    key=['id'],
    columns=[
        {'name': 'id', 'type': 'string', 'paths': ['id']},
        {'name': 'page_id', 'type': 'string', 'paths': ['pageId']},
        {'name': 'parent_comment_id', 'type': 'string', 'paths': ['parentCommentId']},
        {'name': 'status', 'type': 'string', 'paths': ['status']},
        {'name': 'title', 'type': 'string', 'paths': ['title']},
        {'name': 'version_number', 'type': 'integer', 'paths': ['version.number']},
        {'name': 'version_created_at', 'type': 'timestamp', 'paths': ['version.createdAt']},
        {'name': 'version_message', 'type': 'string', 'paths': ['version.message']},
        {'name': 'version_minor_edit', 'type': 'boolean', 'paths': ['version.minorEdit']},
        {'name': 'version_author_id', 'type': 'string', 'paths': ['version.authorId']},
        {'name': 'modified_at', 'type': 'timestamp', 'paths': ['modifiedAt']},
        {'name': 'body', 'type': 'string', 'paths': ['body.storage.value', 'body.atlas_doc_format.value', 'body.view.value', 'body.export_view.value']},
        {'name': 'body_format', 'type': 'string', 'paths': ['body.storage.representation', 'body.atlas_doc_format.representation', 'body.view.representation', 'body.export_view.representation']},
        {'name': 'body_markdown', 'type': 'string', 'paths': ['bodyMarkdown']},
        {'name': 'body_text', 'type': 'string', 'paths': ['bodyText']},
        {'name': 'resolution_status', 'type': 'string', 'paths': ['resolutionStatus']},
        {'name': 'url', 'type': 'url', 'paths': ['_links.webui']},
    ],
) }}
