"""Much that was changed in one moment, as by an import, costs the runs after it nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tap_confluence.output import writer
from tests.datacenter import runs as datacenter
from tests.demo_site.datacenter import DataCenterSite
from tests.incremental import runs as cloud
from tests.incremental.runs import ClockedSite, killed_after, last_state
from tests.incremental.small_wiki import small_wiki
from tests.running import only

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.demo_site import DemoSite, Wiki
    from tests.incremental.runs import Run
    from tests.running import Json

    Site = DemoSite | DataCenterSite

DAY_MS = 86_400_000
IMPORTED = 60
STREAMS = ("pages", "page_labels", "page_versions", "page_content_properties")


def wiki_with_import(tick_ms: int, *, pages: int = IMPORTED) -> Wiki:
    """Make a wiki that grows by a page every two days, and then by many pages at once."""
    wiki = small_wiki(10, tick_ms=2 * DAY_MS)
    wiki.tick_ms = tick_ms
    for _ in range(pages):
        wiki.add_page()
    wiki.tick_ms = 2 * DAY_MS
    return wiki


@pytest.fixture(params=[ClockedSite, datacenter.ClockedDataCenter], ids=["cloud", "datacenter"])
def kind(request: pytest.FixtureRequest) -> type[Site]:
    kind: type[Site] = request.param
    return kind


@pytest.fixture(params=[0, 1], ids=["in a millisecond", "in a second"])
def site(request: pytest.FixtureRequest, kind: type[Site]) -> Iterator[Site]:
    with kind(wiki_with_import(request.param)) as site:
        yield site


def sync(site: Site, state: Json | None = None, **settings: int) -> Run:
    if isinstance(site, DataCenterSite):
        return datacenter.sync(site, state, datacenter.only(*STREAMS), **settings)
    return cloud.sync(site, state, only(*STREAMS), **settings)


@pytest.mark.each_value
def test_an_idle_run_costs_what_it_costs_without_an_import(site: Site, kind: type[Site]) -> None:
    with kind(wiki_with_import(2 * DAY_MS)) as other:
        usual = sync(other, sync(other).state)

    idle = sync(site, sync(site).state)

    assert len(idle.requests) <= len(usual.requests)
    for stream in ("pages", "page_versions"):
        assert idle.keys(stream) == []


@pytest.mark.each_value
def test_an_idle_run_asks_for_the_list_alone_however_many_pages_it_has(site: Site) -> None:
    first = sync(site, page_size=7)

    idle = sync(site, first.state, page_size=7)

    assert idle.keys("pages") == []
    details = [r for r in idle.requests if r.path.rpartition("/")[2].isdecimal()]
    assert [request.path for request in details if "/pages/" in request.path] == []


@pytest.mark.each_value
def test_an_edit_of_one_of_them_brings_this_one(site: Site) -> None:
    first = sync(site)
    edited = site.wiki.edit_page(last_page(site))

    second = sync(site, first.state)
    third = sync(site, second.state)

    assert second.ids("pages") == {edited}
    assert {row["pageId"] for row in second.rows("page_versions")} == {edited}
    assert third.keys("pages") == []


@pytest.mark.each_value
def test_one_more_of_the_same_moment_is_brought_alone(site: Site) -> None:
    first = sync(site)
    site.wiki.tick_ms = 0
    added = {site.wiki.add_page(), site.wiki.edit_page(last_page(site))}

    second = sync(site, first.state)
    third = sync(site, second.state)

    assert second.ids("pages") == added
    assert third.keys("pages") == []


def test_a_run_that_is_killed_amid_them_goes_on_where_it_was(
    kind: type[Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "RECORDS_TO_STATE", 0)
    with kind(wiki_with_import(2 * DAY_MS, pages=1)) as site:
        state: Json | None = sync(site).state
        imported = import_pages(site)
        rows, kills = [], 4
        for _ in range(kills):
            left = killed_after(sync(site, state), 70)
            state = last_state(left) or state
            rows += left.records.get("pages", [])

        assert {row["id"] for row in rows} == imported
        assert len(rows) <= IMPORTED + kills
        assert sync(site, state).keys("pages") == []


def test_an_import_that_goes_on_in_the_same_moment_comes_to_an_end(
    kind: type[Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "RECORDS_TO_STATE", 0)
    with kind(wiki_with_import(0)) as site:
        state: Json | None = sync(site).state
        site.wiki.tick_ms = 0
        imported = import_pages(site)
        for _ in range(8):
            left = killed_after(sync(site, state), 70)
            state = last_state(left) or state
            imported -= {row["id"] for row in left.records.get("pages", [])}

        assert not imported
        assert sync(site, state).keys("pages") == []


def test_a_first_run_that_is_killed_amid_them_comes_to_an_end(
    kind: type[Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "RECORDS_TO_STATE", 0)
    with kind(wiki_with_import(0)) as site:
        # A full read of Data Center goes on behind the last whole batch.
        site.faults.caps |= {"body": 10}
        state: Json | None = None
        written: set[str] = set()
        for _ in range(12):
            left = killed_after(sync(site, state), 90)
            state = last_state(left) or state
            written |= {row["id"] for row in left.records.get("pages", [])}

        assert written == {page.id for page in site.wiki.pages}
        assert sync(site, state).keys("pages") == []


@pytest.mark.each_value
def test_a_state_of_an_earlier_version_brings_them_once_more_and_no_more(site: Site) -> None:
    first = sync(site)
    for entry in first.state["bookmarks"].values():
        if "overlap" in entry:
            entry["overlap"] = "eJxjYBgFo2AUjIJRMAqGOwAABAAAAQ=="

    second = sync(site, first.state)
    third = sync(site, second.state)

    assert len(second.ids("pages")) == IMPORTED
    assert third.keys("pages") == []


def test_the_state_does_not_grow_with_them(kind: type[Site]) -> None:
    with kind(wiki_with_import(0, pages=20)) as few, kind(wiki_with_import(0)) as many:
        sizes = [len(str(sync(site).state)) for site in (few, many)]

    assert sizes[1] < sizes[0] + 200


def import_pages(site: Site) -> set[str]:
    """Add many pages in the moment in which the site was changed last, or in one after it."""
    first = site.wiki.add_page()
    site.wiki.tick_ms = 0
    return {first, *(site.wiki.add_page() for _ in range(IMPORTED - 1))}


def last_page(site: Site) -> str:
    return [page.id for page in site.wiki.pages if page.status == "current"][-1]
