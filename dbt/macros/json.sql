{#
    JSON as each database has it. A column may be JSON of the database's own kind, text that is
    JSON, or a structure; `column` is what the database says of it.
#}

{# The text of a scalar at a path; null for what is not there, and for JSON's null. #}
{% macro json_text(name, column, path) %}
    {{ return(adapter.dispatch('json_text', 'confluence')(name, column, path)) }}
{% endmacro %}

{% macro postgres__json_text(name, column, path) %}
    {{ return("(cast(" ~ name ~ " as jsonb) #>> '{" ~ path | join(',') ~ "}')") }}
{% endmacro %}

{% macro duckdb__json_text(name, column, path) %}
    {{ return("json_extract_string(" ~ name ~ ", '" ~ confluence._dollar_path(path) ~ "')") }}
{% endmacro %}

{% macro snowflake__json_text(name, column, path) %}
    {{ return("cast(" ~ confluence._snowflake_path(name, column, path) ~ " as varchar)") }}
{% endmacro %}

{% macro bigquery__json_text(name, column, path) %}
    {%- set json = confluence._bigquery_json(name, column) -%}
    {{ return("json_value(" ~ json ~ ", '" ~ confluence._dollar_path(path) ~ "')") }}
{% endmacro %}

{% macro redshift__json_text(name, column, path) %}
    {%- set json = confluence._redshift_json(name, column) -%}
    {{ return("nullif(json_extract_path_text(" ~ json ~ ", '" ~ path | join("', '") ~ "', true), '')") }}
{% endmacro %}

{% macro databricks__json_text(name, column, path) %}
    {%- set json = confluence._databricks_json(name, column) -%}
    {{ return("get_json_object(" ~ json ~ ", '" ~ confluence._dollar_path(path) ~ "')") }}
{% endmacro %}

{# A whole column of JSON as its text. #}
{% macro json_as_text(name, column) %}
    {{ return(adapter.dispatch('json_as_text', 'confluence')(name, column)) }}
{% endmacro %}

{% macro postgres__json_as_text(name, column) %}
    {{ return(name if column.is_string() else 'cast(to_jsonb(' ~ name ~ ') as text)') }}
{% endmacro %}

{% macro duckdb__json_as_text(name, column) %}
    {{ return(name if column.is_string() else 'cast(to_json(' ~ name ~ ') as varchar)') }}
{% endmacro %}

{% macro snowflake__json_as_text(name, column) %}
    {{ return(name if column.is_string() else 'to_json(' ~ name ~ ')') }}
{% endmacro %}

{% macro bigquery__json_as_text(name, column) %}
    {{ return(name if column.is_string() else confluence._bigquery_text(name)) }}
{% endmacro %}

{% macro redshift__json_as_text(name, column) %}
    {{ return(confluence._redshift_json(name, column)) }}
{% endmacro %}

{% macro databricks__json_as_text(name, column) %}
    {{ return(confluence._databricks_json(name, column)) }}
{% endmacro %}

{# The text of the JSON at a path, whatever it is. #}
{% macro json_within(name, column, path) %}
    {{ return(adapter.dispatch('json_within', 'confluence')(name, column, path)) }}
{% endmacro %}

{% macro default__json_within(name, column, path) %}
    {{ return(confluence.json_text(name, column, path)) }}
{% endmacro %}

{% macro duckdb__json_within(name, column, path) %}
    {{ return("cast(json_extract(" ~ name ~ ", '" ~ confluence._dollar_path(path) ~ "') as varchar)") }}
{% endmacro %}

{% macro snowflake__json_within(name, column, path) %}
    {{ return('to_json(' ~ confluence._snowflake_path(name, column, path) ~ ')') }}
{% endmacro %}

{% macro bigquery__json_within(name, column, path) %}
    {%- set found = "json_query(" ~ confluence._bigquery_json(name, column) ~ ", '" ~ confluence._dollar_path(path) ~ "')" -%}
    {{ return(found if column.is_string() else confluence._bigquery_text(found)) }}
{% endmacro %}

{#
    The rows of a relation, each with each element of a JSON list of strings: what stands behind
    `from`, with `element(name)` as the element's text.

    relation: the relation, which is called `alias`.
    text: the column with the text of the list.
#}
{% macro elements_of(relation, alias, text, name) %}
    {{- return(adapter.dispatch('elements_of', 'confluence')(relation, alias, text, name)) -}}
{% endmacro %}

{% macro postgres__elements_of(relation, alias, text, name) -%}
{{ relation }} as {{ alias }}
    cross join lateral jsonb_array_elements_text(cast({{ alias }}.{{ text }} as jsonb)) as {{ name }}_of_list({{ name }})
{%- endmacro %}

{% macro duckdb__elements_of(relation, alias, text, name) -%}
{{ relation }} as {{ alias }}
    cross join unnest(json_extract_string({{ alias }}.{{ text }}, '$[*]')) as {{ name }}_of_list({{ name }})
{%- endmacro %}

{% macro snowflake__elements_of(relation, alias, text, name) -%}
{{ relation }} as {{ alias }}
    cross join lateral flatten(input => parse_json({{ alias }}.{{ text }})) as {{ name }}_of_list
{%- endmacro %}

{% macro bigquery__elements_of(relation, alias, text, name) -%}
{{ relation }} as {{ alias }}
    cross join unnest(json_value_array({{ alias }}.{{ text }})) as {{ name }}
{%- endmacro %}

{# Redshift goes through a list of a table before it, and through no other expression. #}
{% macro redshift__elements_of(relation, alias, text, name) -%}
(select *, json_parse({{ text }}) as {{ name }}_list from {{ relation }}) as {{ alias }},
    {{ alias }}.{{ name }}_list as {{ name }}
{%- endmacro %}

{% macro databricks__elements_of(relation, alias, text, name) -%}
{{ relation }} as {{ alias }}
    lateral view explode(from_json({{ alias }}.{{ text }}, 'array<string>')) {{ name }}_of_list as {{ name }}
{%- endmacro %}

{# The text of an element that `elements_of` gives. #}
{% macro element(name) %}
    {{- return(adapter.dispatch('element', 'confluence')(name)) -}}
{% endmacro %}

{% macro default__element(name) %}
    {{ return(name) }}
{% endmacro %}

{% macro snowflake__element(name) %}
    {{ return('cast(' ~ name ~ '_of_list.value as varchar)') }}
{% endmacro %}

{% macro redshift__element(name) %}
    {{ return('cast(' ~ name ~ ' as ' ~ confluence.type_string() ~ ')') }}
{% endmacro %}

{% macro _dollar_path(path) %}
    {{ return('$.' ~ path | join('.')) }}
{% endmacro %}

{% macro _snowflake_path(name, column, path) %}
    {%- set json = 'parse_json(' ~ name ~ ')' if column.is_string() else name -%}
    {{ return("get_path(" ~ json ~ ", '" ~ path | join('.') ~ "')") }}
{% endmacro %}

{% macro _bigquery_json(name, column) %}
    {{ return(name if column.is_string() or column.dtype | upper == 'JSON' else 'to_json(' ~ name ~ ')') }}
{% endmacro %}

{# BigQuery writes `null` for what is not there. #}
{% macro _bigquery_text(json) %}
    {{ return("nullif(to_json_string(" ~ json ~ "), 'null')") }}
{% endmacro %}

{% macro _redshift_json(name, column) %}
    {{ return('json_serialize(' ~ name ~ ')' if column.dtype | lower == 'super' else name) }}
{% endmacro %}

{% macro _databricks_json(name, column) %}
    {{ return(name if column.dtype | lower == 'string' else 'to_json(' ~ name ~ ')') }}
{% endmacro %}
