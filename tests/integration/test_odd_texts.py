"""What few would type, and what is large, arrives in the databases."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import duckdb
import psycopg
import pytest
from psycopg import sql

from tests.demo_site import DemoSite, Wiki
from tests.integration.plugins import load
from tests.running import only, run_tap, settings_of

if TYPE_CHECKING:
    from pathlib import Path

ODD = "Half \ud800, null \x00, control \x01"
CLEAN = "Half \ufffd, null , control \x01"
LARGE = 5_000_000
"""Bytes of a body; DuckDB takes 2 MB for the most that a line of a CSV file may have."""

pytestmark = pytest.mark.usefixtures("meltano_command")


def test_postgres_takes_what_few_would_type(postgres: str, schema: str, tmp_path: Path) -> None:
    wiki = Wiki.seeded(pages=12, seed=7)
    page = wiki.add_page(title=ODD)
    wiki.set_body(page, f"<p>{ODD} &#0;</p>")
    wiki.set_property(page, "odd", {ODD: [ODD, "NaN"]})
    with DemoSite(wiki) as site:
        site.faults.spelling = "no-numbers"
        streams = only("pages", "page_content_properties")
        run = run_tap(settings_of(site, body_text=True), catalog=streams)
    url = postgres.replace("://", "+psycopg://", 1)

    load(run, "target-postgres", tmp_path, sqlalchemy_url=url, default_target_schema=schema)

    query = """
        select title, body -> 'storage' ->> 'value', value
        from pages join page_content_properties on "pageId" = pages.id
        where pages.id = %s and key = 'odd'
    """
    with psycopg.connect(postgres) as connection:
        connection.execute(sql.SQL("set search_path to {}").format(sql.Identifier(schema)))
        [(title, body, value)] = connection.execute(query, (page,)).fetchall()
    assert title == CLEAN
    assert body == f"<p>{CLEAN} &#0;</p>"
    assert json.loads(value) == {CLEAN: [CLEAN, None]}


def test_a_body_of_five_megabytes_is_loaded_by_default(tmp_path: Path) -> None:
    wiki = Wiki.seeded(pages=12, seed=7)
    page = wiki.add_page()
    body = '<p class="x">\\ "quoted"\n</p>'
    body *= LARGE // len(body) + 1
    wiki.set_body(page, body)
    database = tmp_path / "warehouse.duckdb"
    with DemoSite(wiki) as site:
        run = run_tap(settings_of(site), catalog=only("pages"))

    load(run, "target-duckdb", tmp_path, filepath=str(database))

    with duckdb.connect(str(database), read_only=True) as connection:
        query = "select body ->> '$.storage.value' from pages where id = ?"
        assert connection.execute(query, (page,)).fetchall() == [(body,)]
