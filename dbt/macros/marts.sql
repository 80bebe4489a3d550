{# A count that is zero where there is nothing, and null where the stream is not loaded. #}
{% macro known(stream, count) %}
    {{- return('case when loaded.has_' ~ stream ~ ' then coalesce(' ~ count ~ ', 0) end') -}}
{% endmacro %}

{% macro share(part, whole) %}
    {{- return('cast(' ~ part ~ ' as ' ~ confluence.type_double() ~ ') / nullif(' ~ whole ~ ', 0)') -}}
{% endmacro %}

{# After how many days without a change a page is stale. #}
{% macro stale_after_days() %}
    {{- return(var('confluence_stale_after_days', 365)) -}}
{% endmacro %}

{% macro is_overdue(task, content) %}
    {{- return(
        "(" ~ task ~ ".status = 'incomplete' and " ~ content ~ ".status = 'current' and coalesce("
        ~ task ~ ".due_at < " ~ confluence.as_of() ~ ", false))"
    ) -}}
{% endmacro %}

{# A label as those would spell it who write no signs between words, and no plural. #}
{% macro spelled_plainly(name) %}
    {%- set only_words -%}
        replace(replace(replace(replace(lower({{ name }}), '-', ''), '_', ''), '.', ''), ' ', '')
    {%- endset -%}
    {{- return("case when " ~ only_words ~ " like '%s' then substring(" ~ only_words ~ ", 1, length(" ~ only_words ~ ") - 1) else " ~ only_words ~ " end") -}}
{% endmacro %}

{# A body without the tags of HTML. #}
{% macro without_tags(body) %}
    {{- return(adapter.dispatch('without_tags', 'confluence')(body)) -}}
{% endmacro %}

{% macro default__without_tags(body) %}
    {{- return("regexp_replace(" ~ body ~ ", '<[^>]*>', '')") -}}
{% endmacro %}

{% macro postgres__without_tags(body) %}
    {{- return("regexp_replace(" ~ body ~ ", '<[^>]*>', '', 'g')") -}}
{% endmacro %}

{% macro redshift__without_tags(body) %}
    {{- return(confluence.default__without_tags(body)) -}}
{% endmacro %}

{% macro duckdb__without_tags(body) %}
    {{- return(confluence.postgres__without_tags(body)) -}}
{% endmacro %}

{# The names of the columns of a recursive query, which some databases want and BigQuery does not take. #}
{% macro columns_of_recursion(names) %}
    {{- return(adapter.dispatch('columns_of_recursion', 'confluence')(names)) -}}
{% endmacro %}

{% macro default__columns_of_recursion(names) %}
    {{- return('(' ~ names | join(', ') ~ ')') -}}
{% endmacro %}

{% macro bigquery__columns_of_recursion(names) %}
    {{- return('') -}}
{% endmacro %}

{# How rows of the days that are built again replace those that are there. #}
{% macro strategy_by_day() %}
    {{- return({'bigquery': 'insert_overwrite', 'databricks': 'merge'}.get(target.type, 'delete+insert')) -}}
{% endmacro %}

{% macro key_by_day() %}
    {{- return(['day', 'space_id', 'account_id'] if target.type == 'databricks' else 'day') -}}
{% endmacro %}
