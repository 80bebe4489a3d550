{{ config(
    enabled=var('confluence__using_daily_activity', true),
    materialized='incremental',
    incremental_strategy=confluence.strategy_by_day(),
    unique_key=confluence.key_by_day(),
    partition_by={'field': 'day', 'data_type': 'date'} if target.type == 'bigquery' else none,
    on_schema_change='append_new_columns',
) }}
-- Days that are older than the look-back are kept as they were, also when what was written on them
-- is gone since. A day that is built again is built whole.
with acts as (
    select
        cast(created_at as date) as day,
        space_id,
        author_id,
        case when number = 1 then 1 else 0 end as created,
        case when number > 1 then 1 else 0 end as edits,
        case when number > 1 and is_minor_edit then 1 else 0 end as minor_edits,
        0 as comments
    from {{ ref('int_confluence__versions') }}
    union all
    select cast(modified_at as date), space_id, author_id, 0, 0, 0, 1
    from {{ ref('int_confluence__comments') }}
)

select
    day,
    coalesce(space_id, 'unknown') as space_id,
    coalesce(author_id, 'unknown') as account_id,
    sum(created) as created,
    sum(edits) as edits,
    sum(minor_edits) as minor_edits,
    sum(comments) as comments
from acts
where day is not null
{%- if is_incremental() %}
    and day >= (
        select {{ dbt.dateadd('day', -var('confluence_lookback_days', 7), 'max(day)') }}
        from {{ this }}
    )
{%- endif %}
group by 1, 2, 3
