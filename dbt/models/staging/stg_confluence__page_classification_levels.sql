-- Written by `make docs` of the schemas of the streams: change it there.
{{ confluence.stage(
    'page_classification_levels',
    key=['page_id'],
    columns=[
        {'name': 'page_id', 'type': 'string', 'paths': ['pageId']},
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
