"""The survey tells whether a site tells the restrictions of folders and the like."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.demo_site import Wiki
from tests.incremental.runs import ClockedSite
from tests.test_survey import answers, held, told

if TYPE_CHECKING:
    from collections.abc import Iterator

KINDS = ("folder", "whiteboard", "database", "embed")


@pytest.fixture(scope="module")
def wiki() -> Wiki:
    return Wiki.seeded(pages=40, seed=5)


@pytest.fixture
def site(wiki: Wiki) -> Iterator[ClockedSite]:
    with ClockedSite(wiki) as site:
        yield site


def facts(site: ClockedSite) -> dict[str, str]:
    found = answers(site)
    of_kinds = {kind: found[f"restrictions of a {kind}"] for kind in KINDS}
    # There is a label of this name.
    assert not told(" ".join(of_kinds.values()), held(site) - {"search"})
    return of_kinds


def test_a_site_may_tell_them_in_both_ways(site: ClockedSite) -> None:
    assert facts(site) == dict.fromkeys(KINDS, "by id: told; by search: told")


def test_a_site_may_tell_them_by_id_alone(site: ClockedSite) -> None:
    site.faults.unsearched_ids = KINDS

    assert facts(site) == dict.fromkeys(KINDS, "by id: told; by search: not found")


def test_a_site_may_not_tell_those_of_a_kind(site: ClockedSite) -> None:
    site.faults.restrictions_untold = ("folder",)

    found = facts(site)

    assert found["folder"] == "by id: refused (404); by search: not found"
    assert found["embed"] == "by id: told; by search: told"
