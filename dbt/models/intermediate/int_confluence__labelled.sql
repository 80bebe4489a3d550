{#- Each use of a label on what is there and not in the trash, or on a space. -#}
{%- set lists = {
    'page': 'page_id',
    'blog_post': 'blog_post_id',
    'attachment': 'attachment_id',
    'custom_content': 'custom_content_id',
} -%}
with uses as (
{%- for kind, container in lists.items() %}
    select '{{ kind }}' as kind, {{ container }} as container_id, id as label_id, name, prefix
    from {{ ref('stg_confluence__' ~ kind ~ '_labels') }}
    {{- '\n    union all' if not loop.last }}
{%- endfor %}
)

select
    uses.kind,
    uses.container_id,
    uses.label_id,
    uses.name,
    uses.prefix,
    content.space_id,
    content.modified_at
from uses
inner join {{ ref('int_confluence__content') }} as content
    on content.content_id = uses.container_id
where content.status in ('current', 'archived')
union all
select 'space', space_id, id, name, prefix, space_id, cast(null as {{ dbt.type_timestamp() }})
from {{ ref('stg_confluence__space_labels') }}
