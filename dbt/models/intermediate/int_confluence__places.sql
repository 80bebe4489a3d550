{{ config(materialized='table', post_hook=confluence.analyze()) }}
-- Each page, and what else pages lie under, with what it lies under itself. A table of its own,
-- since paths go through it once for each step from the top.
with parents as (
    select id, parent_id, parent_type
    from (
        select
            id,
            parent_id,
            parent_type,
            row_number() over (partition by id order by extracted_at desc, parent_id) as choice
        from {{ ref('stg_confluence__child_pages') }}
    ) as by_age
    where choice = 1
),

places as (
    select content.content_id as id, content.title, content.space_id, parents.parent_id, parents.parent_type, true as is_page
    from {{ ref('int_confluence__content') }} as content
    left join parents on parents.id = content.content_id
    where content.type = 'page' and content.status in ('current', 'archived')
    {%- for other in ['folder', 'whiteboard', 'database', 'embed'] %}
    union all
    select id, title, space_id, parent_id, parent_type, false
    from {{ ref('stg_confluence__' ~ other ~ 's') }}
    where status in ('current', 'archived')
    {%- endfor %}
)

select * from places
