{{- confluence.needed_table('content_inventory', 'what is there') -}}
-- What is there, in which status and where. Details outlive what they are of, and the rows of a kind
-- can be older than its status: only the inventory is complete after each run.
with inventory as (
    select * from {{ ref('stg_confluence__content_inventory') }}
),

spaces as (
    select * from {{ ref('stg_confluence__spaces') }}
)

select
    inventory.id as content_id,
    inventory.type,
    inventory.status,
    inventory.title,
    inventory.space_id,
    spaces.key as space_key,
    spaces.name as space_name,
    inventory.modified_at
from inventory
left join spaces on spaces.id = inventory.space_id
