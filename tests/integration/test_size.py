"""What a run takes and writes does not grow with the site, but for the records."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.running import clean_environment, command, only

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LISTS = (
    "spaces",
    "pages",
    "child_pages",
    "page_footer_comments",
    "page_inline_comments",
    "blog_posts",
    "attachments",
    "tasks",
    "content_inventory",
)
DETAILS = ("pages", "page_labels", "page_versions", "page_content_properties")

# The memory that a process ever had counts that of the one that started it, as the tests are.
LAUNCHER = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
"""


@dataclass(frozen=True)
class Measured:
    """A run of the tap in a process of its own.

    Attributes:
        memory: The most memory it had at any time.
        output: Bytes it wrote.
        states: Bytes of these that were STATE messages.
    """

    memory: int
    output: int
    states: int


@contextlib.contextmanager
def site_process(pages: int) -> Iterator[dict[str, Any]]:
    """Run a demo site in a process of its own, and say how to sign in to it."""
    site = subprocess.Popen(  # noqa: S603 - the command is ours
        [sys.executable, "-m", "tests.demo_site", "--pages", str(pages)],
        env=clean_environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert site.stdout
        started = json.loads(site.stdout.readline())
        yield {name: started[name] for name in ("base_url", "email", "api_token")}
    finally:
        site.terminate()
        site.communicate()


def measure(pages: int, streams: tuple[str, ...], folder: Path) -> Measured:
    """Run the tap once and for all of a site."""
    output = folder / f"{pages}.jsonl"
    with site_process(pages) as sign_in, output.open("wb") as written:
        settings = {**sign_in, "anchor_date": "2000-01-01"}
        launched = command(folder, config=settings, catalog=only(*streams))
        tap = subprocess.run(  # noqa: S603 - the command is ours
            [sys.executable, "-c", LAUNCHER, *launched],
            check=True,
            env=clean_environment(),
            stdout=written,
            stderr=subprocess.PIPE,
        )
    memory = int(tap.stderr.splitlines()[-1])
    with output.open("rb") as lines:
        states = sum(len(line) for line in lines if line.startswith(b'{"type":"STATE"'))
    assert states > 0
    return Measured(memory, output.stat().st_size, states)


@pytest.mark.parametrize(
    ("few", "many", "streams"),
    [
        (1_000, 4_000, LISTS),
        (150, 600, DETAILS),
        pytest.param(1_000, 10_000, LISTS, marks=pytest.mark.slow),
        pytest.param(400, 1_600, DETAILS, marks=pytest.mark.slow),
    ],
    ids=["lists", "details", "many lists", "many details"],
)
def test_memory_and_state_do_not_grow_with_the_site(
    few: int, many: int, streams: tuple[str, ...], tmp_path: Path
) -> None:
    small = measure(few, streams, tmp_path)
    large = measure(many, streams, tmp_path)

    assert large.output > 3 * small.output
    # Rows that later streams need as well are kept up to a limit that a small site is far from.
    assert large.memory < 1.3 * small.memory
    assert large.states < 0.01 * large.output
