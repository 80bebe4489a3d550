-- Who may read what in the wiki of large_wiki.sql: 50 groups, three rights to read in each space, and
-- one page in 25 restricted to a person and two groups, with all that lies below it.

create table group_members as
select distinct 'g' || (u * v + v) % 50 as "groupId", 'u' || u as "accountId"
from generate_series(0, 1999) as u
cross join generate_series(1, 4) as v;

insert into space_permissions
select
    s::text, 'r' || s || '-' || v,
    jsonb_build_object(
        'type', case when v = 1 then 'access-class' else 'group' end,
        'id', case
            when v > 1 then 'g' || (s + v) % 50
            when s % 5 = 0 then 'ANONYMOUS_USERS'
            else 'ALL_LICENSED_USERS'
        end
    ),
    jsonb_build_object('key', 'read', 'targetType', 'space')
from generate_series(0, 199) as s
cross join generate_series(1, 3) as v;

create table page_restrictions as
select
    (n / 250 * 1000 + n % 250)::text as "pageId", 'read' as operation,
    case when v = 1 then 'user' else 'group' end as "principalType",
    case when v = 1 then 'u' || n * 7 % 2000 else 'g' || (n + v) % 50 end as "principalId",
    null::text as reason
from generate_series(0, 49999) as n
cross join generate_series(1, 3) as v
where n % 25 = 3;

create table blog_post_restrictions as
select
    ''::text as "blogPostId", ''::text as operation, ''::text as "principalType",
    ''::text as "principalId", ''::text as reason
where false;

analyze;
