{{ config(materialized='table', post_hook=confluence.analyze()) }}
-- Who gets past each combination of restrictions, whatever the space is.
with examples as (
    select barrier_key, min(content_id) as content_id
    from {{ ref('int_confluence__barriers') }}
    where closed_because is null and barrier_key is not null
    group by barrier_key
),

parts as (
    select distinct examples.barrier_key, principals.principals_key
    from examples
    inner join {{ ref('int_confluence__lineage') }} as lineage
        on lineage.content_id = examples.content_id
    inner join {{ ref('int_confluence__principals') }} as principals
        on principals.content_id = lineage.id
),

numbers_of_parts as (
    select barrier_key, count(*) as parts
    from parts
    group by barrier_key
)

select parts.barrier_key, let_through.account_id
from parts
inner join numbers_of_parts on numbers_of_parts.barrier_key = parts.barrier_key
inner join {{ ref('int_confluence__let_through') }} as let_through
    on let_through.principals_key = parts.principals_key
group by parts.barrier_key, let_through.account_id
having count(*) = max(numbers_of_parts.parts)
