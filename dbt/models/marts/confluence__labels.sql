{{ config(enabled=var('confluence__using_labels', true)) }}
with loaded as (
    select * from {{ ref('stg_confluence__loaded_streams') }}
),

uses as (
    select * from {{ ref('int_confluence__labelled') }}
),

-- Old releases of Data Center do not list their labels: then those that are in use are known.
known as (
    select id as label_id, name, prefix from {{ ref('stg_confluence__labels') }}
    union all
    select label_id, name, prefix from uses
),

labels as (
    select label_id, max(name) as name, max(prefix) as prefix
    from known
    group by label_id
),

counts as (
    select
        label_id,
        count(*) as uses,
        sum(case when kind = 'page' then 1 else 0 end) as pages,
        sum(case when kind = 'blog_post' then 1 else 0 end) as blog_posts,
        sum(case when kind = 'attachment' then 1 else 0 end) as attachments,
        sum(case when kind = 'custom_content' then 1 else 0 end) as custom_content,
        sum(case when kind = 'space' then 1 else 0 end) as labelled_spaces,
        count(distinct space_id) as spaces,
        max(modified_at) as last_use_at
    from uses
    group by label_id
),

spelled_plainly as (
    select
        label_id,
        name,
        prefix,
        {{ confluence.spelled_plainly('name') }} as plain_name
    from labels
),

near as (
    select
        spelled_plainly.label_id,
        count(*) as near_duplicates,
        {{ confluence.list_of('other.name', ', ') }} as near_duplicate_names
    from spelled_plainly
    inner join spelled_plainly as other
        on other.plain_name = spelled_plainly.plain_name
        and other.prefix = spelled_plainly.prefix
        and other.label_id <> spelled_plainly.label_id
    group by spelled_plainly.label_id
)

select
    labels.label_id,
    labels.name,
    labels.prefix,
    coalesce(counts.uses, 0) as uses,
    {{ confluence.known('page_labels', 'counts.pages') }} as pages,
    {{ confluence.known('blog_post_labels', 'counts.blog_posts') }} as blog_posts,
    {{ confluence.known('attachment_labels', 'counts.attachments') }} as attachments,
    {{ confluence.known('custom_content_labels', 'counts.custom_content') }} as custom_content,
    {{ confluence.known('space_labels', 'counts.labelled_spaces') }} as labelled_spaces,
    coalesce(counts.spaces, 0) as spaces,
    counts.last_use_at,
    coalesce(near.near_duplicates, 0) as near_duplicates,
    near.near_duplicate_names
from labels
cross join loaded
left join counts on counts.label_id = labels.label_id
left join near on near.label_id = labels.label_id
