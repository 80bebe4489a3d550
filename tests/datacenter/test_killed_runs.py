"""A first run that is killed goes on where it was, though no bookmark can tell where that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.datacenter.runs import ClockedDataCenter, only, stream_names, sync, truth_of
from tests.demo_site import Wiki
from tests.incremental.runs import INVENTORY, keys_of, killed_after, last_state
from tests.incremental.small_wiki import small_wiki

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.running import Json, Run

FULL_READ = "fullRead"
DAY_MS = 86_400_000


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


@pytest.mark.parametrize("stream", ["page_footer_comments", "attachments"])
def test_what_is_on_what_came_into_the_trash_is_not_lost_by_a_run_that_is_killed_before_it(
    stream: str,
) -> None:
    wiki = small_wiki(tick_ms=2 * DAY_MS, now="2020-01-01T00:00:00.000Z")
    with ClockedDataCenter(wiki) as site:
        add = wiki.add_attachment if stream == "attachments" else wiki.add_footer_comment
        first = sync(site, catalog=only(stream))
        page = wiki.add_page()
        on_page = add(page)
        wiki.trash_page(page)
        for _ in range(3):
            add()
        killed = sync(site, first.state, only(stream))
        state = next(s for s in killed.states if moved_on_alone(s, first.state, stream))

        run = sync(site, state, only(stream))

        assert on_page in run.ids(stream)


def moved_on_alone(state: Json, earlier: Json, stream: str) -> bool:
    """Whether the changes of a stream had been written, but not what came into the trash."""
    entry, before = (each["bookmarks"][stream] for each in (state, earlier))
    has_moved = entry["replication_key_value"] > before["replication_key_value"]
    is_trash_unread = entry["trash"] == before["trash"]
    return bool(has_moved and is_trash_unread)


def test_the_state_does_not_grow_with_the_wiki() -> None:
    catalog = only("pages", "page_labels", "page_footer_comments", "attachments", "tasks")
    with ClockedDataCenter(Wiki.seeded(pages=400)) as site:
        run = sync(site, catalog=catalog)

        assert max(len(str(state)) for state in run.states) < 4_000


def midway(run: Run, stream: str) -> Json:
    """The last state before a full read was done."""
    states = [s for s in run.states if FULL_READ in s["bookmarks"].get(stream, {})]
    return states[len(states) // 2]
