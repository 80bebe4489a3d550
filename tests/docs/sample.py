"""What a result looks like: rows that the tap brings of the wiki of `make demo`."""

from __future__ import annotations

import json
from functools import cache

import duckdb

from tests.demo import PAGES
from tests.demo_site import DemoSite, Wiki
from tests.docs.markdown import table
from tests.running import run_tap, settings_of

STREAMS = ("spaces", "pages", "page_versions", "page_labels", "page_footer_comments", "users")

QUERY = """\
select p.title, s.name as space, u.displayname as author, p.modifiedat::date as changed,
  count(distinct v.number) as versions, count(distinct c.id) as comments,
  string_agg(distinct l.name, ', ' order by l.name) as labels
from pages p join spaces s on s.id = p.spaceid join users u on u.accountid = p.authorid
join page_versions v on v.pageid = p.id join page_labels l on l.pageid = p.id
join page_footer_comments c on c.pageid = p.id
group by all order by changed desc, p.title limit 4
"""


@cache
def rows() -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return the names of the columns that the query gives, and its rows, as text."""
    with DemoSite(Wiki.seeded(pages=PAGES)) as site:
        run = run_tap(settings_of(site), streams=STREAMS)
    with duckdb.connect() as database:
        for stream in STREAMS:
            _load(database, stream, run.records[stream])
        found = database.sql(QUERY)
        return tuple(found.columns), [tuple(map(str, row)) for row in found.fetchall()]


def _load(
    database: duckdb.DuckDBPyConnection, stream: str, records: list[dict[str, object]]
) -> None:
    """Make a table of records, with names in lower case, as target-duckdb does."""
    columns = sorted({name for record in records for name in record})
    names = ", ".join(f'"{name.lower()}" varchar' for name in columns)
    database.execute(f'create table "{stream}" ({names})')
    places = ", ".join("?" * len(columns))
    cells = [[_cell(record.get(name)) for name in columns] for record in records]
    database.executemany(f'insert into "{stream}" values ({places})', cells)  # noqa: S608


def _cell(value: object) -> str | None:
    return value if isinstance(value, str | None) else json.dumps(value)


def sample() -> str:
    """Return the query and its rows, as Markdown."""
    columns, found = rows()
    return f"```text\n{QUERY}```\n\n{table(columns, found)}"
