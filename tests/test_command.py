"""The command: what it offers, and how it ends when it cannot or may not go on."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from markdown_it import MarkdownIt

from tap_confluence.cloud import STREAMS
from tap_confluence.settings import SETTINGS
from tests.demo_site import DemoSite, GatewaySite, Wiki
from tests.forked import run_forked
from tests.running import (
    Run,
    clean_environment,
    command,
    only,
    run_command,
    run_tap,
    settings_of,
    truth_by_default,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SOON = 60.0
"""Seconds after which a command that should have stopped has not."""


@pytest.fixture
def site() -> Iterator[DemoSite]:
    with DemoSite(Wiki.seeded(pages=20, seed=3)) as site:
        yield site


@contextmanager
def started(folder: Path, config: dict[str, Any]) -> Iterator[subprocess.Popen[bytes]]:
    """Start a command whose output goes to files."""
    with (folder / "stdout").open("wb") as stdout, (folder / "stderr").open("wb") as stderr:
        process = subprocess.Popen(  # noqa: S603 - the command is ours
            command(folder, config=config), stdout=stdout, stderr=stderr, env=clean_environment()
        )
        try:
            yield process
        finally:
            process.kill()


def test_a_run_as_a_command_writes_what_a_run_in_this_process_writes(site: DemoSite) -> None:
    config = settings_of(site)
    inside = run_tap(config)

    outside = run_command(config)

    assert outside.exit_status == 0
    assert outside.records == inside.records
    assert outside.state_without_its_time == inside.state_without_its_time


def test_state_and_catalog_are_read_from_files(site: DemoSite) -> None:
    config = settings_of(site)
    catalog = json.loads(run_forked(config, "--discover").stdout)
    for entry in catalog["streams"]:
        for metadata in entry["metadata"]:
            if not metadata["breadcrumb"]:
                metadata["metadata"]["selected"] = entry["tap_stream_id"] == "tasks"
    first = run_forked(config, catalog=catalog)
    site.wiki.complete_task()

    second = run_forked(config, state=first.state, catalog=catalog)

    assert set(first.records) == {"tasks"}
    assert set(first.keys("tasks")) == site.truth()["tasks"]
    assert 0 < len(second.keys("tasks")) < len(first.keys("tasks"))


def test_a_catalog_may_call_a_stream_otherwise_than_its_id(site: DemoSite) -> None:
    catalog = only("pages")
    for entry in catalog["streams"]:
        entry["stream"] = f"confluence_{entry['tap_stream_id']}"

    run = run_tap(settings_of(site), catalog=catalog)

    assert run.exit_status == 0
    assert set(run.keys("pages")) == site.truth()["pages"]


def test_settings_are_read_from_the_environment(site: DemoSite) -> None:
    variables = {
        f"TAP_CONFLUENCE_{name.upper()}": str(value)
        for name, value in settings_of(site, page_size=3, request_timeout=60.5).items()
    }

    run = run_command(None, "--config=ENV", environment=variables)

    assert run.exit_status == 0
    assert set(run.keys("pages")) == site.truth()["pages"]


def test_the_parts_of_a_setting_are_read_from_variables_of_their_own() -> None:
    with GatewaySite(Wiki.seeded(pages=20, seed=3)) as site:
        variables = {
            "TAP_CONFLUENCE_BASE_URL": site.base_url,
            "TAP_CONFLUENCE_API_GATEWAY_URL": site.gateway_url,
            "TAP_CONFLUENCE_OAUTH_TOKEN_URL": site.oauth_token_url,
            "TAP_CONFLUENCE_OAUTH_CREDENTIALS_CLIENT_ID": site.client_id,
            "TAP_CONFLUENCE_OAUTH_CREDENTIALS_CLIENT_SECRET": site.client_secret,
        }
        run = run_forked(None, "--config=ENV", environment=variables)

        assert run.exit_status == 0, run.complaints
        assert set(run.keys("spaces")) == site.truth()["spaces"]


def test_about_gives_every_setting_with_its_title_and_description() -> None:
    run = run_forked(None, "--about", "--format=json")

    assert run.exit_status == 0
    settings = json.loads(run.stdout)["settings"]["properties"]
    assert set(settings) >= set(SETTINGS["properties"])
    for name, setting in settings.items():
        assert setting.get("title"), name
        assert setting.get("description"), name


MARKDOWN = MarkdownIt("commonmark").enable("table")


def test_about_in_markdown_is_headings_lists_and_one_whole_table() -> None:
    run = run_forked(None, "--about", "--format=markdown")

    assert run.exit_status == 0
    tokens = MARKDOWN.parse(run.stdout)
    kinds = [token.type for token in tokens if token.level == 0 and token.nesting >= 0]
    assert set(kinds) == {"heading_open", "paragraph_open", "bullet_list_open", "table_open"}
    assert "code_block" not in {token.type for token in tokens}
    assert kinds.count("table_open") == 1
    assert tokens[1].content == "`tap-confluence`"
    rows = run.stdout[run.stdout.index("| Setting |") :].splitlines()
    assert {len(re.split(r"(?<!\\)\|", row)) for row in rows} == {6}
    cells = [t.content for t in tokens if t.type == "inline" and t.level == 4]
    first, _, defaults, descriptions = (cells[place::4] for place in range(4))
    settings = json.loads(run_forked(None, "--about", "--format=json").stdout)["settings"]
    shown = {
        name.strip("`"): (default, description)
        for name, default, description in zip(first, defaults, descriptions, strict=True)
    }
    for name, setting in settings["properties"].items():
        default, description = shown[name]
        assert description == " ".join(setting["description"].split())
        assert default == (f"`{setting['default']}`" if "default" in setting else "")
    assert "oauth_credentials.client_id" in shown


def test_about_in_text_is_not_indented_as_code_is() -> None:
    text = run_forked(None, "--about").stdout

    assert text.startswith("Name: tap-confluence\nDescription: Extracts an Atlassian Confluence")
    assert not {"code_block", "fence"} & {token.type for token in MARKDOWN.parse(text)}


@pytest.mark.parametrize(
    "arguments",
    [["--about"], ["--about", "--format=markdown"], ["--help"], ["--version"], ["--discover"]],
)
def test_who_reads_only_the_beginning_is_told_of_no_error(arguments: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    process = subprocess.Popen(  # noqa: S603 - the command is ours
        [sys.executable, "-m", "tap_confluence", *arguments],
        stdout=writer,
        stderr=subprocess.PIPE,
        env=clean_environment(),
    )
    os.close(writer)

    _, stderr = process.communicate(timeout=SOON)

    assert process.returncode == 0
    assert b"ERROR" not in stderr
    assert b"Traceback" not in stderr
    assert b"BrokenPipe" not in stderr


def test_streams_are_discovered_without_a_site_or_credentials() -> None:
    run = run_forked(None, "--discover")

    assert run.exit_status == 0
    streams = json.loads(run.stdout)["streams"]
    assert {stream["tap_stream_id"] for stream in streams} == {stream.name for stream in STREAMS}
    assert all(stream["key_properties"] for stream in streams)


MUCH = 150_000
"""Bytes; the catalog and the output of a run have twice as many, and a pipe holds fewer."""

WITH_A_HANDLER = """
import runpy, signal
signal.signal(signal.SIGUSR1, lambda *_: None)
runpy.run_module("tap_confluence", run_name="__main__", alter_sys=True)
"""


@pytest.mark.parametrize("discovers", [True, False])
def test_a_signal_cuts_nothing_off(site: DemoSite, tmp_path: Path, *, discovers: bool) -> None:
    config = settings_of(site)
    python, *_, option, file = command(tmp_path, config=config)
    more = ["--discover"] if discovers else []
    process = subprocess.Popen(  # noqa: S603 - the command is ours
        [python, "-u", "-c", WITH_A_HANDLER, option, file, *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=clean_environment(),
    )
    assert process.stdout is not None
    written = b""
    while chunk := os.read(process.stdout.fileno(), 4096):
        written += chunk
        # It has a handler since before it began to write, and is not near its end.
        if len(written) < MUCH:
            process.send_signal(signal.SIGUSR1)

    assert process.wait(SOON) == 0
    assert len(written) > 2 * MUCH
    if discovers:
        assert len(json.loads(written)["streams"]) == len(STREAMS)
    else:
        assert Run(written.decode(), "", 0).records == run_tap(config).records


def test_the_version_is_told() -> None:
    run = run_command(None, "--version")

    assert run.exit_status == 0
    assert "tap-confluence" in run.stdout


def complaint_of(run: Run) -> str:
    """Return the one line that says why a command failed before it wrote anything."""
    assert run.exit_status == 1
    assert run.stdout == ""
    assert "Traceback" not in run.stderr
    [complaint] = run.complaints
    return complaint


def test_settings_that_are_wrong_are_said_in_one_line() -> None:
    config = {"domain": "acme", "email": "ana@example.com", "api_token": "x", "spacekeys": []}

    assert "Unknown setting 'spacekeys'" in complaint_of(run_forked(config))


def test_no_settings_at_all_are_said_in_one_line() -> None:
    assert "'domain'" in complaint_of(run_forked(None))


@pytest.mark.parametrize("option", ["--config", "--state", "--catalog"])
def test_a_file_that_does_not_exist_is_named(option: str, site: DemoSite, tmp_path: Path) -> None:
    run = run_forked(settings_of(site), option, str(tmp_path / "absent.json"))

    assert run.exit_status != 0
    assert run.stdout == ""
    assert "absent.json" in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize(
    ("option", "content"),
    [
        ("--config", "{'api_token': 'hunter2'}"),
        ("--config", '["hunter2"]'),
        ("--state", "{"),
        ("--catalog", "[]"),
    ],
)
def test_a_file_that_is_no_json_object_is_said_to_be_so_and_not_shown(
    option: str, content: str, site: DemoSite, tmp_path: Path
) -> None:
    path = tmp_path / "broken.json"
    path.write_text(content)

    complaint = complaint_of(run_forked(settings_of(site), option, str(path)))

    assert "JSON" in complaint
    assert "hunter2" not in complaint


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)], ids=["SIGTERM", "SIGINT"]
)
def test_a_signal_stops_the_run_with_its_state_written(
    site: DemoSite, tmp_path: Path, number: signal.Signals, status: int
) -> None:
    may_go_on, is_under_way = threading.Event(), threading.Event()

    def hold(count: int, path: str) -> None:
        if count >= 30 and path.startswith("/api/v2/pages/"):
            is_under_way.set()
            may_go_on.wait(SOON)

    site.faults.before_request = hold
    with started(tmp_path, settings_of(site)) as process:
        assert is_under_way.wait(SOON)
        process.send_signal(number)
        exit_status = process.wait(SOON)
        may_go_on.set()
    stdout, stderr = ((tmp_path / name).read_text() for name in ("stdout", "stderr"))
    run = Run(stdout, stderr, exit_status)

    assert run.exit_status == status
    assert run.stdout.endswith("\n")
    assert run.messages[-1]["type"] == "STATE"
    assert "Traceback" not in run.stderr
    assert any("the next run continues" in line for line in run.log)
    site.faults.before_request = None
    rest = run_tap(settings_of(site), state=run.state)
    for stream, keys in truth_by_default(site).items():
        assert {*run.keys(stream), *rest.keys(stream)} == keys, stream


def test_a_pause_for_the_rate_limit_is_ended_by_a_signal(site: DemoSite, tmp_path: Path) -> None:
    is_limited = threading.Event()
    site.faults.fail_next(1000, "429-retry-after", "/api/v2/", retry_after=3000)
    site.faults.before_request = lambda _, path: (
        is_limited.set() if path.startswith("/api/v2/") else None
    )
    with started(tmp_path, settings_of(site)) as process:
        assert is_limited.wait(SOON)
        process.send_signal(signal.SIGTERM)

        assert process.wait(SOON) == 143


def test_a_target_that_closes_the_pipe_ends_the_run(site: DemoSite, tmp_path: Path) -> None:
    reader, writer = os.pipe()
    process = subprocess.Popen(  # noqa: S603 - the command is ours
        command(tmp_path, config=settings_of(site)),
        stdout=writer,
        stderr=subprocess.PIPE,
        env=clean_environment(),
    )
    os.close(writer)
    os.read(reader, 100)
    os.close(reader)

    _, stderr = process.communicate(timeout=SOON)

    assert process.returncode == 1
    assert b"Traceback" not in stderr
    assert b"BrokenPipe" not in stderr
    assert b"The target closed the pipe before the end" in stderr
