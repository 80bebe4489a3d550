"""What disappears from Confluence disappears from PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg import sql

from tests.demo_site import Wiki
from tests.incremental.day import Day
from tests.incremental.runs import CONTENT, DETAILS, OWNER_KEYS, ClockedSite, sync
from tests.incremental.warehouse import latest_on
from tests.integration.plugins import load
from tests.running import truth_by_default

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.running import Key, Run

pytestmark = pytest.mark.usefixtures("meltano_command")

DELETE_WHAT_IS_GONE = """
delete from {table} as gone
where not exists (select from content_inventory where id = gone.{column})
"""
GONE = {stream: OWNER_KEYS[parent] for stream, parent in DETAILS.items()}
"""The column by which the rows of each stream of details depend on what is there."""


@pytest.fixture
def connection(postgres: str, schema: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(sql.SQL("set search_path to {}").format(sql.Identifier(schema)))
        yield connection


@pytest.mark.slow
def test_the_tables_equal_the_site(
    connection: psycopg.Connection, postgres: str, schema: str, tmp_path: Path
) -> None:
    url = postgres.replace("://", "+psycopg://", 1)
    target = {"sqlalchemy_url": url, "default_target_schema": schema}
    with ClockedSite(Wiki.seeded(pages=400)) as site:
        first = sync(site, body_format="none")
        load(first, "target-postgres", tmp_path, **target)
        Day(site.wiki).pass_by()
        second = sync(site, first.state, body_format="none", reconcile_interval_hours=0)
        load(second, "target-postgres", tmp_path, **target)

    delete_details_of_what_is_gone(connection)

    keys = key_columns(second)
    for stream, truth in truth_by_default(site).items():
        assert set(rows(connection, stream, *keys[stream])) == truth, stream
    for stream in CONTENT:
        assert latest(connection, stream) == latest_on(site.wiki, stream), stream


def delete_details_of_what_is_gone(connection: psycopg.Connection) -> None:
    for table, column in GONE.items():
        names = {"table": sql.Identifier(table), "column": sql.Identifier(column)}
        connection.execute(sql.SQL(DELETE_WHAT_IS_GONE).format(**names))


def key_columns(run: Run) -> dict[str, list[str]]:
    return {schema["stream"]: schema["key_properties"] for schema in run.schemas}


def rows(connection: psycopg.Connection, table: str, *columns: str) -> list[Key]:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    query = sql.SQL("select {} from {}").format(names, sql.Identifier(table))
    return connection.execute(query).fetchall()


def latest(connection: psycopg.Connection, table: str) -> dict[str, tuple[Any, ...]]:
    """The version, date and status of each row of content."""
    found = rows(connection, table, "id", "version", "status")
    return {id_: (v["number"], v["createdAt"], status) for id_, v, status in found}
