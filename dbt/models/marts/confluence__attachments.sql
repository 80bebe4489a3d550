{{ config(enabled=var('confluence__using_attachments', true)) }}
with content as (
    select * from {{ ref('int_confluence__content') }}
),

loaded as (
    select * from {{ ref('stg_confluence__loaded_streams') }}
),

versions as (
    select attachment_id, count(*) as versions
    from {{ ref('stg_confluence__attachment_versions') }}
    group by attachment_id
),

files as (
    select
        files.*,
        content.status as present_status,
        content.title as file_name,
        content.space_id,
        content.space_key,
        content.modified_at as present_modified_at
    from {{ ref('stg_confluence__attachments') }} as files
    inner join content on content.content_id = files.id
),

copies as (
    select file_name, file_size, count(*) as copies
    from files
    where present_status in ('current', 'archived')
    group by file_name, file_size
)

select
    files.id as attachment_id,
    files.file_name,
    files.present_status as status,
    files.media_type,
    files.file_size as bytes,
    files.page_id,
    files.blog_post_id,
    files.custom_content_id,
    containers.title as container_title,
    containers.status as container_status,
    files.space_id,
    files.space_key,
    {{ confluence.known('attachment_versions', 'versions.versions') }} as versions,
    files.created_at,
    files.present_modified_at as modified_at,
    files.version_author_id as modified_by,
    {{ confluence.days_since('files.created_at') }} as age_in_days,
    case when files.present_status in ('current', 'archived') then copies.copies - 1 end as duplicates,
    files.url
from files
cross join loaded
left join content as containers
    on containers.content_id = coalesce(files.page_id, files.blog_post_id, files.custom_content_id)
left join versions on versions.attachment_id = files.id
left join copies on copies.file_name = files.file_name and copies.file_size = files.file_size
