-- What lies in the tree of a space, and under what. The place of a page is that of child_pages,
-- because moving a page does not bring it up in pages. What something lies under and is in no table
-- is here as well, as not known.
with content as (
    select * from {{ ref('int_confluence__content') }}
    where type in ('page', 'blogpost') and status in ('current', 'archived')
),

known as (
    select
        content.content_id as id,
        content.type,
        content.title,
        places.parent_id
    from content
    left join {{ ref('stg_confluence__child_pages') }} as places on places.id = content.content_id
    {%- for type in confluence.kinds_of_tree_items() %}
    union all
    select
        id,
        '{{ type }}' as type,
        title,
        parent_id
    from {{ ref('stg_confluence__' ~ type ~ 's') }}
    where status is null or status <> 'trashed'
    {%- endfor %}
)

select
    id,
    type,
    title,
    parent_id,
    1 = 1 as is_known
from known
union all
select distinct
    parents.parent_id as id,
    cast(null as {{ confluence.type_string() }}) as type,
    cast(null as {{ confluence.type_string() }}) as title,
    cast(null as {{ confluence.type_string() }}) as parent_id,
    1 = 0 as is_known
from known as parents
left join known on known.id = parents.parent_id
where parents.parent_id is not null and known.id is null
