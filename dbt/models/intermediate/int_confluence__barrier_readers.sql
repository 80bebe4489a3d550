{{ config(materialized='table', post_hook=confluence.analyze()) }}
-- Who may read in a space and gets past a combination of restrictions, for each one that there is.
with combinations as (
    select distinct space_id, barrier_key
    from {{ ref('int_confluence__barriers') }}
    where closed_because is null
),

space_readers as (
    select * from {{ ref('int_confluence__space_readers') }}
)

select combinations.space_id, combinations.barrier_key, space_readers.account_id
from combinations
inner join space_readers on space_readers.space_id = combinations.space_id
where combinations.barrier_key is null
union all
select combinations.space_id, combinations.barrier_key, space_readers.account_id
from combinations
inner join {{ ref('int_confluence__passed') }} as passed on passed.barrier_key = combinations.barrier_key
inner join space_readers
    on space_readers.space_id = combinations.space_id
    and space_readers.account_id = passed.account_id
