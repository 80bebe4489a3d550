"""Turns results into tables, for the docs, and has the charts drawn."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from benchmarks.environments import HERE, PROJECT, python_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

DOCS = PROJECT / "docs" / "benchmarks.md"
BEGIN = "<!-- results: begin, written by `python -m benchmarks` -->"
END = "<!-- results: end -->"

Results = dict[str, Any]


def write_report(results: Results, chart_environment: str, *, into_docs: bool) -> None:
    """Write the tables into the docs and draw the charts, or only print the tables."""
    sections = [write(results[name]) for name, write in SECTIONS.items() if name in results]
    text = "\n\n".join([_machine(results), *sections])
    if not into_docs:
        sys.stdout.write(f"{text}\n")
        return
    before, _, rest = DOCS.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCS.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}")
    script = str(HERE / "runners" / "draw_charts.py")
    arguments = [str(python_of(chart_environment)), script, str(DOCS.parent)]
    subprocess.run(arguments, input=json.dumps(results), text=True, check=True)


def _machine(results: Results) -> str:
    dates = sorted({found["date"] for found in results.values() if "date" in found})
    when = " to ".join(dict.fromkeys((dates[0], dates[-1])))
    tools = ", ".join(f"{tool} {version}" for tool, version in results["versions"].items())
    return (
        f"Measured {when} on {os.cpu_count()} cores, {platform.system()}, with {tools}. The site "
        "and what is measured share these cores. Absolute figures hold for that machine on that "
        "day; compare within a table."
    )


def _side_by_side(found: Results) -> str:
    best = min(r["wall"] for r in found["results"] if _is_rival(r))
    rows = [
        (
            r["contestant"],
            _count(r["requests"]),
            f"{r['wall']:.2f} ({r['fastest']:.2f}-{r['slowest']:.2f})",
            f"{r['wall'] / best:.2f}",
            f"{r['start_up']:.2f}",
            f"{r['cpu']:.2f}",
            f"{r['peak_mb']:.0f}",
            _count(r["most_in_flight"]),
            _count(r["rows"]),
        )
        for r in found["results"]
    ]
    head = (
        "",
        "requests",
        "wall, s (range)",
        "of the best other",
        "of it start-up, s",
        "CPU, s",
        "peak memory, MB",
        "most in flight",
        "rows",
    )
    text = (
        f"{_count(found['pages'])} pages and their six details, {_ms(found)} ms latency, at most "
        f"{found['in_flight']} requests in flight. Median of {found['results'][0]['runs']} runs. "
        "Start-up is until the first request."
    )
    return _section("Side by side", text, head, rows)


def _requests_made(found: Results) -> str:
    later = [{r["contestant"]: r for r in found[name]} for name in ("idle", "after_changes")]
    rows = [
        (
            first["contestant"],
            _count(first["requests"]),
            *(_with_labels(runs[first["contestant"]]) for runs in later),
        )
        for first in found["first"]
    ]
    lean = found["without_details"]
    text = (
        f"{_count(found['pages'])} pages with labels, versions, properties, footer and inline "
        "comments, and attachments. Without versions and properties the first run of this tap "
        f"takes {_count(lean['requests'])} requests, of which {_for_labels(lean)} for the labels "
        "of all pages. This tap reads these in every run, because putting a label on a page does "
        "not change the page's date; the others read those of changed pages, and comments and "
        "attachments of changed pages only. The search of this site finds archived pages; where "
        "it does not, each of them takes a request more."
    )
    changed = f"{found['changed']} pages changed since"
    head = ("", "first run", "nothing changed since", changed)
    return _section("Requests", text, head, rows)


def _with_labels(result: Results) -> str:
    for_labels = _for_labels(result)
    said = f", of which {for_labels} for the labels of all pages" if for_labels else ""
    return f"{_count(result['requests'])}{said}"


def _of_the_limit(found: Results) -> str:
    rows = [
        ("requests", _count(found["requests"])),
        ("requests x latency / in flight", f"{found['least']:.2f} s"),
        ("wall after start-up", f"{found['wall'] - found['start_up']:.2f} s"),
        ("start-up", f"{found['start_up']:.2f} s"),
        ("of the limit", f"{found['of_the_limit']:.2f} x"),
    ]
    text = (
        f"{_count(found['pages'])} pages and their six details, {_ms(found)} ms latency, "
        f"{found['in_flight']} in flight, this tap. Start-up is until the first request."
    )
    return _section("How close to what latency allows", text, ("", ""), rows)


def _list_growth(found: Results) -> str:
    rows = []
    for step in found["steps"]:
        to_null = {**step["to_null"], "contestant": "tap-confluence, to /dev/null"}
        rows += [
            (
                _count(step["pages"]),
                r["contestant"],
                f"{r['wall']:.2f}",
                f"{r['cpu']:.2f}",
                _count(r["rows"] / r["cpu"]),
                f"{r['peak_mb']:.0f}",
            )
            for r in (*step["results"], to_null)
        ]
    text = (
        f"Only the list of pages, {_count(found['body_bytes'])} bytes a body, no latency; median "
        f"of {found['steps'][0]['to_null']['runs']} runs. CPU time includes start-up."
        f"{_beyond_start_up(found['steps'])}"
    )
    head = ("pages", "", "wall, s", "CPU, s", "records per CPU second", "peak memory, MB")
    return _section("Large lists", text, head, rows)


def _beyond_start_up(steps: Sequence[Results]) -> str:
    """Say how fast this tap is once it runs, which the difference of two steps tells."""
    least, most = steps[0], steps[-1]
    seconds = most["to_null"]["cpu"] - least["to_null"]["cpu"]
    if seconds <= 0:
        return ""
    rate = (most["to_null"]["rows"] - least["to_null"]["rows"]) / seconds
    return (
        f" From {_count(least['pages'])} to {_count(most['pages'])} pages, without start-up, this "
        f"tap reads {_count(rate)} records per CPU second to /dev/null."
    )


def _detail_growth(found: Results) -> str:
    rows = [
        (
            _count(step["pages"]),
            r["contestant"],
            _count(r["requests"]),
            f"{r['wall']:.2f}",
            f"{r['cpu']:.2f}",
            f"{r['peak_mb']:.0f}",
        )
        for step in found["steps"]
        for r in step["results"]
    ]
    head = ("pages", "", "requests", "wall, s", "CPU, s", "peak memory, MB")
    text = "Pages and their six details, no latency, at most 8 requests in flight."
    return _section("How the cost of details grows", text, head, rows)


def _limited(found: Results) -> str:
    rows = [
        (
            name,
            f"{run['wall']:.0f}",
            _count(run["refused"]),
            f"{run['refused_a_minute']:.2f}",
            f"{run['share_used']:.1%}",
            f"{run['share_used_overall']:.1%}",
        )
        for name, run in found["runs"].items()
    ]
    head = (
        "429s are sent",
        "wall, s",
        "429s",
        "429s a minute once settled",
        "of the allowed rate, once settled",
        "overall",
    )
    text = (
        f"This tap reads {_count(found['pages'])} pages with versions and properties from a site "
        f"that allows {found['rate']:g} requests a second and answers 429 beyond. Settled means "
        f"after {min(run['settled_after'] for run in found['runs'].values()):.0f} s."
    )
    return _section("A site that limits requests", text, head, rows)


def _labels_and_spaces(found: Results) -> str:
    steps = [*found["labels"], *found["spaces"][1:]]
    names = ("labels", "spaces", "first", "idle", "not_due")
    rows = [tuple(_count(step[name]) for name in names) for step in steps]
    head = (
        "labels",
        "spaces",
        "first run",
        "nothing changed since",
        "the same, while what costs a request a space is not due",
    )
    text = (
        f"All that is selected by default of {_count(found['pages'])} pages and what belongs to "
        "them, requests of this tap. Labels cost the list of them, 250 a request, as those of 200 "
        "items come at once, however many there are. A space costs its details in each run, unless "
        "`full_table_interval_hours` lets these become some hours old."
    )
    return _section("As labels and spaces become more", text, head, rows)


def _into_postgres(found: Results) -> str:
    idle = {r["contestant"]: r for r in found["idle"]}
    rows = [
        (
            r["contestant"],
            _count(r["requests"]),
            _count(r["rows"]),
            f"{r['wall']:.2f} ({r['fastest']:.2f}-{r['slowest']:.2f})",
            f"{r['cpu']:.2f}",
            f"{idle[r['contestant']]['wall']:.2f}",
            f"{idle[r['contestant']]['cpu']:.2f}",
        )
        for r in found["first"]
    ]
    head = ("", "requests", "rows", "wall, s (range)", "CPU, s", "idle: wall, s", "CPU, s")
    text = (
        f"{_count(found['pages'])} pages and their six details, {_ms(found)} ms latency, at most "
        "16 requests in flight, into an empty schema; then once more when nothing has changed. "
        "The rows in the tables were compared with the site's. PostgreSQL's own CPU time is not "
        "counted."
    )
    return _section("What a target adds", text, head, rows)


SECTIONS: Mapping[str, Callable[[Results], str]] = {
    "side_by_side": _side_by_side,
    "requests_made": _requests_made,
    "of_the_limit": _of_the_limit,
    "list_growth": _list_growth,
    "detail_growth": _detail_growth,
    "limited": _limited,
    "labels_and_spaces": _labels_and_spaces,
    "into_postgres": _into_postgres,
}


def _section(title: str, text: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"### {title}\n\n{text}\n\n{table}"


def _is_rival(result: Results) -> bool:
    return not result["contestant"].startswith("tap-confluence")


def _for_labels(result: Results) -> int:
    paths = ("/api/v2/labels", "/rest/api/content/search")
    return sum(n for path, n in result["by_path"].items() if path.startswith(paths))


def _count(number: float) -> str:
    return f"{round(number):,}"


def _ms(found: Results) -> str:
    return f"{found['latency'] * 1000:g}"
