"""BATCH messages: one file of a stream for each batch, as its manifest says that it is."""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest

from tests.datacenter.runs import settings_of as data_center_settings
from tests.demo_site import DataCenterSite, DemoSite, Wiki
from tests.forked import run_forked
from tests.running import (
    everything,
    only,
    run_tap,
    settings_of,
    truth_by_default,
)

if TYPE_CHECKING:
    from tests.running import Json, Run

Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture
def wiki() -> Wiki:
    return Wiki.seeded(pages=12, seed=7)


def batches(
    root: Path, kind: str = "jsonl", compression: str | None = "gzip", **more: Any
) -> dict[str, Json]:
    """Return the setting that has batches written to a folder."""
    encoding = {"format": kind, **({} if compression is None else {"compression": compression})}
    storage = {"root": root.as_uri(), "prefix": more.pop("prefix", "batch-")}
    return {"batch_config": {"encoding": encoding, "storage": storage, **more}}


def read_file(path: Path, encoding: Json) -> list[dict[str, Any]]:
    """Read a file by what its manifest says of it, and by nothing else."""
    if encoding["format"] == "parquet":
        rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
        return rows
    content = path.read_bytes()
    if encoding.get("compression") == "gzip":
        content = gzip.decompress(content)
    return [json.loads(line) for line in content.splitlines()]


def rows_of(run: Run) -> Rows:
    """Return the rows of each stream in the files that the messages name."""
    rows: Rows = defaultdict(list)
    for message in run.messages:
        assert message["type"] != "RECORD"
        if message["type"] == "BATCH":
            for url in message["manifest"]:
                path = Path(url.removeprefix("file://"))
                rows[message["stream"]] += read_file(path, message["encoding"])
    return dict(rows)


def keys_of(run: Run, rows: Rows) -> dict[str, list[tuple[Any, ...]]]:
    keys = {m["stream"]: m["key_properties"] for m in run.messages if m["type"] == "SCHEMA"}
    return {
        stream: [tuple(row[key] for key in keys[stream]) for row in found]
        for stream, found in rows.items()
    }


@pytest.mark.each_value
@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
@pytest.mark.parametrize("compression", ["gzip", "none", None])
def test_batch_files_hold_every_record_whole(
    kind: str, compression: str | None, site: DemoSite, config: dict[str, Any], tmp_path: Path
) -> None:
    run = run_tap({**config, **batches(tmp_path, kind, compression, batch_size=50)})

    assert run.exit_status == 0, run.complaints
    rows = rows_of(run)
    truth = truth_by_default(site)
    found = keys_of(run, rows)
    assert {stream: set(keys) for stream, keys in found.items()} == {
        stream: set(keys) for stream, keys in truth.items() if keys
    }
    assert all(len(keys) == len(set(keys)) for keys in found.values())
    replies = {row["id"] for row in rows["page_footer_comments"] if row.get("parentCommentId")}
    assert replies, "a field that the first row of a file lacks must not be lost"


@pytest.mark.parametrize("compression", ["gzip", "none", None])
def test_a_file_of_parquet_is_compressed_as_its_manifest_says(
    config: dict[str, Any], tmp_path: Path, compression: str | None
) -> None:
    run_tap({**config, **batches(tmp_path, "parquet", compression)}, streams=("pages",))

    [path] = tmp_path.iterdir()
    written = pq.ParquetFile(path).metadata.row_group(0).column(0).compression
    assert written == ("GZIP" if compression == "gzip" else "UNCOMPRESSED")


@pytest.mark.parametrize("deployment", ["cloud", "datacenter"])
def test_there_is_one_file_of_a_stream_for_each_batch(
    wiki: Wiki, tmp_path: Path, deployment: str
) -> None:
    site = DemoSite(wiki) if deployment == "cloud" else DataCenterSite(wiki)
    with site:
        config = settings_of(site) if isinstance(site, DemoSite) else data_center_settings(site)
        plain = run_tap(config, catalog=everything())
        run = run_tap({**config, **batches(tmp_path)}, catalog=everything())

    rows = rows_of(run)
    assert {stream: len(found) for stream, found in rows.items()} == {
        stream: len(found) for stream, found in plain.records.items()
    }
    of_two_lists = {"tasks"} if deployment == "datacenter" else set()
    names = [m["stream"] for m in run.messages if m["type"] == "BATCH"]
    assert {name for name in names if names.count(name) > 1} <= of_two_lists
    assert len(list(tmp_path.iterdir())) == len(names)
    assert run.state["bookmarks"].keys() == plain.state["bookmarks"].keys()


def test_a_batch_has_as_many_records_as_the_settings_say(
    site: DemoSite, config: dict[str, Any], tmp_path: Path
) -> None:
    run = run_tap({**config, **batches(tmp_path, batch_size=5)}, streams=("pages", "page_versions"))

    sizes: dict[str, list[int]] = defaultdict(list)
    for message in run.messages:
        if message["type"] == "BATCH":
            [url] = message["manifest"]
            rows = read_file(Path(url.removeprefix("file://")), message["encoding"])
            sizes[message["stream"]].append(len(rows))
    assert sum(sizes["pages"]) == len(site.truth()["pages"])
    assert sizes["pages"][:-1] == [5] * (len(sizes["pages"]) - 1)
    assert max(sizes["page_versions"]) <= 5


def test_no_state_claims_what_no_file_has(config: dict[str, Any], tmp_path: Path) -> None:
    run = run_tap({**config, **batches(tmp_path, batch_size=4)}, streams=("pages", "page_versions"))

    written: set[tuple[str, Any]] = set()
    claimed = 0
    modified = {page["id"]: page["modifiedAt"] for page in rows_of(run)["pages"]}
    versions = {(row["pageId"], row["number"]): row for row in rows_of(run)["page_versions"]}
    for message in run.messages:
        if message["type"] == "BATCH":
            [url] = message["manifest"]
            for row in read_file(Path(url.removeprefix("file://")), message["encoding"]):
                key = row["id"] if message["stream"] == "pages" else (row["pageId"], row["number"])
                written.add((message["stream"], key))
        elif message["type"] == "STATE":
            for stream, entry in message["value"]["bookmarks"].items():
                bookmark = entry.get("replication_key_value", "")
                dates = (
                    modified if stream == "pages" else {key: modified[key[0]] for key in versions}
                )
                due = {(stream, key) for key, date in dates.items() if date <= bookmark}
                claimed += bool(due)
                assert due <= written
    assert claimed > 3


def test_columns_that_are_not_selected_and_stream_maps_hold_for_files(
    site: DemoSite, config: dict[str, Any], tmp_path: Path
) -> None:
    catalog = only("pages")
    [entry] = [each for each in catalog["streams"] if each["tap_stream_id"] == "pages"]
    for metadata in entry["metadata"]:
        if metadata["breadcrumb"] == ["properties", "title"]:
            metadata["metadata"]["selected"] = False
    maps = {"stream_maps": {"pages": {"__alias__": "articles", "hashed": "md5(id)"}}}

    run = run_tap({**config, **batches(tmp_path), **maps}, catalog=catalog)

    rows = rows_of(run)
    assert set(rows) == {"articles"} == {schema["stream"] for schema in run.schemas}
    assert {row["id"] for row in rows["articles"]} == {key[0] for key in site.truth()["pages"]}
    assert not any("title" in row for row in rows["articles"])
    assert all(len(row["hashed"]) == 32 for row in rows["articles"])


def test_a_prefix_may_lead_into_a_folder(config: dict[str, Any], tmp_path: Path) -> None:
    run = run_tap({**config, **batches(tmp_path, prefix="2024/first-")}, streams=("pages",))

    assert run.exit_status == 0
    [path] = (tmp_path / "2024").iterdir()
    assert path.name.startswith("first-")


def test_a_run_that_stops_amid_a_batch_has_written_what_its_state_claims(
    site: DemoSite, config: dict[str, Any], tmp_path: Path
) -> None:
    config |= {"max_retries": 0, "max_concurrency": 1}
    streams = ("pages", "page_versions")
    site.faults.before_request = lambda count, _: (
        site.faults.fail_next(1000, "500", "/api/v2/") if count == 9 else None
    )
    stopped = run_tap({**config, **batches(tmp_path)}, streams=streams)
    site.faults.clear()

    rest = run_tap({**config, **batches(tmp_path)}, stopped.state, only(*streams))

    assert stopped.exit_status == 1
    found = [keys_of(run, rows_of(run)) for run in (stopped, rest)]
    for stream in streams:
        assert {key for each in found for key in each.get(stream, [])} == site.truth()[stream]


def test_a_file_that_cannot_be_written_is_one_line_and_no_state(
    site: DemoSite, config: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "in the way").write_text("")
    setting = batches(tmp_path, prefix="in the way/")

    run = run_forked({**config, **setting}, catalog=only("pages"))

    assert run.exit_status == 1
    assert "Traceback" not in run.stderr
    [complaint] = run.complaints
    assert "Cannot write" in complaint
    assert "'batch_config'" in complaint
    assert not any(state.get("bookmarks", {}).get("pages") for state in run.states)
    assert site.requests
