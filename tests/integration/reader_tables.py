"""Tables in PostgreSQL that runs are loaded into, with the views that tell who may read what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import sql

from tests.demo_site.datacenter.people import user_key
from tests.demo_site.readers import ANONYMOUS
from tests.integration.plugins import PROJECT, load
from tests.running import run_tap

if TYPE_CHECKING:
    from pathlib import Path

    import psycopg

    from tests.running import Json, Run

VIEWS = PROJECT / "docs" / "effective_readers.sql"
EVERYWHERE = (
    *("content_inventory", "child_pages", "page_restrictions", "blog_post_restrictions"),
    *("spaces", "space_permissions", "groups", "group_members", "users"),
)
ON_CLOUD = (
    *("folders", "whiteboards", "databases", "embeds"),
    *("folder_restrictions", "whiteboard_restrictions"),
    *("database_restrictions", "embed_restrictions"),
    *("space_roles", "space_role_assignments"),
)

Pairs = set[tuple[str, ...]]


class Tables:
    """A schema of PostgreSQL that runs are loaded into."""

    def __init__(self, url: str, schema: str, connection: psycopg.Connection, folder: Path) -> None:
        self.connection = connection
        self._url = url.replace("://", "+psycopg://", 1)
        self._schema = schema
        self._folder = folder
        self.empty()

    def empty(self) -> None:
        """Drop all tables."""
        names = {"schema": sql.Identifier(self._schema)}
        drop = sql.SQL("drop schema if exists {schema} cascade").format(**names)
        self.connection.execute(drop)
        self.connection.execute(sql.SQL("set search_path to {schema}").format(**names))

    def load(self, run: Run) -> None:
        """Load what a run wrote, and make the views."""
        settings = {"sqlalchemy_url": self._url, "default_target_schema": self._schema}
        load(run, "target-postgres", self._folder, **settings)
        self.execute(VIEWS.read_text())

    def execute(self, statement: str) -> None:
        """Execute SQL whose tables are in the schema."""
        self.connection.execute(statement.encode())

    def pairs(self, view: str) -> Pairs:
        """Return all rows of a view, each of which there is once."""
        query = sql.SQL("select * from {}").format(sql.Identifier(view))
        rows = self.connection.execute(query).fetchall()
        assert len(rows) == len(set(rows))
        return set(rows)


def read(settings: Json, state: Json | None = None, *, on_cloud: bool = True) -> Run:
    streams = (*EVERYWHERE, *(ON_CLOUD if on_cloud else ()))
    run = run_tap(settings, state, streams=streams)
    assert run.exit_status == 0, run.complaints
    return run


def out_of_reach(tables: Tables) -> set[str]:
    return {page for page, _ in tables.pairs("pages_out_of_reach")}


def as_on_data_center(pairs: set[tuple[str, str]]) -> Pairs:
    """Name accounts as Data Center does, by their keys; nobody's is that of everybody."""
    return {(content, who if who == ANONYMOUS else user_key(who)) for content, who in pairs}
