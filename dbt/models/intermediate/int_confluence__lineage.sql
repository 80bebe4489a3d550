{{ config(materialized='table', post_hook=confluence.analyze()) }}
-- Each page and blog post with all that it lies under, itself included.
with recursive tree as (
    select * from {{ ref('int_confluence__tree') }}
),

lineage {{ confluence.columns_of_recursion(['content_id', 'id', 'parent_id', 'distance', 'is_known']) }} as (
    select
        id as content_id,
        id,
        parent_id,
        0 as distance,
        is_known
    from tree
    where type in ('page', 'blogpost')
    union all
    select
        lineage.content_id,
        tree.id,
        tree.parent_id,
        lineage.distance + 1 as distance,
        tree.is_known and (tree.parent_id is null or lineage.distance + 1 < {{ confluence.deepest_tree() }}) as is_known
    from lineage
    inner join tree on tree.id = lineage.parent_id
    where lineage.distance < {{ confluence.deepest_tree() }}
)

select
    content_id,
    id,
    min(distance) as distance,
    min(case when is_known then 1 else 0 end) = 1 as is_known
from lineage
group by content_id, id
