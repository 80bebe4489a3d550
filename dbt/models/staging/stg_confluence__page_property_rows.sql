-- Written by `make docs` of the schemas of the streams: change it there.
{{ confluence.stage(
    'page_property_rows',
    key=['page_id', 'position'],
    columns=[
        {'name': 'page_id', 'type': 'string', 'paths': ['pageId']},
        {'name': 'position', 'type': 'integer', 'paths': ['position']},
        {'name': 'version_number', 'type': 'integer', 'paths': ['versionNumber']},
        {'name': 'table_number', 'type': 'integer', 'paths': ['table']},
        {'name': 'macro_id', 'type': 'string', 'paths': ['macroId']},
        {'name': 'key', 'type': 'string', 'paths': ['key']},
        {'name': 'value', 'type': 'string', 'paths': ['value']},
        {'name': 'value_markdown', 'type': 'string', 'paths': ['valueMarkdown']},
        {'name': 'modified_at', 'type': 'timestamp', 'paths': ['modifiedAt']},
        {'name': 'extracted_at', 'type': 'timestamp', 'paths': ['_sdc_extracted_at']},
    ],
) }}
