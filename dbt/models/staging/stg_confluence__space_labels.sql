-- Written by `make docs` of the schemas of the streams: change it there.
{{ confluence.stage(
    'space_labels',
    key=['space_id', 'id'],
    columns=[
        {'name': 'space_id', 'type': 'string', 'paths': ['spaceId']},
        {'name': 'id', 'type': 'string', 'paths': ['id']},
        {'name': 'name', 'type': 'string', 'paths': ['name']},
        {'name': 'prefix', 'type': 'string', 'paths': ['prefix']},
        {'name': 'extracted_at', 'type': 'timestamp', 'paths': ['_sdc_extracted_at']},
    ],
) }}
