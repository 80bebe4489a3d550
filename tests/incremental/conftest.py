"""A small wiki, whose site tells the wiki's own time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.incremental.runs import ClockedSite
from tests.incremental.small_wiki import small_wiki

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def site() -> Iterator[ClockedSite]:
    """A Confluence with 25 pages and a few of everything else, changed every ten minutes."""
    with ClockedSite(small_wiki(tick_ms=600_000)) as site:
        yield site
