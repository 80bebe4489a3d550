-- Written by `make docs` of the schemas of the streams: change it there.
{{ confluence.stage(
    'page_links',
    key=['page_id', 'position'],
    columns=[
        {'name': 'page_id', 'type': 'string', 'paths': ['pageId']},
        {'name': 'position', 'type': 'integer', 'paths': ['position']},
        {'name': 'version_number', 'type': 'integer', 'paths': ['versionNumber']},
        {'name': 'kind', 'type': 'string', 'paths': ['kind']},
        {'name': 'target_id', 'type': 'string', 'paths': ['targetId']},
        {'name': 'target_space_key', 'type': 'string', 'paths': ['targetSpaceKey']},
        {'name': 'target_title', 'type': 'string', 'paths': ['targetTitle']},
        {'name': 'url', 'type': 'string', 'paths': ['url']},
        {'name': 'text', 'type': 'string', 'paths': ['text']},
        {'name': 'modified_at', 'type': 'timestamp', 'paths': ['modifiedAt']},
        {'name': 'extracted_at', 'type': 'timestamp', 'paths': ['_sdc_extracted_at']},
    ],
) }}
