"""A demo site for each test, the settings that read all of it, and a PostgreSQL for all tests.

Also how the tests are run: those first that take long, and with less work for the collector.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tap_confluence import report
from tap_confluence.redaction import Redactor
from tests.demo_site import DemoSite, Wiki
from tests.postgres import shared_postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

TESTS = Path(__file__).parent
LONGEST = (TESTS / "integration", TESTS / "incremental")
"""The folders with tests that take many seconds each."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that no worker is left with it at the end."""
    items.sort(key=lambda item: item.path.parent not in LONGEST)
    tests: defaultdict[str, list[pytest.Function]] = defaultdict(list)
    for item in items:
        if isinstance(item, pytest.Function) and item.get_closest_marker("each_value"):
            tests[item.nodeid.partition("[")[0]].append(item)
    for cases in tests.values():
        _leave_most_combinations_to_slow(cases)


def _leave_most_combinations_to_slow(cases: list[pytest.Function]) -> None:
    """Keep cases that have each value between them, about as often as any other, and no more."""
    values = {case: [f"{n}={v!r}" for n, v in case.callspec.params.items()] for case in cases}
    uses = Counter[str]()

    def worth(case: pytest.Function) -> tuple[int, int]:
        times = [uses[value] for value in values[case]]
        return times.count(0), -sum(times)

    while cases and worth(best := max(cases, key=worth))[0]:
        uses.update(values.pop(best))
        cases = list(values)
    for case in cases:
        case.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session", autouse=True)
def _slowly_counted() -> Iterator[None]:
    """Have no run ask how much is to come because the machine is slow: tests count requests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(report, "FEW_SECONDS", float("inf"))
        yield


@pytest.fixture(scope="session", autouse=True)
def _own_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the locks of the tap away from those of the user."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture(autouse=True)
def _own_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """The secrets of one test are no secrets in the log of another."""
    monkeypatch.setattr("tap_confluence.redaction.REDACTOR", Redactor())


@pytest.fixture
def wiki() -> Wiki:
    """A wiki of 60 pages and what belongs to them."""
    return Wiki.seeded(pages=60, seed=7)


@pytest.fixture
def site(wiki: Wiki) -> Iterator[DemoSite]:
    """A Confluence on loopback that shows the wiki."""
    with DemoSite(wiki) as site:
        yield site


@pytest.fixture
def config(site: DemoSite) -> dict[str, Any]:
    """Settings that sign in to the site and go back to its beginning."""
    return {
        "base_url": site.base_url,
        "email": site.email,
        "api_token": site.api_token,
        "anchor_date": "2000-01-01",
    }


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a PostgreSQL: the one that is named, or one that runs for the session."""
    named = os.environ.get("TAP_CONFLUENCE_TEST_PG_DSN")
    return named or shared_postgres(tmp_path_factory.getbasetemp())
