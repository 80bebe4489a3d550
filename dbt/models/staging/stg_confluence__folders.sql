-- Written by `make docs` of the schemas of the streams: change it there.
{{ confluence.stage(
    'folders',
    key=['id'],
    columns=[
        {'name': 'id', 'type': 'string', 'paths': ['id']},
        {'name': 'type', 'type': 'string', 'paths': ['type']},
        {'name': 'status', 'type': 'string', 'paths': ['status']},
        {'name': 'title', 'type': 'string', 'paths': ['title']},
        {'name': 'space_id', 'type': 'string', 'paths': ['spaceId']},
        {'name': 'parent_id', 'type': 'string', 'paths': ['parentId']},
        {'name': 'parent_type', 'type': 'string', 'paths': ['parentType']},
        {'name': 'position', 'type': 'integer', 'paths': ['position']},
        {'name': 'author_id', 'type': 'string', 'paths': ['authorId']},
        {'name': 'owner_id', 'type': 'string', 'paths': ['ownerId']},
        {'name': 'created_at', 'type': 'timestamp', 'paths': ['createdAt']},
        {'name': 'version_number', 'type': 'integer', 'paths': ['version.number']},
        {'name': 'version_created_at', 'type': 'timestamp', 'paths': ['version.createdAt']},
        {'name': 'version_message', 'type': 'string', 'paths': ['version.message']},
        {'name': 'version_minor_edit', 'type': 'boolean', 'paths': ['version.minorEdit']},
        {'name': 'version_author_id', 'type': 'string', 'paths': ['version.authorId']},
        {'name': 'url', 'type': 'url', 'paths': ['_links.webui']},
    ],
) }}
