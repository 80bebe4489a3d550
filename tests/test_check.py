"""The look at a site before the first run, as a command."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tap_confluence.cli.check import cli
from tests.demo_site import DataCenterSite, DemoSite, GatewaySite, Wiki
from tests.filtered_truth import filtered_truth
from tests.forked import run_forked
from tests.running import LONGEST_RUN, clean_environment, settings_of, settings_through

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.running import Run

COLUMNS, ROWS = 80, 24

COMMAND = [sys.executable, "-c", "from tap_confluence.cli.check import cli; cli()"]


def check(config: Mapping[str, Any]) -> Run:
    return run_forked(config, program=cli)


def counts(truth: Mapping[str, Any]) -> str:
    """Say in words what the truth holds."""
    numbers = (
        (len(truth["pages"]), "page"),
        (len(truth["blog_posts"]), "blog post"),
        (len(truth["spaces"]), "space"),
    )
    pages, posts, spaces = (f"{n:,} {noun}{'' if n == 1 else 's'}" for n, noun in numbers)
    return f"Connection successful, found {pages} and {posts} in {spaces}"


@pytest.fixture(scope="module")
def small() -> Iterator[DemoSite]:
    with DemoSite(Wiki.seeded(pages=40, seed=5)) as site:
        yield site


def test_it_says_who_is_signed_in_and_what_there_is(small: DemoSite, tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text(json.dumps(settings_of(small)))

    done = subprocess.run(  # noqa: S603 - the command is ours
        [*COMMAND, "--config", str(path)],
        capture_output=True,
        check=False,
        env=clean_environment(),
        text=True,
        timeout=LONGEST_RUN,
    )

    assert done.returncode == 0, done.stderr
    first, *_, last = done.stdout.splitlines()
    assert first == f"Confluence Cloud at {small.base_url}: signed in as Ana Lindqvist"
    assert last == counts(small.truth())


def test_all_of_it_is_seen_on_one_screen(small: DemoSite) -> None:
    done = check(settings_of(small, anchor_date=None))

    lines = done.stdout.splitlines()
    assert len(lines) <= ROWS
    assert max(map(len, lines)) <= COLUMNS, max(lines, key=len)
    assert re.fullmatch(r"All (\d+) selected streams may be read, of (\d+) there are", lines[1])


def test_it_counts_what_the_filters_select(small: DemoSite) -> None:
    label = next(small.wiki.labels[num].name for page in small.wiki.pages for num in page.labels)
    filters: dict[str, Any] = {"labels": [label], "exclude_space_keys": ["OPS"]}

    done = check(settings_of(small, **filters))

    assert done.stdout.splitlines()[-1] == counts(filtered_truth(small.wiki, **filters))


def test_it_names_the_scope_that_a_selected_stream_lacks() -> None:
    with GatewaySite(Wiki.seeded(pages=12, seed=5)) as gateway:
        gateway.tokens.scopes -= {"read:task:confluence", "read:watcher:confluence"}

        done = check(settings_through(gateway))

    assert done.exit_status == 1
    assert "- tasks (selected) needs the scope read:task:confluence" in done.stdout
    watchers = "page_watchers, space_watchers (not selected) need the scope read:watcher:confluence"
    assert f"- {watchers}" in done.stdout
    assert re.search(r"^(\d+) of (\d+) selected streams may be read", done.stdout, re.MULTILINE)
    assert "not all streams may be read" in done.stdout.splitlines()[-1]


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"api_token": "mistyped"}, "does not accept the credentials"),
        ({"space_keys": ["NOSUCH"]}, "There is no space 'NOSUCH'"),
        ({"root_page_ids": ["1"]}, "There is no page 1"),
        ({"spacekeys": ["ENG"]}, "Unknown setting 'spacekeys'"),
    ],
)
def test_what_is_wrong_is_one_line(
    small: DemoSite, settings: dict[str, Any], complaint: str
) -> None:
    done = check(settings_of(small, **settings))

    assert done.exit_status == 1
    [line] = [line for line in done.stderr.splitlines() if complaint in line]
    assert "Traceback" not in done.stderr
    assert "Connection successful" not in done.stdout
    assert "mistyped," in line or "mistyped" not in line


def test_it_works_on_data_center() -> None:
    with DataCenterSite(Wiki.seeded(pages=20, seed=5)) as site:
        config = {"base_url": site.base_url, "personal_access_token": site.personal_access_token}

        done = check(config)

        assert done.exit_status == 0, done.stderr + done.stdout
        assert done.stdout.startswith("Confluence Data Center")
        assert done.stdout.splitlines()[-1] == counts(site.truth())
