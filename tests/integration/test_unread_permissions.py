"""Nobody reads what the site did not tell the permissions of: no pair too many, in any run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.demo_site import DataCenterSite, DemoSite, Wiki
from tests.demo_site.readers import ANONYMOUS, readers_of
from tests.integration.reader_tables import VIEWS, as_on_data_center, out_of_reach, read
from tests.running import settings_of
from tests.waits import waits_skipped

if TYPE_CHECKING:
    from collections.abc import Collection

    from tests.demo_site.model import Content, Group
    from tests.integration.reader_tables import Pairs, Tables

KINDS = ("folder", "whiteboard", "database", "embed")
ONE = "/rest/api/content/{}/restriction/byOperation"

pytestmark = pytest.mark.usefixtures("meltano_command")


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


def assert_readers(
    tables: Tables, wiki: Wiki, closed: Collection[str] = (), *, on_cloud: bool = True
) -> None:
    """Check that the views show exactly those who may read what is not closed."""

    def here(pairs: set[tuple[str, str]]) -> Pairs:
        return {*pairs} if on_cloud else as_on_data_center(pairs)

    for view, contents in (
        ("effective_readers", wiki.pages),
        ("effective_blog_post_readers", wiki.blog_posts),
    ):
        shown = tables.pairs(view)
        true = here(readers_of(wiki, contents, on_cloud=on_cloud))
        assert not shown - true, f"{len(shown - true)} pairs too many"
        assert shown == here(readers_of(wiki, contents, on_cloud=on_cloud, closed=closed))


def test_what_a_cloud_site_does_not_tell_is_closed_until_it_does(tables: Tables) -> None:
    wiki = Wiki.seeded(pages=30, seed=5)
    with DemoSite(wiki) as site, waits_skipped():
        settings = settings_of(site, max_retries=2)
        first = read(settings)
        tables.load(first)
        assert_readers(tables, wiki)

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
        tables.load(second)
        assert_readers(tables, wiki, {page, post, folder})
        reasons = {row[0]: row[1] for row in tables.pairs("pages_out_of_reach")}
        assert reasons[page].startswith("its restrictions are not known: ")
        below = next(p.id for p in wiki.pages if p.parent == int(folder))
        assert f"the restrictions of {folder}, which is above it, are not known" in reasons[below]

        site.faults.clear()
        tables.load(read(settings, second.state))
        assert_readers(tables, wiki)
        assert not out_of_reach(tables)


def test_what_lies_under_what_a_site_cannot_tell_is_closed_unless_it_is_said_to_be_open(
    tables: Tables,
) -> None:
    tables.empty()
    wiki = Wiki.seeded(pages=30, seed=5)
    wiki.people.role_mode = "PRE_ROLES"
    with DemoSite(wiki) as site:
        site.faults.restrictions_untold = KINDS
        tables.load(read(settings_of(site)))

    kinds = {item.num: item.id for kind in KINDS for item in wiki.tree_items[kind]}
    assert_readers(tables, wiki, set(kinds.values()))
    assert all("unsupported: " in reason for _, reason in tables.pairs("pages_out_of_reach"))
    closed = out_of_reach(tables)
    assert closed

    tables.execute("set tap_confluence.unsupported_restrictions = 'open'")
    tables.execute(VIEWS.read_text())
    tables.execute("reset tap_confluence.unsupported_restrictions")
    for num in kinds:
        wiki.restrictions.pop(num, None)
    assert_readers(tables, wiki)
    assert not out_of_reach(tables)


def test_a_table_of_restrictions_is_needed_only_for_what_is_there(tables: Tables) -> None:
    tables.empty()
    wiki = Wiki.seeded(pages=30, seed=5)
    for page in [page for page in wiki.pages if page.parent_type == "embed"]:
        wiki.purge_page(page.id)
    for item in [*wiki.tree_items["embed"]]:
        wiki.drop(item)
    with DemoSite(wiki) as site:
        tables.load(read(settings_of(site)))
    tables.execute("drop table embed_restrictions")

    assert_readers(tables, wiki)


def test_what_a_data_center_does_not_tell_is_closed_until_it_does(tables: Tables) -> None:
    tables.empty()
    wiki = Wiki.seeded(pages=30, seed=5)
    for group in wiki.groups:
        if "/" in group.name:
            # No Data Center tells who is in a group with a slash in its name.
            empty(wiki, group)
    with DataCenterSite(wiki) as site, waits_skipped():
        settings = {
            "base_url": site.base_url,
            "personal_access_token": site.personal_access_token,
            "anchor_date": "2000-01-01",
            "max_retries": 2,
        }
        first = read(settings, on_cloud=False)
        tables.load(first)
        assert_readers(tables, wiki, on_cloud=False)
        assert any(account == ANONYMOUS for _, account in tables.pairs("effective_readers"))

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
        tables.load(second)
        assert_readers(tables, wiki, {in_list, cut_off}, on_cloud=False)
        assert {in_list, cut_off} <= out_of_reach(tables)

        site.faults.clear()
        tables.load(read(settings, second.state, on_cloud=False))
        assert_readers(tables, wiki, on_cloud=False)
        assert not out_of_reach(tables)
