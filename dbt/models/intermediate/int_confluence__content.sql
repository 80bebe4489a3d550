{{- config(materialized='table', post_hook=confluence.analyze()) -}}
{{- confluence.needed_table('content_inventory', 'what is there') -}}
-- What is there, in which status and where. Details outlive what they are of, and the rows of a kind
-- can be older than its status: only the inventory is complete after each run.
with inventory as (
    select * from {{ ref('stg_confluence__content_inventory') }}
),

containers as (
    select * from {{ ref('int_confluence__containers') }}
),

-- Cloud does not say in which space comments and files are: in that of what they are on, which for
-- a comment on a file is that of what the file is on.
placed as (
    select
        inventory.id,
        inventory.type,
        inventory.status,
        inventory.title,
        inventory.modified_at,
        coalesce(inventory.space_id, inner_place.space_id, outer_place.space_id) as space_id
    from inventory
    left join containers as inner_container on inner_container.content_id = inventory.id
    left join inventory as inner_place on inner_place.id = inner_container.container_id
    left join containers as outer_container on outer_container.content_id = inner_place.id
    left join inventory as outer_place on outer_place.id = outer_container.container_id
)

select
    placed.id as content_id,
    placed.type,
    placed.status,
    placed.title,
    placed.space_id,
    spaces.key as space_key,
    spaces.name as space_name,
    placed.modified_at
from placed
left join {{ ref('stg_confluence__spaces') }} as spaces on spaces.id = placed.space_id
