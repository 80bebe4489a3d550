{{ config(materialized='table', post_hook=confluence.analyze()) }}
-- Each right in a space with who holds it: directly, or by a role.
with granted as (
    select * from {{ ref('stg_confluence__space_permissions') }}
),

assignments as (
    select * from {{ ref('stg_confluence__space_role_assignments') }}
),

rights_of_roles as (
    select
        roles.id as role_id,
        {{ confluence.element('right_of_role') }} as right_of_role
    from {{ confluence.elements_of(ref('stg_confluence__space_roles'), 'roles', 'space_permissions', 'right_of_role') }}
),

direct as (
    select
        space_id,
        lower(replace(principal_type, '-', '_')) as principal_type,
        principal_id,
        operation_key as operation,
        operation_target_type as target,
        cast(null as {{ confluence.type_string() }}) as role_id
    from granted
),

by_role as (
    select
        assignments.space_id,
        lower(replace(assignments.principal_type, '-', '_')) as principal_type,
        assignments.principal_id,
        {{ dbt.split_part('rights_of_roles.right_of_role', "'/'", 1) }} as operation,
        {{ dbt.split_part('rights_of_roles.right_of_role', "'/'", 2) }} as target,
        assignments.role_id
    from assignments
    inner join rights_of_roles on rights_of_roles.role_id = assignments.role_id
),

-- What is permitted to a role is permitted to those who have it in that space.
by_permitted_role as (
    select
        assignments.space_id,
        lower(replace(assignments.principal_type, '-', '_')) as principal_type,
        assignments.principal_id,
        direct.operation,
        direct.target,
        assignments.role_id
    from direct
    inner join assignments
        on assignments.space_id = direct.space_id and assignments.role_id = direct.principal_id
    where direct.principal_type = 'role'
)

select * from direct
union all
select * from by_role
union all
select * from by_permitted_role
