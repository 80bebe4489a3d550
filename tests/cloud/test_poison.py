"""What a list cannot give for one of its items is left out and named; all others are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.demo_site import DemoSite, Wiki
from tests.demo_site.list_faults import id_of
from tests.incremental.runs import ClockedSite, sync
from tests.incremental.small_wiki import small_wiki
from tests.running import only
from tests.waits import waits_skipped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.incremental.runs import Run
    from tests.waits import Waits

PLACES = [0, 12, -1]


@pytest.fixture(autouse=True)
def waits() -> Iterator[Waits]:
    with waits_skipped() as waits:
        yield waits


@pytest.fixture
def site() -> Iterator[DemoSite]:
    with ClockedSite(small_wiki(60)) as site:
        yield site


def current(site: DemoSite) -> list[str]:
    """The ids of all current pages, the one changed first in front."""
    pages = sorted(site.wiki.pages, key=lambda page: (page.modified, page.num))
    return [page.id for page in pages if page.status == "current"]


def assert_lacks(run: Run, site: DemoSite, stream: str, *ids: str) -> None:
    """A run has written all rows of a stream but some, each once, and names these."""
    assert run.exit_status == 0, run.complaints
    written = run.keys(stream)
    assert set(written) == site.truth()[stream] - {(i,) for i in ids}
    assert len(written) == len(set(written))
    told = f"Skipped {len(ids)} of '{stream}': {len(ids)} failed"
    assert any(told in line for line in run.log) is bool(ids), run.log


@pytest.mark.each_value
@pytest.mark.parametrize("status", [500, 504])
@pytest.mark.parametrize("place", PLACES)
def test_a_page_on_a_first_run(site: DemoSite, place: int, status: int) -> None:
    page = current(site)[place]
    site.faults.lists.poison(page, status)

    run = sync(site, None, only("pages"), page_size=10)

    assert_lacks(run, site, "pages", page)
    assert any(f"Skipping {page} of 'pages'" in line for line in run.log)


@pytest.mark.each_value
@pytest.mark.parametrize("body_format", ["storage", "atlas_doc_format"])
@pytest.mark.parametrize("place", PLACES)
def test_a_body(site: DemoSite, place: int, body_format: str) -> None:
    page = current(site)[place]
    site.faults.lists.poison(page, in_body=True)

    run = sync(site, None, only("pages"), page_size=10, body_format=body_format)

    assert run.exit_status == 0, run.complaints
    assert set(run.keys("pages")) == site.truth()["pages"]
    bodies = {row["id"]: row["body"] for row in run.rows("pages")}
    assert [item_id for item_id, body in bodies.items() if not body] == [page]
    assert any(f"Skipping the body of {page} of 'pages'" in line for line in run.log)


@pytest.mark.each_value
@pytest.mark.parametrize("gap", [1, 2, 30])
@pytest.mark.parametrize("searches", [True, False])
def test_two_pages(site: DemoSite, gap: int, *, searches: bool) -> None:
    pages = current(site)[20 : 21 + gap : gap]
    for page in pages:
        site.faults.lists.poison(page)
    if not searches:
        site.faults.forbid("/rest/api/content/search", 403)

    run = sync(site, None, only("pages"), page_size=10)

    if searches:
        assert_lacks(run, site, "pages", *pages)
    else:
        assert run.exit_status == 0, run.complaints
        lacks = site.truth()["pages"] - set(run.keys("pages"))
        assert lacks >= {(page,) for page in pages}
        assert len(lacks) <= 2 + gap // 2
        assert any("Skipped 1 of 'pages': 1 failed" in line for line in run.log)


@pytest.mark.parametrize("in_body", [True, False])
def test_a_page_that_changed(site: DemoSite, *, in_body: bool) -> None:
    first = sync(site, None, only("pages"), page_size=10)
    changed = [site.wiki.edit_page() for _ in range(25)]
    site.faults.lists.poison(changed[12], in_body=in_body)

    run = sync(site, first.state, only("pages"), page_size=10)

    assert run.exit_status == 0, run.complaints
    assert run.ids("pages") >= {*changed} - {changed[12]}
    assert (changed[12] in run.ids("pages")) is in_body
    dates = [row["modifiedAt"] for row in run.rows("pages")]
    assert dates == sorted(dates)


def test_the_next_run_costs_no_more_than_any_other(site: DemoSite) -> None:
    page = current(site)[12]
    first = sync(site, None, only("pages"), page_size=10)
    usual = sync(site, first.state, only("pages"), page_size=10)
    site.faults.lists.poison(page)

    lacking = sync(site, None, only("pages"), page_size=10)
    again = sync(site, lacking.state, only("pages"), page_size=10)

    assert again.exit_status == 0
    # It is asked for once, by its id.
    assert len(again.requests) == len(usual.requests) + 1
    assert again.bookmark("pages") == first.bookmark("pages")


LISTED = {
    "blog_posts": lambda wiki: [post for post in wiki.blog_posts if post.status == "current"],
    "attachments": lambda wiki: [*wiki.attachments],
    "page_footer_comments": lambda wiki: [*wiki.footer_comments],
    "page_inline_comments": lambda wiki: [*wiki.inline_comments],
    "custom_content": lambda wiki: [*wiki.custom_content],
    "tasks": lambda wiki: [*wiki.tasks],
    "spaces": lambda wiki: [*wiki.spaces],
    "labels": lambda wiki: [*wiki.labels],
    "groups": lambda wiki: [*wiki.groups],
    "content_inventory": lambda wiki: [p for p in wiki.pages if p.status == "current"],
    "child_pages": lambda wiki: [p for p in wiki.pages if p.parent and p.status == "current"],
}


@pytest.fixture(scope="module")
def wide() -> Iterator[DemoSite]:
    with ClockedSite(Wiki.seeded(pages=60)) as site:
        yield site


@pytest.mark.each_value
@pytest.mark.parametrize("searches", [True, False])
@pytest.mark.parametrize("place", [0, 1, -1])
@pytest.mark.parametrize("stream", LISTED)
def test_an_item_of_any_list(wide: DemoSite, stream: str, place: int, *, searches: bool) -> None:
    wide.faults.clear()
    truth = wide.truth()[stream]
    item = sorted(map(id_of, LISTED[stream](wide.wiki)))[place]
    wide.faults.lists.poison(item)
    if not searches:
        wide.faults.forbid("/rest/api/content/search", 403)

    run = sync(wide, None, only(stream), page_size=5)

    assert run.exit_status == 0, run.complaints
    assert truth - set(run.keys(stream)) == {row for row in truth if row[-1] == item}
    assert any(f"Skipped 1 of '{stream}': 1 failed" in line for line in run.log), run.log
    assert stream not in run.activated


@pytest.mark.each_value
@pytest.mark.parametrize("stream", ["pages", "blog_posts", "custom_content"])
@pytest.mark.parametrize("place", [0, 1])
def test_an_item_of_some_spaces(wide: DemoSite, stream: str, place: int) -> None:
    wide.faults.clear()
    settings = {"exclude_space_keys": [next(iter(wide.wiki.spaces)).key], "page_size": 5}
    usual = sync(wide, None, only(stream), **settings)
    item = sorted(usual.ids(stream))[place]
    wide.faults.lists.poison(item)

    run = sync(wide, None, only(stream), **settings)

    assert run.exit_status == 0, run.complaints
    assert run.ids(stream) == usual.ids(stream) - {item}
    assert any(f"Skipped 1 of '{stream}': 1 failed" in line for line in run.log)


def test_labels_of_all_but_the_page_that_the_site_fails_for(wide: DemoSite) -> None:
    wide.faults.clear()
    first = sync(wide, None, only("page_labels"), page_size=5)
    page = min(row["pageId"] for row in first.rows("page_labels"))
    wide.faults.lists.poison(page)

    run = sync(wide, first.state, only("page_labels"), page_size=5)

    assert run.exit_status == 0, run.complaints
    kept = {key for key in first.keys("page_labels") if key[0] != page}
    assert set(run.keys("page_labels")) == kept
    assert "page_labels" not in run.activated


def test_all_streams_at_once(wide: DemoSite) -> None:
    wide.faults.clear()
    page = sorted(p.id for p in wide.wiki.pages if p.status == "current")[7]
    wide.faults.lists.poison(page)

    run = sync(wide, page_size=10, max_concurrency=8)

    assert run.exit_status == 0, run.complaints
    for stream, truth in wide.truth().items():
        written = run.keys(stream)
        if stream in run.records:
            assert {key for key in truth - set(written) if page not in key} == set(), stream
    assert "groups" in run.activated
    assert "page_labels" not in run.activated


@pytest.mark.parametrize("most", [1, 3, 6])
def test_a_page_that_is_too_large(site: DemoSite, most: int) -> None:
    site.faults.lists.most_in_time = most

    run = sync(site, None, only("pages"), page_size=20)

    assert_lacks(run, site, "pages")
    asked = [r.query for r in run.asked("/api/v2/pages") if "body-format" in r.query]
    limits = [int(query["limit"][0]) for query in asked]
    # The first page with all its retries, and then half of it again and again.
    assert limits[0] == 20
    assert sum(limit > max(2 * most, 2) for limit in limits) <= 6 + 3


@pytest.mark.each_value
@pytest.mark.parametrize("lasts", [1, 2, 4])
@pytest.mark.parametrize("stream", ["pages", "content_inventory", "attachments"])
def test_a_cursor_that_is_known_for_some_pages_only(
    wide: DemoSite, stream: str, lasts: int
) -> None:
    wide.faults.clear()
    wide.faults.lists.cursor_lasts = lasts

    run = sync(wide, None, only(stream), page_size=25)

    written = run.keys(stream)
    assert len(written) == len(set(written))
    assert run.exit_status == 0, run.complaints
    lacks = wide.truth()[stream] - set(written)
    assert not lacks or any(f"Skipped 1 of '{stream}'" in line for line in run.log)


@pytest.mark.each_value
@pytest.mark.parametrize("after", [0, 1, 3])
@pytest.mark.parametrize(
    ("stream", "path"),
    [
        ("pages", "pages"),
        ("page_footer_comments", "footer-comments"),
        ("attachments", "attachments"),
        ("content_inventory", "pages"),
        ("tasks", "tasks"),
        ("labels", "labels"),
    ],
)
def test_a_cursor_that_expires(wide: DemoSite, stream: str, path: str, after: int) -> None:
    wide.faults.clear()
    wide.faults.lists.expire(f"/api/v2/{path}", after)

    run = sync(wide, None, only(stream), page_size=5)

    assert run.exit_status == 0, run.complaints
    written = run.keys(stream)
    assert set(written) == wide.truth()[stream]
    assert len(written) == len(set(written))
    assert not any("Skipped" in line for line in run.log)


@pytest.mark.parametrize("stream", ["pages", "attachments", "content_inventory", "labels"])
def test_a_list_of_empty_pages_ends_after_a_few(wide: DemoSite, stream: str) -> None:
    wide.faults.clear()
    path = "/api/v2/pages" if stream == "content_inventory" else f"/api/v2/{stream}"
    wide.faults.lists.never_end(path)

    run = sync(wide, None, only(stream), page_size=5)

    assert len(run.requests) < 150
    assert run.keys(stream)
    assert any(f"of '{stream}': 1 failed" in line for line in run.log)
    assert stream not in run.activated


def test_a_site_that_is_down_ends_the_run(site: DemoSite) -> None:
    first = sync(site, None, only("pages"), page_size=10)
    site.wiki.edit_page()
    site.faults.fail_next(1000, "500", "/api/v2/pages")

    for state in (None, first.state):
        run = sync(site, state, only("pages"), page_size=10)

        assert run.exit_status == 1
        [complaint] = run.complaints
        assert "Gave up on /api/v2/pages after 6 tries" in complaint
        assert run.bookmark("pages") == (state and first.bookmark("pages"))
