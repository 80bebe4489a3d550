-- Written by `make docs` of the schemas of the streams: change it there.
{{ confluence.stage(
    'tasks',
    key=['id'],
    columns=[
        {'name': 'id', 'type': 'string', 'paths': ['id']},
        {'name': 'local_id', 'type': 'string', 'paths': ['localId']},
        {'name': 'space_id', 'type': 'string', 'paths': ['spaceId']},
        {'name': 'page_id', 'type': 'string', 'paths': ['pageId']},
        {'name': 'blog_post_id', 'type': 'string', 'paths': ['blogPostId']},
        {'name': 'status', 'type': 'string', 'paths': ['status']},
        {'name': 'body', 'type': 'string', 'paths': ['body.storage.value', 'body.atlas_doc_format.value']},
        {'name': 'body_format', 'type': 'string', 'paths': ['body.storage.representation', 'body.atlas_doc_format.representation']},
        {'name': 'created_by', 'type': 'string', 'paths': ['createdBy']},
        {'name': 'assigned_to', 'type': 'string', 'paths': ['assignedTo']},
        {'name': 'completed_by', 'type': 'string', 'paths': ['completedBy']},
        {'name': 'created_at', 'type': 'timestamp', 'paths': ['createdAt']},
        {'name': 'updated_at', 'type': 'timestamp', 'paths': ['updatedAt']},
        {'name': 'due_at', 'type': 'timestamp', 'paths': ['dueAt']},
        {'name': 'completed_at', 'type': 'timestamp', 'paths': ['completedAt']},
        {'name': 'modified_at', 'type': 'timestamp', 'paths': ['modifiedAt']},
        {'name': 'extracted_at', 'type': 'timestamp', 'paths': ['_sdc_extracted_at']},
    ],
) }}
