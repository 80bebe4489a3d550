"""A month of a wiki in PostgreSQL: what the loader makes of each run is what a target has to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg import sql
from typing_extensions import override

from tests.histories.days import Days
from tests.histories.deployments import DEPLOYMENTS
from tests.incremental.warehouse import Warehouse
from tests.integration.plugins import load

if TYPE_CHECKING:
    from pathlib import Path

    from tests.running import Run

DAYS = 30
WRITTEN_OTHERWISE = ("timestamp", "date")
"""How the types of columns begin whose values are written in another way than in records."""

FLATTENED = "__"
"""What is in the names of columns that hold a part of a field."""

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("meltano_command")]


class PostgresWarehouse(Warehouse):
    """A warehouse whose tables are in PostgreSQL too, as target-postgres makes them.

    Args:
        url: Where.
        schema: In which schema.
        folder: Where the settings of the loader lie.
        soft_delete: Whether rows that are gone are marked.
    """

    def __init__(self, url: str, schema: str, folder: Path, *, soft_delete: bool) -> None:
        super().__init__(soft_delete=soft_delete)
        self._url, self._schema, self._folder = url, schema, folder

    @override
    def load(self, run: Run) -> None:
        super().load(run)
        load(
            # What is left of a run that ended badly is loaded as well.
            replace(run, exit_status=0),
            "target-postgres",
            self._folder,
            sqlalchemy_url=self._url.replace("://", "+psycopg://", 1),
            default_target_schema=self._schema,
            hard_delete=not self._soft_delete,
            # With a column called `version`, this loader can mark nothing.
            flattening_enabled=self._soft_delete,
            flattening_max_depth=1,
        )
        with psycopg.connect(self._url) as connection:
            for stream in self.tables:
                self._compare(connection, stream)

    def _compare(self, connection: psycopg.Connection, stream: str) -> None:
        columns = self._columns(connection, stream)
        names = [
            name
            for name, kind in columns.items()
            if not kind.startswith(WRITTEN_OTHERWISE) and FLATTENED not in name
        ]
        there, marked = {}, set()
        for row in self._rows(connection, stream, names):
            key = tuple(row[name] for name in self.key_names[stream])
            if row["_sdc_deleted_at"] is None:
                there[key] = row
            else:
                marked.add(key)
        assert marked == set(self.marked[stream]), stream
        assert there.keys() == self.tables[stream].keys(), stream
        for key, row in self.tables[stream].items():
            expected = {name: row.get(name) for name in names if not name.startswith("_sdc_")}
            assert {name: there[key][name] for name in expected} == expected, (stream, key)

    def _columns(self, connection: psycopg.Connection, stream: str) -> dict[str, str]:
        query = """
            select column_name, data_type from information_schema.columns
            where table_schema = %s and table_name = %s
        """
        return dict(connection.execute(query, (self._schema, stream)).fetchall())

    def _rows(
        self, connection: psycopg.Connection, stream: str, names: list[str]
    ) -> list[dict[str, Any]]:
        names = [*names, "_sdc_deleted_at"]
        query = sql.SQL("select {} from {}").format(
            sql.SQL(", ").join(map(sql.Identifier, names)), sql.Identifier(self._schema, stream)
        )
        return [dict(zip(names, row, strict=True)) for row in connection.execute(query)]


@pytest.mark.parametrize(("name", "soft_delete"), [("cloud", False), ("datacenter", True)])
def test_the_tables_equal_the_site_each_morning(
    name: str, postgres: str, schema: str, tmp_path: Path, *, soft_delete: bool
) -> None:
    with Days(DEPLOYMENTS[name], seed=3, interval_hours=0, wanted="everything") as days:
        with psycopg.connect(postgres, autocommit=True) as connection:
            drop = sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(schema))
            connection.execute(drop)
        days.warehouse = PostgresWarehouse(postgres, schema, tmp_path, soft_delete=soft_delete)
        days.pass_days(DAYS)

        assert days.figures.checked > DAYS // 2
        assert days.figures.whole
