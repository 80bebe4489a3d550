-- What the links in the bodies of current pages lead to: the content itself, where it is there.
with content as (
    select * from {{ ref('int_confluence__content') }}
),

pages as (
    select pages.id, pages.version_number, content.space_id
    from {{ ref('stg_confluence__pages') }} as pages
    inner join content on content.content_id = pages.id
    where content.status = 'current'
),

-- Rows of an older version are left from an older body.
links as (
    select links.*, pages.space_id
    from {{ ref('stg_confluence__page_links') }} as links
    inner join pages
        on pages.id = links.page_id
        and coalesce(pages.version_number, links.version_number) = links.version_number
),

keys_of_spaces as (
    select id as space_id, key from {{ ref('stg_confluence__spaces') }}
    union all
    select id, current_active_alias from {{ ref('stg_confluence__spaces') }}
    where current_active_alias <> key
),

titles as (
    select
        content_id,
        space_id,
        type,
        lower(title) as title,
        row_number() over (
            partition by space_id, type, lower(title)
            order by case when status = 'current' then 0 else 1 end, content_id
        ) as choice
    from content
    where type in ('page', 'blogpost') and status in ('current', 'archived')
),

files as (
    select
        coalesce(files.page_id, files.blog_post_id, files.custom_content_id) as container_id,
        content.title,
        min(content.content_id) as content_id
    from {{ ref('stg_confluence__attachments') }} as files
    inner join content on content.content_id = files.id
    where content.status in ('current', 'archived')
    group by 1, 2
),

resolved as (
    select
        links.page_id,
        links.position,
        links.kind,
        links.text,
        links.url,
        links.space_id,
        links.target_space_key,
        links.target_title,
        target_spaces.space_id as target_space_id,
        case
            when links.kind = 'file' then files.content_id
            when links.kind in ('page', 'blog_post') then coalesce(links.target_id, titles.content_id)
            when links.kind = 'space' then target_spaces.space_id
            else links.target_id
        end as target_id
    from links
    left join keys_of_spaces as target_spaces on target_spaces.key = links.target_space_key
    left join titles
        on titles.space_id = target_spaces.space_id
        and titles.title = lower(links.target_title)
        and titles.type = case links.kind when 'page' then 'page' when 'blog_post' then 'blogpost' end
        and titles.choice = 1
    left join files
        on links.kind = 'file'
        and files.container_id = links.target_id
        and files.title = links.target_title
)

select
    resolved.*,
    content.status as target_status,
    users.account_status as target_account_status
from resolved
left join content
    on resolved.kind in ('page', 'blog_post') and content.content_id = resolved.target_id
left join {{ ref('stg_confluence__users') }} as users
    on resolved.kind = 'person' and users.account_id = resolved.target_id
