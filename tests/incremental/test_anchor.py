"""Where streams start that have no bookmark."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.demo_site import Wiki
from tests.incremental.runs import CONTENT, INCREMENTAL, ClockedSite, read_whole, sync
from tests.incremental.small_wiki import small_wiki
from tests.running import only

if TYPE_CHECKING:
    from collections.abc import Iterator

ANCHOR = "2026-07-05"


@pytest.fixture
def site() -> Iterator[ClockedSite]:
    """A wiki that changes once in three hours, from 2026-07-01 on, so that some is older."""
    with ClockedSite(small_wiki(tick_ms=3 * 3_600_000)) as site:
        yield site


def test_nothing_older_than_the_anchor_is_brought(site: ClockedSite) -> None:
    everything = sync(site, catalog=only(*INCREMENTAL))

    some = sync(site, catalog=only(*INCREMENTAL), anchor_date=ANCHOR)

    for stream in INCREMENTAL:
        wanted = [row for row in everything.rows(stream) if row["modifiedAt"] >= ANCHOR]
        assert len(some.rows(stream)) == len(wanted), stream
        latest = everything.bookmark(stream) or ""
        assert some.bookmark(stream) == max(latest, f"{ANCHOR}T00:00:00.000Z"), stream
    assert len(some.rows("pages")) < len(everything.rows("pages"))


def test_days_to_look_back_are_counted_from_now(site: ClockedSite) -> None:
    everything = sync(site, catalog=only("pages"))
    anchor = datetime.fromisoformat(f"{ANCHOR}T00:00:00+00:00")
    days = (datetime.now(UTC) - anchor).days
    if days < 1:
        pytest.skip("the machine's clock is before the wiki's")

    def modified_since(moment: datetime) -> set[str]:
        dates = ((row["id"], row["modifiedAt"]) for row in everything.rows("pages"))
        return {id_ for id_, date in dates if datetime.fromisoformat(date) >= moment}

    before = modified_since(datetime.now(UTC) - timedelta(days=days))
    some = sync(site, catalog=only("pages"), anchor_date=None, lookback_days=days)
    after = modified_since(datetime.now(UTC) - timedelta(days=days))

    assert after <= some.ids("pages") <= before
    assert after
    assert before < everything.ids("pages")


def test_no_bodies_are_downloaded_of_what_is_older(site: ClockedSite) -> None:
    run = sync(site, catalog=only("pages"), anchor_date=ANCHOR, page_size=5)

    walk = [request for request in run.asked("/api/v2/pages") if "sort" in request.query]
    lean = ["body-format" not in request.query for request in walk]
    assert lean.count(True) > 1
    assert not lean[0], "the first page may reach the anchor"
    assert lean[1:] == sorted(lean[1:], reverse=True), "then without bodies until it is reached"


def test_where_a_list_has_not_a_single_item_the_bookmark_is_the_anchor() -> None:
    with ClockedSite(Wiki(seed=1)) as empty:
        run = sync(empty, catalog=only("attachments"), anchor_date="2026-06-01")

    assert run.bookmark("attachments") == "2026-06-01T00:00:00.000Z"


@pytest.mark.parametrize("stream", ["pages", "attachments", "page_footer_comments", "tasks"])
def test_a_stream_that_is_read_whole_needs_no_anchor(site: ClockedSite, stream: str) -> None:
    first = sync(site, catalog=only(stream), anchor_date=ANCHOR)

    second = sync(site, first.state, read_whole(stream), anchor_date=ANCHOR)

    assert set(second.keys(stream)) == site.truth()[stream]
    assert [m["type"] for m in second.messages if m["type"] != "STATE"][-1] == "ACTIVATE_VERSION"


def test_after_a_whole_reading_the_stream_is_incremental_where_it_was(site: ClockedSite) -> None:
    first = sync(site, catalog=only("pages"))
    whole = sync(site, first.state, read_whole("pages"))
    edited = site.wiki.edit_page()

    third = sync(site, whole.state, only("pages"))

    assert whole.bookmark("pages") == first.bookmark("pages")
    assert third.ids("pages") == {edited}


def test_details_that_are_read_whole_leave_their_parent_incremental(site: ClockedSite) -> None:
    first = sync(site, catalog=only("pages", "page_versions"))
    catalog = read_whole("page_versions")
    selected = only("pages")
    for entry, other in zip(catalog["streams"], selected["streams"], strict=True):
        if other["tap_stream_id"] == "pages":
            entry["metadata"] = other["metadata"]

    second = sync(site, first.state, catalog)

    assert set(second.keys("page_versions")) == site.truth()["page_versions"]
    assert second.activated == {"page_versions"}
    assert second.keys("pages") == []


def test_a_run_without_state_brings_everything(site: ClockedSite) -> None:
    sync(site, catalog=only(*CONTENT))

    again = sync(site, catalog=only(*CONTENT))

    truth = site.truth()
    for stream in CONTENT:
        assert set(again.keys(stream)) == truth[stream], stream
