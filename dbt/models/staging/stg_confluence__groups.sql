-- Written by `make docs` of the schemas of the streams: change it there.
{{ confluence.stage(
    'groups',
    key=['id'],
    columns=[
        {'name': 'id', 'type': 'string', 'paths': ['id']},
        {'name': 'name', 'type': 'string', 'paths': ['name']},
        {'name': 'type', 'type': 'string', 'paths': ['type']},
        {'name': 'resource_ari', 'type': 'string', 'paths': ['resourceAri']},
        {'name': 'usage_type', 'type': 'string', 'paths': ['usageType']},
        {'name': 'managed_by', 'type': 'string', 'paths': ['managedBy']},
        {'name': 'url', 'type': 'url', 'paths': ['_links.webui']},
        {'name': 'extracted_at', 'type': 'timestamp', 'paths': ['_sdc_extracted_at']},
    ],
) }}
