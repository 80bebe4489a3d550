"""What is gone goes and what came back is back, by the runs of each night alone."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from tests.histories.days import EVERYTHING, FROM_AN_ANCHOR, WANTED, Days
from tests.histories.deployments import DEPLOYMENTS

if TYPE_CHECKING:
    from collections.abc import Iterator

DAYS, SEED = "TAP_CONFLUENCE_TEST_DAYS", "TAP_CONFLUENCE_TEST_SEED"
"""The variables that say how many days are played of each kind of site, and from which seed."""

FEW_DAYS, MORE_DAYS = 6, 25
SPURIOUS = 0.02
GROWTH = 1.1


def sites() -> Iterator[object]:
    """Yield each deployment, with each interval, and with what is wanted of it."""
    for name in DEPLOYMENTS:
        yield pytest.param(name, 0, EVERYTHING, FEW_DAYS, id=f"{name}-few")
        for interval, wanted in ((24, EVERYTHING), *((0, wanted) for wanted in WANTED)):
            id_ = f"{name}-{interval}-{wanted.replace(' ', '_')}"
            yield pytest.param(name, interval, wanted, MORE_DAYS, id=id_, marks=pytest.mark.slow)


@pytest.mark.parametrize(("name", "interval_hours", "wanted", "days"), list(sites()))
def test_each_table_equals_the_site(name: str, interval_hours: int, wanted: str, days: int) -> None:
    count, seed = int(os.environ.get(DAYS, days)), int(os.environ.get(SEED, "4"))
    site = Days(DEPLOYMENTS[name], seed, interval_hours=interval_hours, wanted=wanted)
    with site:
        site.pass_days(count)

        figures = site.figures
        sys.stdout.write(f"{name}, {interval_hours} hours, {wanted}: {figures}\n")
        assert figures.checked
        # What is before an anchor is in no table, but among what there is.
        assert figures.spurious <= max(1, count * SPURIOUS) or wanted == FROM_AN_ANCHOR
        before, after = figures.largest_states
        assert after <= before * GROWTH
