"""A page with very many files: they are written as they are listed, and gone on with amid them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests import running
from tests.datacenter.runs import ClockedDataCenter, settings_of
from tests.demo_site import Wiki

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.running import Json, Run

FILES = 1_000
PAGES_OF_LIST = 6
"""Requests for all of them: 200 files each, of which one stands on the page before, too."""


class LadenSite(ClockedDataCenter):
    """A site with a page that has all these files.

    Attributes:
        laden: The id of the page.
    """

    def __init__(self, wiki: Wiki) -> None:
        super().__init__(wiki)
        self.laden = next(page.id for page in wiki.pages if page.status == "current")
        for _ in range(FILES):
            wiki.add_attachment(page_id=self.laden)


@pytest.fixture
def site() -> Iterator[LadenSite]:
    with LadenSite(Wiki.seeded(pages=12, seed=7)) as site:
        yield site


def starts_of_list(site: LadenSite) -> list[int]:
    """Where the pages of the list of its files began that were asked for."""
    path = f"/rest/api/content/{site.laden}/child/attachment"
    return [int(r.query["start"][0]) for r in site.requests if r.path == path]


def read(site: LadenSite, state: Json | None = None, **options: Any) -> Run:
    site.requests.clear()
    return running.run_tap(settings_of(site), state, streams=("attachments",), **options)


def killed_amid(site: LadenSite) -> tuple[list[str], Json]:
    """Have a run end amid the files: what the target has with the last state, and that state."""
    run = read(site, target_takes=400_000)
    ids: list[str] = []
    known: tuple[list[str], Json] | None = None
    for message in run.messages:
        if message["type"] == "RECORD":
            ids.append(message["record"]["id"])
        elif message["type"] == "STATE" and ids:
            known = [*ids], message["value"]
    assert known is not None
    assert 0 < len(known[0]) < FILES
    return known


def truth(site: LadenSite) -> set[str]:
    return {file_id for (file_id,) in site.truth()["attachments"]}


def ids_of(run: Run) -> list[str]:
    return [record["id"] for record in run.records["attachments"]]


@pytest.fixture(autouse=True)
def _states_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a state after each answer, as a run that takes its time has."""
    monkeypatch.setattr("tap_confluence.run.SECONDS_BETWEEN_STATES", 0.0)


def test_files_are_written_before_all_of_them_are_listed(site: LadenSite) -> None:
    read(site, target_takes=20_000)
    assert 0 < len(starts_of_list(site)) <= 3

    run = read(site)
    assert len(starts_of_list(site)) == PAGES_OF_LIST
    assert set(ids_of(run)) == truth(site)
    assert len(ids_of(run)) == len(truth(site))


def test_a_run_that_is_killed_amid_them_goes_on_there(site: LadenSite) -> None:
    written, state = killed_amid(site)

    run = read(site, state)

    assert min(starts_of_list(site)) > 0
    assert len(starts_of_list(site)) < PAGES_OF_LIST
    assert {*written, *ids_of(run)} == truth(site)
    assert len(written) + len(ids_of(run)) == len(truth(site))


def test_where_the_site_gives_fewer_at_a_time_it_goes_on_too(site: LadenSite) -> None:
    written, state = killed_amid(site)
    site.faults.caps["expand"] = 60

    run = read(site, state)

    assert min(starts_of_list(site)) > 0
    assert {*written, *ids_of(run)} == truth(site)


@pytest.mark.parametrize("gone", [1, 300], ids=["the-last-one", "very-many"])
def test_where_files_are_gone_meanwhile_none_is_missed(site: LadenSite, gone: int) -> None:
    written, state = killed_amid(site)
    for file_id in written[-gone:]:
        site.wiki.trash_attachment(id=file_id)

    run = read(site, state)

    assert {*written, *ids_of(run)} >= truth(site)


def test_where_the_page_is_gone_meanwhile_the_others_come(site: LadenSite) -> None:
    written, state = killed_amid(site)
    site.wiki.trash_page(id=site.laden)

    run = read(site, state)

    assert run.exit_status == 0
    assert {*written, *ids_of(run)} >= truth(site)


def test_the_inventory_has_all_of_them(site: LadenSite) -> None:
    run = running.run_tap(settings_of(site), streams=("content_inventory",))

    files = {r["id"] for r in run.records["content_inventory"] if r["type"] == "attachment"}
    assert files == truth(site)
