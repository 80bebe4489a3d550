from __future__ import annotations

import gzip
import json
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest

from tests.demo_site import Wiki
from tests.running import run_tap, truth_by_default

if TYPE_CHECKING:
    from tests.demo_site import DemoSite


@pytest.fixture
def wiki() -> Wiki:
    return Wiki.seeded(pages=12, seed=7)


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path) as lines:
        return [json.loads(line) for line in lines]


def read_parquet(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return rows


@pytest.mark.parametrize(("kind", "read"), [("jsonl", read_jsonl), ("parquet", read_parquet)])
def test_batch_files_hold_every_record_whole(
    kind: str, read: Any, site: DemoSite, config: dict[str, Any], tmp_path: Path
) -> None:
    batch_config = {
        "encoding": {"format": kind, "compression": "gzip"},
        "storage": {"root": tmp_path.as_uri(), "prefix": "batch-"},
        "batch_size": 50,
    }

    run = run_tap({**config, "batch_config": batch_config})

    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for message in run.messages:
        if message["type"] == "BATCH":
            for url in message["manifest"]:
                rows[message["stream"]] += read(Path(url.removeprefix("file://")))
    truth = truth_by_default(site)
    keys = {m["stream"]: m["key_properties"] for m in run.messages if m["type"] == "SCHEMA"}
    assert {
        stream: {tuple(row[key] for key in keys[stream]) for row in found}
        for stream, found in rows.items()
    } == {stream: set(found) for stream, found in truth.items() if found}
    replies = {row["id"] for row in rows["page_footer_comments"] if row.get("parentCommentId")}
    assert replies, "a field that the first row of a file lacks must not be lost"
