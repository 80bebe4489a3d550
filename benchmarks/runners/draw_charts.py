"""Draws the charts from results on standard input; started in the environment of charts."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.dates import DateFormatter, MonthLocator

OURS, THEIRS = "#0052cc", "#97a0af"


def colour(name: str) -> str:
    """Return the colour of a contestant."""
    return OURS if name.startswith("tap-confluence") else THEIRS


def bars(axes: Any, found: list[tuple[str, float]], title: str, unit: str) -> None:
    """Draw a bar for each contestant, with how many times the first one's value it is."""
    found = [(name, value) for name, value in found if value]
    base = found[0][1]
    places = range(len(found))
    axes.barh(places, [v for _, v in found], color=[colour(name) for name, _ in found])
    axes.set_yticks(places, [name for name, _ in found])
    axes.invert_yaxis()
    for place, (_, value) in enumerate(found):
        ratio = "" if place == 0 else f"  ({value / base:.1f} x)"
        axes.text(value, place, f" {value:,.4g}{unit}{ratio}", va="center", fontsize=8)
    axes.set_xlim(0, max(v for _, v in found) * 1.4)
    axes.set_title(title, fontsize=10)
    axes.spines[["top", "right"]].set_visible(False)


def lines(axes: Any, steps: list[dict[str, Any]], field: str, title: str) -> None:
    """Draw a line for each contestant over the number of pages."""
    names = [result["contestant"] for result in steps[0]["results"]]
    styles = iter(("--", "-.", ":", (0, (1, 3))))
    for name in names:
        found = [
            (step["pages"], result[field])
            for step in steps
            for result in step["results"]
            if result["contestant"] == name
        ]
        style = "-" if colour(name) == OURS else next(styles)
        axes.plot(*zip(*found, strict=True), style, marker="o", color=colour(name), label=name)
    axes.set_xscale("log")
    axes.set_title(title, fontsize=10)
    axes.set_xlabel("pages", fontsize=8)
    axes.legend(fontsize=8)
    axes.spines[["top", "right"]].set_visible(False)


RUNS = {
    "first": ("first run", ":", THEIRS),
    "idle": ("nothing changed since", "-", OURS),
    "not_due": ("the same, details of spaces not due", "--", OURS),
}
"""The runs whose requests are drawn: what to call each, and how to draw it."""


def costs(axes: Any, steps: list[dict[str, Any]], what: str) -> None:
    """Draw how many requests each kind of run takes as there are more of something."""
    for name, (label, style, ink) in RUNS.items():
        found = [(step[what], step[name]) for step in steps]
        axes.plot(*zip(*found, strict=True), style, marker="o", color=ink, label=label)
    axes.set_xlabel(what, fontsize=8)
    axes.spines[["top", "right"]].set_visible(False)


OF_A_WEEK = {
    "contents": "Contents of the site",
    "requests": "Requests of a run",
    "state": "State, bytes",
    "memory": "Peak memory, MB",
}
"""What is drawn of each week of a year."""


def year(axes: Any, found: list[dict[str, Any]], what: str) -> None:
    """Draw a line for each deployment over the weeks of a year."""
    for (label, ink), played in zip((("Cloud", OURS), ("Data Center", THEIRS)), found, strict=True):
        weeks = [week for week in played["weeks"] if week[what] is not None]
        places = [date.fromisoformat(week["day"]) for week in weeks]
        axes.plot(places, [week[what] for week in weeks], color=ink, label=label)
    axes.set_title(OF_A_WEEK[what], fontsize=10)
    axes.xaxis.set_major_locator(MonthLocator(interval=2))
    axes.xaxis.set_major_formatter(DateFormatter("%b"))
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_ylim(bottom=0)


def main() -> None:
    """Draw what there are results for."""
    results, folder = json.load(sys.stdin), Path(sys.argv[1])
    if found := results.get("side_by_side"):
        figure, (left, middle, right) = plt.subplots(1, 3, figsize=(14, 3.4), layout="constrained")
        runs = found["results"]
        rows = f"{found['pages']} pages with six details, {found['latency'] * 1000:g} ms latency"
        bars(left, [(r["contestant"], r["wall"]) for r in runs], "Wall time, s", " s")
        bars(middle, [(r["contestant"], r["requests"]) for r in runs], "Requests", "")
        bars(right, [(r["contestant"], r["cpu"]) for r in runs], "CPU time, s", " s")
        figure.suptitle(f"{rows}, {found['in_flight']} requests in flight", fontsize=11)
        figure.savefig(folder / "benchmarks-side-by-side.png", dpi=120)
    if found := results.get("list_growth"):
        figure, (left, right) = plt.subplots(1, 2, figsize=(11, 3.8), layout="constrained")
        lines(left, found["steps"], "cpu", "CPU time, s")
        left.set_yscale("log")
        lines(right, found["steps"], "peak_mb", "Peak memory, MB")
        right.set_ylim(bottom=0)
        figure.suptitle(f"The list of pages, {found['body_bytes']:,} bytes a body", fontsize=11)
        figure.savefig(folder / "benchmarks-growth.png", dpi=120)
    if found := results.get("labels_and_spaces"):
        figure, panels = plt.subplots(1, 2, figsize=(11, 3.8), layout="constrained", sharey=True)
        for axes, what in zip(panels, ("labels", "spaces"), strict=True):
            costs(axes, found[what], what)
        panels[0].set_ylim(bottom=0)
        panels[0].legend(fontsize=8)
        title = f"Requests for all that is selected by default, {found['pages']:,} pages"
        figure.suptitle(title, fontsize=11)
        figure.savefig(folder / "benchmarks-labels-and-spaces.png", dpi=100)
    if found := results.get("year"):
        figure, panels = plt.subplots(1, 4, figsize=(14, 3.2), layout="constrained")
        for axes, what in zip(panels, OF_A_WEEK, strict=True):
            year(axes, found, what)
        panels[0].legend(fontsize=8)
        figure.suptitle("A year of nights, on each Monday", fontsize=11)
        figure.savefig(folder / "benchmarks-year.png", dpi=100)


if __name__ == "__main__":
    main()
