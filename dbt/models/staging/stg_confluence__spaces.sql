-- Written by `make docs` of the schemas of the streams: change it there.
{{ confluence.stage(
    'spaces',
    key=['id'],
    columns=[
        {'name': 'id', 'type': 'string', 'paths': ['id']},
        {'name': 'key', 'type': 'string', 'paths': ['key']},
        {'name': 'name', 'type': 'string', 'paths': ['name']},
        {'name': 'type', 'type': 'string', 'paths': ['type']},
        {'name': 'status', 'type': 'string', 'paths': ['status']},
        {'name': 'author_id', 'type': 'string', 'paths': ['authorId']},
        {'name': 'space_owner_id', 'type': 'string', 'paths': ['spaceOwnerId']},
        {'name': 'current_active_alias', 'type': 'string', 'paths': ['currentActiveAlias']},
        {'name': 'created_at', 'type': 'timestamp', 'paths': ['createdAt']},
        {'name': 'homepage_id', 'type': 'string', 'paths': ['homepageId']},
        {'name': 'description', 'type': 'string', 'paths': ['description.plain.value', 'description.view.value']},
        {'name': 'description_format', 'type': 'string', 'paths': ['description.plain.representation', 'description.view.representation']},
        {'name': 'icon_path', 'type': 'string', 'paths': ['icon.path']},
        {'name': 'icon_api_download_link', 'type': 'string', 'paths': ['icon.apiDownloadLink']},
        {'name': 'url', 'type': 'url', 'paths': ['_links.webui']},
        {'name': 'extracted_at', 'type': 'timestamp', 'paths': ['_sdc_extracted_at']},
    ],
) }}
