"""All tables equal the site on each Monday of a year, and nothing grows but the site."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from statistics import median

import pytest

from tests.histories.deployments import DEPLOYMENTS
from tests.histories.old_tap import unpack_old_tap
from tests.histories.test_days import SEED
from tests.histories.year import CALENDAR, FIRST_DAY, Year

FIGURES = "TAP_CONFLUENCE_TEST_FIGURES"
"""The variable that names a folder for figures, of which `benchmarks/` draws the chart."""

MOST_GROWTH = {"requests": 1.5, "state": 1.15, "memory": 1.15}
"""By how much a median may grow in a year in which the site grows to several times its size: each
space costs requests, and so does each change."""

MIGRATION = next(day for day, (what, _) in CALENDAR.items() if "migrated" in what)
SETTLED = f"{FIRST_DAY.year}-02-01"


@pytest.mark.proof
@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_a_year_of_nights(name: str, tmp_path: Path) -> None:
    if not unpack_old_tap(tmp_path):
        pytest.skip("the history of this copy does not go back to the tap before its first release")
    seed = int(os.environ.get(SEED, "4"))
    with Year(DEPLOYMENTS[name], seed, tmp_path) as year:
        year.pass_year()

    figures = json.dumps(year.dump())
    sys.stdout.write(f"{figures}\n")
    if folder := os.environ.get(FIGURES):
        Path(folder, f"year-{name}.json").write_text(figures)
    assert year.taken_over["pages"]
    if name == "cloud":
        spelled = {key[-1] for key in year.taken_over["space_role_assignments"]}
        assert "all-licensed-users" in spelled
        assert "all-licensed-users" not in {
            key[-1] for key in year.warehouse.keys("space_role_assignments")
        }
    weeks = [w for w in year.weeks if SETTLED < w.day < f"{FIRST_DAY.year}-{MIGRATION}"]
    first, last = weeks[: len(weeks) // 3], weeks[-len(weeks) // 3 :]
    assert first[0].contents < last[-1].contents
    for what, most in MOST_GROWTH.items():
        before, after = (
            median(found for w in part if (found := getattr(w, what)) is not None)
            for part in (first, last)
        )
        assert after <= before * most, (what, before, after)
