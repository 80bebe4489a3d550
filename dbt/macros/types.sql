{# What a database calls a type of the staging models; what has parts is the text of its JSON. #}
{% macro type_of(type) %}
    {%- set types = {
        'string': dbt.type_string(),
        'integer': dbt.type_bigint(),
        'number': dbt.type_float(),
        'boolean': dbt.type_boolean(),
        'timestamp': dbt.type_timestamp(),
        'json': dbt.type_string(),
        'url': dbt.type_string(),
    } -%}
    {{ return(types[type]) }}
{% endmacro %}

{# A column as a type. #}
{% macro cast_column(column, type) %}
    {%- set name = adapter.quote(column.name) -%}
    {%- if type == 'json' -%} {{ return(confluence.json_as_text(name, column)) }} {%- endif -%}
    {{ return('cast(' ~ name ~ ' as ' ~ confluence.type_of(type) ~ ')') }}
{% endmacro %}

{# The value at a path within a column of JSON, as a type. #}
{% macro cast_json(column, path, type) %}
    {%- set name = adapter.quote(column.name) -%}
    {%- if type == 'json' -%} {{ return(confluence.json_within(name, column, path)) }} {%- endif -%}
    {%- set text = confluence.json_text(name, column, path) -%}
    {{ return('cast(' ~ text ~ ' as ' ~ confluence.type_of(type) ~ ')') }}
{% endmacro %}

{# A path below the address of the site as a whole address, if `confluence_site_url` says what that is. #}
{% macro whole_url(url) %}
    {%- set site = var('confluence_site_url', '').rstrip('/') -%}
    {%- if not site -%} {{ return(url) }} {%- endif -%}
    {{ return("case when " ~ url ~ " like '/%' then concat('" ~ site ~ "', " ~ url ~ ") else " ~ url ~ " end") }}
{% endmacro %}
