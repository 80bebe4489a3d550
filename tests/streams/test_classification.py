"""Levels of classification, and the pages of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import pytest

from tests.demo_site import DemoSite, Wiki
from tests.running import run_tap, settings_of
from tests.schemas.contract import OWNER, Contract, HeldAgainstTheApi

if TYPE_CHECKING:
    from collections.abc import Iterator

LEVELS = "classification_levels"
OF_PAGES = "page_classification_levels"


class TestSchemas(HeldAgainstTheApi):
    contracts: ClassVar = {
        "classification_levels": Contract(("ClassificationLevel",)),
        "page_classification_levels": Contract(("ClassificationLevel",), added={"pageId": OWNER}),
    }


@pytest.fixture
def site() -> Iterator[DemoSite]:
    with DemoSite(Wiki.seeded(pages=30, seed=3)) as site:
        yield site


def test_the_levels_and_the_pages_of_each_are_read(site: DemoSite) -> None:
    run = run_tap(settings_of(site), streams=(LEVELS, OF_PAGES))

    assert set(run.keys(LEVELS)) == site.truth()[LEVELS]
    assert set(run.keys(OF_PAGES)) == site.truth()[OF_PAGES]
    levels = {record["id"]: record["name"] for record in run.records[LEVELS]}
    for record in run.records[OF_PAGES]:
        assert record["id"] == site.wiki.usage.level_of[int(record["pageId"])]
        assert record["name"] == levels[record["id"]]
    assert run.activated == {LEVELS, OF_PAGES}


def test_a_page_without_a_level_is_nothing_to_speak_of(site: DemoSite) -> None:
    run = run_tap(settings_of(site), streams=(OF_PAGES,))

    assert not [line for line in run.log if OF_PAGES in line and "gone" in line]
    assert not [line for line in run.log if "any other like it" in line]


def test_a_site_without_levels_is_not_asked_for_those_of_pages(site: DemoSite) -> None:
    site.wiki.usage.levels.clear()

    run = run_tap(settings_of(site), streams=(LEVELS, OF_PAGES))

    assert run.exit_status == 0
    assert not run.records
    assert site.count("/api/v2/pages") == 0
    assert run.activated == {LEVELS, OF_PAGES}


def test_the_levels_of_pages_can_be_read_without_the_list_of_levels(site: DemoSite) -> None:
    site.faults.deny_scope("/api/v2/classification-levels")

    run = run_tap(settings_of(site), streams=(LEVELS, OF_PAGES))

    assert run.exit_status == 1
    assert set(run.keys(OF_PAGES)) == site.truth()[OF_PAGES]
    assert "'classification_levels' needs the scope read:configuration" in run.complaints[-1]


def test_a_token_that_may_only_read_pages_is_told_what_it_lacks(site: DemoSite) -> None:
    for page in site.wiki.pages:
        site.faults.deny_scope(f"/api/v2/pages/{page.id}/classification-level")

    run = run_tap(settings_of(site), streams=(OF_PAGES,))

    assert run.exit_status == 1
    assert "write:page:confluence" in run.complaints[-1]
