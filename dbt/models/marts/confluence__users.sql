with users as (
    select * from {{ ref('stg_confluence__users') }}
),

loaded as (
    select * from {{ ref('stg_confluence__loaded_streams') }}
),

owned as (
    select owner_id as account_id, count(*) as pages
    from {{ ref('int_confluence__content_owners') }}
    where status = 'current'
    group by owner_id
),

created as (
    select author_id as account_id, count(*) as pages
    from {{ ref('int_confluence__content_owners') }}
    where status = 'current'
    group by author_id
),

edits as (
    select
        author_id as account_id,
        sum(case when number > 1 then 1 else 0 end) as edits,
        max(created_at) as last_edit_at
    from {{ ref('int_confluence__versions') }}
    group by author_id
),

comments as (
    select author_id as account_id, count(*) as comments
    from {{ ref('int_confluence__comments') }}
    where status = 'current'
    group by author_id
),

tasks as (
    select tasks.assigned_to as account_id, count(*) as tasks
    from {{ ref('stg_confluence__tasks') }} as tasks
    inner join {{ ref('int_confluence__content') }} as content
        on content.content_id = coalesce(tasks.page_id, tasks.blog_post_id)
    where tasks.status = 'incomplete' and content.status = 'current'
    group by tasks.assigned_to
)

select
    users.account_id,
    users.display_name,
    users.email,
    users.account_type,
    users.account_status,
    users.account_status = 'active' as is_active,
    users.account_status in ('inactive', 'closed') as is_gone,
    coalesce(users.is_guest, users.is_external_collaborator) as is_guest,
    coalesce(owned.pages, 0) as pages_owned,
    coalesce(created.pages, 0) as pages_created,
    {{ confluence.known('page_versions', 'edits.edits') }} as edits,
    edits.last_edit_at,
    {{ confluence.known('page_footer_comments', 'comments.comments') }} as comments,
    {{ confluence.known('tasks', 'tasks.tasks') }} as open_tasks
from users
cross join loaded
left join owned on owned.account_id = users.account_id
left join created on created.account_id = users.account_id
left join edits on edits.account_id = users.account_id
left join comments on comments.account_id = users.account_id
left join tasks on tasks.account_id = users.account_id
