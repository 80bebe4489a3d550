"""Reads a large site that keeps failing, and compares what came of it: `python -m benchmarks.soak`.

Of all answers a share is a server error, a reset, a cut-off or a slow answer. In the end every id
must have come, and the memory must not have grown with the site.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import urllib.request
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.measure import Command, run

KINDS = ("500", "503", "reset", "cut-off", "bad-json", "slow")
TOTALS = re.compile(r"In all: (.*)")


def main() -> None:
    """Run once, say what it has cost, and fail if an id was lost."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--pages", type=int, default=100_000, help="pages of the wiki")
    parser.add_argument("--faults", type=float, default=0.05, help="the share of answers that fail")
    options = parser.parse_args()
    serve = [sys.executable, "-m", "tests.demo_site", "--pages", str(options.pages)]
    with subprocess.Popen(serve, stdout=subprocess.PIPE) as site:
        try:
            lost = _soak(json.loads(site.stdout.readline() if site.stdout else b""), options.faults)
        finally:
            site.terminate()
    sys.exit(1 if lost else 0)


def _soak(site: dict[str, Any], faults: float) -> int:
    """Read the site and print the figures.

    Returns:
        How many ids did not come.
    """
    host = site["base_url"].removesuffix("/wiki")
    truth = _control(f"{host}/_demo/truth")
    rate = {"name": "fail_rate", "args": {"p": faults, "kinds": KINDS, "seed": 1}}
    _control(f"{host}/_demo/faults", rate)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config = {key: site[key] for key in ("base_url", "email", "api_token")}
        (folder / "config.json").write_text(json.dumps({**config, "anchor_date": "2000-01-01"}))
        output = folder / "output.jsonl"
        tap = (sys.executable, "-m", "tap_confluence", "--config", "config.json")
        root = str(Path(__file__).parents[1])
        cost = run(Command(tap, folder, {"PYTHONPATH": root}, output))
        totals = TOTALS.search((folder / "log.txt").read_text(errors="replace"))
        found = _keys(output)
    lost = {s: len({tuple(k) for k in truth[s]} - found[s].keys()) for s in found if s in truth}
    doubled = {s: n.total() - len(n) for s, n in found.items()}
    note = sys.stdout.write
    note(f"{sum(n.total() for n in found.values())} records in {cost.wall:.0f} s\n")
    note(f"peak {cost.peak_mb:.0f} MB, {cost.cpu:.0f} s of CPU\n")
    note(f"{totals[1] if totals else 'no totals'}\n")
    note(f"lost {sum(lost.values())} {_some(lost)}, doubled {sum(doubled.values())} ")
    note(f"{_some(doubled)}\n")
    return sum(lost.values())


def _control(url: str, sent: dict[str, Any] | None = None) -> Any:
    data = None if sent is None else json.dumps(sent).encode()
    with urllib.request.urlopen(url, data) as answer:
        return json.load(answer)


def _keys(output: Path) -> dict[str, Counter[tuple[Any, ...]]]:
    """Count the records of each key, by stream."""
    names: dict[str, list[str]] = {}
    found: dict[str, Counter[tuple[Any, ...]]] = {}
    with output.open() as lines:
        for message in map(json.loads, lines):
            stream = message.get("stream")
            if message["type"] == "SCHEMA":
                names[stream] = message["key_properties"]
                found.setdefault(stream, Counter())
            elif message["type"] == "RECORD":
                found[stream][tuple(message["record"][name] for name in names[stream])] += 1
    return found


def _some(counts: dict[str, int]) -> dict[str, int]:
    return {stream: count for stream, count in counts.items() if count}


if __name__ == "__main__":
    main()
