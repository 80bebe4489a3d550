"""`meltano run tap-confluence target-postgres dbt-postgres:build`, and the same for DuckDB."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.dbt.warehouses import PACKAGE, DuckDB, PostgreSQL
from tests.demo_site import DemoSite, Wiki
from tests.integration.plugins import INSTALLED, Meltano

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def site() -> Iterator[DemoSite]:
    with DemoSite(Wiki.plain(pages=12)) as site:
        yield site


@pytest.fixture
def project(meltano_command: str, tmp_path: Path) -> Meltano:
    """A Meltano project like this one, with the package."""
    for name in ("dbt-duckdb", "dbt-postgres"):
        if not (INSTALLED / "utilities" / name).exists():
            pytest.skip(f"{name} is not installed; `make dbt` does that")
    project = tmp_path / "project"
    project.mkdir()
    made = Meltano.in_folder(meltano_command, project)
    ignored = shutil.ignore_patterns("target", "logs")
    shutil.copytree(PACKAGE, project / PACKAGE.name, ignore=ignored)
    return made


def test_into_postgresql(project: Meltano, site: DemoSite, postgres: str, tmp_path: Path) -> None:
    warehouse = PostgreSQL(tmp_path, postgres)
    server = psycopg.conninfo.conninfo_to_dict(postgres)
    settings = {
        **sign_in(site),
        "TARGET_POSTGRES_HOST": str(server["host"]),
        "TARGET_POSTGRES_PORT": str(server.get("port", 5432)),
        "TARGET_POSTGRES_USER": str(server["user"]),
        "TARGET_POSTGRES_PASSWORD": str(server.get("password", "none")),
        "TARGET_POSTGRES_DATABASE": str(server["dbname"]),
        "TARGET_POSTGRES_DEFAULT_TARGET_SCHEMA": warehouse.schema,
    }
    if str(server["host"]).startswith("/"):
        # The loader takes no folder of a socket for a host.
        settings["TARGET_POSTGRES_SQLALCHEMY_URL"] = postgres.replace("://", "+psycopg://", 1)
    try:
        project.run("tap-confluence", "target-postgres", "dbt-postgres:build", settings=settings)
        assert pages_in(warehouse) == {page.id for page in site.wiki.pages}
    finally:
        warehouse.drop()


def test_into_duckdb(project: Meltano, site: DemoSite, tmp_path: Path) -> None:
    warehouse = DuckDB(tmp_path)
    settings = {**sign_in(site), "TARGET_DUCKDB_FILEPATH": str(warehouse.path)}

    project.run("tap-confluence", "target-duckdb", "dbt-duckdb:build", settings=settings)

    assert pages_in(warehouse) == {page.id for page in site.wiki.pages}


def pages_in(warehouse: DuckDB | PostgreSQL) -> set[str]:
    rows = warehouse.query("select page_id from confluence__pages where type = 'page'")
    return {page for (page,) in rows}


def sign_in(site: DemoSite) -> dict[str, str]:
    return {
        "TAP_CONFLUENCE_BASE_URL": site.base_url,
        "TAP_CONFLUENCE_EMAIL": site.email,
        "TAP_CONFLUENCE_API_TOKEN": site.api_token,
        "TAP_CONFLUENCE_ANCHOR_DATE": "2000-01-01",
    }
