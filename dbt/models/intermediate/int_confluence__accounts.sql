-- Who may sign in. Where the site does not tell whether somebody is a guest, they may be one.
select
    account_id,
    coalesce(account_type = 'atlassian' and not coalesce(is_guest, is_external_collaborator), 1 = 0) as is_licensed,
    coalesce(is_guest, is_external_collaborator, 1 = 0) as is_guest
from {{ ref('stg_confluence__users') }}
where account_status is null or account_status = 'active'
