"""Who may read which page and blog post: the models agree with the site."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tap_confluence.cli.readers import compare
from tap_confluence.tap import TapConfluence
from tests.dbt.conftest import DATABASES
from tests.dbt.readers import (
    assert_readers,
    build_readers,
    load_again,
    out_of_reach,
    pairs,
    read,
    settings_of_data_center,
)
from tests.demo_site import DataCenterSite, DemoSite, Wiki
from tests.demo_site.readers import ANONYMOUS, READABLE, readers_of
from tests.running import settings_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.dbt.warehouses import Warehouse
    from tests.demo_site.model import Page


@pytest.fixture(scope="module")
def wiki() -> Wiki:
    """A wiki with all awkward cases, of which a seeded one lacks a page under a Smart Link."""
    wiki = Wiki.seeded(pages=120, seed=7)
    embed = next(each for each in wiki.tree_items["embed"] if each.status == "current")
    page = next(p for p in wiki.pages if p.space == embed.space and p.parent_type == "page")
    assert page.status in READABLE

    def put_below(page: Page) -> None:
        page.parent, page.parent_type = embed.num, embed.type

    wiki.change(page, put_below)
    return wiki


@pytest.fixture(scope="module", params=DATABASES)
def loaded(
    request: pytest.FixtureRequest, wiki: Wiki, new_warehouse: Callable[[str], Warehouse]
) -> Warehouse:
    """A warehouse with that wiki, of the cloud."""
    warehouse = new_warehouse(request.param)
    with DemoSite(wiki) as site:
        warehouse.load(read(settings_of(site)))
    return warehouse


@pytest.fixture(params=DATABASES)
def empty(request: pytest.FixtureRequest, new_warehouse: Callable[[str], Warehouse]) -> Warehouse:
    return new_warehouse(request.param)


@contextmanager
def without(warehouse: Warehouse, *tables: str) -> Iterator[None]:
    """Take tables away for a while."""
    for table in tables:
        warehouse.execute(f"alter table {table} rename to {table}_away")
    try:
        yield
    finally:
        for table in tables:
            warehouse.execute(f"alter table {table}_away rename to {table}")


def test_the_models_agree_with_a_cloud_site(loaded: Warehouse, wiki: Wiki) -> None:
    build_readers(loaded)

    assert_readers(loaded, wiki)
    assert not out_of_reach(loaded)
    assert_what_restricts(loaded, wiki)


def assert_what_restricts(warehouse: Warehouse, wiki: Wiki) -> None:
    restricted = {
        num
        for num, rows in wiki.restrictions.items()
        if any(row.operation == "read" for row in rows)
    }
    rows = warehouse.rows("confluence__page_access", "page_id", "is_restricted", "restricted_by")
    for content, is_restricted, by in rows:
        above = [int(each) for each in json.loads(by or "[]")]
        assert is_restricted == (int(content) in restricted)
        assert above == [num for num in way_up(wiki, int(content)) if num in restricted]


def way_up(wiki: Wiki, num: int | None) -> Iterator[int]:
    """Yield the numbers of a content and of all that it lies under."""
    while num is not None:
        yield num
        content = wiki.restrictable(str(num))
        num = getattr(content, "parent", None)


def test_the_awkward_cases_are_there(wiki: Wiki) -> None:
    by_page: dict[str, set[str]] = {}
    for page, account in wiki.effective_readers():
        by_page.setdefault(page, set()).add(account)
    readable = {page.id for page in wiki.pages if page.status in READABLE}
    archived = {page.id for page in wiki.pages if page.status == "archived"}

    assert any(ANONYMOUS in accounts for accounts in by_page.values())
    assert any(len(accounts) == 1 for accounts in by_page.values())
    assert readable - by_page.keys()
    assert any(wiki.restrictions.get(int(page)) for page in archived & by_page.keys())


def test_the_same_people_are_the_same_set_in_each_database(
    wiki: Wiki, new_warehouse: Callable[[str], Warehouse]
) -> None:
    with DemoSite(wiki) as site:
        run = read(settings_of(site))
    found = []
    for database in DATABASES:
        warehouse = new_warehouse(database)
        warehouse.load(run)
        build_readers(warehouse)
        columns = ("page_id", "reader_set_id", "readers", "is_anonymous")
        found.append(sorted(warehouse.rows("confluence__page_access", *columns)))

    assert found[0] == found[1]
    truth: dict[str, set[str]] = {}
    contents = [*wiki.pages, *wiki.blog_posts]
    for content, account in readers_of(wiki, contents):
        truth.setdefault(content, set()).add(account)
    sets = {content: set_id for content, set_id, _, _ in found[0]}
    for content, set_id, readers, is_anonymous in found[0]:
        people = truth.get(content, set())
        assert (readers, is_anonymous) == (len(people), ANONYMOUS in people)
        others = [each for each, its_set in sets.items() if its_set == set_id]
        assert all(truth.get(other, set()) == people for other in others)
    assert len(set(sets.values())) == len({frozenset(truth.get(c, ())) for c in sets})


@pytest.mark.parametrize("kind", ["folder", "whiteboard", "database", "embed"])
def test_pages_under_something_unknown_have_no_readers(
    loaded: Warehouse, wiki: Wiki, kind: str
) -> None:
    with without(loaded, f"{kind}s"):
        build_readers(loaded)

    hidden = out_of_reach(loaded).keys()
    below = {p.id for p in wiki.pages if p.parent_type == kind and p.status in READABLE}
    assert below
    assert below <= hidden
    assert pairs(loaded) == {pair for pair in wiki.effective_readers() if pair[0] not in hidden}


@pytest.mark.parametrize(
    "needed",
    [
        *("content_inventory", "page_restrictions", "child_pages", "blog_post_restrictions"),
        *("space_permissions", "users", "group_members"),
        *("folder_restrictions", "whiteboard_restrictions"),
        *("database_restrictions", "embed_restrictions"),
    ],
)
def test_without_a_table_that_is_needed_there_is_no_answer(loaded: Warehouse, needed: str) -> None:
    with without(loaded, needed):
        done = loaded.dbt(
            *("build", "--select", "+confluence__page_readers"),
            confluence__using_page_readers=True,
        )

    assert done.returncode != 0
    lines = [line for line in done.stdout.splitlines() if "There is no table" in line]
    assert lines
    assert all(f"There is no table {needed} in the schema" in line for line in lines)


def test_pairs_to_check_with_the_site_are_of_both_kinds(
    loaded: Warehouse, wiki: Wiki, capsys: pytest.CaptureFixture[str]
) -> None:
    build_readers(loaded)
    columns = ("page_id", "blog_post_id", "account_id", "may_read")
    drawn = loaded.rows("confluence__readers_to_check", *columns)
    again = loaded.rows("confluence__readers_to_check", *columns)
    true = wiki.effective_readers() | wiki.effective_blog_post_readers()

    assert sum(may_read for *_, may_read in drawn) == 150
    assert len(set(drawn)) == len(drawn) == 300
    assert set(drawn) != set(again)
    assert any(post for _, post, _, _ in drawn)
    assert any(account == ANONYMOUS for _, _, account, _ in drawn)
    for page, post, account, may_read in drawn:
        assert may_read == ((page or post, account) in true)
    rows = ([page or "", post or "", who, str(may)] for page, post, who, may in drawn)
    lines = [",".join(row) for row in (columns, *rows)]
    with DemoSite(wiki) as site:
        assert compare(TapConfluence(config=settings_of(site)), lines, 60, 1)
    assert "0 of" in capsys.readouterr().out


def test_without_the_restrictions_pages_have_no_set_of_readers(loaded: Warehouse) -> None:
    with without(loaded, "page_restrictions"):
        loaded.build("--select", "+confluence__page_access", "+confluence__reader_sets")

    columns = ("reader_set_id", "readers", "is_anonymous")
    assert set(loaded.rows("confluence__page_access", *columns)) == {(None, None, None)}
    assert loaded.rows("confluence__reader_sets", "account_id") == []


def test_the_readers_of_each_page_are_built_on_request_only(loaded: Warehouse) -> None:
    done = loaded.dbt("ls", "--select", "confluence__page_readers", "confluence__page_access")

    assert "confluence__page_access" in done.stdout
    assert "confluence__page_readers" not in done.stdout


def test_rows_that_a_loader_marks_as_deleted_do_not_count(
    loaded: Warehouse, wiki: Wiki, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded.execute("update page_restrictions set _sdc_deleted_at = now()")
    build_readers(loaded)
    loaded.execute("update page_restrictions set _sdc_deleted_at = null")

    others = {num: rows for num, rows in wiki.restrictions.items() if num not in wiki.pages}
    monkeypatch.setattr(wiki, "restrictions", others)
    assert pairs(loaded) == wiki.effective_readers()


def test_a_site_without_roles_is_read_by_its_permissions(
    loaded: Warehouse, wiki: Wiki, monkeypatch: pytest.MonkeyPatch
) -> None:
    with without(loaded, "space_roles", "space_role_assignments"):
        build_readers(loaded)

    monkeypatch.setattr(wiki.people, "role_mode", "PRE_ROLES")
    assert pairs(loaded) == wiki.effective_readers()


def test_what_is_restricted_to_no_known_kind_of_principal_is_closed(
    loaded: Warehouse, wiki: Wiki
) -> None:
    readers = [page for page, _ in sorted(wiki.effective_readers())]
    first, *_, last = sorted(set(readers), key=readers.count)[-9:]
    for page, kind in ((first, "team"), (last, "USER")):
        values = f"('{page}', 'read', '{kind}', '{wiki.accounts[0]}')"
        columns = '("pageId", operation, "principalType", "principalId")'
        loaded.execute(f"insert into page_restrictions {columns} values {values}")  # noqa: S608
    build_readers(loaded)
    loaded.execute("""delete from page_restrictions where "principalType" in ('team', 'USER')""")

    assert_readers(loaded, wiki, {first, last})
    assert {first, last} <= out_of_reach(loaded).keys()


def test_who_is_not_said_to_be_no_guest_may_be_one(
    loaded: Warehouse, wiki: Wiki, monkeypatch: pytest.MonkeyPatch
) -> None:
    with without(loaded, "users"):
        loaded.execute(
            'create table users as select "accountId", "accountType", "accountStatus" '
            "from users_away"
        )
        try:
            build_readers(loaded)
        finally:
            loaded.execute("drop table users cascade")

    guests = [replace(user, is_guest=True) for user in wiki.users]
    monkeypatch.setattr(wiki, "users", guests)
    assert pairs(loaded) == wiki.effective_readers()


def test_the_models_follow_what_changes(empty: Warehouse) -> None:
    wiki = Wiki.seeded(pages=30, seed=5)
    with DemoSite(wiki) as site:
        first = read(settings_of(site))
        empty.load(first)
        build_readers(empty)
        before = pairs(empty)
        everybody = next(page for page, account in before if account == ANONYMOUS)
        engineers = wiki.groups[4]
        wiki.unrestrict(str(next(num for num in wiki.restrictions if num in wiki.pages)))
        wiki.restrict(everybody, groups=[engineers.id])
        wiki.people.leave(engineers, wiki.people.members(engineers)[0])
        wiki.archive_page()
        wiki.trash_page()
        home = next(space.homepage for space in wiki.spaces if space.key == "OPS")
        wiki.move_page(parent_id=str(home))
        load_again(empty, read(settings_of(site), first.state))

    build_readers(empty)
    assert pairs(empty) != before
    assert_readers(empty, wiki)


def test_the_models_agree_with_a_data_center(empty: Warehouse) -> None:
    wiki = Wiki.seeded(pages=30, seed=5)
    for group in wiki.groups:
        for member in wiki.people.members(group) if "/" in group.name else ():
            # No Data Center tells who is in a group with a slash in its name.
            wiki.people.leave(group, member)
    with DataCenterSite(wiki) as site:
        empty.load(read(settings_of_data_center(site), on_cloud=False))

    build_readers(empty)
    assert_readers(empty, wiki, on_cloud=False)
