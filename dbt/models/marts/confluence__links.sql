{{ config(enabled=var('confluence__using_links', true)) }}
with links as (
    select * from {{ ref('int_confluence__links') }}
),

loaded as (
    select * from {{ ref('stg_confluence__loaded_streams') }}
)

select
    links.page_id,
    links.position,
    pages.title as page_title,
    links.space_id,
    pages.space_key,
    links.kind,
    links.text,
    links.url,
    links.target_id,
    links.target_space_key,
    links.target_title,
    links.target_status,
    -- Null where nobody can tell: another site, or a space that is not loaded.
    case
        when links.kind in ('page', 'blog_post') then
            case
                when links.target_status is not null then links.target_status not in ('current', 'archived')
                when links.target_space_key is null or links.target_space_id is not null then true
            end
        when links.kind = 'file' and loaded.has_attachments then links.target_id is null
        when links.kind = 'space' then links.target_id is null
        when links.kind = 'person' then links.target_account_status = 'closed'
    end as is_broken
from links
cross join loaded
inner join {{ ref('int_confluence__content') }} as pages on pages.content_id = links.page_id
