"""Sites that take long to answer: nothing is lost, given up or asked twice.

They are waited for in earnest.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from tests import running
from tests.datacenter import runs as datacenter
from tests.demo_site import DataCenterSite, DemoSite, Wiki
from tests.scale.measured import measure

if TYPE_CHECKING:
    from pathlib import Path

    from aiohttp import web

    from tests.demo_site.loopback import LoopbackSite

pytestmark = pytest.mark.proof

IN_FLIGHT = 32
LONG = 50.0
"""Seconds beyond which an answer was one of those that take a minute."""


class Watched:
    """A site that notes how many requests are under way, and what is answered beside slow ones.

    Attributes:
        most_in_flight: The most requests that were under way at once.
        beside: Of each answer that took a minute, how many others were answered meanwhile.
    """

    most_in_flight = 0

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.beside: list[int] = []
        self._in_flight = 0
        self._answered = 0

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        self._in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self._in_flight)
        began, before = time.monotonic(), self._answered
        try:
            return await super()._handle(request)  # type: ignore[misc, no-any-return]
        finally:
            if time.monotonic() - began > LONG:
                self.beside.append(self._answered - before)
            self._answered += 1
            self._in_flight -= 1


class WatchedCloud(Watched, DemoSite):
    """One of Cloud."""


class WatchedDataCenter(Watched, DataCenterSite):
    """One of Data Center."""


SITES: dict[str, type[Any]] = {"Cloud": WatchedCloud, "Data Center": WatchedDataCenter}


def streams_of(site: LoopbackSite) -> list[str]:
    """Return the streams that are read by default."""
    names = datacenter.discovered() if isinstance(site, DataCenterSite) else site.truth()
    return [name for name in names if name not in running.not_by_default()]


@pytest.mark.parametrize("deployment", SITES)
def test_where_each_answer_takes_three_seconds_all_comes(deployment: str, tmp_path: Path) -> None:
    site = SITES[deployment](Wiki.plain(), latency=3.0)

    read(site, tmp_path)

    assert site.most_in_flight > IN_FLIGHT // 2


@pytest.mark.parametrize("deployment", SITES)
def test_where_each_tenth_answer_takes_a_minute_the_others_go_on(
    deployment: str, tmp_path: Path
) -> None:
    site = SITES[deployment](Wiki.plain())
    site.faults.slow_down(one_in=10, delay=60.0)

    read(site, tmp_path)

    assert len(site.beside) >= len(site.requests) // 10
    assert sum(site.beside) > len(site.beside)


def read(site: Any, folder: Path) -> None:
    """Read a site: all has to come once, and nothing may be asked twice or be given up."""
    with site:
        found = measure(site, folder, streams_of(site), max_concurrency=IN_FLIGHT)
    assert found.wrong == []
    assert "ERROR" not in found.log
    [totals] = [line for line in found.log.splitlines() if "In all: " in line]
    assert " 0 retries, " in totals
    assert all(request.status for request in site.requests), "each was answered"
