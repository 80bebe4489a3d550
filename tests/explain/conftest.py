"""One wiki, on both deployments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.demo_site import DataCenterSite, DemoSite, Wiki

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.explain.sites import Site


@pytest.fixture(scope="package")
def wiki() -> Wiki:
    return Wiki.seeded(pages=36, seed=11)


@pytest.fixture(scope="package")
def cloud(wiki: Wiki) -> Iterator[DemoSite]:
    with DemoSite(wiki) as site:
        yield site


@pytest.fixture(scope="package")
def server(wiki: Wiki) -> Iterator[DataCenterSite]:
    with DataCenterSite(wiki) as site:
        yield site


@pytest.fixture(params=["cloud", "server"])
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    found: Site = request.getfixturevalue(request.param)
    yield found
    found.faults.clear()
