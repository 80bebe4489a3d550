{{ config(materialized='view', enabled=var('confluence__using_page_readers', false)) }}
-- Pairs of page or blog post and account to ask the site about: 150 random ones of which
-- confluence__page_readers says that the account may read, and 150 random ones of which it does not.
with contents as (
    select page_id, type, reader_set_id
    from {{ ref('confluence__page_access') }}
    order by {{ confluence.random() }}
    limit 1000
),

accounts as (
    select account_id
    from (
        select account_id, {{ confluence.random() }} as place from {{ ref('stg_confluence__users') }}
        union all
        select 'anonymous', null
    ) as everybody
    order by case when place is null then 0 else 1 end, place
    limit 40
),

pairs as (
    select
        contents.page_id,
        contents.type,
        accounts.account_id,
        readers.account_id is not null as may_read
    from contents
    cross join accounts
    left join {{ ref('confluence__reader_sets') }} as readers
        on readers.reader_set_id = contents.reader_set_id
        and readers.account_id = accounts.account_id
),

numbered as (
    select
        *,
        row_number() over (partition by may_read order by {{ confluence.random() }}) as place
    from pairs
)

select
    case when type = 'page' then page_id end as page_id,
    case when type = 'blogpost' then page_id end as blog_post_id,
    account_id,
    may_read
from numbered
where place <= 150
