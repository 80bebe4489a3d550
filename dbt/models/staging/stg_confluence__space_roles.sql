-- Written by `make docs` of the schemas of the streams: change it there.
{{ confluence.stage(
    'space_roles',
    key=['id'],
    columns=[
        {'name': 'id', 'type': 'string', 'paths': ['id']},
        {'name': 'type', 'type': 'string', 'paths': ['type']},
        {'name': 'name', 'type': 'string', 'paths': ['name']},
        {'name': 'description', 'type': 'string', 'paths': ['description']},
        {'name': 'space_permissions', 'type': 'json', 'paths': ['spacePermissions']},
        {'name': 'extracted_at', 'type': 'timestamp', 'paths': ['_sdc_extracted_at']},
    ],
) }}
