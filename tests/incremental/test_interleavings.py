"""Whatever happens in whatever order, the union of all runs is the whole truth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.incremental.runs import CONTENT, INCREMENTAL, ClockedSite, killed_after, last_state, sync
from tests.incremental.small_wiki import PEOPLE_MAY, do, small_wiki
from tests.incremental.warehouse import Warehouse, latest_on
from tests.running import only

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.running import Json


@dataclass(frozen=True)
class Sync:
    """A run, killed after a share of its messages, and what people do while it is under way."""

    percent_written: int
    deeds: dict[int, str]


DEEDS = st.sampled_from(sorted(PEOPLE_MAY))
RUNS = st.builds(
    Sync,
    st.integers(0, 100) | st.just(100),
    st.dictionaries(st.integers(0, 80), DEEDS, max_size=6),
)
HISTORIES = st.lists(st.one_of(DEEDS, DEEDS, RUNS), max_size=14)
TICKS = st.sampled_from([3_217, 50_000, 600_000])
"""The overlap spans 37 changes, or two, or none."""


@pytest.fixture(autouse=True, scope="module")
def _long_walks() -> Iterator[None]:
    """States and pages so small that a wiki of 25 pages has many of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tap_confluence.output.writer.RECORDS_TO_STATE", 0)
        patch.setattr("tap_confluence.cloud.api.incremental_list.MOST_PAGES_NEWEST_FIRST", 5)
        patch.setattr("tap_confluence.cloud.api.incremental_list.PAGES_KEPT", 2)
        yield


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(history=HISTORIES, tick_ms=TICKS, replies_in_lists=st.booleans())
def test_any_interleaving_ends_with_the_truth(
    history: list[str | Sync], tick_ms: int, *, replies_in_lists: bool
) -> None:
    wiki = small_wiki(tick_ms=tick_ms)
    warehouse = Warehouse()
    with ClockedSite(wiki, replies_in_lists=replies_in_lists) as site:
        state = None
        for event in history:
            if isinstance(event, Sync):
                state = disturbed_run(site, state, event, warehouse)
            else:
                do(wiki, event)
        disturbed_run(site, state, Sync(100, {}), warehouse)

        truth = site.truth()
    for stream in INCREMENTAL:
        assert warehouse.keys(stream) >= truth[stream], stream
    for stream in CONTENT:
        written = warehouse.latest(stream)
        for id_, latest in latest_on(wiki, stream).items():
            assert written[id_] == latest, stream


def disturbed_run(
    site: ClockedSite, state: Json | None, event: Sync, warehouse: Warehouse
) -> Json | None:
    """Run the tap while people work, kill it, and load what it had written until then.

    Returns:
        The state that the next run gets.
    """
    before = len(site.requests)

    def disturb(number: int, _path: str) -> None:
        if number - before in event.deeds:
            do(site.wiki, event.deeds[number - before])

    site.faults.before_request = disturb
    run = sync(site, state, only(*INCREMENTAL, "page_labels"), page_size=5, max_concurrency=1)
    site.faults.before_request = None
    assert run.exit_status == 0, run.complaints
    left = killed_after(run, len(run.messages) * event.percent_written // 100)
    warehouse.load(left)
    return last_state(left) or state
