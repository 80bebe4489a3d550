"""Piped into the loaders that need no server, with the settings that `meltano.yml` gives them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb
import pytest

from tap_confluence.cloud import STREAMS
from tests.demo_site import DemoSite, Wiki
from tests.integration.plugins import load
from tests.running import run_tap, settings_of, truth_by_default

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.demo_site.wiki import Keys
    from tests.running import Json, Key, Run

KEYS = {stream.name: stream.primary_keys for stream in STREAMS}

pytestmark = pytest.mark.usefixtures("meltano_command")


def keys_in_duckdb(path: Path, stream: str) -> list[Key]:
    columns = ", ".join(f'"{key}"' for key in KEYS[stream])
    with duckdb.connect(str(path), read_only=True) as database:
        return database.sql(f'select {columns} from "{stream}"').fetchall()  # noqa: S608


def keys_in_jsonl(path: Path, stream: str) -> list[Key]:
    rows: list[Json] = [json.loads(line) for line in path.read_text().splitlines()]
    return [tuple(row[key] for key in KEYS[stream]) for row in rows]


@dataclass(frozen=True)
class First:
    """The first run against a site, and what the site held at that time."""

    site: DemoSite
    run: Run
    truth: dict[str, Keys]


@pytest.fixture(scope="module")
def first() -> Iterator[First]:
    with DemoSite(Wiki.seeded(pages=40, seed=7)) as site:
        yield First(site, run_tap(settings_of(site)), truth_by_default(site))


def test_duckdb_loses_no_row(first: First, tmp_path: Path) -> None:
    database = tmp_path / "warehouse.duckdb"

    load(first.run, "target-duckdb", tmp_path, filepath=str(database))

    for stream, truth in first.truth.items():
        keys = keys_in_duckdb(database, stream)
        assert len(keys) == len(truth), stream
        assert set(keys) == truth, stream


def test_duckdb_loses_no_row_of_a_batch_of_one(first: First, tmp_path: Path) -> None:
    database = tmp_path / "warehouse.duckdb"
    streams = ("pages", "page_footer_comments")
    run = run_tap(settings_of(first.site), streams=streams)
    load(run, "target-duckdb", tmp_path, filepath=str(database))
    page = first.site.wiki.add_page(title="id")
    comment = first.site.wiki.add_footer_comment(page_id=page)

    second = run_tap(settings_of(first.site), run.state, streams=streams)
    load(second, "target-duckdb", tmp_path, filepath=str(database))

    assert (page,) in keys_in_duckdb(database, "pages")
    assert (comment,) in keys_in_duckdb(database, "page_footer_comments")


def test_jsonl_loses_no_row(first: First, tmp_path: Path) -> None:
    load(first.run, "target-jsonl", tmp_path, destination_path=str(tmp_path))

    for stream, truth in first.truth.items():
        keys = keys_in_jsonl(tmp_path / f"{stream}.jsonl", stream)
        assert len(keys) == len(truth), stream
        assert set(keys) == truth, stream
