"""Details that the site fails to give: of that item alone they are missing, until it gives them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.incremental.runs import ClockedSite, killed_after, read_whole, sync
from tests.incremental.small_wiki import small_wiki
from tests.running import only

if TYPE_CHECKING:
    from tests.demo_site.loopback import LoopbackSite
    from tests.running import Json

CHILDREN = ("page_versions", "page_content_properties")
STREAMS = ("pages", *CHILDREN)
KINDS = ("500", "503", "not-json", "bad-json", "cut-off", "reset", "wrong-shape")
TRIES = 6


def listed(state: Json) -> dict[str, set[str]]:
    """The items that a state lists as failed, by stream."""
    entries = {name: entry.get("failed", {}) for name, entry in state["bookmarks"].items()}
    return {name: set(failed) for name, failed in entries.items() if failed}


def a_page(site: LoopbackSite, place: int = 7) -> str:
    """A page with properties, neither the oldest nor the newest."""
    pages = [p for p in site.wiki.pages if p.properties and p.status == "current"]
    return pages[place % len(pages)].id


def truth_without(site: ClockedSite, stream: str, *pages: str) -> set[tuple[object, ...]]:
    return {key for key in site.truth()[stream] if key[0] not in pages}


@pytest.mark.parametrize("kind", KINDS)
def test_exactly_the_details_of_the_item_are_missing_and_the_bookmark_moves_on(
    site: ClockedSite, kind: str
) -> None:
    page = a_page(site)
    site.faults.break_path(f"/api/v2/pages/{page}", kind)

    run = sync(site, catalog=only(*STREAMS))

    assert run.exit_status == 0, run.complaints
    assert set(run.keys("pages")) == site.truth()["pages"]
    newest = max(row["modifiedAt"] for row in run.rows("pages"))
    for child in CHILDREN:
        assert set(run.keys(child)) == truth_without(site, child, page), child
        assert run.bookmark(child) == newest
        assert any(f"Skipping {page} of '{child}'" in line for line in run.log)
        assert any(f"Skipped 1 of '{child}': 1 failed" in line for line in run.log)
    assert listed(run.state) == {child: {page} for child in CHILDREN}
    assert len(run.asked(f"/api/v2/pages/{page}")) == TRIES


@pytest.mark.parametrize("kind", ["500", "not-json"])
def test_the_next_run_tries_once_and_costs_nothing_else(site: ClockedSite, kind: str) -> None:
    page = a_page(site)
    sound = sync(site, sync(site, catalog=only(*STREAMS)).state, only(*STREAMS))
    site.faults.break_path(f"/api/v2/pages/{page}", kind)
    first = sync(site, catalog=only(*STREAMS))

    second = sync(site, first.state, only(*STREAMS))
    third = sync(site, second.state, only(*STREAMS))

    for run in (second, third):
        assert run.exit_status == 0, run.complaints
        assert len(run.asked(f"/api/v2/pages/{page}")) == 1
        assert run.cost == sound.cost + 1
        assert listed(run.state) == {child: {page} for child in CHILDREN}
        assert not run.rows("pages")
    assert third.state == second.state


def test_when_it_is_healed_its_rows_come_and_the_state_forgets_it(site: ClockedSite) -> None:
    page = a_page(site)
    whole = sync(site, catalog=only(*STREAMS))
    site.faults.break_path(f"/api/v2/pages/{page}", "500")
    first = sync(site, catalog=only(*STREAMS))
    site.faults.heal()

    second = sync(site, first.state, only(*STREAMS))

    assert second.exit_status == 0
    assert listed(second.state) == {}
    assert second.rows("pages") == []
    for child in CHILDREN:
        expected = [row for row in whole.rows(child) if row["pageId"] == page]
        assert expected
        assert second.rows(child) == expected
        assert second.bookmark(child) == first.bookmark(child)


def test_what_is_gone_meanwhile_is_forgotten(site: ClockedSite) -> None:
    page = a_page(site)
    site.faults.break_path(f"/api/v2/pages/{page}", "500")
    first = sync(site, catalog=only(*STREAMS))
    site.faults.heal()
    site.wiki.purge_page(page)

    second = sync(site, first.state, only(*STREAMS))

    assert second.exit_status == 0
    assert listed(second.state) == {}


@pytest.mark.parametrize("is_healed", [True, False])
def test_a_newer_version_takes_the_place_of_the_one_that_failed(
    site: ClockedSite, *, is_healed: bool
) -> None:
    page = a_page(site)
    site.faults.break_path(f"/api/v2/pages/{page}", "500")
    first = sync(site, catalog=only(*STREAMS))
    if is_healed:
        site.faults.heal()
    site.wiki.edit_page(page)

    second = sync(site, first.state, only(*STREAMS))

    [row] = second.rows("pages")
    assert row["id"] == page
    assert len(second.asked(f"/api/v2/pages/{page}")) == (1 if is_healed else TRIES)
    if is_healed:
        assert listed(second.state) == {}
        assert {key for key in site.truth()["page_versions"] if key[0] == page} == set(
            second.keys("page_versions")
        )
    else:
        entry = second.state["bookmarks"]["page_versions"]
        assert entry["failed"] == {page: row["modifiedAt"]}


def test_one_section_that_fails_leaves_the_others(site: ClockedSite) -> None:
    page = a_page(site)
    for _ in range(60):
        site.wiki.edit_page(page)
    site.faults.break_path(f"/api/v2/pages/{page}/versions", "500")

    run = sync(site, catalog=only(*STREAMS, "page_labels"))

    assert run.exit_status == 0, run.complaints
    for child in ("page_content_properties", "page_labels"):
        assert set(run.keys(child)) == site.truth()[child]
    assert set(run.keys("page_versions")) == truth_without(site, "page_versions", page)
    assert listed(run.state) == {"page_versions": {page}}
    assert "page_labels" in run.activated

    site.faults.heal()
    second = sync(site, run.state, only(*STREAMS, "page_labels"))

    assert set(second.keys("page_versions")) == {
        key for key in site.truth()["page_versions"] if key[0] == page
    }
    assert not second.rows("page_content_properties")


def test_labels_that_fail_are_not_taken_for_taken_off(site: ClockedSite) -> None:
    page = next(page.id for page in site.wiki.pages if page.labels)
    site.faults.break_path(f"/api/v2/pages/{page}", "500")

    run = sync(site, catalog=only("pages", "page_versions", "page_labels"))

    assert run.exit_status == 0
    assert "page_labels" not in run.activated
    # They are read as a whole in each run.
    assert listed(run.state) == {"page_versions": {page}}


def test_what_lies_in_the_trash_is_listed_too(site: ClockedSite) -> None:
    first = sync(site, catalog=only(*STREAMS))
    page = site.wiki.trash_page(site.wiki.edit_page(a_page(site)))
    site.faults.break_path(f"/api/v2/pages/{page}", "500")

    second = sync(site, first.state, only(*STREAMS))
    site.faults.heal()
    third = sync(site, second.state, only(*STREAMS))

    assert second.exit_status == 0
    assert listed(second.state)["page_versions"] == {page}
    assert {key for key in site.truth()["page_versions"] if key[0] == page} <= set(
        third.keys("page_versions")
    )
    assert listed(third.state) == {}


@pytest.mark.parametrize("count", [1, 2, 3])
def test_few_of_few_are_no_outage(site: ClockedSite, count: int) -> None:
    first = sync(site, catalog=only(*STREAMS))
    pages = [site.wiki.edit_page(a_page(site, place)) for place in range(3)]
    for page in pages[:count]:
        site.faults.break_path(f"/api/v2/pages/{page}", "500")

    second = sync(site, first.state, only(*STREAMS))

    assert second.exit_status == 0, second.complaints
    assert listed(second.state)["page_versions"] == {*pages[:count]}
    assert second.ids("pages") == {*pages}


def test_one_in_ten_is_an_outage_before_which_the_bookmark_stays(site: ClockedSite) -> None:
    first = sync(site, catalog=only(*STREAMS))
    pages = [site.wiki.add_page() for _ in range(70)]
    for page in pages[5::10]:
        site.faults.break_path(f"/api/v2/pages/{page}", "500")

    second = sync(site, first.state, only(*STREAMS))

    assert second.exit_status == 1
    assert "The site fails for 7 of 7" in second.complaints[-1]
    assert "run again" in second.complaints[-1]
    dates = {row["id"]: row["modifiedAt"] for row in second.rows("pages")}
    for stream in STREAMS:
        assert (second.bookmark(stream) or "") < dates[pages[5]]
    assert listed(second.state) == {}

    site.faults.heal()
    third = sync(site, second.state, only(*STREAMS))
    wanted = {key for key in site.truth()["page_versions"] if key[0] in pages}
    assert wanted <= {*second.keys("page_versions"), *third.keys("page_versions")}


def test_details_that_fail_for_all_are_an_outage(site: ClockedSite) -> None:
    site.faults.break_path(r"/api/v2/pages/\d+", "503")

    run = sync(site, catalog=only(*STREAMS))

    assert run.exit_status == 1
    assert "Gave up on /api/v2/pages/" in run.complaints[-1]
    assert run.bookmark("pages") is None
    assert listed(run.state) == {}


def test_more_than_a_hundred_are_an_outage_and_the_state_stays_small() -> None:
    with ClockedSite(small_wiki(10, tick_ms=1000)) as site:
        pages = [site.wiki.add_page() for _ in range(60)]
        first = sync(site, catalog=only(*STREAMS))
        some = dict.fromkeys((str(90_000_000_000 + n) for n in range(98)), "2024-01-01T00:00:00Z")
        state = json.loads(json.dumps(first.state))
        state["bookmarks"]["blog_post_versions"] = {"failed": some}
        for page in pages[:3]:
            site.wiki.edit_page(page)
            site.faults.break_path(f"/api/v2/pages/{page}", "500")

        run = sync(site, state, only(*STREAMS))

        assert run.exit_status == 1
        assert "more than 100 items" in run.complaints[-1]
        dates = {row["id"]: row["modifiedAt"] for row in run.rows("pages")}
        assert run.bookmark("page_versions") == first.bookmark("page_versions") or (
            run.bookmark("page_versions") or ""
        ) < max(dates.values())
        assert len(json.dumps(run.state)) < 64 * 1024


def test_a_run_killed_anywhere_loses_neither_the_list_nor_a_row(
    site: ClockedSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tap_confluence.output.writer.RECORDS_TO_STATE", 0)
    page = a_page(site)
    site.faults.break_path(f"/api/v2/pages/{page}", "500")
    whole = sync(site, catalog=only(*STREAMS))
    site.faults.heal()
    wanted = site.truth()["page_versions"]

    for count in range(1, len(whole.messages), 17):
        killed = killed_after(whole, count)
        state = killed.states[-1] if killed.states else None
        rest = sync(site, state, only(*STREAMS))
        assert {*killed.keys("page_versions"), *rest.keys("page_versions")} >= wanted, count


def test_a_retry_that_is_killed_is_made_again(
    site: ClockedSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tap_confluence.output.writer.RECORDS_TO_STATE", 0)
    page = a_page(site)
    site.faults.break_path(f"/api/v2/pages/{page}", "500")
    first = sync(site, catalog=only(*STREAMS))
    site.faults.heal()
    second = sync(site, first.state, only(*STREAMS))
    wanted = {key for key in site.truth()["page_versions"] if key[0] == page}

    for count in range(len(second.messages)):
        killed = killed_after(second, count)
        state = killed.states[-1] if killed.states else first.state
        rest = sync(site, state, only(*STREAMS))
        assert {*killed.keys("page_versions"), *rest.keys("page_versions")} >= wanted, count


def test_a_full_refresh_lists_nothing_and_deletes_nothing(site: ClockedSite) -> None:
    page = a_page(site)
    site.faults.break_path(f"/api/v2/pages/{page}", "500")

    run = sync(site, catalog=read_whole(*STREAMS))

    assert run.exit_status == 0, run.complaints
    assert set(run.keys("pages")) == site.truth()["pages"]
    assert "pages" in run.activated
    assert not run.activated & {*CHILDREN}
    assert listed(run.state) == {}


@pytest.mark.parametrize(
    "odd", [None, 5, [], ["1"], {"1": 5}, {"": None, "../users": None, "1?a=b": None}, "1"]
)
def test_an_odd_list_in_the_state_is_no_traceback(site: ClockedSite, odd: object) -> None:
    first = sync(site, catalog=only(*STREAMS))
    state = json.loads(json.dumps(first.state))
    state["bookmarks"]["page_versions"]["failed"] = odd

    run = sync(site, state, only(*STREAMS))

    assert run.exit_status == 0, run.complaints
    assert not any("Traceback" in line for line in run.log)
    assert not run.asked("/api/v2/(users|pages/)?")


def test_what_the_filters_no_longer_leave_is_not_written(site: ClockedSite) -> None:
    page = a_page(site)
    root = site.wiki.add_page()
    settings: Json = {"exclude_page_ids": [root]}
    site.faults.break_path(f"/api/v2/pages/{page}", "500")
    first = sync(site, catalog=only(*STREAMS), **settings)
    assert listed(first.state) == {child: {page} for child in CHILDREN}
    site.faults.heal()
    moved = site.wiki.pages[int(page)]
    moved.parent, moved.parent_type = int(root), "page"

    second = sync(site, first.state, only(*STREAMS), **settings)

    assert not second.rows("page_versions")
    assert listed(second.state) == {}
