"""Sites that answer what no Confluence should, shared by the tests of a module."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.demo_site import Wiki
from tests.hardening.odd_sites import OddCloud, OddDataCenter

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def cloud() -> Iterator[OddCloud]:
    with OddCloud(Wiki.plain(pages=12, seed=7)) as site:
        yield site


@pytest.fixture(scope="module")
def data_center() -> Iterator[OddDataCenter]:
    with OddDataCenter(Wiki.plain(pages=12, seed=7)) as site:
        yield site
