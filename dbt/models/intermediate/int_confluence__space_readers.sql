{{ config(materialized='table', post_hook=confluence.analyze()) }}
-- Who may read in a space what is not restricted.
with grants as (
    select distinct
        space_id,
        principal_type,
        {{ confluence.principal_id_of_right() }} as principal_id
    from {{ ref('int_confluence__space_rights') }}
    where operation = 'read' and target = 'space'
)

select distinct grants.space_id, accounts.account_id
from grants
inner join {{ ref('int_confluence__principal_accounts') }} as accounts
    on accounts.principal_type = grants.principal_type
    and accounts.principal_id = grants.principal_id
union all
select distinct space_id, 'anonymous' as account_id
from grants
where principal_type = 'access_class' and principal_id = 'ANONYMOUS_USERS'
