-- A page may lie under a folder, a whiteboard, a database or a Smart Link. Where these are not
-- loaded, the path begins below them and is not complete.
with recursive places as (
    select * from {{ ref('int_confluence__places') }}
),

tops as (
    select places.*
    from places
    left join places as parents on parents.id = places.parent_id
    where parents.id is null
),

paths {{ confluence.columns_of_recursion(['id', 'root_id', 'depth', 'path_ids', 'path', 'is_complete']) }} as (
    select
        id,
        id as root_id,
        0 as depth,
        cast({{ dbt.concat(["'/'", 'id', "'/'"]) }} as {{ confluence.type_string() }}) as path_ids,
        cast(title as {{ confluence.type_string() }}) as path,
        parent_id is null as is_complete
    from tops
    union all
    select
        places.id,
        paths.root_id,
        paths.depth + 1,
        cast({{ dbt.concat(['paths.path_ids', 'places.id', "'/'"]) }} as {{ confluence.type_string() }}),
        cast({{ dbt.concat(['paths.path', "' > '", 'places.title']) }} as {{ confluence.type_string() }}),
        paths.is_complete
    from paths
    inner join places on places.parent_id = paths.id
)

select
    places.id as page_id,
    places.space_id,
    places.parent_id,
    places.parent_type,
    paths.root_id,
    paths.depth,
    paths.path_ids,
    paths.path,
    -- Pages in a circle are below no top.
    coalesce(paths.is_complete, false) as is_complete,
    case when paths.is_complete then paths.root_id <> spaces.homepage_id end as is_outside_home
from places
left join paths on paths.id = places.id
left join {{ ref('stg_confluence__spaces') }} as spaces on spaces.id = places.space_id
where places.is_page
