"""Measures everything and writes it down: `python -m benchmarks`."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

from benchmarks.environments import CHART, HERE, versions
from benchmarks.report import write_report
from benchmarks.rounds import note
from benchmarks.scenarios import SCENARIOS, Sizes

RESULTS = HERE / ".results"
SMALL = Sizes(
    runs=1,
    side_by_side=40,
    requests=100,
    limit=60,
    growth=(100, 1_000),
    detail_growth=(20, 60),
    detail_rivals_up_to=60,
    growth_runs=1,
    limited_minutes=0.3,
    quiet_pages=60,
    more=(0, 20),
    into_postgres=60,
)


def main() -> None:
    """Measure what the options name, and report all there is."""
    options = _options()
    sizes = _sizes(options)
    RESULTS.mkdir(exist_ok=True)
    if not options.report_only:
        _store("versions", versions())
        for name in options.scenarios or SCENARIOS:
            note(f"{name} ...")
            found = SCENARIOS[name](sizes)
            found["date"] = datetime.now(UTC).strftime("%Y-%m-%d")
            _store(name, found)
    results = {path.stem: json.loads(path.read_text()) for path in RESULTS.glob("*.json")}
    if not results:
        sys.exit("Nothing has been measured yet")
    write_report(results, CHART, into_docs=not options.no_docs)


def _store(name: str, found: dict[str, Any]) -> None:
    (RESULTS / f"{name}.json").write_text(json.dumps(found, indent=1))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "scenarios",
        nargs="*",
        choices=[[], *SCENARIOS],
        metavar="scenario",
        help=f"{', '.join(SCENARIOS)}; default: all",
    )
    parser.add_argument("--small", action="store_true", help="small sizes, to see that it works")
    parser.add_argument("--report-only", action="store_true", help="report the results at hand")
    parser.add_argument("--no-docs", action="store_true", help="print the tables, leave docs alone")
    for field in fields(Sizes):
        default = getattr(Sizes, field.name)
        of = type(default[0] if isinstance(default, tuple) else default)
        parser.add_argument(
            f"--{field.name.replace('_', '-')}",
            type=of,
            nargs="+" if isinstance(default, tuple) else None,
            help=f"default: {default}",
        )
    return parser.parse_args()


def _sizes(options: argparse.Namespace) -> Sizes:
    chosen: dict[str, Any] = {
        field.name: tuple(value) if isinstance(value, list) else value
        for field in fields(Sizes)
        if (value := getattr(options, field.name)) is not None
    }
    return replace(SMALL if options.small else Sizes(), **chosen)


if __name__ == "__main__":
    main()
