-- Written by `make docs` of the schemas of the streams: change it there.
{{ confluence.stage(
    'whiteboard_restrictions',
    key=['whiteboard_id', 'operation', 'principal_type', 'principal_id'],
    columns=[
        {'name': 'whiteboard_id', 'type': 'string', 'paths': ['whiteboardId']},
        {'name': 'operation', 'type': 'string', 'paths': ['operation']},
        {'name': 'principal_type', 'type': 'string', 'paths': ['principalType']},
        {'name': 'principal_id', 'type': 'string', 'paths': ['principalId']},
        {'name': 'display_name', 'type': 'string', 'paths': ['displayName']},
        {'name': 'reason', 'type': 'string', 'paths': ['reason']},
        {'name': 'extracted_at', 'type': 'timestamp', 'paths': ['_sdc_extracted_at']},
    ],
) }}
