-- Who may read which page and which blog post, made of the tables that tap-confluence fills.
--
-- For PostgreSQL 12 and later, with the tables as target-postgres makes them. Set the search path
-- to their schema and run this file; run it again after an upgrade of the tap. It makes views:
--
--   effective_readers (page_id, account_id)
--   effective_blog_post_readers (blog_post_id, account_id)
--   pages_out_of_reach (page_id, reason)
--
-- The account 'anonymous' stands for everybody, signed in or not. permissions.md beside this file
-- says what the views know and what they cannot know.
--
-- The switch: some sites tell the restrictions of no folder, whiteboard, database or embed at all.
-- What lies under these has no readers then. Where your site restricts none of them, say so before
-- you run this file, in the same session:
--
--   set tap_confluence.unsupported_restrictions = 'open';
--
-- The views keep what was said when they were made; 'closed' is the default. Nothing else that
-- could not be read is ever open.

drop view if exists effective_readers, effective_blog_post_readers, pages_out_of_reach;
drop view if exists confluence_readers, confluence_barriers, confluence_unread, confluence_lineage;
drop function if exists confluence_rows(text, text[], boolean);
drop function if exists confluence_restrictions();
drop function if exists confluence_unsupported_restrictions();
drop function if exists confluence_access_class(text);

do $$
declare
    choice text := coalesce(
        nullif(current_setting('tap_confluence.unsupported_restrictions', true), ''), 'closed'
    );
begin
    if choice not in ('open', 'closed') then
        raise exception 'tap_confluence.unsupported_restrictions is open or closed, not %', choice;
    end if;
    execute format(
        'create function confluence_unsupported_restrictions() returns text '
        'language sql immutable as %L',
        format('select %L::text', choice)
    );
end
$$;

-- A class of access as all streams spell it. Tables of version 0.1 have other spellings.
create function confluence_access_class(name text)
returns text
language sql
immutable
as $$ select upper(replace(name, '-', '_')) $$;

-- The rows of a table as objects with some of its columns. A row that a target has marked as
-- deleted does not count.
create function confluence_rows(table_name text, wanted text[], is_optional boolean default false)
returns setof jsonb
language plpgsql
stable
rows 10000
set search_path from current
as $$
declare
    present text[];
begin
    if to_regclass(quote_ident(table_name)) is null then
        if is_optional then
            return;
        end if;
        raise exception 'There is no table %: select the stream of this name', table_name;
    end if;

    select array_agg(attname::text)
    into present
    from pg_attribute
    where attrelid = to_regclass(quote_ident(table_name)) and attnum > 0 and not attisdropped;

    return query execute format(
        'select jsonb_build_object(%s) from %I where %s',
        (
            select string_agg(format('%L, %I', name, name), ', ')
            from unnest(wanted) as name
            where name = any (present)
        ),
        table_name,
        case when '_sdc_deleted_at' = any (present) then '_sdc_deleted_at is null' else 'true' end
    );
end
$$;

-- Each page and blog post with all that it lies under, itself included. The place in the tree is
-- that of child_pages, because moving a page does not bring it up in pages. Where something is
-- missing on the way up, nobody knows what it is restricted to.
create view confluence_lineage as
with recursive
content as (
    select
        row ->> 'type' as kind,
        row ->> 'id' as id,
        row ->> 'spaceId' as space_id
    from confluence_rows('content_inventory', array['id', 'type', 'spaceId', 'status']) as row
    where row ->> 'type' in ('page', 'blogpost') and row ->> 'status' in ('current', 'archived')
),
places as (
    select row ->> 'id' as id, row ->> 'parentId' as parent_id
    from confluence_rows('child_pages', array['id', 'parentId']) as row
),
tree as (
    select content.id, places.parent_id
    from content
    left join places using (id)
    union all
    select row ->> 'id', row ->> 'parentId'
    from unnest(array['folders', 'whiteboards', 'databases', 'embeds']) as stream
    cross join confluence_rows(stream, array['id', 'parentId', 'status'], true) as row
    where row ->> 'status' is distinct from 'trashed'
),
lineage as (
    select
        content.kind,
        content.id as content_id,
        content.space_id,
        content.id,
        tree.parent_id,
        true as is_known
    from content
    join tree using (id)
    union
    select
        lineage.kind,
        lineage.content_id,
        lineage.space_id,
        lineage.parent_id,
        tree.parent_id,
        tree.id is not null
    from lineage
    left join tree on tree.id = lineage.parent_id
    where lineage.parent_id is not null
)
select * from lineage;

-- The restrictions of reading. What holds others and has no table of restrictions is not open.
create function confluence_restrictions()
returns table (id text, kind text, holder text, reason text)
language plpgsql
stable
rows 10000
set search_path from current
as $$
declare
    restricted text;
    restrictions text;
    owner_key text;
    is_optional boolean;
begin
    for restricted, restrictions, owner_key in values
        ('', 'page_restrictions', 'pageId'),
        ('', 'blog_post_restrictions', 'blogPostId'),
        ('folders', 'folder_restrictions', 'folderId'),
        ('whiteboards', 'whiteboard_restrictions', 'whiteboardId'),
        ('databases', 'database_restrictions', 'databaseId'),
        ('embeds', 'embed_restrictions', 'embedId')
    loop
        is_optional := restricted <> ''
            and not exists (select from confluence_rows(restricted, array['id'], true));
        return query
        select
            row ->> owner_key,
            row ->> 'principalType',
            row ->> 'principalId',
            row ->> 'reason'
        from confluence_rows(
            restrictions,
            array[owner_key, 'operation', 'principalType', 'principalId', 'reason'],
            is_optional
        ) as row
        where row ->> 'operation' = 'read';
    end loop;
end
$$;

-- What the site does not tell the restrictions of. Nobody is let through.
create view confluence_unread as
select distinct id, coalesce(reason, 'not told') as reason
from confluence_restrictions()
where
    kind = 'unknown'
    and not (
        coalesce(reason, '') like 'unsupported:%'
        and confluence_unsupported_restrictions() = 'open'
    );

-- Who gets past each restriction of reading.
create view confluence_barriers as
with restrictions as (
    select id, kind, holder
    from confluence_restrictions()
)
select id, holder as account_id
from restrictions
where kind = 'user'
union
select restrictions.id, member ->> 'accountId'
from restrictions
left join confluence_rows('group_members', array['groupId', 'accountId']) as member
    on member ->> 'groupId' = restrictions.holder
where kind = 'group';

create view confluence_readers as
with
users as (
    select
        row ->> 'accountId' as account_id,
        coalesce(row ->> 'accountType', 'atlassian') = 'atlassian'
        and coalesce(row ->> 'isGuest', row ->> 'isExternalCollaborator', 'false') = 'false'
            as is_licensed
    from confluence_rows(
        'users',
        array['accountId', 'accountStatus', 'accountType', 'isGuest', 'isExternalCollaborator']
    ) as row
    where coalesce(row ->> 'accountStatus', 'active') = 'active'
),
assignments as (
    select
        row ->> 'spaceId' as space_id,
        row ->> 'roleId' as role_id,
        lower(replace(row ->> 'principalType', '-', '_')) as kind,
        row ->> 'principalId' as holder
    from confluence_rows(
        'space_role_assignments',
        array['spaceId', 'roleId', 'principalType', 'principalId'],
        true
    ) as row
),
permissions as (
    select
        row ->> 'spaceId' as space_id,
        lower(replace(row -> 'principal' ->> 'type', '-', '_')) as kind,
        row -> 'principal' ->> 'id' as holder
    from confluence_rows('space_permissions', array['spaceId', 'principal', 'operation']) as row
    where row -> 'operation' ->> 'key' = 'read' and row -> 'operation' ->> 'targetType' = 'space'
),
grants as (
    select space_id, kind, holder
    from permissions
    union
    -- What is permitted to a role is permitted to those who have it in that space.
    select space_id, assignments.kind, assignments.holder
    from permissions
    join assignments using (space_id)
    where permissions.kind = 'role' and permissions.holder = assignments.role_id
    union
    select assignments.space_id, assignments.kind, assignments.holder
    from assignments
    join confluence_rows('space_roles', array['id', 'spacePermissions'], true) as role
        on role ->> 'id' = assignments.role_id
    where jsonb_exists(role -> 'spacePermissions', 'read/space')
),
space_readers as (
    select grants.space_id, users.account_id
    from grants
    join users on users.account_id = grants.holder
    where grants.kind = 'user'
    union
    select grants.space_id, users.account_id
    from grants
    join confluence_rows('group_members', array['groupId', 'accountId']) as member
        on member ->> 'groupId' = grants.holder
    join users on users.account_id = member ->> 'accountId'
    where grants.kind = 'group'
    union
    select grants.space_id, users.account_id
    from grants
    join users
        on confluence_access_class(grants.holder) in ('ANONYMOUS_USERS', 'AUTHENTICATED_USERS')
        or (confluence_access_class(grants.holder) = 'ALL_LICENSED_USERS' and users.is_licensed)
    where grants.kind = 'access_class'
    union
    select space_id, 'anonymous'
    from grants
    where kind = 'access_class' and confluence_access_class(holder) = 'ANONYMOUS_USERS'
),
barred as (
    select distinct lineage.content_id, barrier.id
    from confluence_lineage as lineage
    join confluence_barriers as barrier on barrier.id = lineage.id
),
-- How many restrictions each account gets past that has to get past any.
passed as (
    select barred.content_id, barrier.account_id, count(*) as barriers
    from barred
    join confluence_barriers as barrier using (id)
    group by barred.content_id, barrier.account_id
),
content as (
    select lineage.kind, lineage.content_id, lineage.space_id
    from confluence_lineage as lineage
    left join confluence_unread as unread on unread.id = lineage.id
    group by lineage.kind, lineage.content_id, lineage.space_id
    having bool_and(lineage.is_known and unread.id is null)
),
barriers as (
    select content_id, count(*) as barriers
    from barred
    group by content_id
)
select content.kind, content.content_id, space_readers.account_id
from content
join space_readers using (space_id)
left join barriers using (content_id)
left join passed using (content_id, account_id)
where coalesce(passed.barriers, 0) = coalesce(barriers.barriers, 0);

create view effective_readers as
select content_id as page_id, account_id
from confluence_readers
where kind = 'page';

create view effective_blog_post_readers as
select content_id as blog_post_id, account_id
from confluence_readers
where kind = 'blogpost';

create view pages_out_of_reach as
with reasons as (
    select content_id, id || ', which is above it, is in no table' as reason
    from confluence_lineage
    where kind = 'page' and not is_known
    union
    select
        lineage.content_id,
        case
            when lineage.id = lineage.content_id then 'its restrictions are not known'
            else 'the restrictions of ' || lineage.id || ', which is above it, are not known'
        end || ': ' || unread.reason
    from confluence_lineage as lineage
    join confluence_unread as unread on unread.id = lineage.id
    where lineage.kind = 'page'
)
select content_id as page_id, string_agg(reason, '; ' order by reason) as reason
from reasons
group by content_id;
