"""What each target makes of all streams, with the settings that the documents give it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from psycopg.conninfo import conninfo_to_dict

from tap_confluence.cloud import STREAMS
from tests.docs.documents import PROJECT
from tests.targets import environments as targets
from tests.targets.environments import TRIED
from tests.targets.loads import (
    load,
    rows_of_bucket,
    rows_of_csv,
    rows_of_duckdb,
    rows_of_jsonl,
    rows_of_postgres,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tests.demo_site import Wiki
    from tests.demo_site.wiki import Keys
    from tests.running import Json
    from tests.targets.conftest import Site
    from tests.targets.loads import Rows

pytestmark = pytest.mark.targets

KEYS = {stream.name: [key.lower() for key in stream.primary_keys] for stream in STREAMS}
DELETED = "_sdc_deleted_at"


def postgres_config(url: str, schema: str, **more: Any) -> Json:
    url = url.replace("://", "+psycopg://", 1)
    return {"sqlalchemy_url": url, "default_target_schema": schema, **more}


def pipelinewise_config(url: str, schema: str, **more: Any) -> Json:
    told = conninfo_to_dict(url)
    return {
        "host": told["host"],
        "port": int(told.get("port") or 5432),
        "user": told["user"],
        "password": told.get("password") or "none",
        "dbname": told["dbname"],
        "default_target_schema": schema,
        **more,
    }


def s3_config(endpoint: str, **more: Any) -> Json:
    aws = {
        "aws_access_key_id": "key",
        "aws_secret_access_key": "secret",
        "aws_region": "us-east-1",
        "aws_bucket": "lake",
        "aws_endpoint_override": endpoint,
    }
    return {
        "format": {"format_type": "parquet", "format_parquet": {}},
        "cloud_provider": {"cloud_provider_type": "aws", "aws": aws},
        "prefix": "confluence",
        **more,
    }


def assert_holds(rows: Rows, truth: dict[str, Keys], wiki: Wiki) -> None:
    """Compare the keys of all tables with the site, and what pages and comments say."""
    for stream, expected in truth.items():
        found = [tuple(str(row[key]) for key in KEYS[stream]) for row in rows.get(stream, [])]
        assert len(found) == len(set(found)), stream
        assert set(found) == {tuple(map(str, key)) for key in expected}, stream
    pages = {(page.id, page.title, page.status) for page in wiki.pages}
    assert {(r["id"], r["title"], r["status"]) for r in rows["pages"]} == pages
    labels = {(str(label.num), label.name) for label in wiki.labels}
    assert {(str(r["id"]), r["name"]) for r in rows["labels"]} <= labels


def kept(rows: Rows) -> Rows:
    """Return the rows that are not marked as deleted."""
    return {name: [row for row in some if row.get(DELETED) is None] for name, some in rows.items()}


def lose_a_page(site: Site) -> str:
    return site.site.wiki.purge_page()


def ids(rows: Iterable[Json]) -> set[str]:
    return {row["id"] for row in rows}


def test_postgres_deletes_what_is_gone(
    changing: Site, postgres: str, schema: str, tmp_path: Path
) -> None:
    config = postgres_config(postgres, schema, hard_delete=True, activate_version=True)
    done = load(targets.POSTGRES, config, changing.run(flat=False), tmp_path)
    assert done.returncode == 0, done.stderr[-2000:]
    assert_holds(rows_of_postgres(postgres, schema), changing.truth, changing.site.wiki)
    gone = lose_a_page(changing)

    done = load(targets.POSTGRES, config, changing.next_run(flat=False), tmp_path)

    assert done.returncode == 0, done.stderr[-2000:]
    pages = rows_of_postgres(postgres, schema)["pages"]
    assert ids(pages) == {id_ for (id_,) in changing.site.truth()["pages"]}
    assert gone not in ids(pages)


def test_postgres_marks_what_is_gone_if_the_tap_flattens(
    changing: Site, postgres: str, schema: str, tmp_path: Path
) -> None:
    config = postgres_config(postgres, schema, hard_delete=False, activate_version=True)
    done = load(targets.POSTGRES, config, changing.run(flat=True), tmp_path)
    assert done.returncode == 0, done.stderr[-2000:]
    assert_holds(rows_of_postgres(postgres, schema), changing.truth, changing.site.wiki)
    gone = lose_a_page(changing)

    done = load(targets.POSTGRES, config, changing.next_run(flat=True), tmp_path)

    assert done.returncode == 0, done.stderr[-2000:]
    rows = rows_of_postgres(postgres, schema)
    assert ids(kept(rows)["pages"]) == {id_ for (id_,) in changing.site.truth()["pages"]}
    assert ids(rows["pages"]) - ids(kept(rows)["pages"]) == {gone}


def test_postgres_cannot_mark_rows_that_have_a_column_version(
    whole: Site, postgres: str, schema: str, tmp_path: Path
) -> None:
    config = postgres_config(postgres, schema, hard_delete=False, activate_version=True)

    done = load(targets.POSTGRES, config, whole.run(flat=False), tmp_path)

    assert done.returncode == 1
    assert "bindparam() name 'version' is reserved" in done.stderr


def test_pipelinewise_takes_all_streams(
    whole: Site, postgres: str, schema: str, tmp_path: Path
) -> None:
    config = pipelinewise_config(postgres, schema)

    done = load(targets.PIPELINEWISE, config, whole.run(flat=False), tmp_path)

    assert done.returncode == 0, done.stderr[-2000:]
    assert_holds(rows_of_postgres(postgres, schema), whole.truth, whole.site.wiki)


def test_duckdb_takes_all_streams(whole: Site, tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    config = {
        "filepath": str(path),
        "default_target_schema": "main",
        "add_metadata_columns": True,
    }

    done = load(targets.DUCKDB, config, whole.run(flat=False), tmp_path)

    assert done.returncode == 0, done.stderr[-2000:]
    assert_holds(rows_of_duckdb(path), whole.truth, whole.site.wiki)


def test_duckdb_fails_without_a_column_beside_the_keys(whole: Site, tmp_path: Path) -> None:
    config = {"filepath": str(tmp_path / "w.duckdb"), "default_target_schema": "main"}

    done = load(targets.DUCKDB, config, whole.run(flat=False), tmp_path)

    assert done.returncode == 1
    assert "_likes" in done.stderr
    assert "SET  FROM" in done.stderr


def test_jsonl_takes_all_streams(whole: Site, tmp_path: Path) -> None:
    folder = tmp_path / "rows"
    folder.mkdir()
    config = {"destination_path": str(folder), "do_timestamp_file": False}

    done = load(targets.JSONL, config, whole.run(flat=False), tmp_path)

    assert done.returncode == 0, done.stderr[-2000:]
    assert_holds(rows_of_jsonl(folder), whole.truth, whole.site.wiki)


def test_csv_takes_all_streams(whole: Site, tmp_path: Path) -> None:
    folder = tmp_path / "rows"
    folder.mkdir()

    done = load(targets.CSV, {"output_path": str(folder)}, whole.run(flat=True), tmp_path)

    assert done.returncode == 0, done.stderr[-2000:]
    assert_holds(rows_of_csv(folder), whole.truth, whole.site.wiki)


def test_s3_takes_all_streams_as_parquet_if_the_tap_flattens(
    whole: Site, s3: str, tmp_path: Path
) -> None:
    done = load(targets.S3, s3_config(s3), whole.run(flat=True), tmp_path)

    assert done.returncode == 0, done.stderr[-2000:]
    assert_holds(rows_of_bucket(s3), whole.truth, whole.site.wiki)


def test_s3_does_not_take_values_of_any_type_as_parquet(
    whole: Site, s3: str, tmp_path: Path
) -> None:
    config = s3_config(s3, prefix="as-it-is")

    done = load(targets.S3, config, whole.run(flat=False), tmp_path)

    assert done.returncode == 1
    assert "ArrowTypeError" in done.stderr


def test_postgres_need_not_look_for_null_characters(
    changing: Site, postgres: str, schema: str, tmp_path: Path
) -> None:
    wiki = changing.site.wiki
    page = next(page.id for page in wiki.pages if page.status == "current")
    wiki.set_property(page, "deep", {"a": [{"b\0": ["c\0d"]}]})
    run = changing.run(flat=False)
    config = postgres_config(postgres, schema, hard_delete=True, activate_version=True)

    done = load(targets.POSTGRES, config, run, tmp_path)

    assert done.returncode == 0, done.stderr[-2000:]
    [row] = [
        row
        for row in rows_of_postgres(postgres, schema)["page_content_properties"]
        if row["key"] == "deep"
    ]
    assert json.loads(row["value"]) == {"a": [{"b": ["cd"]}]}


def test_the_documents_name_what_is_tried() -> None:
    table = (PROJECT / "docs" / "targets.md").read_text()

    for program in (*TRIED, targets.SNOWFLAKE, targets.BIGQUERY):
        assert f"| `{program.name}` | {program.version} |" in table, program


@pytest.mark.parametrize(
    ("program", "config"),
    [
        (targets.SNOWFLAKE, {"account": "a", "user": "u", "password": "p", "database": "d"}),
        (
            targets.BIGQUERY,
            {"project": "p", "dataset": "d", "credentials_json": json.dumps({"type": "x"})},
        ),
    ],
    ids=["snowflake", "bigquery"],
)
def test_what_needs_an_account_elsewhere_knows_the_settings_of_the_documents(
    program: targets.Program, config: Json
) -> None:
    about = program.about()

    assert {*config} <= {*about["settings"]["properties"]}
    text = (PROJECT / "docs" / "targets.md").read_text()
    assert all(f"`{name}`" in text for name in config)
