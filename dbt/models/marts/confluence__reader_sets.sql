-- Who is in a set of readers.
with sets as (
    select * from {{ ref('int_confluence__reader_sets') }}
),

examples as (
    select space_id, barrier_key, reader_set_id
    from (
        select
            *,
            row_number() over (partition by reader_set_id order by space_id, barrier_key) as choice
        from sets
    ) as numbered
    where choice = 1
)

select examples.reader_set_id, readers.account_id
from examples
inner join {{ ref('int_confluence__barrier_readers') }} as readers
    on readers.space_id = examples.space_id
    and coalesce(readers.barrier_key, '') = coalesce(examples.barrier_key, '')
