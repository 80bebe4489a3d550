"""Loads beside each other that write the same rows to PostgreSQL at the same moment."""

from __future__ import annotations

import json
import subprocess
import time
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import sql

from tests.integration.plugins import command_of, defaults, environment, plugin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    Start = Callable[[Sequence[str]], subprocess.Popen[str]]

KNOWN, NEW, ONE, OTHER = "known", "new", "one", "other"

pytestmark = pytest.mark.slow

SECONDS_BETWEEN_LOOKS = 0.05
LONGEST_WAIT = 60.0
"""Seconds after which what is waited for will not come."""

SCHEMA = {
    "type": "SCHEMA",
    "stream": "users",
    "key_properties": ["accountId"],
    "schema": {
        "properties": {"accountId": {"type": "string"}, "displayName": {"type": "string"}},
    },
}


@pytest.fixture
def start(
    meltano_command: str,  # noqa: ARG001 - it has the loader installed
    postgres: str,
    schema: str,
    tmp_path: Path,
) -> Iterator[Start]:
    """Start to load people, as those whom a loader with a number describes."""
    config = tmp_path / "loader.json"
    of_test = {
        "sqlalchemy_url": postgres.replace("://", "+psycopg://", 1),
        "default_target_schema": schema,
    }
    config.write_text(json.dumps({**defaults("target-postgres"), **of_test}))
    loader = command_of("target-postgres").replace(
        "/bin/target-postgres", f"/bin/{plugin('loaders', 'target-postgres')['executable']}"
    )
    started: list[subprocess.Popen[str]] = []

    def load(people: Sequence[str]) -> subprocess.Popen[str]:
        process = subprocess.Popen(  # noqa: S603 - the command is ours
            [loader, "--config", str(config)],
            env=environment({}),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdin is not None
        print(json.dumps(SCHEMA), file=process.stdin)
        for person in people:
            row = {"accountId": person, "displayName": f"by loader {len(started)}"}
            record = {"type": "RECORD", "stream": "users", "record": row}
            print(json.dumps(record), file=process.stdin)
        process.stdin.close()
        process.stdin = None
        return process

    yield load
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def connection(postgres: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(postgres) as connection:
        yield connection


def ends_well(process: subprocess.Popen[str]) -> None:
    _, log = process.communicate(timeout=LONGEST_WAIT)
    assert process.returncode == 0, log[-3000:]


def wait_until_waiting(postgres: str, loads: Sequence[subprocess.Popen[str]]) -> None:
    """Wait until as many wait for others in the database as there are loads."""
    query = """
        select count(*) from pg_stat_activity
        where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0
    """
    waiting = 0
    ends = time.monotonic() + LONGEST_WAIT
    with psycopg.connect(postgres, autocommit=True) as connection:
        while waiting < len(loads):
            assert time.monotonic() < ends
            assert all(load.poll() is None for load in loads)
            time.sleep(SECONDS_BETWEEN_LOOKS)
            [(waiting,)] = connection.execute(query).fetchall()


def people(connection: psycopg.Connection, schema: str) -> dict[str, str]:
    query = sql.SQL('select "accountId", "displayName" from {}')
    return dict(connection.execute(query.format(sql.Identifier(schema, "users"))).fetchall())


def test_two_loads_that_add_the_same_person_both_succeed(
    start: Start, connection: psycopg.Connection, postgres: str, schema: str
) -> None:
    ends_well(start([KNOWN]))
    lock = sql.SQL("select from {} for update").format(sql.Identifier(schema, "users"))
    connection.execute(lock)
    # This one has added the new person, and waits for the other one.
    first = start([NEW, KNOWN])
    wait_until_waiting(postgres, [first])
    second = start([NEW])
    wait_until_waiting(postgres, [first, second])
    connection.rollback()

    ends_well(first)
    ends_well(second)
    assert people(connection, schema) == {KNOWN: "by loader 2", NEW: "by loader 3"}


def test_two_loads_that_add_the_same_people_in_another_order_both_succeed(
    start: Start, connection: psycopg.Connection, postgres: str, schema: str
) -> None:
    ends_well(start([KNOWN]))
    add = sql.SQL('insert into {} ("accountId") values (%s), (%s)')
    connection.execute(add.format(sql.Identifier(schema, "users")), (ONE, OTHER))
    # Each waits to add the one whom the other one adds last.
    first = start([ONE, OTHER])
    wait_until_waiting(postgres, [first])
    second = start([OTHER, ONE])
    wait_until_waiting(postgres, [first, second])
    connection.rollback()

    ends_well(first)
    ends_well(second)
    found = people(connection, schema)
    assert (found[ONE], found[OTHER]) == ("by loader 3", "by loader 3")
