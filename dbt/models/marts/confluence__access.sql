-- Who holds which right in a space, directly or by a role.
with rights as (
    select
        space_id,
        principal_type,
        {{ confluence.principal_id_of_right() }} as principal_id,
        operation,
        target,
        role_id
    from {{ ref('int_confluence__space_rights') }}
),

loaded as (
    select * from {{ ref('stg_confluence__loaded_streams') }}
),

roles as (
    select * from {{ ref('stg_confluence__space_roles') }}
),

named_groups as (
    select * from {{ ref('stg_confluence__groups') }}
),

users as (
    select * from {{ ref('stg_confluence__users') }}
),

holders as (
    select distinct principal_type, principal_id, account_id, is_guest
    from {{ ref('int_confluence__principal_accounts') }}
),

members as (
    select
        principal_type,
        principal_id,
        count(*) as members,
        sum(case when is_guest then 1 else 0 end) as guests
    from holders
    group by principal_type, principal_id
),

holders_of_roles as (
    select distinct rights.space_id, rights.role_id, holders.account_id, holders.is_guest
    from rights
    inner join holders
        on holders.principal_type = rights.principal_type and holders.principal_id = rights.principal_id
    where rights.role_id is not null
),

members_by_role as (
    select
        space_id,
        role_id,
        count(*) as members,
        sum(case when is_guest then 1 else 0 end) as guests
    from holders_of_roles
    group by space_id, role_id
),

held as (
    select
        space_id,
        principal_type,
        principal_id,
        operation,
        target,
        max(case when role_id is null then 1 else 0 end) = 1 as is_direct
    from rights
    group by space_id, principal_type, principal_id, operation, target
),

roles_of_holders as (
    select
        named.space_id,
        named.principal_type,
        named.principal_id,
        named.operation,
        named.target,
        {{ dbt.concat(["'['", confluence.list_of(confluence.json_string('named.name'), ', ', 'named.name'), "']'"]) }} as roles
    from (
        select distinct
            rights.space_id,
            rights.principal_type,
            rights.principal_id,
            rights.operation,
            rights.target,
            coalesce(roles.name, rights.role_id) as name
        from rights
        left join roles on roles.id = rights.role_id
        where rights.role_id is not null
    ) as named
    group by named.space_id, named.principal_type, named.principal_id, named.operation, named.target
)

select
    held.space_id,
    spaces.key as space_key,
    spaces.name as space_name,
    held.principal_type,
    held.principal_id,
    case held.principal_type
        when 'user' then users.display_name
        when 'group' then coalesce(named_groups.name, held.principal_id)
        when 'role' then roles.name
        else held.principal_id
    end as principal_name,
    held.operation,
    held.target,
    held.is_direct,
    roles_of_holders.roles,
    held.operation = 'administer' and held.target = 'space' as is_admin,
    held.principal_type = 'access_class' and held.principal_id = 'ANONYMOUS_USERS' as is_anonymous,
    case
        when not loaded.has_users or not loaded.has_group_members then null
        -- No API lists who is in these.
        when held.principal_id in ('ALL_PRODUCT_ADMINS', 'JSM_PROJECT_ADMINS') then null
        when held.principal_type = 'role' then coalesce(members_by_role.guests, 0) > 0
        else coalesce(members.guests, 0) > 0
    end as is_guest,
    case
        when not loaded.has_users or not loaded.has_group_members then null
        when held.principal_id in ('ALL_PRODUCT_ADMINS', 'JSM_PROJECT_ADMINS') then null
        when held.principal_type = 'role' then coalesce(members_by_role.members, 0)
        else coalesce(members.members, 0)
    end as members,
    own_roles.own_role
from held
cross join loaded
left join {{ ref('stg_confluence__spaces') }} as spaces on spaces.id = held.space_id
left join roles_of_holders
    on roles_of_holders.space_id = held.space_id
    and roles_of_holders.principal_type = held.principal_type
    and roles_of_holders.principal_id = held.principal_id
    and roles_of_holders.operation = held.operation
    and roles_of_holders.target = held.target
left join users on held.principal_type = 'user' and users.account_id = held.principal_id
left join named_groups on held.principal_type = 'group' and named_groups.id = held.principal_id
left join roles on held.principal_type = 'role' and roles.id = held.principal_id
left join members
    on members.principal_type = held.principal_type and members.principal_id = held.principal_id
left join members_by_role
    on held.principal_type = 'role'
    and members_by_role.space_id = held.space_id
    and members_by_role.role_id = held.principal_id
left join {{ ref('confluence_group_roles') }} as own_roles
    on held.principal_type = 'group' and own_roles.group_name = named_groups.name
