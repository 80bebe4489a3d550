"""Databases that runs are loaded into, and in which dbt builds the models."""

from __future__ import annotations

import json
import os
import subprocess
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import uuid4

import duckdb
import psycopg
import pytest
from psycopg import sql
from typing_extensions import override

from tests.docs import facts
from tests.integration.plugins import PROJECT, environment, load

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.running import Run

Rows = list[tuple[Any, ...]]

PACKAGE = PROJECT / "dbt"
AS_OF = "2026-07-01 00:00:00"
"""The moment for which models are built, after all that happens in a demo site."""

SITE = "https://acme.atlassian.net/wiki"
MARTS = "+path:models/marts"
LONGEST_BUILD = 600.0
"""Seconds after which dbt hangs, and its test fails."""


class Warehouse(ABC):
    """A database with the tables of the tap, and the models made of them.

    Args:
        folder: A folder for what dbt and the loader write.
    """

    target: str
    loader: str
    row_as_json: str

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load(self, run: Run, **settings: Any) -> None:
        """Load what a run wrote."""
        load(run, self.loader, self.folder, **{**self._loader_settings(), **settings})

    def build(self, *arguments: str, **variables: Any) -> None:
        """Build and test the models.

        Args:
            arguments: More arguments of `dbt build`.
            variables: Variables of the package.
        """
        done = self.dbt("build", *arguments, **variables)
        assert done.returncode == 0, done.stdout[-6000:]

    def run(self, *arguments: str, **variables: Any) -> None:
        """Build the marts and what they are made of, without testing them."""
        untested = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
        done = self.dbt("build", *untested, "--select", MARTS, *arguments, **variables)
        assert done.returncode == 0, done.stdout[-6000:]

    def dbt(
        self, command: str, *arguments: str, **variables: Any
    ) -> subprocess.CompletedProcess[str]:
        """Run a command of dbt."""
        given = {"confluence_as_of": AS_OF, "confluence_site_url": SITE, **variables}
        named = os.environ.get("TAP_CONFLUENCE_TEST_DBT")
        dbt = Path(named).absolute() if named else PROJECT / ".venv-dbt" / "bin" / "dbt"
        if not dbt.exists():
            pytest.skip("dbt is not installed; `make dbt` does that")
        return subprocess.run(  # noqa: S603 - the command is ours
            [str(dbt), "--quiet", command, *arguments, "--vars", json.dumps(given)],
            check=False,
            cwd=PACKAGE,
            env=environment(
                {
                    "DBT_PROFILES_DIR": str(PACKAGE),
                    "DBT_TARGET_PATH": str(self.folder / "target"),
                    "DBT_LOG_PATH": str(self.folder / "logs"),
                    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
                    "CONFLUENCE_DBT_TARGET": self.target,
                    **self._profile(),
                }
            ),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LONGEST_BUILD,
        )

    def rows(self, model: str, *columns: str) -> Rows:
        """Return columns of all rows of a model."""
        return self.query(f'select {", ".join(columns)} from "{model}"')  # noqa: S608 - our own

    def columns(self) -> dict[str, list[str]]:
        """Return the names of the columns of each table that the loader made."""
        found: dict[str, list[str]] = {}
        statement = (
            "select table_name, column_name from information_schema.columns "
            "where table_schema = current_schema() order by ordinal_position"
        )
        for table, column in self.query(statement):
            if table in facts.streams():
                found.setdefault(table, []).append(column)
        return found

    @abstractmethod
    def query(self, statement: str) -> Rows:
        """Return what SQL finds."""

    @abstractmethod
    def execute(self, statement: str) -> None:
        """Execute SQL."""

    @abstractmethod
    def _loader_settings(self) -> dict[str, Any]: ...

    @abstractmethod
    def _profile(self) -> Mapping[str, str]: ...


class DuckDB(Warehouse):
    """A file of DuckDB."""

    target = "duckdb"
    loader = "target-duckdb"
    row_as_json = "to_json(loaded)"

    @property
    def path(self) -> Path:
        """The file."""
        return self.folder / "warehouse.duckdb"

    @override
    def query(self, statement: str) -> Rows:
        with duckdb.connect(str(self.path), read_only=True) as connection:
            return connection.sql(statement).fetchall()

    @override
    def execute(self, statement: str) -> None:
        with duckdb.connect(str(self.path)) as connection:
            connection.execute(statement)

    @override
    def _loader_settings(self) -> dict[str, Any]:
        return {"filepath": str(self.path)}

    @override
    def _profile(self) -> Mapping[str, str]:
        return {"CONFLUENCE_DBT_PATH": str(self.path)}


class PostgreSQL(Warehouse):
    """A schema of PostgreSQL.

    Args:
        folder: A folder for what dbt and the loader write.
        address: The address of the server.
    """

    target = "postgres"
    loader = "target-postgres"
    row_as_json = "to_jsonb(loaded)"

    def __init__(self, folder: Path, address: str) -> None:
        super().__init__(folder)
        self._address = address
        self.schema = f"dbt_{uuid4().hex}"

    @override
    def query(self, statement: str) -> Rows:
        with self._connected() as connection:
            return connection.execute(statement.encode()).fetchall()

    @override
    def execute(self, statement: str) -> None:
        with self._connected() as connection:
            connection.execute(statement.encode())

    def make(self) -> None:
        """Make the schema, which a loader does too."""
        self.execute(f"create schema {self.schema}")

    def drop(self) -> None:
        """Drop the schema."""
        with self._connected() as connection:
            drop = sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(self.schema))
            connection.execute(drop)

    def _connected(self) -> psycopg.Connection:
        connection = psycopg.connect(self._address, autocommit=True)
        connection.execute(sql.SQL("set search_path to {}").format(sql.Identifier(self.schema)))
        return connection

    @override
    def _loader_settings(self) -> dict[str, Any]:
        url = self._address.replace("://", "+psycopg://", 1)
        return {"sqlalchemy_url": url, "default_target_schema": self.schema}

    @override
    def _profile(self) -> Mapping[str, str]:
        parameters = psycopg.conninfo.conninfo_to_dict(self._address)
        return {
            "CONFLUENCE_DBT_HOST": str(parameters.get("host") or urlsplit(self._address).hostname),
            "CONFLUENCE_DBT_PORT": str(parameters.get("port", 5432)),
            "CONFLUENCE_DBT_USER": str(parameters.get("user", "postgres")),
            "CONFLUENCE_DBT_PASSWORD": str(parameters.get("password", "")),
            "CONFLUENCE_DBT_DATABASE": str(parameters["dbname"]),
            "CONFLUENCE_DBT_SCHEMA": self.schema,
        }
