{#- What each comment, file and piece of custom content is on. -#}
{%- set comments = {
    'page_footer_comments': 'page_id',
    'page_inline_comments': 'page_id',
    'blog_post_footer_comments': 'blog_post_id',
    'blog_post_inline_comments': 'blog_post_id',
    'attachment_footer_comments': 'attachment_id',
    'custom_content_footer_comments': 'custom_content_id',
} -%}
{%- for list, container in comments.items() -%}
select id as content_id, {{ container }} as container_id
from {{ ref('stg_confluence__' ~ list) }}
union all
{% endfor -%}
select id, coalesce(page_id, blog_post_id, custom_content_id)
from {{ ref('stg_confluence__attachments') }}
union all
select id, coalesce(page_id, blog_post_id, custom_content_id)
from {{ ref('stg_confluence__custom_content') }}
