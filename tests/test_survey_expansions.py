"""The survey tells whether a search spells out the same as the details of an item."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.demo_site import Wiki
from tests.incremental.runs import ClockedSite
from tests.test_survey import answers, held, told

if TYPE_CHECKING:
    from collections.abc import Iterator

LABELS, PROPERTIES = "labels of pages by search", "properties of pages by search"
ARCHIVED = "archived pages by search"
FILES, NUMBERS = "attachments by search, ids as they are", "attachments by search, ids without att"


@pytest.fixture(scope="module")
def wiki() -> Wiki:
    return Wiki.seeded(pages=120, seed=7)


@pytest.fixture
def site(wiki: Wiki) -> Iterator[ClockedSite]:
    with ClockedSite(wiki) as site:
        yield site


def facts(site: ClockedSite) -> dict[str, str]:
    found = answers(site)
    chosen = {fact: found[fact] for fact in (LABELS, PROPERTIES, ARCHIVED, FILES, NUMBERS)}
    assert not told(" ".join(chosen.values()), held(site))
    return chosen


def test_a_search_may_tell_the_same(site: ClockedSite) -> None:
    assert facts(site) == {
        LABELS: "told of 97 of 115, the same for 50 of 50, 33 of which have any",
        PROPERTIES: "told of 97 of 115, the same for 49 of 49, 15 of which have any",
        ARCHIVED: "0 of 4 found",
        FILES: "22 of 25 found",
        NUMBERS: "0 of 25 found",
    }


def test_a_search_may_tell_other_than_the_details() -> None:
    """As one would whose index has the labels of yesterday."""
    wiki = Wiki.seeded(pages=120, seed=7)
    for page in wiki.pages:
        wiki.add_label(page.id, "yesterday")
    seen: list[str] = []

    def take_off(_: int, path: str) -> None:
        page = path.removeprefix("/api/v2/pages/")
        if page.isdecimal() and page not in seen:
            seen.append(page)
            wiki.remove_label(page, "yesterday")

    with ClockedSite(wiki) as site:
        site.faults.before_request = take_off
        found = facts(site)

    assert "the same for 0 of 50" in found[LABELS]
    assert "the same for 49 of 49" in found[PROPERTIES]


def test_a_search_may_refuse_the_ids_of_files(site: ClockedSite) -> None:
    site.faults.numeric_ids_only = True

    assert facts(site)[FILES] == "refused (400)"


def test_a_search_may_find_what_is_archived(site: ClockedSite) -> None:
    site.faults.finds_archived = True

    assert facts(site)[ARCHIVED] == "4 of 4 found"


def test_a_search_may_not_be_allowed(site: ClockedSite) -> None:
    site.faults.deny_scope("/rest/api/content/search")

    assert facts(site)[LABELS] == "not known (401)"
