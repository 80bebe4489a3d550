-- Written by `make docs` of the schemas of the streams: change it there.
{{ confluence.stage(
    'classification_levels',
    key=['id'],
    columns=[
        {'name': 'id', 'type': 'string', 'paths': ['id']},
        {'name': 'status', 'type': 'string', 'paths': ['status']},
        {'name': 'sort_order', 'type': 'number', 'paths': ['order']},
        {'name': 'name', 'type': 'string', 'paths': ['name']},
        {'name': 'description', 'type': 'string', 'paths': ['description']},
        {'name': 'guideline', 'type': 'string', 'paths': ['guideline']},
        {'name': 'color', 'type': 'string', 'paths': ['color']},
        {'name': 'extracted_at', 'type': 'timestamp', 'paths': ['_sdc_extracted_at']},
    ],
) }}
