{{ config(materialized='table', post_hook=confluence.analyze()) }}
-- Each different set of principals that something is restricted to: much is restricted to the same.
with restrictions as (
    select distinct
        content_id,
        {{ confluence.hash_of(dbt.concat(['principal_type', "':'", 'principal_id'])) }} as principal_key
    from {{ ref('int_confluence__read_restrictions') }}
    where not is_unknown
)

select
    content_id,
    {{ confluence.hash_of(confluence.list_of('principal_key', ',')) }} as principals_key
from restrictions
group by content_id
