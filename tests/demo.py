"""The tap at work: a demo site, Meltano, dbt, and a database to look into.

Starts a demo site, has Meltano load it into a DuckDB file and dbt make models of that, compares
what arrived with what the site holds, and asks the models some questions. The site is the same each
time, so a second demo has to find everything in its place.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from tap_confluence.cloud import STREAMS
from tests.demo_site import DemoSite, Wiki

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

    from tests.demo_site.wiki import Keys

PROJECT = Path(__file__).parents[1]
DATABASE = Path("output/warehouse.duckdb")
LOG = Path("output/demo.log")
PAGES = 300
OURS = ("TAP_CONFLUENCE_", "TARGET_DUCKDB_", "MELTANO_")

ON_REQUEST = (
    *("page_links", "page_restrictions", "blog_post_restrictions"),
    *("folders", "whiteboards", "databases", "embeds"),
    *(f"{kind}_restrictions" for kind in ("folder", "whiteboard", "database", "embed")),
)
"""Streams that are not read by default, and without which some questions have no answer."""

ANSWERS = {
    "Pages that nobody has touched for the longest time": """
        select title, space_key as space, days_since_modified as days
        from confluence__pages where is_stale
        order by days desc, page_id limit 5
    """,
    "People who are gone and own pages": """
        select coalesce(owner_name, owner_id) as owner, count(*) as pages
        from confluence__pages where status = 'current' and is_owner_gone
        group by 1 order by pages desc, owner limit 5
    """,
    "The most discussed pages": """
        select title, comments, open_comments as "open"
        from confluence__pages
        order by comments desc, page_id limit 5
    """,
    "The most exposed pages": """
        select title, space_key as space, readers, is_anonymous as "open to all"
        from confluence__page_access
        order by readers desc, page_id limit 5
    """,
    "Links that lead nowhere": """
        select page_title as page, kind, coalesce(target_title, text, url) as "leads to"
        from confluence__links where is_broken
        order by page_id, position limit 5
    """,
}
"""What the models of dbt are asked, and the queries."""

MODELS = ("confluence__pages", "confluence__page_access", "confluence__links")

A_PAGE = """
    select title, json_extract_string(body, '$.storage.value') as stored, bodymarkdown as markdown
    from pages
    where status = 'current' and stored like '%<table%' and stored like '%"code"%'
        and stored like '%"status"%' and markdown is not null
    order by length(stored), id limit 1
"""
COLUMNS, STORED_LINES, MARKDOWN_LINES = 78, 16, 26
"""How much of a page is shown."""


@dataclass(frozen=True)
class Arrival:
    """What of a stream arrived in the database.

    Attributes:
        stream: Its name.
        rows: How many rows its table has.
        keys: The primary keys in the table.
        truth: The primary keys on the site.
    """

    stream: str
    rows: int
    keys: Keys
    truth: Keys

    @property
    def lost(self) -> int:
        """How many of the site's items are not in the table."""
        return len(self.truth - self.keys)

    @property
    def doubled(self) -> int:
        """How many rows have the key of another row."""
        return self.rows - len(self.keys)

    @property
    def strange(self) -> int:
        """How many rows the site knows nothing of."""
        return len(self.keys - self.truth)

    @property
    def verdict(self) -> str:
        """What is wrong, or that nothing is."""
        counts = {"lost": self.lost, "doubled": self.doubled, "not on the site": self.strange}
        return (
            ", ".join(f"{count} {what}" for what, count in counts.items() if count) or "all there"
        )


def main() -> int:
    """Run the demo.

    Returns:
        The exit status: 0 if the database holds what the site holds.
    """
    signal.signal(signal.SIGTERM, _stop)
    options = _options()
    # Without the database, the state of an earlier demo would have the tap leave out what it held.
    fresh = not DATABASE.exists()
    DATABASE.parent.mkdir(exist_ok=True)
    with DemoSite(Wiki.seeded(pages=PAGES)) as site:
        _say(f"A demo site of {PAGES} pages runs at {site.base_url}.")
        _say("Running: meltano run tap-confluence target-duckdb", end=" ... ")
        began = time.monotonic()
        status = _run_meltano(options.meltano, site, fresh=fresh)
        if status:
            return _failed(status)
        took = time.monotonic() - began
        kind = "all of the site" if fresh else "what is new since the last demo"
        _say(f"done in {took:.0f} s,\nwith {len(site.requests)} requests for {kind}.\n")
        _say("Running: dbt run", end=" ... ")
        began = time.monotonic()
        status = _run_dbt(options.dbt)
        if status:
            return _failed(status)
        _say(f"done in {time.monotonic() - began:.0f} s.\n")
        with duckdb.connect(str(DATABASE), read_only=True) as database:
            truth = site.truth()
            arrivals = [_arrival(database, stream, truth) for stream in _loaded()]
            _show_arrivals(arrivals)
            _show_page(database)
            for question, query in ANSWERS.items():
                _show(database, question, query)
    return _conclude(arrivals, fresh=fresh)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.demo", description=__doc__)
    parser.add_argument("--meltano", default="meltano", help="the Meltano command")
    parser.add_argument("--dbt", default="dbt", help="the command of dbt")
    return parser.parse_args()


def _loaded() -> list[type[Any]]:
    return [s for s in STREAMS if s.selected_by_default or s.name in ON_REQUEST]


def _run_meltano(meltano: str, site: DemoSite, *, fresh: bool) -> int:
    """Run the job against the site only: whatever is set for a real site is left aside."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(OURS)},
        "TAP_CONFLUENCE_BASE_URL": site.base_url,
        "TAP_CONFLUENCE_EMAIL": site.email,
        "TAP_CONFLUENCE_API_TOKEN": site.api_token,
        "TAP_CONFLUENCE_ANCHOR_DATE": "2000-01-01",
        "TAP_CONFLUENCE__SELECT": json.dumps([f"{stream.name}.*" for stream in _loaded()]),
        "TAP_CONFLUENCE_BODY_MARKDOWN": "true",
        "TARGET_DUCKDB_FILEPATH": str(DATABASE),
        "MELTANO_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    command = [meltano, "--environment=demo", f"--env-file={os.devnull}", "run"]
    command += ["--full-refresh"] if fresh else []
    with LOG.open("wb") as log:
        return subprocess.run(  # noqa: S603 - the command is ours
            [*command, "tap-confluence", "target-duckdb"],
            check=False,
            cwd=PROJECT,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        ).returncode


def _run_dbt(dbt: str) -> int:
    """Have dbt make the models of what was loaded that are shown."""
    with tempfile.TemporaryDirectory() as folder, LOG.open("ab") as log:
        return subprocess.run(  # noqa: S603 - the command is ours
            [
                *(dbt, "--quiet", "run", "--project-dir", "dbt", "--profiles-dir", "dbt"),
                *("--select", *(f"+{model}" for model in MODELS)),
            ],
            check=False,
            cwd=PROJECT,
            env={
                **os.environ,
                "CONFLUENCE_DBT_TARGET": "duckdb",
                "CONFLUENCE_DBT_SCHEMA": "main",
                "CONFLUENCE_DBT_PATH": str(PROJECT / DATABASE),
                "DBT_LOG_PATH": folder,
                "DBT_TARGET_PATH": folder,
                "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
            },
            stdout=log,
            stderr=subprocess.STDOUT,
        ).returncode


def _failed(status: int) -> int:
    _say(f"failed.\nThe end of {LOG}:\n\n{_tail(LOG)}")
    return status


def _arrival(
    database: duckdb.DuckDBPyConnection, stream: type[Any], truth: dict[str, Keys]
) -> Arrival:
    columns = ", ".join(f'"{key.lower()}"' for key in stream.primary_keys)
    try:
        rows = database.sql(f'select {columns} from "{stream.name}"').fetchall()  # noqa: S608
    except duckdb.CatalogException:
        rows = []
    return Arrival(stream.name, len(rows), set(rows), truth[stream.name])


def _show_arrivals(arrivals: Sequence[Arrival]) -> None:
    rows = [(a.stream, a.rows, len(a.truth), a.verdict) for a in arrivals]
    total = ("in all", sum(a.rows for a in arrivals), sum(len(a.truth) for a in arrivals), "")
    _table(("stream", "rows", "on the site", ""), [*rows, total])


def _show(database: duckdb.DuckDBPyConnection, title: str, query: str) -> None:
    found = database.sql(query)
    _say(f"{title}:\n")
    _table(found.columns, found.fetchall())


def _show_page(database: duckdb.DuckDBPyConnection) -> None:
    """Show one page as Confluence has it, and as the tap writes it with `body_markdown`."""
    found = database.sql(A_PAGE).fetchone()
    if found is None:
        _say(f"No page has Markdown yet: remove {DATABASE} and try again.\n")
        return
    title, stored, markdown = found
    _beginning(f"The page '{title}' as Confluence has it", stored, STORED_LINES)
    _beginning("The same page as Markdown, with body_markdown", markdown, MARKDOWN_LINES)


def _beginning(title: str, text: str, most: int) -> None:
    lines = [part for line in text.splitlines() for part in textwrap.wrap(line, COLUMNS) or [""]]
    _say(f"{title}:\n")
    _say(textwrap.indent("\n".join(lines[:most]), "  "))
    if len(lines) > most:
        _say(f"  ... and {len(lines) - most} more lines")
    _say("")


def _table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    lines = [[str(cell) for cell in row] for row in (columns, *rows)]
    widths = [max(_width(line[i]) for line in lines) for i in range(len(columns))]
    numbers = [any(isinstance(row[i], int) for row in rows) for i in range(len(columns))]
    lines.insert(1, ["-" * width for width in widths])
    for line in lines:
        blanks = [" " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True)]
        cells = (
            blank + cell if number else cell + blank
            for cell, blank, number in zip(line, blanks, numbers, strict=True)
        )
        _say(f"  {'  '.join(cells)}".rstrip())
    _say("")


def _width(text: str) -> int:
    """Return how many columns of a terminal a text takes: two for each Chinese or Japanese sign."""
    return sum(1 + (unicodedata.east_asian_width(sign) in "WF") for sign in text)


def _conclude(arrivals: Sequence[Arrival], *, fresh: bool) -> int:
    _say(f"The database: {DATABASE}, for any tool that reads DuckDB. The log: {LOG}.")
    if not all(a.verdict == "all there" for a in arrivals):
        _say(
            "The database does not hold what the site holds. If the demo changed since the "
            "database was made, remove the database and try again."
        )
        return 1
    _say("Nothing is lost and nothing doubled: the database holds each item of the site once.")
    if fresh:
        _say("Type make demo again: the same rows once more, read with few requests.")
    return 0


def _tail(log: Path) -> str:
    return "\n".join(log.read_text().splitlines()[-20:])


def _stop(_number: int, _frame: FrameType | None) -> None:
    # Leaves the `with` above, so that the site and Meltano end with the demo.
    sys.exit(1)


def _say(text: str, end: str = "\n") -> None:
    sys.stdout.write(text + end)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
