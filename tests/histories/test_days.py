"""What is gone goes and what came back is back, by the runs of each night alone."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest
from typing_extensions import override

from tests.demo_site.clock import DAY_MS
from tests.histories.days import EVERYTHING, FROM_AN_ANCHOR, MOVES, NIGHT_MS, WANTED, Days
from tests.histories.deployments import DEPLOYMENTS, HOUR_MS
from tests.histories.events import Heal, Poison, Sync

if TYPE_CHECKING:
    from collections.abc import Iterator

DAYS, SEED = "TAP_CONFLUENCE_TEST_DAYS", "TAP_CONFLUENCE_TEST_SEED"
"""The variables that say how many days are played of each kind of site, and from which seed."""

NOON_MS = 12 * HOUR_MS
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
    _play(name, interval_hours, wanted, int(os.environ.get(DAYS, days)))


@pytest.mark.proof
@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_each_table_equals_the_site_for_a_thousand_days_in_one_go(name: str) -> None:
    _play(name, 24, EVERYTHING, 1_000)


def _play(name: str, interval_hours: int, wanted: str, count: int) -> None:
    seed = int(os.environ.get(SEED, "4"))
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


class AfterABadNight(Days):
    """Three days, of which the second ends with a site that fails for something."""

    @override
    def pass_days(self, count: int) -> None:
        for night in range(count):
            self._do("purge a page")
            if night == 1:
                self._let_happen(Poison("the members of a group"))
            if night == 2:
                self._let_happen(Heal())
                self._pass_time(self._day_ms + NOON_MS)
                self._sync_and_look(Sync(), MOVES)
            self._pass_time(self._day_ms + NIGHT_MS)
            self._day_ms += DAY_MS
            self._sync_and_look(Sync(), MOVES)


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_what_was_read_whole_in_a_bad_night_is_not_due_at_noon(name: str) -> None:
    site = AfterABadNight(DEPLOYMENTS[name], 1, interval_hours=24, wanted=EVERYTHING)
    with site:
        site.pass_days(3)

        whole = [line for line in site.steps if "status 0" in line]
        assert len(whole) == 4
        assert site.figures.checked == 3
        assert site.warehouse.keys("pages") == DEPLOYMENTS[name].truth(site.site)["pages"]
