{# What a database calls a type of the staging models; what has parts is the text of its JSON. #}
{% macro type_of(type) %}
    {%- set types = {
        'string': confluence.type_string(),
        'integer': dbt.type_bigint(),
        'number': confluence.type_double(),
        'boolean': dbt.type_boolean(),
        'timestamp': dbt.type_timestamp(),
        'json': confluence.type_string(),
        'url': confluence.type_string(),
    } -%}
    {{ return(types[type]) }}
{% endmacro %}

{# Text of any length; Redshift takes `text` for one of 256 bytes. #}
{% macro type_string() %}
    {{ return('varchar(65535)' if target.type == 'redshift' else dbt.type_string()) }}
{% endmacro %}

{# A number of 64 bits; what dbt calls a float has 32 of them in DuckDB. #}
{% macro type_double() %}
    {%- set names = {'bigquery': 'float64', 'duckdb': 'double', 'databricks': 'double'} -%}
    {{ return(names.get(target.type, 'double precision')) }}
{% endmacro %}

{# A column as a type. #}
{% macro cast_column(column, type) %}
    {%- set name = adapter.quote(column.name) -%}
    {%- if type == 'json' -%} {{ return(confluence.json_as_text(name, column)) }} {%- endif -%}
    {%- if column.is_string() -%} {{ return(confluence.cast_text(name, type)) }} {%- endif -%}
    {{ return('cast(' ~ name ~ ' as ' ~ confluence.type_of(type) ~ ')') }}
{% endmacro %}

{# A text as a type. #}
{% macro cast_text(text, type) %}
    {{ return(adapter.dispatch('cast_text', 'confluence')(text, type)) }}
{% endmacro %}

{% macro default__cast_text(text, type) %}
    {{ return('cast(' ~ text ~ ' as ' ~ confluence.type_of(type) ~ ')') }}
{% endmacro %}

{# Redshift casts no text to a boolean. #}
{% macro redshift__cast_text(text, type) %}
    {%- if type == 'boolean' -%}
        {{ return("case lower(" ~ text ~ ") when 'true' then true when 'false' then false end") }}
    {%- endif -%}
    {{ return(confluence.default__cast_text(text, type)) }}
{% endmacro %}

{# The value at a path within a column of JSON, as a type. #}
{% macro cast_json(column, path, type) %}
    {%- set name = adapter.quote(column.name) -%}
    {%- if type == 'json' -%} {{ return(confluence.json_within(name, column, path)) }} {%- endif -%}
    {{ return(confluence.cast_text(confluence.json_text(name, column, path), type)) }}
{% endmacro %}

{# A path below the address of the site as a whole address, if `confluence_site_url` says what that is. #}
{% macro whole_url(url) %}
    {%- set site = var('confluence_site_url', '').rstrip('/') -%}
    {%- if not site -%} {{ return(url) }} {%- endif -%}
    {{ return("case when " ~ url ~ " like '/%' then concat('" ~ site ~ "', " ~ url ~ ") else " ~ url ~ " end") }}
{% endmacro %}
