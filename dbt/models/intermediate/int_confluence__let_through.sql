{{ config(materialized='table', post_hook=confluence.analyze()) }}
-- Whom each set of principals lets through.
with examples as (
    -- What has the same principals lets the same people through, so one of it is enough.
    select principals_key, min(content_id) as content_id
    from {{ ref('int_confluence__principals') }}
    group by principals_key
),

restrictions as (
    select
        examples.principals_key,
        restrictions.principal_type,
        restrictions.principal_id
    from examples
    inner join {{ ref('int_confluence__read_restrictions') }} as restrictions
        on restrictions.content_id = examples.content_id
)

select distinct principals_key, account_id
from (
    select principals_key, principal_id as account_id
    from restrictions
    where principal_type = 'user'
    union all
    select restrictions.principals_key, members.account_id
    from restrictions
    inner join {{ ref('stg_confluence__group_members') }} as members
        on members.group_id = restrictions.principal_id
    where restrictions.principal_type = 'group'
) as by_any_principal
