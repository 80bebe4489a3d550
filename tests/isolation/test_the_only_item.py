"""The only item of a list, if the site fails for it, is no outage: it answers for all others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.demo_site.model import Page
from tests.histories.deeds import is_alive
from tests.incremental.small_wiki import small_wiki
from tests.reconciliation.tables import AT_ONCE, CLOUD, DATA_CENTER, SITES, Tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.demo_site import Wiki

PURGES: dict[str, tuple[str, Callable[[Wiki, str], object]]] = {
    "pages": ("pages", lambda w, id_: w.purge_page(id_)),
    "blog_posts": ("blog_posts", lambda w, id_: w.purge_blog_post(id_)),
    "attachments": ("attachments", lambda w, id_: w.purge_attachment(id_)),
    "page_footer_comments": ("footer_comments", lambda w, id_: w.delete_comment(id_)),
    "page_inline_comments": ("inline_comments", lambda w, id_: w.delete_comment(id_)),
}
"""How the wiki calls what each stream is made of, and how it is rid of it."""

OTHERS = {stream: "groups" if stream == "pages" else "pages" for stream in PURGES}
"""A stream that comes beside each."""


def is_on_page(content: Any) -> bool:
    """Tell whether something is on a page, if it is on anything."""
    return isinstance(getattr(content, "container", None), Page | None)


def leave(wiki: Wiki, stream: str, count: int = 1) -> list[str]:
    """Leave so much of what a stream is made of, all of it current; return the ids."""
    collection, purge = PURGES[stream]
    contents: Any = getattr(wiki, collection)
    kept = [each.id for each in contents if is_alive(each) and is_on_page(each)][:count]
    while gone := next((each.id for each in contents if each.id not in kept), None):
        purge(wiki, gone)
    return kept


@pytest.fixture(params=[CLOUD, DATA_CENTER])
def tables(request: pytest.FixtureRequest) -> Iterator[Tables]:
    """Empty tables, and a small site of either deployment."""
    with SITES[request.param](small_wiki(8, tick_ms=600_000)) as site:
        yield Tables(site)


def poison(tables: Tables, ids: list[str]) -> None:
    """Have the site fail for some items, whoever asks and however."""
    for item_id in ids:
        tables.site.faults.lists.poison(item_id)
        tables.site.faults.break_path(rf"/(api/v2/[^/]+|rest/api/content)/{item_id}(/.*)?", "500")


@pytest.mark.each_value
@pytest.mark.parametrize("stream", PURGES)
def test_is_left_out_and_named_and_everything_else_comes(tables: Tables, stream: str) -> None:
    [broken] = leave(tables.wiki, stream)
    poison(tables, [broken])
    other = OTHERS[stream]

    run = tables.sync(stream, other, inventory=False, max_retries=1)

    # On Data Center files have no list of their own in which they might fail.
    comes = stream == "attachments" and not tables.is_cloud
    assert ((broken,) in tables.warehouse.keys(stream)) is comes
    assert not tables.wrong([other])
    # No list of Data Center tells the id of what it fails for.
    skipped = f"Skipping {broken} of '{stream}'" if tables.is_cloud else "Skipping the item at"
    assert any(skipped in line for line in run.log) is not comes


@pytest.mark.each_value
@pytest.mark.parametrize("stream", PURGES)
def test_is_not_taken_for_deleted_and_comes_when_the_site_is_well_again(
    tables: Tables, stream: str
) -> None:
    [broken] = leave(tables.wiki, stream)
    tables.sync(stream, **AT_ONCE)
    tables.pass_hours(7 * 24)
    poison(tables, [broken])
    run = tables.sync(stream, max_retries=1, **AT_ONCE)
    assert stream not in run.activated
    assert (broken,) in tables.warehouse.keys(stream)
    tables.site.faults.lists.cure(broken)
    tables.site.faults.heal()

    tables.sync(stream, **AT_ONCE)

    assert not tables.wrong([stream])


def test_what_has_never_come_comes_when_the_site_is_well_again(tables: Tables) -> None:
    [broken] = leave(tables.wiki, "blog_posts")
    poison(tables, [broken])
    tables.sync("blog_posts", max_retries=1)
    tables.site.faults.lists.cure(broken)
    tables.site.faults.heal()

    tables.sync("blog_posts")

    assert not tables.wrong(["blog_posts"])


@pytest.mark.parametrize(("count", "is_outage"), [(5, False), (6, True)])
def test_few_may_be_all_that_there_are(cloud: Tables, count: int, *, is_outage: bool) -> None:
    for _ in range(count):
        cloud.wiki.add_blog_post()
    broken = leave(cloud.wiki, "blog_posts", count)
    assert len(broken) == count
    poison(cloud, broken)

    run = cloud.try_sync("blog_posts", inventory=False, max_retries=1)

    assert bool(run.exit_status) is is_outage
    assert not cloud.warehouse.keys("blog_posts")


def test_the_only_one_in_the_trash_is_one_too(cloud: Tables) -> None:
    [broken] = leave(cloud.wiki, "blog_posts")
    cloud.wiki.trash_blog_post(broken)
    poison(cloud, [broken])

    cloud.sync("blog_posts", "pages", inventory=False, max_retries=1)

    assert not cloud.wrong(["pages"])


@pytest.mark.parametrize("fails", ["/api/v2/blogposts", "/rest/api/content/search"])
def test_a_list_that_fails_whatever_is_asked_is_an_outage(cloud: Tables, fails: str) -> None:
    [broken] = leave(cloud.wiki, "blog_posts")
    poison(cloud, [broken])
    cloud.site.faults.break_path(fails, "500")

    run = cloud.try_sync("blog_posts", inventory=False, max_retries=1)

    assert run.exit_status == 1
    assert "Gave up" in run.complaints[0]
    assert "bookmarks" not in run.state or "replication_key_value" not in run.state[
        "bookmarks"
    ].get("blog_posts", {})


@pytest.fixture
def cloud() -> Iterator[Tables]:
    """Empty tables, and a small site of Confluence Cloud."""
    with SITES[CLOUD](small_wiki(8, tick_ms=600_000)) as site:
        yield Tables(site)
