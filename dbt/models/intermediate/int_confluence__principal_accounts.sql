{{ config(materialized='table', post_hook=confluence.analyze()) }}
-- Who is meant by each principal that holds a right in a space: a user, who is in a group, and who
-- is in a class of access.
with principals as (
    select distinct principal_type, {{ confluence.principal_id_of_right() }} as principal_id
    from {{ ref('int_confluence__space_rights') }}
),

accounts as (
    select * from {{ ref('int_confluence__accounts') }}
),

members as (
    select * from {{ ref('stg_confluence__group_members') }}
)

select principals.principal_type, principals.principal_id, accounts.account_id, accounts.is_guest
from principals
inner join accounts on accounts.account_id = principals.principal_id
where principals.principal_type = 'user'
union all
select principals.principal_type, principals.principal_id, accounts.account_id, accounts.is_guest
from principals
inner join members on members.group_id = principals.principal_id
inner join accounts on accounts.account_id = members.account_id
where principals.principal_type = 'group'
union all
select principals.principal_type, principals.principal_id, accounts.account_id, accounts.is_guest
from principals
cross join accounts
where
    principals.principal_type = 'access_class'
    and (
        principals.principal_id in ('ANONYMOUS_USERS', 'AUTHENTICATED_USERS')
        or (principals.principal_id = 'ALL_LICENSED_USERS' and accounts.is_licensed)
    )
