{#
    The moment for which the models hold, in UTC: the start of the run, or `confluence_as_of`. It is
    the same in all models of a run.
#}
{% macro as_of() %}
    {%- set now = run_started_at.strftime('%Y-%m-%d %H:%M:%S') -%}
    {{ return("cast('" ~ var('confluence_as_of', now) ~ "' as " ~ dbt.type_timestamp() ~ ")") }}
{% endmacro %}

{# Whole days from a time to the moment for which the models hold. #}
{% macro days_since(time) %}
    {{ return(dbt.datediff(time, confluence.as_of(), 'day')) }}
{% endmacro %}
