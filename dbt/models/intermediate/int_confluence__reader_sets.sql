{{ config(materialized='table', post_hook=confluence.analyze()) }}
-- The set of readers of each combination of restrictions, named by a hash of all who are in it, so
-- that the same people are the same set on each day and in each database.
with readers as (
    select * from {{ ref('int_confluence__barrier_readers') }}
),

accounts as (
    select
        account_id,
        account_key,
        row_number() over (order by account_key) as number_of_account
    from (
        select distinct account_id, {{ confluence.hash_of('account_id') }} as account_key
        from readers
    ) as each_once
),

-- Some databases take no list longer than 64 KB, which is less than the hashes of 2,000 accounts.
parts as (
    select
        readers.space_id,
        readers.barrier_key,
        substring(accounts.account_key, 1, 2) as part,
        count(*) as readers,
        max(case when readers.account_id = 'anonymous' then 1 else 0 end) as is_anonymous,
        {{ confluence.hash_of(confluence.list_of('accounts.account_key', ',', 'accounts.number_of_account')) }} as part_key
    from readers
    inner join accounts on accounts.account_id = readers.account_id
    group by readers.space_id, readers.barrier_key, substring(accounts.account_key, 1, 2)
)

select
    space_id,
    barrier_key,
    sum(readers) as readers,
    max(is_anonymous) = 1 as is_anonymous,
    {{ confluence.hash_of(confluence.list_of('part_key', ',')) }} as reader_set_id
from parts
group by space_id, barrier_key
