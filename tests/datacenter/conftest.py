"""A Data Center site for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.datacenter.runs import ClockedDataCenter
from tests.demo_site import Wiki

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def site() -> Iterator[ClockedDataCenter]:
    """A self-hosted Confluence with 30 pages and what belongs to them."""
    with ClockedDataCenter(Wiki.seeded(pages=30, seed=7)) as site:
        yield site
