-- Who owns each page and blog post: its owner, else its author.
with written as (
    select id as content_id, author_id, owner_id, created_at
    from {{ ref('stg_confluence__pages') }}
    union all
    select id, author_id, cast(null as {{ confluence.type_string() }}), created_at
    from {{ ref('stg_confluence__blog_posts') }}
)

select
    written.content_id,
    content.space_id,
    content.type,
    content.status,
    written.author_id,
    coalesce(written.owner_id, written.author_id) as owner_id,
    written.created_at
from written
inner join {{ ref('int_confluence__content') }} as content
    on content.content_id = written.content_id
