"""Reads sites that are slow to answer, of each deployment: `python -m benchmarks.latency`.

The least that a run can take is requests x latency / requests in flight, if each request can be
sent as soon as another one is answered. Earlier revisions can take part, in turns; the rows of all
of them have to be the same, in the same order.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from benchmarks.environments import PROJECT
from benchmarks.measure import Command, run
from benchmarks.rounds import note

if TYPE_CHECKING:
    from collections.abc import Iterator

DEPLOYMENTS = {"cloud": "Cloud", "datacenter": "Data Center"}
CREDENTIALS = ("email", "api_token", "personal_access_token")
TOTALS = re.compile(r"In all: \d+ rows, (\d+) requests")
PORT = re.compile(r"(?<=127\.0\.0\.1):\d+")
NOW = "now"
HEAD = ("", "", "requests", "requests x latency / in flight, s", "wall, s", "of the limit")


class Found(NamedTuple):
    """What a run has cost, and a digest of the rows that it has written, in their order."""

    requests: int
    wall: float
    rows: str


def main() -> None:
    """Run each revision on each deployment, and print a table; fail if their rows differ."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.latency", description=__doc__)
    parser.add_argument("--pages", type=int, default=200, help="pages of the wiki")
    parser.add_argument("--latency", type=float, default=3.0, help="seconds of each answer")
    parser.add_argument("--in-flight", type=int, default=32, help="requests under way at once")
    parser.add_argument("--before", nargs="*", default=[], help="earlier revisions to run, too")
    options = parser.parse_args()
    rows = [HEAD, ("---", "---", *["---:"] * 4)]
    differ = False
    with tempfile.TemporaryDirectory() as name:
        trees = {rev: _checked_out(rev, Path(name) / rev) for rev in options.before}
        for deployment, title in DEPLOYMENTS.items():
            written = set()
            for revision, tree in {**trees, NOW: PROJECT}.items():
                found = _measure(tree, deployment, options)
                written.add(found.rows)
                least = found.requests * options.latency / options.in_flight
                costs = (f"{least:.1f}", f"{found.wall:.1f}", f"{found.wall / least:.2f} x")
                rows.append((title, revision, str(found.requests), *costs))
                note(f"  {title}, {revision}: {found.wall:.1f} s")
            differ = differ or len(written) > 1
    sys.stdout.write("".join(f"| {' | '.join(row)} |\n" for row in rows))
    sys.exit("The rows of these revisions differ" if differ else 0)


def _checked_out(revision: str, folder: Path) -> Path:
    """Put the files of a revision into a folder."""
    folder.mkdir()
    archive = folder / "archive.tar"
    git = shutil.which("git") or "git"
    subprocess.run([git, "archive", f"--output={archive}", revision], cwd=PROJECT, check=True)
    with tarfile.open(archive) as files:
        files.extractall(folder, filter="data")
    return folder


def _measure(tree: Path, deployment: str, options: argparse.Namespace) -> Found:
    """Read all that is selected by default of a new site, with the tap of a folder."""
    wiki = ["--pages", str(options.pages), "--latency-ms", str(options.latency * 1000)]
    serve = [sys.executable, "-m", "tests.demo_site", "--site", deployment, *wiki]
    with (
        subprocess.Popen(serve, cwd=PROJECT, stdout=subprocess.PIPE) as site,
        tempfile.TemporaryDirectory() as name,
    ):
        try:
            told = json.loads(site.stdout.readline() if site.stdout else b"")
            config = {
                "base_url": told["base_url"],
                **{key: told[key] for key in CREDENTIALS if key in told},
                "anchor_date": "2000-01-01",
                "max_concurrency": options.in_flight,
            }
            folder = Path(name)
            (folder / "config.json").write_text(json.dumps(config))
            arguments = (sys.executable, "-m", "tap_confluence", "--config", "config.json")
            output = folder / "messages.jsonl"
            cost = run(Command(arguments, folder, {"PYTHONPATH": str(tree)}, output))
            totals = TOTALS.search((folder / "log.txt").read_text(errors="replace"))
            digest = sha256(json.dumps(list(_rows(output))).encode())
            return Found(int(totals[1]) if totals else 0, cost.wall, digest.hexdigest())
        finally:
            site.terminate()


def _rows(output: Path) -> Iterator[tuple[str, Any]]:
    """Yield the rows in their order, without the ports of the site."""
    with output.open() as lines:
        for line in lines:
            message = json.loads(PORT.sub("", line))
            if message["type"] == "RECORD":
                yield message["stream"], message["record"]


if __name__ == "__main__":
    main()
