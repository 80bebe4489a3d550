with loaded as (
    select * from {{ ref('stg_confluence__loaded_streams') }}
),

content as (
    select * from {{ ref('int_confluence__content') }}
    where type in ('page', 'blogpost')
),

{% set details = ['id', 'version_number', 'version_author_id', 'body', 'body_format', 'body_text', 'url'] -%}
written as (
    select {{ details | join(', ') }} from {{ ref('stg_confluence__pages') }}
    union all
    select {{ details | join(', ') }} from {{ ref('stg_confluence__blog_posts') }}
),

versions as (
    select content_id, count(*) as versions, count(distinct author_id) as editors
    from {{ ref('int_confluence__versions') }}
    group by content_id
),

comments as (
    select
        container_id,
        count(*) as comments,
        sum(case when is_open then 1 else 0 end) as open_comments
    from {{ ref('int_confluence__comments') }}
    where status = 'current'
    group by container_id
),

files as (
    select
        coalesce(files.page_id, files.blog_post_id) as container_id,
        count(*) as files,
        sum(files.file_size) as bytes
    from {{ ref('stg_confluence__attachments') }} as files
    inner join {{ ref('int_confluence__content') }} as there on there.content_id = files.id
    where there.status = 'current'
    group by 1
),

labels as (
    select container_id, count(*) as labels
    from {{ ref('int_confluence__labelled') }}
    where kind in ('page', 'blog_post')
    group by container_id
),

links_out as (
    select page_id, count(*) as links
    from {{ ref('int_confluence__links') }}
    group by page_id
),

links_in as (
    select target_id, count(distinct page_id) as pages
    from {{ ref('int_confluence__links') }}
    where kind in ('page', 'blog_post') and target_id <> page_id
    group by target_id
),

titles as (
    select lower(trim(title)) as title, count(*) as uses
    from content
    where status = 'current'
    group by 1
),

views as (
    select page_id as content_id, views, viewers from {{ ref('stg_confluence__page_views') }}
    union all
    select blog_post_id, views, viewers from {{ ref('stg_confluence__blog_post_views') }}
),

restricted as (
    select distinct page_id as content_id
    from {{ ref('stg_confluence__page_restrictions') }}
    where operation = 'read'
    union all
    select distinct blog_post_id
    from {{ ref('stg_confluence__blog_post_restrictions') }}
    where operation = 'read'
),

users as (
    select * from {{ ref('stg_confluence__users') }}
)

select
    content.content_id as page_id,
    content.type,
    content.status,
    content.title,
    content.space_id,
    content.space_key,
    content.space_name,
    paths.parent_id,
    paths.path,
    paths.depth,
    paths.is_complete as is_path_complete,
    paths.is_outside_home,
    owners.author_id,
    authors.display_name as author_name,
    owners.owner_id,
    owning.display_name as owner_name,
    owning.account_status = 'active' as is_owner_active,
    owning.account_status in ('inactive', 'closed') as is_owner_gone,
    owners.created_at,
    content.modified_at,
    written.version_author_id as modified_by,
    {{ confluence.days_since('content.modified_at') }} as days_since_modified,
    content.status = 'current'
    and {{ confluence.days_since('content.modified_at') }} > {{ confluence.stale_after_days() }} as is_stale,
    written.version_number,
    {{ confluence.known('page_versions', 'versions.versions') }} as versions,
    {{ confluence.known('page_versions', 'versions.editors') }} as editors,
    {{ confluence.known('page_footer_comments', 'comments.comments') }} as comments,
    {{ confluence.known('page_footer_comments', 'comments.open_comments') }} as open_comments,
    {{ confluence.known('attachments', 'files.files') }} as files,
    {{ confluence.known('attachments', 'files.bytes') }} as bytes,
    {{ confluence.known('page_labels', 'labels.labels') }} as labels,
    case when content.type = 'page' and content.status = 'current' then
        {{ confluence.known('page_links', 'links_out.links') }}
    end as links_out,
    {{ confluence.known('page_links', 'links_in.pages') }} as links_in,
    coalesce(
        {{ dbt.length('written.body_text') }},
        case when written.body_format <> 'atlas_doc_format' then
            {{ dbt.length(confluence.without_tags('written.body')) }}
        end
    ) as text_length,
    content.status = 'current' and titles.uses > 1 as has_duplicate_title,
    views.views,
    views.viewers,
    nullif(states.name, '') as state,
    case when loaded.has_page_restrictions then restricted.content_id is not null end as is_restricted,
    access.reader_set_id,
    access.is_anonymous,
    written.url
from content
cross join loaded
left join written on written.id = content.content_id
left join {{ ref('int_confluence__content_owners') }} as owners on owners.content_id = content.content_id
left join users as authors on authors.account_id = owners.author_id
left join users as owning on owning.account_id = owners.owner_id
left join {{ ref('confluence__page_paths') }} as paths on paths.page_id = content.content_id
left join versions on versions.content_id = content.content_id
left join comments on comments.container_id = content.content_id
left join files on files.container_id = content.content_id
left join labels on labels.container_id = content.content_id
left join links_out on links_out.page_id = content.content_id
left join links_in on links_in.target_id = content.content_id
left join titles on titles.title = lower(trim(content.title))
left join views on views.content_id = content.content_id
left join {{ ref('stg_confluence__content_states') }} as states on states.content_id = content.content_id
left join restricted on restricted.content_id = content.content_id
left join {{ ref('confluence__page_access') }} as access on access.page_id = content.content_id
