-- Written by `make docs` of the schemas of the streams: change it there.
{{ confluence.stage(
    'space_permissions',
    key=['space_id', 'id'],
    columns=[
        {'name': 'space_id', 'type': 'string', 'paths': ['spaceId']},
        {'name': 'id', 'type': 'string', 'paths': ['id']},
        {'name': 'principal_type', 'type': 'string', 'paths': ['principal.type']},
        {'name': 'principal_id', 'type': 'string', 'paths': ['principal.id']},
        {'name': 'operation_key', 'type': 'string', 'paths': ['operation.key']},
        {'name': 'operation_target_type', 'type': 'string', 'paths': ['operation.targetType']},
        {'name': 'extracted_at', 'type': 'timestamp', 'paths': ['_sdc_extracted_at']},
    ],
) }}
