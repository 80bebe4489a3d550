-- Written by `make docs` of the schemas of the streams: change it there.
{{ confluence.stage(
    'content_inventory',
    key=['id'],
    columns=[
        {'name': 'id', 'type': 'string', 'paths': ['id']},
        {'name': 'type', 'type': 'string', 'paths': ['type']},
        {'name': 'space_id', 'type': 'string', 'paths': ['spaceId']},
        {'name': 'status', 'type': 'string', 'paths': ['status']},
        {'name': 'title', 'type': 'string', 'paths': ['title']},
        {'name': 'modified_at', 'type': 'timestamp', 'paths': ['modifiedAt']},
        {'name': 'extracted_at', 'type': 'timestamp', 'paths': ['_sdc_extracted_at']},
    ],
) }}
