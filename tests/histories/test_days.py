"""What is gone goes and what came back is back, by the runs of each night alone."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from tests.histories.days import WANTED, Days
from tests.histories.deployments import DEPLOYMENTS

if TYPE_CHECKING:
    from collections.abc import Iterator

DAYS, SEED = "TAP_CONFLUENCE_TEST_DAYS", "TAP_CONFLUENCE_TEST_SEED"
"""The variables that say how many days are played of each kind of site, and from which seed."""

QUICK, SLOW = 4, 60
SPURIOUS = 0.02
GROWTH = 1.1


def sites() -> Iterator[object]:
    """Yield each deployment, with each interval, and with what is wanted of it."""
    for name in DEPLOYMENTS:
        for interval in (0, 24):
            for wanted in WANTED:
                plain = wanted == "everything"
                if plain or interval == 0:
                    marks = () if plain else pytest.mark.slow
                    id_ = f"{name}-{interval}-{wanted.replace(' ', '_')}"
                    yield pytest.param(name, interval, wanted, id=id_, marks=marks)


@pytest.mark.parametrize(("name", "interval_hours", "wanted"), list(sites()))
def test_each_table_equals_the_site(name: str, interval_hours: int, wanted: str) -> None:
    count, seed = int(os.environ.get(DAYS, QUICK)), int(os.environ.get(SEED, "1"))
    with Days(DEPLOYMENTS[name], seed, interval_hours=interval_hours, wanted=wanted) as days:
        days.pass_days(count)

        figures = days.figures
        sys.stdout.write(f"{name}, {interval_hours} hours, {wanted}: {figures}\n")
        assert figures.checked
        assert figures.spurious <= max(1, count * SPURIOUS)
        assert figures.states[-1] <= figures.states[0] * GROWTH
