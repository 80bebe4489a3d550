"""The states of pages and blog posts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.demo_site import DemoSite, Wiki
from tests.demo_site.clock import iso
from tests.demo_site.usage import OWN_STATES
from tests.running import run_tap, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

STATES = "content_states"
OF_NO_MODEL = frozenset({"content_states"})


@pytest.fixture
def site() -> Iterator[DemoSite]:
    with DemoSite(Wiki.seeded(pages=30, seed=3)) as site:
        yield site


def test_all_that_has_a_state_has_a_row(site: DemoSite) -> None:
    run = run_tap(settings_of(site), streams=(STATES,))

    assert set(run.keys(STATES)) == site.truth()[STATES]
    assert len(run.keys(STATES)) == len(site.truth()[STATES])
    assert run.activated == {STATES}


def test_a_row_says_of_what_the_state_is_and_since_when(site: DemoSite) -> None:
    run = run_tap(settings_of(site), streams=(STATES,))

    posts = {post.id for post in site.wiki.blog_posts}
    for record in run.records[STATES]:
        state, since = site.wiki.usage.states[int(record["contentId"])]
        assert record["stateId"] == str(state["id"])
        assert record["name"] == state["name"]
        assert record["lastUpdated"] == iso(since)
        owner = "blogPostId" if record["contentId"] in posts else "pageId"
        assert record[owner] == record["contentId"]


def test_states_that_users_made_for_themselves_are_among_them(site: DemoSite) -> None:
    run = run_tap(settings_of(site), streams=(STATES,))

    own = {str(state["id"]) for state in OWN_STATES}
    assert own & {record["stateId"] for record in run.records[STATES]}


def test_archived_pages_are_asked_for_as_such(site: DemoSite) -> None:
    archived = next(page for page in site.wiki.pages if page.status == "archived")
    site.wiki.usage.states[archived.num] = OWN_STATES[0], archived.modified

    run = run_tap(settings_of(site), streams=(STATES,))

    assert (archived.id,) in run.keys(STATES)


def test_it_takes_one_request_for_each_page_and_blog_post(site: DemoSite) -> None:
    run_tap(settings_of(site), streams=(STATES,))

    there = [c for c in (*site.wiki.pages, *site.wiki.blog_posts) if c.status != "trashed"]
    assert site.count("/rest/api/content") == len(there)


def test_a_page_that_is_gone_meanwhile_is_skipped(site: DemoSite) -> None:
    gone = next(page for page in site.wiki.pages if page.num in site.wiki.usage.states)
    site.faults.forbid(f"/rest/api/content/{gone.id}/state", 404)
    site.faults.forbid(f"/api/v2/pages/{gone.id}", 404)

    run = run_tap(settings_of(site), streams=(STATES,))

    assert run.exit_status == 0
    assert set(run.keys(STATES)) == site.truth()[STATES] - {(gone.id,)}
    assert run.activated == {STATES}
