-- Written by `make docs` of the schemas of the streams: change it there.
{{ confluence.stage(
    'space_role_assignments',
    key=['space_id', 'role_id', 'principal_type', 'principal_id'],
    columns=[
        {'name': 'space_id', 'type': 'string', 'paths': ['spaceId']},
        {'name': 'role_id', 'type': 'string', 'paths': ['roleId']},
        {'name': 'principal_type', 'type': 'string', 'paths': ['principalType']},
        {'name': 'principal_id', 'type': 'string', 'paths': ['principalId']},
        {'name': 'extracted_at', 'type': 'timestamp', 'paths': ['_sdc_extracted_at']},
    ],
) }}
