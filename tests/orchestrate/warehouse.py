"""What a load has left in PostgreSQL: rows in tables, and states in Meltano's database."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

if TYPE_CHECKING:
    import psycopg

    Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Schema:
    """A schema in PostgreSQL."""

    connection: psycopg.Connection
    name: str

    def content(self) -> dict[str, Rows]:
        """Return all rows of what a loader has made, without the columns that it adds."""
        query = """
            select table_name, array_agg(column_name::text order by ordinal_position)
            from information_schema.columns
            where table_schema = %s and column_name not like '\\_sdc\\_%%'
            and table_name not like '%%confluence\\_%%'
            group by table_name
        """
        tables = self.connection.execute(query, (self.name,)).fetchall()
        return {table: sorted(self.rows(table, *columns), key=str) for table, columns in tables}

    def rows(self, table: str, *columns: str) -> Rows:
        """Return columns of all rows of a table."""
        query = sql.SQL("select {} from {}").format(
            sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier(self.name, table)
        )
        return self.connection.execute(query).fetchall()


@dataclass(frozen=True)
class States:
    """The states that Meltano keeps."""

    schema: Schema

    def ids(self) -> set[str]:
        """Return their ids."""
        return {state_id for (state_id,) in self.schema.rows("state", "state_id")}

    def bookmarks(self, suffix: str) -> dict[str, Any]:
        """Return the bookmark of each stream, also while a load is under way.

        Args:
            suffix: How the id of its state ends.
        """
        rows = self.schema.rows("state", "state_id", "completed_state")
        [state] = [state for state_id, state in rows if state_id.endswith(f":{suffix}")] or ["{}"]
        bookmarks: dict[str, Any] = json.loads(state).get("singer_state", {}).get("bookmarks", {})
        return bookmarks


def settings_of(database: str, schema: str, states: str) -> dict[str, str]:
    """Return the variables that tell where the loader and dbt write, and Meltano keeps states.

    Args:
        database: The address of the database.
        schema: The schema for the tables.
        states: The schema for the states.
    """
    url = database.replace("://", "+psycopg://", 1)
    separator = "&" if "?" in url else "?"
    server = conninfo_to_dict(database)
    return {
        "TARGET_POSTGRES_SQLALCHEMY_URL": url,
        # dbt takes these.
        "TARGET_POSTGRES_HOST": str(server["host"]),
        "TARGET_POSTGRES_PORT": str(server.get("port", 5432)),
        "TARGET_POSTGRES_USER": str(server["user"]),
        "TARGET_POSTGRES_PASSWORD": str(server.get("password", "none")),
        "TARGET_POSTGRES_DATABASE": str(server["dbname"]),
        "TARGET_POSTGRES_DEFAULT_TARGET_SCHEMA": schema,
        "MELTANO_DATABASE_URI": f"{url}{separator}options=-csearch_path%3D{states}",
    }
