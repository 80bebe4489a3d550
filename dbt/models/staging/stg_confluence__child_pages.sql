-- Written by `make docs` of the schemas of the streams: change it there.
{{ confluence.stage(
    'child_pages',
    key=['parent_id', 'id'],
    columns=[
        {'name': 'parent_id', 'type': 'string', 'paths': ['parentId']},
        {'name': 'id', 'type': 'string', 'paths': ['id']},
        {'name': 'parent_type', 'type': 'string', 'paths': ['parentType']},
        {'name': 'status', 'type': 'string', 'paths': ['status']},
        {'name': 'title', 'type': 'string', 'paths': ['title']},
        {'name': 'space_id', 'type': 'string', 'paths': ['spaceId']},
        {'name': 'child_position', 'type': 'integer', 'paths': ['childPosition']},
        {'name': 'extracted_at', 'type': 'timestamp', 'paths': ['_sdc_extracted_at']},
    ],
) }}
