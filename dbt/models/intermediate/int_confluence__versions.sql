-- Each version of each page and blog post that is there.
with versions as (
    select page_id as content_id, number, created_at, author_id, minor_edit
    from {{ ref('stg_confluence__page_versions') }}
    union all
    select blog_post_id, number, created_at, author_id, minor_edit
    from {{ ref('stg_confluence__blog_post_versions') }}
)

select
    versions.content_id,
    content.space_id,
    content.status,
    versions.number,
    versions.created_at,
    versions.author_id,
    coalesce(versions.minor_edit, false) as is_minor_edit
from versions
inner join {{ ref('int_confluence__content') }} as content
    on content.content_id = versions.content_id
