"""From a site into PostgreSQL, by Meltano."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg import sql

from tap_confluence.cloud import STREAMS
from tests.demo_site import DemoSite, Wiki

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integration.plugins import Meltano

Rows = list[tuple[Any, ...]]
KEYS = {s.name: s.primary_keys for s in STREAMS if s.selected_by_default}

pytestmark = pytest.mark.usefixtures("loaded")


@dataclass(frozen=True)
class Warehouse:
    """What the loader made of the site in PostgreSQL."""

    connection: psycopg.Connection
    schema: str

    def rows(self, table: str, *columns: str) -> Rows:
        """Return columns of all rows."""
        query = sql.SQL("select {} from {}").format(
            sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier(self.schema, table)
        )
        return self.connection.execute(query).fetchall()

    def columns(self, table: str) -> dict[str, str]:
        """Return the type of each column."""
        query = """
            select column_name, data_type from information_schema.columns
            where table_schema = %s and table_name = %s
        """
        return dict(self.connection.execute(query, (self.schema, table)).fetchall())

    def content(self) -> dict[str, Rows]:
        """Return all rows of all tables, as the site has them."""
        return {
            table: sorted(
                self.rows(table, *(c for c in self.columns(table) if not c.startswith("_sdc_"))),
                key=str,
            )
            for table in KEYS
        }

    def execute(self, statement: str) -> None:
        """Execute SQL whose tables are in the schema."""
        self.connection.execute(
            sql.SQL("set search_path to {}").format(sql.Identifier(self.schema))
        )
        self.connection.execute(statement.encode())


@dataclass(frozen=True)
class Job:
    """A site, a database, and what brings one into the other."""

    site: DemoSite
    warehouse: Warehouse
    meltano: Meltano
    settings: dict[str, str]

    def run(self) -> None:
        """Run it."""
        self.meltano.run("tap-confluence", "target-postgres", settings=self.settings)


@pytest.fixture(scope="module")
def loaded(meltano: Meltano, postgres: str, schema: str) -> Iterator[Job]:
    """A job that has run once."""
    with (
        DemoSite(Wiki.seeded(pages=80, seed=5)) as site,
        psycopg.connect(postgres, autocommit=True) as connection,
    ):
        settings = {
            "TAP_CONFLUENCE_BASE_URL": site.base_url,
            "TAP_CONFLUENCE_EMAIL": site.email,
            "TAP_CONFLUENCE_API_TOKEN": site.api_token,
            "TAP_CONFLUENCE_ANCHOR_DATE": "2000-01-01",
            "TAP_CONFLUENCE_REQUESTS_PER_SECOND": "1000.5",
            "TARGET_POSTGRES_SQLALCHEMY_URL": postgres.replace("://", "+psycopg://", 1),
            "TARGET_POSTGRES_DEFAULT_TARGET_SCHEMA": schema,
        }
        job = Job(site, Warehouse(connection, schema), meltano, settings)
        job.run()
        yield job


@pytest.fixture
def warehouse(loaded: Job) -> Warehouse:
    return loaded.warehouse


@pytest.mark.parametrize("stream", KEYS)
def test_each_item_of_the_site_is_one_row(loaded: Job, stream: str) -> None:
    keys = loaded.warehouse.rows(stream, *KEYS[stream])

    assert len(keys) == len(loaded.site.truth()[stream])
    assert set(keys) == loaded.site.truth()[stream]


def test_time_stamps_are_time_stamps(warehouse: Warehouse) -> None:
    assert {
        table: warehouse.columns(table)[column].split()[0]
        for table, column in {
            "spaces": "createdAt",
            "pages": "modifiedAt",
            "blog_posts": "createdAt",
            "page_versions": "createdAt",
            "page_footer_comments": "modifiedAt",
            "attachments": "createdAt",
            "tasks": "dueAt",
        }.items()
    } == dict.fromkeys(
        [
            "spaces",
            "pages",
            "blog_posts",
            "page_versions",
            "page_footer_comments",
            "attachments",
            "tasks",
        ],
        "timestamp",
    )


def test_flags_are_booleans(warehouse: Warehouse) -> None:
    assert warehouse.columns("page_versions")["minorEdit"] == "boolean"
    assert {flag for (flag,) in warehouse.rows("page_versions", "minorEdit")} == {True, False}


def test_numbers_are_numbers(warehouse: Warehouse) -> None:
    assert warehouse.columns("page_versions")["number"] == "bigint"
    assert warehouse.columns("attachments")["fileSize"] == "bigint"


def test_what_has_parts_is_json(warehouse: Warehouse) -> None:
    assert warehouse.columns("pages")["version"] == "jsonb"
    assert warehouse.columns("pages")["body"] == "jsonb"


def test_a_second_run_changes_nothing(loaded: Job) -> None:
    before = loaded.warehouse.content()

    loaded.run()

    assert loaded.warehouse.content() == before
    assert all(
        deleted is None
        for table in KEYS
        for (deleted,) in loaded.warehouse.rows(table, "_sdc_deleted_at")
    )
