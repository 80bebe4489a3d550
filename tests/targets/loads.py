"""What is loaded by a target, and how its rows are read back."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from collections import defaultdict
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import duckdb
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import requests
from psycopg import sql
from psycopg.rows import dict_row

from tests.integration.plugins import LONGEST_RUN, environment

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tests.running import Json, Run
    from tests.targets.environments import Program

    Rows = dict[str, list[Json]]

BUCKET = "lake"
S3_NAMES = {"s3": "http://s3.amazonaws.com/doc/2006-03-01/"}


def load(
    program: Program, config: Json, run: Run, folder: Path
) -> subprocess.CompletedProcess[str]:
    """Pipe what the tap wrote into a target."""
    path = folder / "target.json"
    path.write_text(json.dumps(config))
    return subprocess.run(  # noqa: S603 - the command is ours
        [program.command(), "--config", str(path)],
        capture_output=True,
        check=False,
        cwd=folder,
        env=environment({}),
        input=run.stdout,
        text=True,
        timeout=LONGEST_RUN,
    )


def rows_of_postgres(url: str, schema: str) -> Rows:
    """Return all rows of all tables of a schema, with the names of columns in lower case."""
    listing = "select table_name from information_schema.tables where table_schema = %s"
    with psycopg.connect(url, row_factory=dict_row) as connection:
        tables = [row["table_name"] for row in connection.execute(listing, (schema,))]
        select = sql.SQL("select * from {}")
        return {
            name: lowered(connection.execute(select.format(sql.Identifier(schema, name))))
            for name in tables
        }


def rows_of_duckdb(path: Path) -> Rows:
    """Return all rows of all tables of a file."""
    with duckdb.connect(str(path), read_only=True) as connection:
        tables = [
            name for (name,) in connection.sql("select table_name from duckdb_tables()").fetchall()
        ]
        found: Rows = {}
        for name in tables:
            result = connection.sql(f'select * from "{name}"')  # noqa: S608
            found[name] = lowered(
                dict(zip(result.columns, row, strict=True)) for row in result.fetchall()
            )
        return found


def rows_of_jsonl(folder: Path) -> Rows:
    """Return what is in files of JSON lines, one for a stream."""
    return {
        path.name.partition(".")[0]: lowered(map(json.loads, path.read_text().splitlines()))
        for path in folder.glob("*.jsonl")
    }


def rows_of_csv(folder: Path) -> Rows:
    """Return what is in files of comma-separated values, one for a stream."""
    csv.field_size_limit(1 << 30)
    found: Rows = {}
    for path in folder.glob("*.csv"):
        with path.open(newline="") as file:
            found[path.stem] = lowered(csv.DictReader(file))
    return found


def rows_of_bucket(endpoint: str) -> Rows:
    """Return what is in Parquet files in a bucket, in folders named after the streams."""
    found: defaultdict[str, list[Json]] = defaultdict(list)
    for key in _keys(endpoint):
        answer = requests.get(f"{endpoint}/{BUCKET}/{key}", timeout=LONGEST_RUN)
        answer.raise_for_status()
        file = io.BytesIO(answer.content)
        plain = [each.name for each in pq.read_schema(file) if not pa.types.is_temporal(each.type)]
        table = pq.read_table(file, columns=plain)
        found[key.split("/")[1]] += lowered(table.to_pylist())
    return dict(found)


def _keys(endpoint: str) -> Iterable[str]:
    answer = requests.get(f"{endpoint}/{BUCKET}?list-type=2", timeout=LONGEST_RUN)
    answer.raise_for_status()
    listing = ET.fromstring(answer.content)  # noqa: S314 - from a server of our own
    assert listing.findtext("s3:IsTruncated", namespaces=S3_NAMES) == "false"
    for key in listing.iterfind("s3:Contents/s3:Key", S3_NAMES):
        assert key.text is not None
        yield key.text


def lowered(rows: Iterable[Any]) -> list[Json]:
    """Return rows with the names of columns in lower case: targets differ in that."""
    return [{name.lower(): value for name, value in row.items()} for row in rows]
