with spaces as (
    select * from {{ ref('stg_confluence__spaces') }}
),

loaded as (
    select * from {{ ref('stg_confluence__loaded_streams') }}
),

users as (
    select * from {{ ref('stg_confluence__users') }}
),

holders as (
    select rights.space_id, rights.principal_type, rights.principal_id
    from {{ ref('int_confluence__space_rights') }} as rights
    where rights.operation = 'administer' and rights.target = 'space'
),

-- A right that a role has in a space is of those who have the role there.
principals as (
    select space_id, principal_type, principal_id from holders
    union all
    select holders.space_id, lower(assignments.principal_type), assignments.principal_id
    from holders
    inner join {{ ref('stg_confluence__space_role_assignments') }} as assignments
        on assignments.space_id = holders.space_id
        and assignments.role_id = holders.principal_id
    where holders.principal_type = 'role'
),

accounts as (
    select space_id, principal_id as account_id
    from principals
    where principal_type = 'user'
    union all
    select principals.space_id, members.account_id
    from principals
    inner join {{ ref('stg_confluence__group_members') }} as members
        on members.group_id = principals.principal_id
    where principals.principal_type = 'group'
),

admins as (
    select accounts.space_id, count(distinct accounts.account_id) as admins
    from accounts
    inner join users on users.account_id = accounts.account_id
    where users.account_status = 'active'
    group by accounts.space_id
),

pages as (
    select
        space_id,
        sum(case when type = 'page' and status = 'current' then 1 else 0 end) as current_pages,
        sum(case when type = 'page' and status = 'archived' then 1 else 0 end) as archived_pages,
        sum(case when type = 'page' and status = 'trashed' then 1 else 0 end) as trashed_pages,
        sum(case when type = 'blogpost' and status = 'current' then 1 else 0 end) as blog_posts,
        sum(case when type = 'page' and is_stale then 1 else 0 end) as stale_pages,
        sum(
            case
                when type = 'page' and status = 'current' and (owner_id is null or is_owner_gone) then 1
                else 0
            end
        ) as ownerless_pages
    from {{ ref('confluence__pages') }}
    group by space_id
),

activity as (
    select space_id, max(modified_at) as last_activity_at
    from {{ ref('int_confluence__content') }}
    where status = 'current'
    group by space_id
),

contributions as (
    select space_id, author_id, created_at as contributed_at
    from {{ ref('int_confluence__versions') }}
    union all
    select space_id, author_id, modified_at
    from {{ ref('int_confluence__comments') }}
),

contributors as (
    select space_id, count(distinct author_id) as contributors
    from contributions
    where {{ confluence.days_since('contributed_at') }} between 0 and 90
    group by space_id
),

files as (
    select content.space_id, sum(files.file_size) as bytes
    from {{ ref('stg_confluence__attachments') }} as files
    inner join {{ ref('int_confluence__content') }} as content on content.content_id = files.id
    where content.status in ('current', 'archived')
    group by content.space_id
)

select
    spaces.id as space_id,
    spaces.key as space_key,
    spaces.name,
    spaces.type,
    spaces.status,
    spaces.created_at,
    spaces.space_owner_id as owner_id,
    owners.display_name as owner_name,
    owners.account_status = 'active' as is_owner_active,
    -- On Data Center no space has an owner, so that none lacks one.
    case
        when max(spaces.space_owner_id) over () is not null then
            spaces.space_owner_id is null
            or coalesce(owners.account_status in ('inactive', 'closed'), false)
    end as is_ownerless,
    {{ confluence.known('space_permissions', 'admins.admins') }} as admins,
    coalesce(pages.current_pages, 0) as current_pages,
    coalesce(pages.archived_pages, 0) as archived_pages,
    coalesce(pages.trashed_pages, 0) as trashed_pages,
    coalesce(pages.blog_posts, 0) as blog_posts,
    coalesce(pages.stale_pages, 0) as stale_pages,
    {{ confluence.share('pages.stale_pages', 'pages.current_pages') }} as stale_share,
    coalesce(pages.ownerless_pages, 0) as ownerless_pages,
    {{ confluence.share('pages.ownerless_pages', 'pages.current_pages') }} as ownerless_share,
    activity.last_activity_at,
    {{ confluence.known('page_versions', 'contributors.contributors') }} as contributors_in_90_days,
    {{ confluence.known('attachments', 'files.bytes') }} as bytes,
    spaces.url
from spaces
cross join loaded
left join users as owners on owners.account_id = spaces.space_owner_id
left join admins on admins.space_id = spaces.id
left join pages on pages.space_id = spaces.id
left join activity on activity.space_id = spaces.id
left join contributors on contributors.space_id = spaces.id
left join files on files.space_id = spaces.id
