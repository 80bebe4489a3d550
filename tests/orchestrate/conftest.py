"""Schemas in PostgreSQL for the tests, and the command of Airflow."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, LiteralString

import psycopg
import pytest
from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMAS: tuple[LiteralString, ...] = ("in_shards", "as_a_whole", "of_meltano")


@pytest.fixture(scope="session")
def airflow_command() -> str:
    """The command of Airflow."""
    named = os.environ.get("TAP_CONFLUENCE_TEST_AIRFLOW")
    if not named:
        pytest.skip("TAP_CONFLUENCE_TEST_AIRFLOW does not name Airflow; `make airflow` does that")
    return str(Path(named).absolute())


@pytest.fixture(scope="module")
def schemas(postgres: str) -> Iterator[dict[str, str]]:
    """Schemas in PostgreSQL: for each of what is kept in them, the name."""
    names: dict[str, LiteralString] = {name: f"tap_confluence_{name}" for name in SCHEMAS}
    drop = [
        sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(name))
        for name in names.values()
    ]
    with psycopg.connect(postgres, autocommit=True) as connection:
        for statement in drop:
            connection.execute(statement)
        connection.execute(sql.SQL("create schema {}").format(sql.Identifier(names["of_meltano"])))
        yield dict(names)
        for statement in drop:
            connection.execute(statement)
