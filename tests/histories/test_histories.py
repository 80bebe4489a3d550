"""Whatever happens in whatever order, a run that nothing happens to leaves the whole truth.

What has no date may be as it was before, but not after a while.
"""

from __future__ import annotations

import copy
import os
from typing import TYPE_CHECKING

import pytest

from tests.histories.deployments import DEPLOYMENTS
from tests.histories.history import HISTORIES, History
from tests.histories.truth import wrong_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

QUICK = 2
"""How many of the histories of a deployment are part of `make test`."""


def seeds() -> range:
    """Return the seeds of the histories to play."""
    first, _, last = os.environ.get(HISTORIES, "20").rpartition("-")
    return range(int(first), int(last) + 1) if first else range(int(last))


def histories() -> Iterator[object]:
    """Yield each deployment with each seed."""
    for name in DEPLOYMENTS:
        for place, seed in enumerate(seeds()):
            marks = () if place < QUICK else pytest.mark.slow
            yield pytest.param(name, seed, id=f"{name}-{seed}", marks=marks)


@pytest.fixture(autouse=True)
def _long_walks(monkeypatch: pytest.MonkeyPatch) -> None:
    """States and pages so small that a wiki of 20 pages has many of them."""
    monkeypatch.setattr("tap_confluence.output.writer.RECORDS_TO_STATE", 0)
    monkeypatch.setattr("tap_confluence.cloud.api.incremental_list.MOST_PAGES_NEWEST_FIRST", 5)
    monkeypatch.setattr("tap_confluence.cloud.api.incremental_list.PAGES_KEPT", 2)


@pytest.mark.parametrize(("name", "seed"), list(histories()))
def test_nothing_is_lost_and_each_row_is_as_the_site_has_it(name: str, seed: int) -> None:
    with History(DEPLOYMENTS[name], seed) as history:
        deployment = DEPLOYMENTS[name]
        history.play()
        warehouse = copy.deepcopy(history.warehouse)
        warehouse.delete_what_is_gone()
        wrong = list(wrong_rows(warehouse, history, dated=deployment.incremental))
        assert not wrong, "\n".join(wrong)

        history.let_time_pass()
        history.warehouse.delete_details_of_what_is_gone()
        wrong = list(wrong_rows(history.warehouse, history, dated=deployment.details))
        assert not wrong, "\n".join(wrong)
