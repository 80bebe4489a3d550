"""A first run that is killed goes on where it was, though no bookmark can tell where that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.datacenter.runs import ClockedDataCenter, only, stream_names, sync, truth_of
from tests.demo_site import Wiki
from tests.incremental.runs import INVENTORY, keys_of, killed_after, last_state

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.running import Json, Run

FULL_READ = "fullRead"


@pytest.fixture(autouse=True)
def _many_states(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tap_confluence.output.writer.RECORDS_TO_STATE", 0)


@pytest.fixture
def site() -> Iterator[ClockedDataCenter]:
    with ClockedDataCenter(Wiki.seeded(pages=60)) as site:
        site.faults.caps = {"bare": 20, "expand": 20, "body": 10}
        yield site


def test_a_first_run_is_killed_again_and_again(site: ClockedDataCenter) -> None:
    runs: list[Run] = []
    state = None
    for percent in (20, 5, 45, 80, 97):
        run = sync(site, state)
        assert run.exit_status == 0, run.complaints
        left = killed_after(run, len(run.messages) * percent // 100)
        state = last_state(left) or state
        runs.append(left)
        site.wiki.edit_page()
        site.wiki.add_page()
    runs.append(sync(site, state))

    truth = truth_of(site)
    for stream in stream_names():
        keys = truth[stream]
        if stream != "tasks":
            assert keys_of(*runs, stream=stream) >= keys, stream
    for stream in stream_names():
        if stream in {"page_labels", "child_pages", INVENTORY}:
            assert set(runs[-1].keys(stream)) == truth[stream], stream


def test_the_next_run_asks_only_for_the_rest(site: ClockedDataCenter) -> None:
    first = sync(site, catalog=only("pages"))
    state = midway(first, "pages")

    second = sync(site, state, only("pages"))

    scans = [r for r in second.asked("/rest/api/content/scan") if "expand" in r.query]
    assert scans[0].query["cursor"] == [state["bookmarks"]["pages"][FULL_READ]["cursor"]]
    assert len(second.rows("pages")) < len(first.rows("pages"))
    assert second.bookmark("pages") == first.bookmark("pages")
    assert not second.state["bookmarks"]["pages"].keys() & {FULL_READ}


def test_streams_that_are_read_whole_are_whole_also_after_a_kill(site: ClockedDataCenter) -> None:
    catalog = only("pages", "page_labels", "child_pages")
    state = midway(sync(site, catalog=catalog), "pages")

    second = sync(site, state, catalog)

    truth = truth_of(site)
    for stream in ("page_labels", "child_pages"):
        assert set(second.keys(stream)) == truth[stream]
        assert stream in second.activated


def test_a_stream_that_joins_is_not_read_from_the_middle(site: ClockedDataCenter) -> None:
    state = midway(sync(site, catalog=only("pages")), "pages")

    second = sync(site, state, only("pages", "page_versions"))

    assert set(second.keys("page_versions")) == truth_of(site)["page_versions"]


def test_a_cursor_that_the_site_no_longer_takes_begins_anew(site: ClockedDataCenter) -> None:
    state = midway(sync(site, catalog=only("pages")), "pages")
    state["bookmarks"]["pages"][FULL_READ]["cursor"] = "of another version"

    second = sync(site, state, only("pages"))

    assert second.exit_status == 0, second.complaints
    assert set(second.keys("pages")) == truth_of(site)["pages"]


def test_the_state_does_not_grow_with_the_wiki() -> None:
    catalog = only("pages", "page_labels", "page_footer_comments", "attachments", "tasks")
    with ClockedDataCenter(Wiki.seeded(pages=400)) as site:
        run = sync(site, catalog=catalog)

        assert max(len(str(state)) for state in run.states) < 4_000


def midway(run: Run, stream: str) -> Json:
    """The last state before a full read was done."""
    states = [s for s in run.states if FULL_READ in s["bookmarks"].get(stream, {})]
    return states[len(states) // 2]
