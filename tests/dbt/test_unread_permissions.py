"""Nobody reads what the site did not tell the permissions of: no pair too many, in any run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

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
from tests.demo_site.readers import ANONYMOUS, readers_of
from tests.running import settings_of
from tests.waits import waits_skipped

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.dbt.warehouses import Warehouse
    from tests.demo_site.model import Content, Group

KINDS = ("folder", "whiteboard", "database", "embed")
ONE = "/rest/api/content/{}/restriction/byOperation"


def refuse(site: DemoSite | DataCenterSite, content_id: str, status: int) -> None:
    """Have the site tell nothing of a content but that it is there."""
    site.faults.poison(content_id, status)
    site.faults.forbid(re.escape(ONE.format(content_id)), status)


def empty(wiki: Wiki, group: Group) -> None:
    for member in wiki.people.members(group):
        wiki.people.leave(group, member)


def read_by_most(wiki: Wiki, contents: list[Content], *, on_cloud: bool = True) -> str:
    """Return the content that most may read: the worst to be open by mistake."""
    readers = [content for content, _ in readers_of(wiki, contents, on_cloud=on_cloud)]  # type: ignore[arg-type]
    return max(sorted(set(readers)), key=readers.count)


@pytest.fixture(params=DATABASES)
def warehouse(
    request: pytest.FixtureRequest, new_warehouse: Callable[[str], Warehouse]
) -> Warehouse:
    return new_warehouse(request.param)


def test_what_a_cloud_site_does_not_tell_is_closed_until_it_does(warehouse: Warehouse) -> None:
    wiki = Wiki.seeded(pages=30, seed=5)
    with DemoSite(wiki) as site, waits_skipped():
        settings = settings_of(site, max_retries=2)
        first = read(settings)
        warehouse.load(first)
        build_readers(warehouse)
        assert_readers(warehouse, wiki)

        page = read_by_most(wiki, [*wiki.pages])
        post = read_by_most(wiki, [*wiki.blog_posts])
        folder = next(str(p.parent) for p in wiki.pages if p.parent_type == "folder")
        wiki.restrict(page, users=wiki.accounts[:1])
        refuse(site, page, 403)
        refuse(site, post, 500)
        refuse(site, folder, 404)
        group = wiki.groups[4]
        empty(wiki, group)
        site.faults.forbid(f"/rest/api/group/{group.id}/membersByGroupId", 403)
        second = read(settings, first.state)
        load_again(warehouse, second)
        build_readers(warehouse)
        assert_readers(warehouse, wiki, {page, post, folder})
        reasons = out_of_reach(warehouse)
        assert reasons[page].startswith("its restrictions are not known: ")
        below = next(p.id for p in wiki.pages if p.parent == int(folder))
        assert f"the restrictions of {folder}, which is above it, are not known" in reasons[below]

        site.faults.clear()
        load_again(warehouse, read(settings, second.state))
        build_readers(warehouse)
        assert_readers(warehouse, wiki)
        assert not out_of_reach(warehouse)


def test_what_lies_under_what_a_site_cannot_tell_is_closed_unless_it_is_said_to_be_open(
    warehouse: Warehouse,
) -> None:
    wiki = Wiki.seeded(pages=30, seed=5)
    wiki.people.role_mode = "PRE_ROLES"
    with DemoSite(wiki) as site:
        site.faults.restrictions_untold = KINDS
        warehouse.load(read(settings_of(site)))
        build_readers(warehouse)

    kinds = {item.num: item.id for kind in KINDS for item in wiki.tree_items[kind]}
    assert_readers(warehouse, wiki, set(kinds.values()))
    closed = out_of_reach(warehouse)
    assert closed
    assert all("unsupported: " in reason for reason in closed.values())

    build_readers(warehouse, confluence_unsupported_restrictions="open")
    for num in kinds:
        wiki.restrictions.pop(num, None)
    assert_readers(warehouse, wiki)
    assert not out_of_reach(warehouse)


def test_a_table_of_restrictions_is_needed_only_for_what_is_there(warehouse: Warehouse) -> None:
    wiki = Wiki.seeded(pages=30, seed=5)
    for page in [page for page in wiki.pages if page.parent_type == "embed"]:
        wiki.purge_page(page.id)
    for item in [*wiki.tree_items["embed"]]:
        wiki.drop(item)
    with DemoSite(wiki) as site:
        warehouse.load(read(settings_of(site)))
    warehouse.execute("drop table embed_restrictions")
    build_readers(warehouse)

    assert_readers(warehouse, wiki)


def test_what_a_data_center_does_not_tell_is_closed_until_it_does(warehouse: Warehouse) -> None:
    wiki = Wiki.seeded(pages=30, seed=5)
    for group in wiki.groups:
        if "/" in group.name:
            # No Data Center tells who is in a group with a slash in its name.
            empty(wiki, group)
    with DataCenterSite(wiki) as site, waits_skipped():
        settings = settings_of_data_center(site, max_retries=2)
        first = read(settings, on_cloud=False)
        warehouse.load(first)
        build_readers(warehouse)
        assert_readers(warehouse, wiki, on_cloud=False)
        assert any(account == ANONYMOUS for _, account in pairs(warehouse))

        wiki.people.anonymous_use = False
        in_list = read_by_most(wiki, [*wiki.pages], on_cloud=False)
        site.faults.poison(in_list)
        site.faults.nested_caps["restrictions"] = 2
        cut_off = next(
            page.id
            for page in wiki.pages
            if page.id != in_list and len(wiki.restrictions.get(page.num, ())) > 4
        )
        site.faults.forbid(re.escape(ONE.format(cut_off)), 404)
        group = wiki.groups[4]
        empty(wiki, group)
        site.faults.forbid(f"/rest/api/group/{group.name}/member", 403)
        second = read(settings, first.state, on_cloud=False)
        load_again(warehouse, second)
        build_readers(warehouse)
        assert_readers(warehouse, wiki, {in_list, cut_off}, on_cloud=False)
        # An empty database has never heard of what no list has given.
        there = {page_id for (page_id,) in warehouse.rows("confluence__page_access", "page_id")}
        assert {in_list, cut_off} & there <= out_of_reach(warehouse).keys()
        assert cut_off in there

        site.faults.clear()
        load_again(warehouse, read(settings, second.state, on_cloud=False))
        build_readers(warehouse)
        assert_readers(warehouse, wiki, on_cloud=False)
        assert not out_of_reach(warehouse)
