"""Standard output that takes nothing, or no more: one line says so, and the exit status is 1."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.demo_site import DemoSite, Wiki
from tests.running import LONGEST_RUN, clean_environment, only, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

FULL = Path("/dev/full")

pytestmark = pytest.mark.skipif(not FULL.exists(), reason="only Linux has a device that is full")

COMMANDS = {
    "a run": ["tap_confluence", "--catalog", "catalog.json"],
    "--discover": ["tap_confluence", "--discover"],
    "--about": ["tap_confluence", "--about"],
    "--version": ["tap_confluence", "--version"],
    "--help": ["tap_confluence", "--help"],
    "check": ["tap_confluence.cli.check"],
    "shards": ["tap_confluence.cli.shards", "--shards=2"],
    "survey": ["tap_confluence.survey"],
}


@pytest.fixture(scope="module")
def site() -> Iterator[DemoSite]:
    with DemoSite(Wiki.seeded(pages=12, seed=7)) as site:
        yield site


@pytest.fixture
def folder(site: DemoSite, tmp_path: Path) -> Path:
    (tmp_path / "config.json").write_text(json.dumps(settings_of(site)))
    (tmp_path / "catalog.json").write_text(json.dumps(only("spaces", "groups")))
    return tmp_path


def written_by(name: str, folder: Path, output: str) -> tuple[int, list[str]]:
    """Run a command in a shell, and return its exit status and the lines of its complaint."""
    module, *arguments = COMMANDS[name]
    call = "main" if module == "tap_confluence" else "cli"
    place = "tap_confluence.__main__" if module == "tap_confluence" else module
    done = subprocess.run(  # noqa: S603 - the command is ours
        [
            *("/bin/sh", "-c", f'exec "$@" {output}', "sh", sys.executable, "-c"),
            f"from {place} import {call}; {call}()",
            *("--config", "config.json", *arguments),
        ],
        stderr=subprocess.PIPE,
        check=False,
        cwd=folder,
        env=clean_environment({"TAP_CONFLUENCE_LOGLEVEL": "ERROR"}),
        timeout=LONGEST_RUN,
    )
    return done.returncode, done.stderr.decode().splitlines()


@pytest.mark.parametrize("name", COMMANDS)
def test_a_full_output_is_said_in_one_line(name: str, folder: Path) -> None:
    status, [complaint] = written_by(name, folder, f">{FULL}")

    assert status == 1
    assert "Cannot write to standard output: No space left on device." in complaint


@pytest.mark.parametrize("name", ["a run", "--about", "check"])
def test_a_closed_output_is_said_in_one_line(name: str, folder: Path) -> None:
    status, [complaint] = written_by(name, folder, ">&-")

    assert status == 1
    assert "Standard output is closed" in complaint


def test_a_run_needs_nobody_to_read_its_log(folder: Path) -> None:
    status, complaints = written_by("a run", folder, ">/dev/null 2>&-")

    assert (status, complaints) == (0, [])
