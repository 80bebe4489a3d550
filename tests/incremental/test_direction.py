"""The size of the change decides from which end a list is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_confluence.cloud.api.incremental_list import MOST_PAGES_NEWEST_FIRST, PAGES_KEPT
from tests.incremental.runs import Run, sync
from tests.running import only

if TYPE_CHECKING:
    import pytest

    from tests.incremental.runs import ClockedSite


def sorts(run: Run) -> list[str]:
    """The order in which each request for pages wanted them, where it wanted one."""
    return [r.query["sort"][0] for r in run.asked("/api/v2/pages") if "sort" in r.query]


def test_a_first_run_begins_with_the_oldest(site: ClockedSite) -> None:
    first = sync(site, catalog=only("pages"), page_size=5)

    assert set(sorts(first)) == {"modified-date"}
    moments = [row["modifiedAt"] for row in first.rows("pages")]
    assert moments == sorted(moments), "what is in the trash has its place among the others"


def test_a_later_run_goes_back_from_the_newest(site: ClockedSite) -> None:
    first = sync(site, catalog=only("pages"), page_size=5)
    edited = [site.wiki.edit_page() for _ in range(2)]

    second = sync(site, first.state, only("pages"), page_size=5)

    assert sorts(second) == ["-modified-date"]
    assert [row["id"] for row in second.rows("pages")] == edited


def test_after_a_huge_change_a_run_begins_with_the_oldest_again(site: ClockedSite) -> None:
    for _ in range(MOST_PAGES_NEWEST_FIRST - 20):
        site.wiki.add_page()
    first = sync(site, catalog=only("pages"))
    edited = {site.wiki.edit_page(id_) for (id_,) in first.keys("pages")[1:]}

    second = sync(site, first.state, only("pages"), page_size=1)

    assert edited <= second.ids("pages")
    assert sorts(second).count("-modified-date") == MOST_PAGES_NEWEST_FIRST
    assert sorts(second)[-1] == "modified-date"


def test_pages_of_the_list_that_memory_does_not_hold_are_asked_for_again(site: ClockedSite) -> None:
    first = sync(site, catalog=only("pages"))
    edited = {site.wiki.edit_page() for _ in range(3 * PAGES_KEPT)}

    second = sync(site, first.state, only("pages"), page_size=1)

    assert second.ids("pages") == edited
    assert len(sorts(second)) > len(edited) + 1
    assert set(sorts(second)) == {"-modified-date"}


def test_what_is_edited_while_a_run_goes_back_is_brought_by_the_next(site: ClockedSite) -> None:
    first = sync(site, catalog=only("pages"))
    [oldest, *_] = [site.wiki.edit_page(id_) for (id_,) in first.keys("pages")[:12]]
    edit_at_request(site, 6, oldest)

    second = sync(site, first.state, only("pages"), page_size=1)
    third = sync(site, second.state, only("pages"), page_size=1)

    assert last_version(site, oldest) not in versions(second, oldest)
    assert last_version(site, oldest) in versions(third, oldest)


def test_what_is_edited_while_a_run_goes_forward_is_brought_at_its_end(site: ClockedSite) -> None:
    newest = site.wiki.add_page()
    edit_at_request(site, 3, newest)

    first = sync(site, catalog=only("pages"), page_size=5)

    assert versions(first, newest) == [last_version(site, newest)]


def test_a_change_that_becomes_visible_late_is_still_seen(
    site: ClockedSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.wiki.edit_page()
    first = sync(site, catalog=only("pages"))
    site.wiki.now_ms -= 60_000
    monkeypatch.setattr(site.wiki, "tick_ms", 0)
    late = site.wiki.add_page()
    site.wiki.now_ms += 60_000

    second = sync(site, first.state, only("pages"))

    assert second.ids("pages") == {late}


def edit_at_request(site: ClockedSite, number: int, page_id: str) -> None:
    """Edit a page just before the site answers the n-th request from now."""
    before = len(site.requests)

    def edit(count: int, _path: str) -> None:
        if count - before == number:
            site.wiki.edit_page(page_id)

    site.faults.before_request = edit


def versions(run: Run, page_id: str) -> list[int]:
    return [row["version"]["number"] for row in run.rows("pages") if row["id"] == page_id]


def last_version(site: ClockedSite, page_id: str) -> int:
    return site.wiki.content(page_id).version
