"""The state is small, never claims too much, and is never misread."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.incremental.runs import INCREMENTAL, OWNER_KEYS, ClockedSite, stream_names, sync
from tests.incremental.small_wiki import PEOPLE_MAY, do, small_wiki
from tests.running import only

if TYPE_CHECKING:
    from tests.incremental.runs import Run
    from tests.running import Json

CATALOG = ("pages", "page_versions", "tasks")


def test_the_state_is_as_large_after_200_pages_as_after_25() -> None:
    sizes = []
    for pages in (25, 200):
        with ClockedSite(small_wiki(pages)) as site:
            first = sync(site)
            second = sync(site, first.state)
        sizes.append(len(json.dumps(second.state)))
        assert set(second.state["bookmarks"]) <= set(stream_names())

    small, large = sizes
    assert large < small * 1.2


@pytest.mark.parametrize("replies_in_lists", [True, False])
def test_no_state_claims_what_was_not_written_before_it(
    site: ClockedSite, monkeypatch: pytest.MonkeyPatch, *, replies_in_lists: bool
) -> None:
    site.replies_in_lists = replies_in_lists
    monkeypatch.setattr("tap_confluence.output.writer.RECORDS_TO_STATE", 0)
    first = sync(site, catalog=only(*INCREMENTAL), page_size=5)
    for deed in PEOPLE_MAY:
        do(site.wiki, deed)

    second = sync(site, first.state, only(*INCREMENTAL), page_size=5)

    assert_claims_are_kept(first, {})
    assert_claims_are_kept(second, first.state["bookmarks"])
    assert len(first.states) > 25
    assert len(second.states) > 10


def assert_claims_are_kept(run: Run, bookmarks_before: Json) -> None:
    """Whatever a run writes at all, it has written before a bookmark passes it.

    What came into the trash without a change of its date had been written before it came there.
    """
    trashed = {
        row["id"]
        for stream in INCREMENTAL
        for row in run.rows(stream)
        if row.get("status") == "trashed"
        and row["modifiedAt"] <= bookmark_in(bookmarks_before, stream)
    }
    unwritten: dict[str, list[str]] = {stream: [] for stream in INCREMENTAL}
    for message in reversed(run.messages):
        if message["type"] == "RECORD" and message["stream"] in unwritten:
            row = message["record"]
            if not trashed & {row.get(key) for key in ("id", *OWNER_KEYS.values())}:
                unwritten[message["stream"]].append(row["modifiedAt"])
        elif message["type"] == "STATE":
            for stream, moments in unwritten.items():
                bookmark = bookmark_in(message["value"]["bookmarks"], stream)
                if bookmark != bookmark_in(bookmarks_before, stream):
                    assert not [m for m in moments if m <= bookmark], stream


def bookmark_in(bookmarks: Json, stream: str) -> str:
    return str(bookmarks.get(stream, {}).get("replication_key_value", ""))


def test_a_state_with_streams_that_do_not_exist_is_accepted(site: ClockedSite) -> None:
    first = sync(site, catalog=only(*CATALOG))
    state = copy.deepcopy(first.state)
    state["bookmarks"]["whiteboards"] = {"replication_key_value": "2026-07-01T00:00:00.000Z"}
    edited = site.wiki.edit_page()

    second = sync(site, state, only(*CATALOG))

    assert second.exit_status == 0
    assert second.ids("pages") == {edited}


@pytest.mark.parametrize(
    "more",
    [
        {"partitions": [{"context": {"page_id": "1"}, "replication_key_value": "2026-07-09"}]},
        {"progress_markers": {"replication_key": "modifiedAt", "replication_key_value": "2026"}},
        {"starting_replication_value": "2026-07-09T00:00:00.000Z"},
        {"replication_key_signpost": "2026-07-09T00:00:00.000Z"},
    ],
    ids=["partitions", "progress markers", "starting value", "signpost"],
)
def test_what_other_taps_keep_in_a_state_is_not_taken_for_a_bookmark(
    site: ClockedSite, more: Json
) -> None:
    run = sync(site, {"bookmarks": {"pages": more}}, only("pages"))

    assert run.exit_status == 0
    assert set(run.keys("pages")) == site.truth()["pages"]


def test_a_bookmark_in_another_time_zone_is_understood(site: ClockedSite) -> None:
    entry = {
        "replication_key": "modifiedAt",
        "replication_key_value": "2026-07-01T06:00:00+02:00",
        "reconciliation": {"tableStart": None, "lastWholeRead": "2026-07-01T04:00:00.000Z"},
    }

    run = sync(site, {"bookmarks": {"pages": entry}}, only("pages"))

    live = [row["modifiedAt"] for row in run.rows("pages") if row["status"] != "trashed"]
    assert "2026-07-01T03:58" < min(live) < "2026-07-01T04:30"
    assert (run.bookmark("pages") or "").endswith("Z")


def test_a_bookmark_of_another_replication_key_is_none(site: ClockedSite) -> None:
    entry = {"replication_key": "createdAt", "replication_key_value": "2026-08-01T00:00:00.000Z"}

    run = sync(site, {"bookmarks": {"pages": entry}}, only("pages"))

    assert set(run.keys("pages")) == site.truth()["pages"]


@pytest.mark.parametrize(
    "state",
    [
        {"bookmarks": []},
        {"bookmarks": {"pages": "2026-07-01"}},
        {"bookmarks": {"pages": {"replication_key_value": "yesterday"}}},
        {"bookmarks": {"pages": {"replication_key_value": 1_751_328_000}}},
        {"bookmarks": {"tasks": {"replication_key_value": ["2026-07-01"]}}},
    ],
)
def test_a_state_that_makes_no_sense_is_refused_in_one_line(site: ClockedSite, state: Any) -> None:
    run = sync(site, state, only(*CATALOG))

    assert run.exit_status == 1
    assert run.messages == []
    assert site.requests == []
    [complaint] = run.complaints
    assert "state" in complaint


@pytest.mark.each_value
@pytest.mark.parametrize("name", ["overlap", "trash", "trashStart", "repliesListed", "threads"])
@pytest.mark.parametrize("value", [7, "?", None, {}])
def test_what_the_tap_keeps_besides_is_ignored_if_it_makes_no_sense(
    site: ClockedSite, name: str, value: object
) -> None:
    first = sync(site, catalog=only("pages", "page_footer_comments"))
    trashed, comment = site.wiki.trash_page(), site.wiki.add_footer_comment()
    state = copy.deepcopy(first.state)
    for entry in state["bookmarks"].values():
        entry[name] = value

    second = sync(site, state, only("pages", "page_footer_comments"))

    assert second.exit_status == 0
    assert trashed in second.ids("pages")
    assert comment in second.ids("page_footer_comments")


def test_a_bookmark_in_the_future_is_reported_and_not_believed(site: ClockedSite) -> None:
    entry = {"replication_key": "modifiedAt", "replication_key_value": "2999-01-01T00:00:00.000Z"}

    run = sync(site, {"bookmarks": {"pages": entry}}, only("pages"))

    assert run.exit_status == 0
    [warning] = [line for line in run.log if "future" in line]
    assert "'pages'" in warning
    assert "2999-01-01" in warning
    assert set(run.keys("pages")) == site.truth()["pages"]
