-- What an index takes: the text of each page and blog post, and who may find it.
{% set columns = ['id', 'url', 'body_text', 'body_markdown'] -%}
with written as (
    select {{ columns | join(', ') }} from {{ ref('stg_confluence__pages') }}
    union all
    select {{ columns | join(', ') }} from {{ ref('stg_confluence__blog_posts') }}
),

-- Labels of one's own are for nobody else.
labels as (
    select distinct page_id as content_id, name from {{ ref('stg_confluence__page_labels') }}
    where prefix is null or prefix <> 'my'
    union all
    select distinct blog_post_id, name from {{ ref('stg_confluence__blog_post_labels') }}
    where prefix is null or prefix <> 'my'
),

tags as (
    select
        content_id,
        {{ dbt.concat(["'['", confluence.list_of(confluence.json_string('name'), ', ', 'name'), "']'"]) }} as tags
    from labels
    group by content_id
)

select
    content.content_id as page_id,
    content.type,
    content.status,
    content.title,
    content.space_id,
    content.space_key,
    written.url,
    coalesce(written.body_text, written.body_markdown) as text,
    case when loaded.has_page_labels then coalesce(tags.tags, '[]') end as tags,
    access.reader_set_id,
    content.modified_at as changed_at
from {{ ref('int_confluence__content') }} as content
cross join {{ ref('stg_confluence__loaded_streams') }} as loaded
left join written on written.id = content.content_id
left join tags on tags.content_id = content.content_id
left join {{ ref('confluence__page_access') }} as access on access.page_id = content.content_id
where content.type in ('page', 'blogpost') and content.status in ('current', 'archived')
