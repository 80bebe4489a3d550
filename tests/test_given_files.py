"""The files that a command line names: read in any encoding, and said in one line where not."""

from __future__ import annotations

import codecs
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.demo_site import DemoSite, Wiki
from tests.forked import run_forked
from tests.running import LONGEST_RUN, Run, clean_environment, only, run_tap, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OPTIONS = ("--config", "--state", "--catalog")
SECRET = "hunter2"  # noqa: S105 - of nobody


@pytest.fixture(scope="module")
def site() -> Iterator[DemoSite]:
    with DemoSite(Wiki.seeded(pages=12, seed=3)) as site:
        yield site


def complaint_of(run: Run) -> str:
    assert (run.exit_status, run.stdout) == (1, "")
    assert "Traceback" not in run.stderr
    assert SECRET not in run.stderr
    [complaint] = run.complaints
    return complaint


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_files_are_read_in_whatever_unicode_encoding(
    site: DemoSite, tmp_path: Path, encoding: str
) -> None:
    config = settings_of(site, space_keys=["ENG"])
    first = run_tap(config, streams=("tasks",))
    given = {"config": config, "state": first.state, "catalog": only("tasks")}
    arguments = []
    for name, value in given.items():
        path = tmp_path / f"{name}.json"
        path.write_bytes(json.dumps(value, ensure_ascii=False).encode(encoding))
        arguments += [f"--{name}", str(path)]

    run = run_forked(None, *arguments)

    again = run_tap(config, first.state, only("tasks"))
    assert run.exit_status == 0, run.stderr
    assert run.records == again.records
    assert run.state_without_its_time == again.state_without_its_time


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (codecs.BOM_UTF8, "is not JSON"),
        (b'{"api_token": "hunter2",}', "line 1, column 2"),
        (b"{'api_token': 'hunter2'}", "line 1, column 2"),
        (b'{"api_token": "hunter2\xff"}', "it is no text in UTF-8; save it in UTF-8"),
        (codecs.BOM_UTF16_LE + b"{\x00}", "it is no text in UTF-16"),
        (b'["hunter2"]', "holds no JSON object, but a list"),
        (b'"hunter2"', "but a text"),
        (b"null", "but null"),
        (b"7", "but a number"),
        (b'{"a": "hunter2"}\n{"a": "hunter2"}\n', "the last one is the state"),
        (b"[" * 100_000, "is not JSON: it is nested too deeply"),
        (b'{"a": ' + b"7" * 5000 + b"}", "too many digits"),
    ],
)
def test_a_file_that_cannot_be_understood_is_named_and_not_shown(
    site: DemoSite, tmp_path: Path, option: str, content: bytes, why: str
) -> None:
    path = tmp_path / "given.json"
    path.write_bytes(content)

    complaint = complaint_of(run_forked(settings_of(site), option, str(path)))

    assert f"The file '{path}'" in complaint
    assert why in complaint


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("kind", ["absent", "a folder"])
def test_a_file_that_cannot_be_read_is_named(
    site: DemoSite, tmp_path: Path, option: str, kind: str
) -> None:
    path = tmp_path / "given.json"
    if kind == "a folder":
        path.mkdir()

    complaint = complaint_of(run_forked(settings_of(site), option, str(path)))

    assert f"Cannot read the file '{path}': " in complaint
    assert ("Is a directory" if kind == "a folder" else "No such file") in complaint


def test_a_state_may_come_through_a_pipe(site: DemoSite, tmp_path: Path) -> None:
    config, catalog = tmp_path / "config.json", tmp_path / "catalog.json"
    config.write_text(json.dumps(settings_of(site)))
    catalog.write_text(json.dumps(only("tasks")))
    first = run_tap(settings_of(site), streams=("tasks",))

    done = subprocess.run(  # noqa: S603 - the command is ours
        [
            *(sys.executable, "-m", "tap_confluence"),
            *("--config", str(config), "--catalog", str(catalog), "--state", "-"),
        ],
        input=json.dumps(first.state).encode(),
        capture_output=True,
        check=False,
        env=clean_environment(),
        timeout=LONGEST_RUN,
    )

    run = Run(done.stdout.decode(), done.stderr.decode(), done.returncode)
    assert run.exit_status == 0, run.stderr
    assert run.records == run_tap(settings_of(site), first.state, only("tasks")).records


def test_files_of_settings_add_to_each_other(site: DemoSite, tmp_path: Path) -> None:
    path = tmp_path / "more.json"
    path.write_bytes(codecs.BOM_UTF8 + b'{"space_keys": ["NOSUCH"]}')

    assert "'NOSUCH'" in complaint_of(run_forked(settings_of(site), "--config", str(path)))
