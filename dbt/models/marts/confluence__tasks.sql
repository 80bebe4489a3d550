{{ config(enabled=var('confluence__using_tasks', true)) }}
with tasks as (
    select * from {{ ref('stg_confluence__tasks') }}
)

select
    tasks.id as task_id,
    tasks.status,
    tasks.body as task,
    tasks.page_id,
    tasks.blog_post_id,
    content.title as page_title,
    content.status as page_status,
    content.space_id,
    content.space_key,
    tasks.created_by,
    tasks.created_at,
    tasks.assigned_to as assignee_id,
    assignees.display_name as assignee_name,
    assignees.account_status as assignee_status,
    tasks.due_at,
    tasks.completed_at,
    {{ confluence.is_overdue('tasks', 'content') }} as is_overdue,
    case when {{ confluence.is_overdue('tasks', 'content') }} then {{ confluence.days_since('tasks.due_at') }} end as days_overdue
from tasks
inner join {{ ref('int_confluence__content') }} as content
    on content.content_id = coalesce(tasks.page_id, tasks.blog_post_id)
left join {{ ref('stg_confluence__users') }} as assignees on assignees.account_id = tasks.assigned_to
