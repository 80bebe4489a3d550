"""What disappears from Confluence disappears from PostgreSQL."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg import sql

from tests.demo_site import Wiki
from tests.incremental.day import Day
from tests.incremental.runs import CONTENT, DETAILS, OWNER_KEYS, ClockedSite, sync
from tests.incremental.warehouse import latest_on
from tests.running import clean_environment, truth_by_default

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.running import Key, Run

PROJECT = Path(__file__).parents[2]
LOADER = "meltanolabs-target-postgres==0.8.1"
SCHEMA = "incremental"

DELETE_WHAT_IS_GONE = """
delete from {table} as gone
where gone.{column} is not null
and not exists (select from content_inventory where id = gone.{column})
"""
GONE = {
    **{stream: ["id"] for stream in CONTENT},
    **{stream: [OWNER_KEYS[parent]] for stream, parent in DETAILS.items()},
    "tasks": ["pageId", "blogPostId"],
}
"""The columns by which the rows of each incremental stream depend on what is there."""


@pytest.fixture(scope="session")
def loader() -> str:
    """The command of the loader, in an environment of its own that is kept between runs."""
    folder = PROJECT / ".meltano" / "tests" / "target-postgres"
    command = folder / "bin" / "target-postgres"
    if not command.exists():
        uv = shutil.which("uv", path=f"{PROJECT}/.venv/bin:{os.environ['PATH']}")
        if uv is None:
            pytest.skip("uv is not installed, which installs the loader")
        make, fill = ["venv", "--clear"], ["pip", "install", LOADER, "--python"]
        for arguments in (make, fill):
            line = [uv, *arguments, str(folder)]
            subprocess.run(line, check=True, capture_output=True)  # noqa: S603 - uv
    return str(command)


@pytest.fixture
def connection(postgres: str) -> Iterator[psycopg.Connection]:
    schema = sql.Identifier(SCHEMA)
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(sql.SQL("drop schema if exists {} cascade").format(schema))
        connection.execute(sql.SQL("set search_path to {}").format(schema))
        yield connection
        connection.execute(sql.SQL("drop schema if exists {} cascade").format(schema))


def test_the_tables_equal_the_site(
    connection: psycopg.Connection,
    postgres: str,
    loader: str,
    tmp_path: Path,
) -> None:
    settings = tmp_path / "target.json"
    target = {
        "sqlalchemy_url": postgres.replace("://", "+psycopg://", 1),
        "default_target_schema": SCHEMA,
        "hard_delete": True,
        "validate_records": False,
    }
    settings.write_text(json.dumps(target))
    with ClockedSite(Wiki.seeded(pages=400)) as site:
        first = sync(site, body_format="none")
        load(loader, settings, first)
        Day(site.wiki).pass_by()
        second = sync(site, first.state, body_format="none")
        load(loader, settings, second)

    delete_what_is_gone(connection)

    keys = key_columns(second)
    for stream, truth in truth_by_default(site).items():
        assert set(rows(connection, stream, *keys[stream])) == truth, stream
    for stream in CONTENT:
        assert latest(connection, stream) == latest_on(site.wiki, stream), stream


def load(loader: str, settings: Path, run: Run) -> None:
    """Load what a run wrote."""
    done = subprocess.run(  # noqa: S603 - the command is ours
        [loader, "--config", settings],
        input=run.stdout,
        capture_output=True,
        check=False,
        env=clean_environment(),
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]


def delete_what_is_gone(connection: psycopg.Connection) -> None:
    for table, columns in GONE.items():
        for column in columns:
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
