{#
    Whether what lies under something is `open` or `closed` where the site tells the restrictions of
    nothing of its kind.
#}
{% macro unsupported_restrictions() %}
    {%- set choice = var('confluence_unsupported_restrictions', 'closed') -%}
    {%- if choice not in ('open', 'closed') -%}
        {{ exceptions.raise_compiler_error(
            "The variable confluence_unsupported_restrictions is open or closed, not " ~ choice ~ "."
        ) }}
    {%- endif -%}
    {{- return(choice) -}}
{% endmacro %}

{#
    How many things above one another are looked at. What lies deeper counts as closed, and so does
    what lies in a circle. Snowflake and Databricks end a recursion after 100 steps.
#}
{% macro deepest_tree() %}
    {{- return(90) -}}
{% endmacro %}

{# The id of the set of readers in which nobody is. #}
{% macro nobody() %}
    {{- return(confluence.hash_of("''")) -}}
{% endmacro %}

{# Fails where a table is missing without which nobody can tell who may read what. #}
{% macro needed_tables_of_readers() %}
    {%- set streams = {
        'content_inventory': 'what there is',
        'child_pages': 'what lies under what',
        'space_permissions': 'who may read in a space',
        'page_restrictions': 'who alone may read a page',
        'blog_post_restrictions': 'who alone may read a blog post',
        'users': 'who is active',
        'group_members': 'who is in which group',
    } -%}
    {%- for stream, why in streams.items() -%} {{- confluence.needed_table(stream, why) -}} {%- endfor -%}
    {%- for kind in confluence.kinds_of_tree_items() -%}
        {%- set items = ref('stg_confluence__' ~ kind ~ 's') -%}
        {%- if execute and run_query('select 1 from ' ~ items ~ ' limit 1') | length -%}
            {{- confluence.needed_table(kind ~ '_restrictions', 'who alone may read what lies in a ' ~ kind) -}}
        {%- endif -%}
    {%- endfor -%}
{% endmacro %}

{# What lies among the pages of a space and is none. #}
{% macro kinds_of_tree_items() %}
    {{- return(['folder', 'whiteboard', 'database', 'embed']) -}}
{% endmacro %}

{# The id of who holds a right, a class of access as all streams spell it since version 0.2 of the tap. #}
{% macro principal_id_of_right() %}
    {{- return("case when principal_type = 'access_class' then upper(replace(principal_id, '-', '_')) else principal_id end") -}}
{% endmacro %}

{# A random number. #}
{% macro random() %}
    {{- return('rand()' if target.type in ('bigquery', 'databricks') else 'random()') -}}
{% endmacro %}

{#
    Has PostgreSQL count what is in a table that was just made: without, it takes each join of it for
    one of few rows.
#}
{% macro analyze() %}
    {{- return('analyze {{ this }}' if target.type == 'postgres' else '') -}}
{% endmacro %}
