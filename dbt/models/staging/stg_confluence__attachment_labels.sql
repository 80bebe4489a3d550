-- Written by `make docs` of the schemas of the streams: change it there.
{{ confluence.stage(
    'attachment_labels',
    key=['attachment_id', 'id'],
    columns=[
        {'name': 'attachment_id', 'type': 'string', 'paths': ['attachmentId']},
        {'name': 'id', 'type': 'string', 'paths': ['id']},
        {'name': 'name', 'type': 'string', 'paths': ['name']},
        {'name': 'prefix', 'type': 'string', 'paths': ['prefix']},
        {'name': 'extracted_at', 'type': 'timestamp', 'paths': ['_sdc_extracted_at']},
    ],
) }}
