"""A small wiki on each deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.datacenter.runs import ClockedDataCenter
from tests.incremental.runs import ClockedSite
from tests.incremental.small_wiki import small_wiki
from tests.reconciliation.tables import CLOUD, DATA_CENTER, SITES, Tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.demo_site import Wiki


def wiki_of_two_spaces(pages: int = 8) -> Wiki:
    """Make a wiki with a few of everything in one space, and a page and a post in another."""
    wiki = small_wiki(pages, tick_ms=60_000)
    wiki.add_space("OPS")
    wiki.add_page("OPS")
    wiki.add_blog_post("OPS")
    return wiki


@pytest.fixture(params=[CLOUD, DATA_CENTER])
def tables(request: pytest.FixtureRequest) -> Iterator[Tables]:
    """Empty tables, and a site of either deployment."""
    with SITES[request.param](wiki_of_two_spaces()) as site:
        yield Tables(site)


@pytest.fixture
def cloud() -> Iterator[Tables]:
    """Empty tables, and a site of Confluence Cloud."""
    with ClockedSite(wiki_of_two_spaces()) as site:
        yield Tables(site)


@pytest.fixture
def data_center() -> Iterator[Tables]:
    """Empty tables, and a site of Confluence Data Center."""
    with ClockedDataCenter(wiki_of_two_spaces()) as site:
        yield Tables(site)
