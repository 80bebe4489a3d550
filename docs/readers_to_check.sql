-- Pairs of page or blog post and account to ask a Cloud site about, as CSV: 150 random ones of which
-- effective_readers.sql says that the account may read, and 150 random ones of which it does not.
--
-- For PostgreSQL 12 and later. Set the search path to the schema of the tables and run this file
-- with psql, quietly; what it writes is for tap-confluence-readers. See permissions.md beside it.

copy (
    with
    readers as materialized (
        select page_id, null as blog_post_id, account_id from effective_readers
        union all
        select null, blog_post_id, account_id from effective_blog_post_readers
    ),
    contents as (
        select array_agg(id order by id) as ids, array_agg(type order by id) as types
        from content_inventory
        where type in ('page', 'blogpost') and status in ('current', 'archived')
    ),
    accounts as (
        select array_agg("accountId" order by "accountId") as ids
        from users
    ),
    drawn as materialized (
        select
            ceil(random() * cardinality(contents.ids))::int as content,
            ceil(random() * cardinality(accounts.ids))::int as account,
            random() < 0.1 as is_anonymous
        from contents
        cross join accounts
        cross join generate_series(1, 3000)
    ),
    drawn_pairs as (
        select distinct
            case when contents.types[drawn.content] = 'page' then contents.ids[drawn.content] end
                as page_id,
            case when contents.types[drawn.content] = 'blogpost' then contents.ids[drawn.content] end
                as blog_post_id,
            case when drawn.is_anonymous then 'anonymous' else accounts.ids[drawn.account] end
                as account_id
        from drawn
        cross join contents
        cross join accounts
    ),
    others as (
        select page_id, blog_post_id, account_id from drawn_pairs
        except
        select page_id, blog_post_id, account_id from readers
    )
    (select *, true as may_read from readers order by random() limit 150)
    union all
    (select *, false from others order by random() limit 150)
) to stdout with (format csv, header)
