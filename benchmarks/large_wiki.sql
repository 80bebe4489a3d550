-- The tables of a wiki of 50,000 pages and 2,000 people, as target-postgres makes them, in the schema
-- that comes first in the search path.

create table spaces as
select
    s::text as id, 'S' || s as key, 'Space ' || s as name, 'global' as type, 'current' as status,
    'u' || s % 2000 as "spaceOwnerId", (s * 1000)::text as "homepageId",
    timestamp '2020-01-01' as "createdAt"
from generate_series(0, 199) as s;

create table users as
select
    'u' || u as "accountId", 'Person ' || u as "displayName", 'atlassian' as "accountType",
    case when u % 10 = 0 then 'closed' else 'active' end as "accountStatus", false as "isGuest"
from generate_series(0, 1999) as u;

-- 250 pages in each space: the first is its home page, the others lie 7 to a parent.
create table pages as
select
    (space * 1000 + place)::text as id, space::text as "spaceId",
    case when place % 25 = 7 then 'archived' else 'current' end as status,
    'Page ' || place || ' of ' || space as title,
    'u' || n * 7 % 2000 as "authorId", 'u' || n * 13 % 2000 as "ownerId",
    timestamp '2020-01-01' + n * interval '1 hour' as "createdAt",
    timestamp '2020-02-01' + n * interval '1 hour' as "modifiedAt",
    jsonb_build_object('number', 4, 'authorId', 'u' || n * 11 % 2000) as version,
    jsonb_build_object('storage', jsonb_build_object(
        'representation', 'storage', 'value', repeat('<p>Some text, <b>bold</b>.</p>', 150)
    )) as body,
    jsonb_build_object('webui', '/spaces/S' || space || '/pages/' || space * 1000 + place) as _links
from (
    select n, n / 250 as space, n % 250 as place from generate_series(0, 49999) as n
) as numbered;

create table child_pages as
select
    (space * 1000 + (place - 1) / 7)::text as "parentId", (space * 1000 + place)::text as id,
    'page' as "parentType"
from (
    select n / 250 as space, n % 250 as place from generate_series(0, 49999) as n
) as numbered
where place > 0;

create table page_versions as
select
    pages.id as "pageId", number, pages."createdAt" + number * interval '7 days' as "createdAt",
    'u' || (pages.id::bigint * number * 11) % 2000 as "authorId", number % 3 = 0 as "minorEdit"
from pages cross join generate_series(1, 4) as number;

create table page_footer_comments as
select
    'c' || id || '-' || number as id, id as "pageId", 'current' as status, 'open' as "resolutionStatus",
    jsonb_build_object('number', 1, 'authorId', 'u' || (id::bigint * number) % 2000) as version,
    "modifiedAt"
from pages cross join generate_series(1, 2) as number;

create table attachments as
select
    'att' || id as id, 'current' as status, 'file ' || id::bigint % 500 || '.png' as title, id as "pageId",
    'image/png' as "mediaType", 1000 + id::bigint % 100 as "fileSize", "createdAt", "modifiedAt",
    jsonb_build_object('number', 1, 'authorId', "authorId") as version
from pages;

create table labels as
select l::text as id, 'label-' || l as name, 'global' as prefix from generate_series(0, 999) as l;

create table page_labels as
select pages.id as "pageId", l::text as id, 'label-' || l as name, 'global' as prefix
from pages cross join lateral (select (pages.id::bigint * k) % 1000 as l from generate_series(1, 3) as k) as chosen
group by 1, 2, 3;

create table tasks as
select
    't' || id as id, id as "pageId", "spaceId", 'incomplete' as status, "authorId" as "assignedTo",
    "createdAt", "modifiedAt" as "dueAt"
from pages;

create table page_links as
select
    pages.id as "pageId", position, 4 as "versionNumber", 'page' as kind, 'S' || pages."spaceId" as "targetSpaceKey",
    'Page ' || (pages.id::bigint * position) % 300 || ' of ' || pages."spaceId" as "targetTitle"
from pages cross join generate_series(1, 3) as position;

create table content_inventory as
select id, 'page' as type, "spaceId", status, title, "modifiedAt", timestamp '2026-07-01' as _sdc_extracted_at
from pages
union all
select id, 'footer-comment', null, status, null, "modifiedAt", timestamp '2026-07-01'
from page_footer_comments
union all
select id, 'attachment', null, status, title, "modifiedAt", timestamp '2026-07-01' from attachments;

create table space_permissions as
select
    s::text as "spaceId", 'p' || s as id, jsonb_build_object('type', 'user', 'id', 'u' || s) as principal,
    jsonb_build_object('key', 'administer', 'targetType', 'space') as operation
from generate_series(0, 199) as s;

analyze;
