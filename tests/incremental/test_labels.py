"""Labels change without a trace on what carries them, and are seen all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.incremental.runs import ClockedSite, sync
from tests.incremental.small_wiki import small_wiki
from tests.running import only

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.demo_site import Wiki

CARRIERS = {
    "page_labels": ("pages", "pages"),
    "blog_post_labels": ("blog_posts", "blogposts"),
    "attachment_labels": ("attachments", "attachments"),
}
"""The parent of each stream of labels, and what the API calls its items."""


@pytest.fixture
def site() -> Iterator[ClockedSite]:
    """A wiki with more pages, blog posts and attachments than labels."""
    wiki = small_wiki(60, tick_ms=600_000)
    for collection in (wiki.pages, wiki.blog_posts, wiki.attachments):
        for content in list(collection)[:3]:
            wiki.add_label(content.id, "decision")
    with ClockedSite(wiki) as site:
        yield site


@pytest.mark.parametrize("stream", sorted(CARRIERS))
def test_a_label_that_is_put_on_something_old_is_seen(site: ClockedSite, stream: str) -> None:
    parent, kind = CARRIERS[stream]
    first = sync(site, catalog=only(parent, stream))
    site.wiki.add_label(oldest(site.wiki, parent), "needs-owner")

    second = sync(site, first.state, only(parent, stream))

    assert set(second.keys(stream)) == site.truth()[stream] > set(first.keys(stream))
    assert second.keys(parent) == []
    assert len(second.asked("/rest/api/content/search")) == 1
    assert not second.asked(r"/api/v2/labels.*")
    assert not second.asked(rf"/api/v2/{kind}/(att)?\d+")


@pytest.mark.parametrize("stream", sorted(CARRIERS))
def test_a_label_that_is_taken_off_something_old_is_gone(site: ClockedSite, stream: str) -> None:
    parent, _ = CARRIERS[stream]
    first = sync(site, catalog=only(parent, stream))
    site.wiki.remove_label(oldest(site.wiki, parent), "decision")

    second = sync(site, first.state, only(parent, stream))

    assert set(second.keys(stream)) == site.truth()[stream] < set(first.keys(stream))
    assert second.activated == {stream}


@pytest.mark.parametrize("stream", sorted(CARRIERS))
def test_the_label_side_is_read_where_it_may_not_be_searched(
    site: ClockedSite, stream: str
) -> None:
    parent, kind = CARRIERS[stream]
    site.faults.deny_scope("/rest/api/content/search")
    first = sync(site, catalog=only(parent, stream))
    site.wiki.add_label(oldest(site.wiki, parent), "needs-owner")

    second = sync(site, first.state, only(parent, stream))

    assert set(second.keys(stream)) == site.truth()[stream] > set(first.keys(stream))
    assert second.asked(rf"/api/v2/labels/\d+/{kind}")
    assert not second.asked(rf"/api/v2/{kind}/(att)?\d+")


def test_labels_are_read_without_the_parent_too(site: ClockedSite) -> None:
    first = sync(site, catalog=only(*CARRIERS))

    for stream in CARRIERS:
        assert set(first.keys(stream)) == site.truth()[stream]
    assert first.cost < 10


def test_on_a_first_run_labels_come_with_the_other_details(site: ClockedSite) -> None:
    first = sync(site, catalog=only("pages", "page_labels", "page_versions"))

    assert set(first.keys("page_labels")) == site.truth()["page_labels"]
    assert not first.asked("/api/v2/labels.*")
    assert len(first.asked(r"/api/v2/pages/\d+")) == len(site.truth()["pages"])


def test_labels_are_read_by_item_where_there_are_more_labels_than_items(site: ClockedSite) -> None:
    site.faults.deny_scope("/rest/api/content/search")
    for number in range(100):
        site.wiki.add_label(oldest(site.wiki, "pages"), f"label-{number}")
    first = sync(site, catalog=only("pages", "page_labels"))
    site.wiki.add_label(oldest(site.wiki, "pages"), "needs-owner")

    second = sync(site, first.state, only("pages", "page_labels"))

    assert set(second.keys("page_labels")) == site.truth()["page_labels"]
    assert not second.asked(r"/api/v2/labels/\d+/pages")


def test_labels_are_read_by_item_where_the_list_of_labels_is_denied(site: ClockedSite) -> None:
    site.faults.deny_scope("/api/v2/labels")
    site.faults.deny_scope("/rest/api/content/search")
    first = sync(site, catalog=only("pages", "page_labels"))
    site.wiki.add_label(oldest(site.wiki, "pages"), "needs-owner")

    second = sync(site, first.state, only("pages", "page_labels"))

    assert second.exit_status == 0
    assert set(second.keys("page_labels")) == site.truth()["page_labels"]
    assert second.activated == {"page_labels"}


def test_only_content_of_the_wanted_statuses_has_labels(site: ClockedSite) -> None:
    labelled = oldest(site.wiki, "pages")
    site.wiki.trash_page(labelled)

    run = sync(site, catalog=only("page_labels"), content_statuses=["current"])

    assert labelled not in {row["pageId"] for row in run.rows("page_labels")}
    assert run.rows("page_labels")


def test_what_carries_a_label_is_written_while_its_list_is_read(site: ClockedSite) -> None:
    """All of a site may carry one, which must not be in memory at a time."""
    site.faults.deny_scope("/rest/api/content/search")
    label = site.wiki.label_named("decision").num
    for page in list(site.wiki.pages):
        site.wiki.add_label(page.id, "decision")
    site.faults.repeat_cursor(f"/api/v2/labels/{label}/pages")

    run = sync(site, catalog=only("page_labels"), page_size=5)

    assert run.exit_status == 1
    assert "again and again" in run.complaints[-1]
    assert len({row["pageId"] for row in run.rows("page_labels") if row["id"] == str(label)}) >= 5


def oldest(wiki: Wiki, stream: str) -> str:
    """The first of the labelled items, which later runs have no reason to read again."""
    label = wiki.label_named("decision").num
    contents = getattr(wiki, stream)
    return str(min((c for c in contents if label in c.labels), key=lambda c: c.modified).id)
