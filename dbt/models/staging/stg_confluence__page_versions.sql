-- Written by `make docs` of the schemas of the streams: change it there.
{{ confluence.stage(
    'page_versions',
    key=['page_id', 'number'],
    columns=[
        {'name': 'page_id', 'type': 'string', 'paths': ['pageId']},
        {'name': 'number', 'type': 'integer', 'paths': ['number']},
        {'name': 'created_at', 'type': 'timestamp', 'paths': ['createdAt']},
        {'name': 'message', 'type': 'string', 'paths': ['message']},
        {'name': 'minor_edit', 'type': 'boolean', 'paths': ['minorEdit']},
        {'name': 'author_id', 'type': 'string', 'paths': ['authorId']},
        {'name': 'body', 'type': 'string', 'paths': ['body.storage.value', 'body.atlas_doc_format.value', 'body.view.value', 'body.export_view.value']},
        {'name': 'body_format', 'type': 'string', 'paths': ['body.storage.representation', 'body.atlas_doc_format.representation', 'body.view.representation', 'body.export_view.representation']},
        {'name': 'modified_at', 'type': 'timestamp', 'paths': ['modifiedAt']},
        {'name': 'extracted_at', 'type': 'timestamp', 'paths': ['_sdc_extracted_at']},
    ],
) }}
