"""How often pages and blog posts were viewed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.demo_site import DemoSite, Wiki
from tests.running import run_tap, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

STREAMS = ("page_views", "blog_post_views")
OF_NO_MODEL = frozenset({"page_views", "blog_post_views"})


@pytest.fixture
def site() -> Iterator[DemoSite]:
    with DemoSite(Wiki.seeded(pages=20, seed=3)) as site:
        yield site


def test_each_page_and_blog_post_that_is_not_in_the_trash_has_a_row(site: DemoSite) -> None:
    run = run_tap(settings_of(site), streams=STREAMS)

    assert {stream: set(run.keys(stream)) for stream in STREAMS} == {
        stream: site.truth()[stream] for stream in STREAMS
    }
    for record in run.records["page_views"]:
        counted = (record["views"], record["viewers"])
        assert counted == site.wiki.usage.views[int(record["pageId"])]
    assert run.activated == set(STREAMS)


def test_it_takes_two_requests_a_page(site: DemoSite) -> None:
    run = run_tap(settings_of(site), streams=("page_views",))

    assert site.count("/rest/api/analytics") == 2 * len(run.records["page_views"])


def test_views_are_counted_from_the_start_date_on(site: DemoSite) -> None:
    run = run_tap(settings_of(site, anchor_date="2026-02-03"), streams=("page_views",))

    dates = {r.query["fromDate"][0] for r in site.requests if "analytics" in r.path}
    assert dates == {"2026-02-03T00:00:00.000Z"}
    assert {record["since"] for record in run.records["page_views"]} == dates


def test_pages_whose_views_are_not_for_this_account_are_skipped_and_counted(
    site: DemoSite,
) -> None:
    hidden = [page.num for page in site.wiki.pages if page.status == "current"][:3]
    site.wiki.usage.unviewable.update(hidden)

    run = run_tap(settings_of(site), streams=("page_views",))

    assert run.exit_status == 0
    assert set(run.keys("page_views")) == site.truth()["page_views"]
    assert [line for line in run.log if "ViewAnalyticsRestricted" in line]
    assert [line for line in run.log if "Skipped 3 of 'page_views'" in line]
    assert not run.activated


def test_a_site_without_analytics_loses_the_stream_and_no_other(site: DemoSite) -> None:
    site.wiki.usage.unviewable.update(page.num for page in site.wiki.pages)

    run = run_tap(settings_of(site), streams=("pages", "page_views"))

    assert run.exit_status == 1
    assert set(run.keys("pages")) == site.truth()["pages"]
    assert "'page_views' needs a plan with analytics" in run.complaints[-1]


def test_only_wanted_pages_are_asked_for(site: DemoSite) -> None:
    space = next(iter(site.wiki.spaces))

    run = run_tap(settings_of(site, space_keys=[space.key]), streams=STREAMS)

    wanted = {page.id for page in site.wiki.pages if page.space == space.num}
    assert {key for (key,) in run.keys("page_views")} == wanted & {
        key for (key,) in site.truth()["page_views"]
    }
    asked = {r.path.split("/")[5] for r in site.requests if "analytics" in r.path}
    posts = {post.id for post in site.wiki.blog_posts if post.space == space.num}
    assert asked <= wanted | posts
