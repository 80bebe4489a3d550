{{ config(materialized='table', post_hook=confluence.analyze()) }}
-- Of each page and blog post, which restrictions of reading somebody has to get past: its own, and
-- those of all that it lies under. Few of these differ, so readers are found for each combination
-- once (`barrier_key`). Where something on the way up is not known, nobody gets through. There are
-- no rows where a table is not loaded that may hold a restriction.
with content as (
    select content.content_id, content.type, content.space_id
    from {{ ref('int_confluence__content') }} as content
    cross join {{ ref('stg_confluence__loaded_streams') }} as loaded
    where
        content.type in ('page', 'blogpost')
        and content.status in ('current', 'archived')
        and loaded.has_child_pages
        and loaded.has_page_restrictions
        and loaded.has_blog_post_restrictions
        and loaded.has_space_permissions
        and loaded.has_users
        and loaded.has_group_members
        {%- for type in confluence.kinds_of_tree_items() %}
        and (
            loaded.has_{{ type }}_restrictions
            or not exists (select 1 from {{ ref('stg_confluence__' ~ type ~ 's') }})
        )
        {%- endfor %}
),

lineage as (
    select * from {{ ref('int_confluence__lineage') }}
),

unknown as (
    select content_id as id, min(coalesce(reason, 'not told')) as reason
    from {{ ref('int_confluence__read_restrictions') }}
    where is_unknown
    group by content_id
),

reasons as (
    select
        lineage.content_id,
        case
            when not lineage.is_known then {{ dbt.concat(['lineage.id', "', which is above it, is in no table'"]) }}
            when lineage.distance = 0 then {{ dbt.concat(["'its restrictions are not known: '", 'unknown.reason']) }}
            else {{ dbt.concat(["'the restrictions of '", 'lineage.id', "', which is above it, are not known: '", 'unknown.reason']) }}
        end as reason
    from lineage
    left join unknown on unknown.id = lineage.id
    where not lineage.is_known or unknown.id is not null
),

closed as (
    select content_id, {{ confluence.list_of('reason', '; ') }} as reason
    from reasons
    group by content_id
),

restricting as (
    select lineage.content_id, lineage.id, lineage.distance, principals.principals_key
    from lineage
    inner join {{ ref('int_confluence__principals') }} as principals on principals.content_id = lineage.id
),

keys as (
    select content_id, {{ confluence.hash_of(confluence.list_of('principals_key', ',')) }} as barrier_key
    from (select distinct content_id, principals_key from restricting) as each_once
    group by content_id
),

restricted as (
    select
        content_id,
        {{ dbt.concat(["'['", confluence.list_of(confluence.json_string('id'), ', ', 'distance, id'), "']'"]) }} as restricted_by,
        min(distance) = 0 as is_restricted
    from restricting
    group by content_id
)

select
    content.content_id,
    content.type,
    content.space_id,
    keys.barrier_key,
    restricted.restricted_by,
    case
        when restricted.is_restricted then restricted.is_restricted
        when unknown.id is null then 1 = 0
    end as is_restricted,
    closed.reason as closed_because
from content
left join keys on keys.content_id = content.content_id
left join restricted on restricted.content_id = content.content_id
left join unknown on unknown.id = content.content_id
left join closed on closed.content_id = content.content_id
