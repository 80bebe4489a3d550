"""A client by itself, and a wiki that is as small as they get."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tap_confluence.http import Basic, Client, RateLimit, StopFlag, ThreadPool
from tests.demo_site import DemoSite, Wiki

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = "https://acme.example.com/wiki"


@pytest.fixture
def site() -> Iterator[DemoSite]:
    """A Confluence on loopback with few pages, for tests that read all of it again and again."""
    with DemoSite(Wiki.seeded(pages=12, seed=7)) as site:
        yield site


@pytest.fixture
def stop() -> StopFlag:
    return StopFlag()


@pytest.fixture
def client(stop: StopFlag) -> Client:
    """A client of a site that requests-mock plays."""
    return Client(ROOT, Basic("ana@example.com", "secret-token"), RateLimit(), stop, max_retries=2)


@pytest.fixture
def workers(stop: StopFlag) -> ThreadPool:
    return ThreadPool(4, stop)
