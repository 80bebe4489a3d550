-- A page or a blog post that may be read, with the set of its readers and what makes it that one.
with content as (
    select *
    from {{ ref('int_confluence__content') }}
    where type in ('page', 'blogpost') and status in ('current', 'archived')
)

select
    content.content_id as page_id,
    content.type,
    content.status,
    content.title,
    content.space_id,
    content.space_key,
    -- Without a table that is needed, nothing is known. With all of them, who is not known to be let
    -- in is not.
    case
        when barriers.content_id is null then null
        when barriers.closed_because is not null then {{ confluence.nobody() }}
        else coalesce(sets.reader_set_id, {{ confluence.nobody() }})
    end as reader_set_id,
    case
        when barriers.content_id is null then null
        when barriers.closed_because is not null then 0
        else coalesce(sets.readers, 0)
    end as readers,
    case
        when barriers.content_id is null then null
        when barriers.closed_because is not null then 1 = 0
        else coalesce(sets.is_anonymous, 1 = 0)
    end as is_anonymous,
    barriers.is_restricted,
    barriers.restricted_by,
    barriers.closed_because
from content
left join {{ ref('int_confluence__barriers') }} as barriers on barriers.content_id = content.content_id
left join {{ ref('int_confluence__reader_sets') }} as sets
    on sets.space_id = barriers.space_id
    and coalesce(sets.barrier_key, '') = coalesce(barriers.barrier_key, '')
