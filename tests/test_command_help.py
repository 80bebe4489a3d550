"""What the help of the tap says."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest

from tap_confluence.command import BESIDE
from tests.docs.documents import PROJECT
from tests.forked import run_forked

if TYPE_CHECKING:
    from collections.abc import Mapping

TAP = "tap-confluence"
COLUMNS = 80


@pytest.fixture(scope="module")
def programs() -> Mapping[str, str]:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    scripts: Mapping[str, str] = project["scripts"]
    return scripts


def test_it_names_all_other_commands(programs: Mapping[str, str]) -> None:
    assert {*BESIDE} == {*programs} - {TAP}


def test_each_of_them_has_a_line_of_its_own_on_the_screen() -> None:
    shown = run_forked(None, "--help").stdout.splitlines()

    for name, purpose in BESIDE.items():
        [line] = [line for line in shown if line.split()[:1] == [name]]
        assert line.endswith(purpose)
    assert max(map(len, shown)) <= COLUMNS
