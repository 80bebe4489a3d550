"""Every stream delivers exactly what there is, however the site cuts it into pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tap_confluence.cloud import STREAMS
from tests.demo_site import DemoSite, Wiki
from tests.running import run_tap, settings_of, truth_by_default

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.running import Run
OF_NO_MODEL = frozenset({"content_inventory"})


def assert_complete(run: Run, site: DemoSite) -> None:
    """Check that all streams hold each key of the site's truth, and each once."""
    truth = truth_by_default(site)
    assert set(site.truth()) == {stream.name for stream in STREAMS}
    for stream, keys in truth.items():
        written = run.keys(stream)
        assert set(written) == keys, stream
        assert len(written) == len(keys), stream
    assert set(run.records) == set(truth)
    assert run.exit_status == 0
    assert run.complaints == []


@pytest.fixture
def site() -> Iterator[DemoSite]:
    with DemoSite(Wiki.seeded(pages=60, seed=7)) as site:
        yield site


@pytest.fixture(params=[True, False], ids=["replies in lists", "replies by comment"])
def any_site(request: pytest.FixtureRequest) -> Iterator[DemoSite]:
    """A site of each kind: replies are in the site-wide lists of comments, or are not."""
    with DemoSite(Wiki.seeded(pages=30, seed=3), replies_in_lists=request.param) as site:
        yield site


def test_all_streams_hold_all_there_is(any_site: DemoSite) -> None:
    assert_complete(run_tap(settings_of(any_site)), any_site)


def test_nothing_is_lost_between_small_pages(any_site: DemoSite) -> None:
    assert_complete(run_tap(settings_of(any_site, page_size=7)), any_site)


def test_nothing_is_lost_when_the_site_serves_smaller_pages_than_asked_for(
    any_site: DemoSite,
) -> None:
    any_site.faults.lower_limit(9)

    assert_complete(run_tap(settings_of(any_site)), any_site)


def test_nothing_is_lost_behind_an_empty_page(any_site: DemoSite) -> None:
    any_site.empty_pages = True

    run = run_tap(settings_of(any_site, page_size=10))

    assert_complete(run, any_site)


@pytest.mark.each_value
@pytest.mark.parametrize("workers", [1, 32])
def test_nothing_is_lost_whatever_the_number_of_requests_in_flight(
    any_site: DemoSite, workers: int
) -> None:
    assert_complete(run_tap(settings_of(any_site, max_concurrency=workers)), any_site)


def test_nothing_is_lost_at_a_higher_anchor_but_what_is_older(site: DemoSite) -> None:
    everything = run_tap(settings_of(site))
    some = run_tap(settings_of(site, anchor_date="2024-01-01"))

    for stream in ("pages", "blog_posts", "attachments", "page_footer_comments", "tasks"):
        young = [r for r in everything.records[stream] if r["modifiedAt"] >= "2024-01-01"]
        assert 0 < len(young) < len(everything.records[stream])
        assert {r["id"] for r in some.records[stream]} == {r["id"] for r in young}, stream
    for stream in ("spaces", "groups", "child_pages", "content_inventory", "page_labels"):
        assert set(some.keys(stream)) == set(everything.keys(stream)), stream


def test_the_cursors_of_the_site_are_not_encoded(site: DemoSite) -> None:
    """Without this, the tests above would not show that such cursors are read."""
    run_tap(settings_of(site, page_size=7), streams=("pages",))

    cursors = [request.query["cursor"][0] for request in site.requests if "cursor" in request.query]
    assert any(cursor.endswith("=") for cursor in cursors)


def test_pages_of_every_status_are_read(site: DemoSite) -> None:
    statuses = {record["status"] for record in run_tap(settings_of(site)).records["pages"]}

    assert statuses == {"current", "archived", "trashed"}


@pytest.mark.parametrize("statuses", [["current"], ["current", "archived"], ["trashed"]])
def test_only_the_wanted_statuses_are_read(site: DemoSite, statuses: list[str]) -> None:
    config = settings_of(site, content_statuses=statuses)

    run = run_tap(config, streams=("pages", "page_versions", "page_labels", "blog_posts"))

    pages = {page.id for page in site.wiki.pages if page.status in statuses}
    assert {record["id"] for record in run.records["pages"]} == pages
    assert {record["pageId"] for record in run.records["page_versions"]} == pages
    # What is in the trash has no labels.
    labelled = {p.id for p in site.wiki.pages if p.labels and p.status in {"current", "archived"}}
    assert {page for page, _ in run.keys("page_labels")} == labelled & pages
    assert {record["status"] for record in run.records["blog_posts"]} <= set(statuses)


@pytest.mark.parametrize("body_format", ["storage", "atlas_doc_format"])
def test_bodies_come_in_the_format_that_is_set(site: DemoSite, body_format: str) -> None:
    streams = ("pages", "blog_posts", "page_footer_comments", "page_inline_comments", "tasks")

    run = run_tap(settings_of(site, body_format=body_format), streams=streams)

    for stream in streams:
        formats = {tuple(record["body"]) for record in run.records[stream]}
        assert formats == {(body_format,)}, stream


def test_no_bodies_are_asked_for_when_none_are_wanted(site: DemoSite) -> None:
    run = run_tap(settings_of(site, body_format="none"))

    assert_complete(run, site)
    assert not [request for request in site.requests if "body-format" in request.query]


def test_custom_content_of_the_set_types_is_read_without_asking_for_the_types(
    site: DemoSite,
) -> None:
    types = {content.type for content in site.wiki.custom_content}
    wanted = min(types)

    run = run_tap(settings_of(site, custom_content_types=[wanted]), streams=("custom_content",))

    found: list[dict[str, Any]] = run.records["custom_content"]
    assert {record["type"] for record in found} == {wanted} < types
    assert site.count("/rest/api/search") == 0
