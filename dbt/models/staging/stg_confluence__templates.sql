-- Written by `make docs` of the schemas of the streams: change it there.
{{ confluence.stage(
    'templates',
    key=['template_id'],
    columns=[
        {'name': 'template_id', 'type': 'string', 'paths': ['templateId']},
        {'name': 'name', 'type': 'string', 'paths': ['name']},
        {'name': 'description', 'type': 'string', 'paths': ['description']},
        {'name': 'template_type', 'type': 'string', 'paths': ['templateType']},
        {'name': 'editor_version', 'type': 'string', 'paths': ['editorVersion']},
        {'name': 'space_id', 'type': 'string', 'paths': ['spaceId']},
        {'name': 'space_key', 'type': 'string', 'paths': ['spaceKey']},
        {'name': 'labels', 'type': 'json', 'paths': ['labels']},
        {'name': 'original_template_plugin_key', 'type': 'string', 'paths': ['originalTemplate.pluginKey']},
        {'name': 'original_template_module_key', 'type': 'string', 'paths': ['originalTemplate.moduleKey']},
        {'name': 'referencing_blueprint', 'type': 'string', 'paths': ['referencingBlueprint']},
        {'name': 'body', 'type': 'string', 'paths': ['body.storage.value', 'body.atlas_doc_format.value', 'body.view.value', 'body.export_view.value']},
        {'name': 'body_format', 'type': 'string', 'paths': ['body.storage.representation', 'body.atlas_doc_format.representation', 'body.view.representation', 'body.export_view.representation']},
        {'name': 'body_markdown', 'type': 'string', 'paths': ['bodyMarkdown']},
        {'name': 'body_text', 'type': 'string', 'paths': ['bodyText']},
        {'name': 'extracted_at', 'type': 'timestamp', 'paths': ['_sdc_extracted_at']},
    ],
) }}
