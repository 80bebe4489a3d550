{#- Each comment that is there, with the page, blog post, file or custom content that it is on. -#}
{%- set lists = [
    'page_footer_comments',
    'page_inline_comments',
    'blog_post_footer_comments',
    'blog_post_inline_comments',
    'attachment_footer_comments',
    'custom_content_footer_comments',
] -%}
with comments as (
{%- for list in lists %}
    select id, version_author_id, modified_at, resolution_status
    from {{ ref('stg_confluence__' ~ list) }}
    {{- '\n    union all' if not loop.last }}
{%- endfor %}
)

select
    comments.id as comment_id,
    containers.container_id,
    content.space_id,
    content.status,
    comments.version_author_id as author_id,
    comments.modified_at,
    coalesce(comments.resolution_status in ('open', 'reopened'), false) as is_open
from comments
inner join {{ ref('int_confluence__containers') }} as containers
    on containers.content_id = comments.id
inner join {{ ref('int_confluence__content') }} as content on content.content_id = comments.id
