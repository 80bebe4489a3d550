"""Sites on which something is broken, and runs that wait for nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.datacenter.runs import ClockedDataCenter
from tests.incremental.runs import ClockedSite
from tests.incremental.small_wiki import small_wiki
from tests.waits import waits_skipped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.waits import Waits


@pytest.fixture(autouse=True)
def waits() -> Iterator[Waits]:
    with waits_skipped() as waits:
        yield waits


@pytest.fixture
def site() -> Iterator[ClockedSite]:
    """A Confluence with 25 pages and a few of everything else, changed every ten minutes."""
    with ClockedSite(small_wiki(tick_ms=600_000)) as site:
        yield site


@pytest.fixture
def data_center() -> Iterator[ClockedDataCenter]:
    """The same on Data Center."""
    with ClockedDataCenter(small_wiki(tick_ms=600_000)) as site:
        yield site
