{#
    One row a key of a raw table, with the columns that are wanted, typed.

    The names of raw columns are matched without regard to case and underscores, since each loader
    spells them its own way. A value that lies within another one is taken from the column of the
    outer one, or from a column of its own if the loader flattens, or from the one JSON column `data`
    in which a loader keeps the whole record. What the table does not have is null, and a table that is
    not there has no rows. Rows that a loader has marked as deleted are left out.

    table: the name of the stream.
    key: the columns of the key.
    columns: dictionaries with `name`, `type` (`string`, `integer`, `number`, `boolean`, `timestamp`,
        `json` or `url`) and `paths`: where the value is in the record, the first that is not null.
#}
{% macro stage(table, key, columns) %}
    {%- set raw = confluence.raw_table(table) if execute else none -%}
    {%- if raw is none -%}
        {{- confluence._no_rows(columns) -}}
    {%- else -%}
        {{- confluence._rows(raw, key, columns) -}}
    {%- endif -%}
{% endmacro %}

{# The relation of a stream, or none if it is not loaded or not wanted. #}
{% macro raw_table(table) %}
    {%- if not var('confluence__using_' ~ table, true) -%} {{ return(none) }} {%- endif -%}
    {%- set source = source('confluence', table) -%}
    {%- for name in [table, table | upper] -%}
        {%- set found = adapter.get_relation(source.database, source.schema, name) -%}
        {%- if found is not none -%} {{ return(found) }} {%- endif -%}
    {%- endfor -%}
    {{ return(none) }}
{% endmacro %}

{% macro _no_rows(columns) %}
select
{%- for column in columns %}
    cast(null as {{ confluence.type_of(column.type) }}) as {{ column.name }}{{ ',' if not loop.last }}
{%- endfor %}
from (select 1 as nothing) as no_rows
where 1 = 0
{% endmacro %}

{% macro _rows(raw, key, columns) %}
    {%- set there = {} -%}
    {%- for column in adapter.get_columns_in_relation(raw) -%}
        {%- do there.update({confluence._spelled_plainly(column.name): column}) -%}
    {%- endfor -%}
    {%- set metadata = {
        'deleted': confluence._raw_columns(there, ['sdcdeletedat']),
        'written': confluence._raw_columns(
            there, ['sdcsequence', 'sdcbatchedat', 'sdcreceivedat', 'sdcextractedat']
        ),
    } -%}
    {%- set only_newest = confluence.keeps_all_rows() and metadata.written %}
select
{%- for column in columns %}
    {{ confluence._value(there, column) }} as {{ column.name }}{{ ',' if not loop.last }}
{%- endfor %}
from {{ confluence._newest(raw, there, key, columns, metadata) if only_newest else raw }}
    {%- for column in metadata.deleted if not only_newest %}
where {{ column }} is null
    {%- endfor %}
{% endmacro %}

{# Whether the loader adds rows and replaces none, as those of BigQuery do. #}
{% macro keeps_all_rows() %}
    {{ return(var('confluence_keeps_all_rows', target.type == 'bigquery')) }}
{% endmacro %}

{% macro _newest(raw, there, key, columns, metadata) -%}
(
    select *
    from (
        select
            *,
            row_number() over (
                partition by
                {%- for column in columns if column.name in key %}
                    {{ confluence._value(there, column) }}{{ ',' if not loop.last }}
                {%- endfor %}
                order by {{ metadata.written | join(' desc, ') }} desc
            ) as confluence_age
        from {{ raw }}
    ) as by_age
    where confluence_age = 1
    {%- for column in metadata.deleted %} and {{ column }} is null {%- endfor %}
) as newest
{%- endmacro %}

{% macro _spelled_plainly(name) %}
    {{ return(name | lower | replace('_', '')) }}
{% endmacro %}

{% macro _raw_columns(there, names) %}
    {%- set found = [] -%}
    {%- for name in names if name in there -%}
        {%- do found.append(adapter.quote(there[name].name)) -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}

{# The first of the values at the paths of a column. #}
{% macro _value(there, column) %}
    {%- set values = [] -%}
    {%- for path in column.paths -%}
        {%- set value = confluence._value_at(there, path, column.type) -%}
        {%- if value is not none -%} {%- do values.append(value) -%} {%- endif -%}
    {%- endfor -%}
    {%- if not values -%}
        {{ return('cast(null as ' ~ confluence.type_of(column.type) ~ ')') }}
    {%- endif -%}
    {%- set value = values[0] if values | length == 1 else 'coalesce(' ~ values | join(', ') ~ ')' -%}
    {{ return(confluence.whole_url(value) if column.type == 'url' else value) }}
{% endmacro %}

{# A loader that flattens keeps what lies deeper as JSON: the longest part of a path is the column. #}
{% macro _value_at(there, path, type) %}
    {%- set parts = path.split('.') -%}
    {%- for length in range(parts | length, 0, -1) -%}
        {%- set column = there.get(confluence._spelled_plainly(parts[:length] | join(''))) -%}
        {%- if column is not none and length == parts | length -%}
            {{ return(confluence.cast_column(column, type)) }}
        {%- elif column is not none -%}
            {{ return(confluence.cast_json(column, parts[length:], type)) }}
        {%- endif -%}
    {%- endfor -%}
    {%- if 'data' in there -%} {{ return(confluence.cast_json(there.data, parts, type)) }} {%- endif -%}
    {{ return(none) }}
{% endmacro %}

{# One row that says of each stream whether it is loaded. #}
{% macro loaded_streams(streams) %}
select
{%- for stream in streams %}
    cast({{ 1 if execute and confluence.raw_table(stream) is not none else 0 }} as {{ dbt.type_int() }}) = 1 as has_{{ stream }}{{ ',' if not loop.last }}
{%- endfor %}
{% endmacro %}

{# The relation of a stream without which nothing can be said. #}
{% macro needed_table(stream, why) %}
    {%- if execute and confluence.raw_table(stream) is none -%}
        {%- set schema = source('confluence', stream).schema -%}
        {{ exceptions.raise_compiler_error(
            "There is no table " ~ stream ~ " in the schema " ~ schema ~ ", which tells " ~ why
            ~ ": load the stream " ~ stream ~ ", or name its schema in the variable confluence_schema."
        ) }}
    {%- endif -%}
{% endmacro %}
