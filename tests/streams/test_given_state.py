"""The state that a run is given: read for what it is, or said in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.demo_site import DemoSite, Wiki
from tests.running import only, run_tap, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.running import Json, Run

STREAMS = ("pages", "blog_posts")


@pytest.fixture(scope="module")
def site() -> Iterator[DemoSite]:
    with DemoSite(Wiki.seeded(pages=20, seed=3)) as site:
        yield site


@pytest.fixture(scope="module")
def first(site: DemoSite) -> Run:
    return run_tap(settings_of(site), streams=STREAMS)


def warnings_of(run: Run) -> list[str]:
    return [line for line in run.log if "WARNING" in line]


def wrapped(state: Json) -> dict[str, Json]:
    """Wrap a state in all the ways it may be in."""
    bookmarks = state["bookmarks"]
    pages, posts = ({name: bookmarks[name]} for name in STREAMS)
    older = {"pages": {**bookmarks["pages"], "replication_key_value": "2001-01-01T00:00:00.000Z"}}
    return {
        "a STATE message": {"type": "STATE", "value": state},
        "an export of Meltano": {"singer_state": state},
        "a row of Meltano": {"completed": {"singer_state": state}, "partial": {}},
        "only partial": {"completed": {}, "partial": {"singer_state": state}},
        "both halves": {
            "completed": {"singer_state": {"bookmarks": {**older, **posts}}},
            "partial": {"singer_state": {"bookmarks": pages}},
        },
        "wrapped twice": {"singer_state": {"type": "STATE", "value": state}},
    }


@pytest.mark.parametrize("way", wrapped({"bookmarks": {name: {} for name in STREAMS}}))
def test_a_state_is_found_whatever_it_is_wrapped_in(site: DemoSite, first: Run, way: str) -> None:
    bare = run_tap(settings_of(site), first.state, only(*STREAMS))
    assert bare.records != first.records

    run = run_tap(settings_of(site), wrapped(first.state)[way], only(*STREAMS))

    assert run.exit_status == 0
    assert run.records == bare.records
    assert run.state == bare.state
    assert warnings_of(run) == []


@pytest.mark.parametrize("state", [{}, {"bookmarks": {}}, {"singer_state": {}}])
def test_a_state_without_anything_in_it_is_none(site: DemoSite, first: Run, state: Json) -> None:
    run = run_tap(settings_of(site), state, only(*STREAMS))

    assert run.records == first.records
    assert warnings_of(run) == []


def test_a_state_of_another_tap_is_said_to_be_so_in_one_line(site: DemoSite, first: Run) -> None:
    theirs = {"bookmarks": {"issues": {"replication_key_value": "2024-01-01T00:00:00Z"}}}

    run = run_tap(settings_of(site), theirs, only(*STREAMS))

    assert run.records == first.records
    [line] = warnings_of(run)
    assert "bookmarks of no stream of this tap, only of 'issues'" in line


def test_a_stream_that_another_release_had_is_no_matter_for_a_warning(
    site: DemoSite, first: Run
) -> None:
    bookmarks = {**first.state["bookmarks"], "drafts": {}}

    assert warnings_of(run_tap(settings_of(site), {"bookmarks": bookmarks}, only(*STREAMS))) == []


@pytest.mark.parametrize(
    "state",
    [
        {"pages": {"replication_key_value": "2024-01-01T00:00:00Z"}},
        {"value": 5},
        {"type": "RECORD", "record": {}},
        {"singer_state": {"currently_syncing": "pages"}},
    ],
)
def test_an_object_without_a_state_is_said_to_be_none(site: DemoSite, state: Json) -> None:
    site.requests.clear()

    run = run_tap(settings_of(site), state, only(*STREAMS))

    assert (run.exit_status, run.stdout) == (1, "")
    [complaint] = run.complaints
    assert "has no 'bookmarks'" in complaint
    assert site.requests == []


ODD: tuple[Any, ...] = ("x", 5, ["y"], {"a": 1}, None, True)


@pytest.mark.parametrize("name", ["partitions", "progress_markers", "overlap", "trash", "filters"])
def test_whatever_else_an_entry_holds_is_no_error(site: DemoSite, first: Run, name: str) -> None:
    for odd in ODD:
        bookmarks = {
            stream: {**entry, name: odd} for stream, entry in first.state["bookmarks"].items()
        }

        run = run_tap(settings_of(site), {"bookmarks": bookmarks}, only(*STREAMS))

        assert run.exit_status == 0, odd
