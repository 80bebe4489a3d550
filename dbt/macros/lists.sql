{#
    The texts of a group as one text, in order. All sort them by their bytes, so that the same texts
    give the same list everywhere.
#}
{% macro list_of(text, separator, order_by=none) %}
    {{- return(adapter.dispatch('list_of', 'confluence')(text, separator, order_by or text)) -}}
{% endmacro %}

{% macro default__list_of(text, separator, order_by) %}
    {{- return("string_agg(" ~ text ~ ", '" ~ separator ~ "' order by " ~ order_by ~ ")") -}}
{% endmacro %}

{% macro snowflake__list_of(text, separator, order_by) %}
    {{- return("listagg(" ~ text ~ ", '" ~ separator ~ "') within group (order by " ~ order_by ~ ")") -}}
{% endmacro %}

{% macro redshift__list_of(text, separator, order_by) %}
    {{- return(confluence.snowflake__list_of(text, separator, order_by)) -}}
{% endmacro %}

{% macro databricks__list_of(text, separator, order_by) %}
    {{- return(confluence.snowflake__list_of(text, separator, order_by)) -}}
{% endmacro %}

{# A text as a string of JSON. #}
{% macro json_string(text) %}
    {%- set escaped = "replace(replace(" ~ text ~ ", '" ~ confluence.backslash() ~ "', '" ~ confluence.backslash() * 2 ~ "'), '\"', '" ~ confluence.backslash() ~ "\"')" -%}
    {{- return(dbt.concat(["'\"'", escaped, "'\"'"])) -}}
{% endmacro %}

{# A backslash between quotes. #}
{% macro backslash() %}
    {{- return('\\\\' if target.type in ('snowflake', 'bigquery', 'databricks', 'redshift') else '\\') -}}
{% endmacro %}

{# The hash of a text of any length; what dbt has looks at no more than 256 bytes of it in Redshift. #}
{% macro hash_of(text) %}
    {{- return(adapter.dispatch('hash_of', 'confluence')(text)) -}}
{% endmacro %}

{% macro default__hash_of(text) %}
    {{- return(dbt.hash(text)) -}}
{% endmacro %}

{% macro redshift__hash_of(text) %}
    {{- return('md5(' ~ text ~ ')') -}}
{% endmacro %}
