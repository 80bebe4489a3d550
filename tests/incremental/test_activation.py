"""What a target may delete is said once, at the end, and only when all has been read."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.incremental.runs import DETAILS, INVENTORY, full_table_streams, stream_names, sync

if TYPE_CHECKING:
    from tests.incremental.runs import ClockedSite, Run

LISTS = {
    "child_pages": "/api/v2/pages",
    "groups": "/rest/api/group",
    "spaces": "/api/v2/spaces",
    "content_inventory": "/api/v2/attachments",
}


def of_stream(run: Run, stream: str) -> list[str]:
    return [message["type"] for message in run.messages if message.get("stream") == stream]


def test_each_stream_that_is_read_whole_is_activated_once_after_its_last_record(
    site: ClockedSite,
) -> None:
    run = sync(site)

    for stream in full_table_streams():
        *before, last = of_stream(run, stream)
        assert last == "ACTIVATE_VERSION", stream
        assert "ACTIVATE_VERSION" not in before, stream


def test_no_incremental_stream_is_activated_while_nothing_undated_happens(
    site: ClockedSite,
) -> None:
    first = sync(site)
    second = sync(site, first.state)

    assert first.activated == second.activated == set(full_table_streams())


def test_details_that_are_incremental_carry_no_version(site: ClockedSite) -> None:
    run = sync(site)

    for stream in DETAILS:
        assert versions_of(run, stream) <= {None}, stream


def test_the_records_of_a_run_carry_the_version_that_is_activated(site: ClockedSite) -> None:
    first = sync(site)
    second = sync(site, first.state)

    for stream in full_table_streams():
        [version] = versions_of(first, stream)
        [later] = versions_of(second, stream)
        assert (version or 0) < (later or 0), stream


def test_a_later_run_activates_labels_that_are_read_from_the_label_side(site: ClockedSite) -> None:
    first = sync(site)
    second = sync(site, first.state)

    assert second.asked("/api/v2/labels")
    assert of_stream(second, "page_labels")[-1] == "ACTIVATE_VERSION"


@pytest.mark.parametrize("stream", sorted(LISTS))
def test_nothing_is_activated_after_an_error(site: ClockedSite, stream: str) -> None:
    site.faults.fail_next(100, "500", LISTS[stream])

    run = sync(site, max_retries=0)

    assert run.exit_status == 1
    assert stream not in run.activated


@pytest.mark.parametrize(
    ("path", "streams"),
    [
        (r"/api/v2/pages/\d+", {"page_labels"}),
        (r"/api/v2/blogposts/\d+", {"blog_post_labels"}),
        (r"/api/v2/attachments/att\d+", {"attachment_labels"}),
        (r"/api/v2/spaces/\d+", {"space_labels", "space_properties"}),
    ],
)
def test_nothing_is_activated_of_which_an_item_is_forbidden(
    site: ClockedSite, path: str, streams: set[str]
) -> None:
    site.faults.forbid(path, 403)

    run = sync(site)

    assert run.activated == set(full_table_streams()) - streams


def test_nothing_is_activated_of_a_stream_that_is_denied(site: ClockedSite) -> None:
    site.faults.deny_scope("/rest/api/group")

    run = sync(site)

    assert run.exit_status == 1
    assert run.activated == set(full_table_streams()) - {"groups", "group_members"}


def test_the_inventory_is_not_activated_when_one_of_its_lists_is_denied(site: ClockedSite) -> None:
    site.faults.deny_scope("/api/v2/inline-comments")

    run = sync(site)

    assert run.exit_status == 1
    assert INVENTORY not in run.activated


def test_activation_can_be_turned_off(site: ClockedSite) -> None:
    run = sync(site, emit_activate_version_messages=False)

    assert run.activated == set()
    assert {m.get("version") for m in run.messages} == {None}


def test_batches_hold_all_records_and_activate_nothing(site: ClockedSite, tmp_path: Path) -> None:
    batches = {
        "encoding": {"format": "jsonl", "compression": "gzip"},
        "storage": {"root": tmp_path.as_uri()},
    }

    run = sync(site, batch_config=batches)

    assert run.activated == set()
    truth = site.truth()
    for stream in stream_names():
        assert keys_in_batches(run, stream) == truth[stream], stream


def versions_of(run: Run, stream: str) -> set[int | None]:
    kinds = {"RECORD", "ACTIVATE_VERSION"}
    messages = [m for m in run.messages if m["type"] in kinds and m["stream"] == stream]
    return {message.get("version") for message in messages}


def keys_in_batches(run: Run, stream: str) -> set[tuple[str, ...]]:
    [names] = [schema["key_properties"] for schema in run.schemas if schema["stream"] == stream]
    files = [
        Path(urlsplit(url).path)
        for message in run.messages
        if message["type"] == "BATCH" and message["stream"] == stream
        for url in message["manifest"]
    ]
    lines = [line for file in files for line in gzip.decompress(file.read_bytes()).splitlines()]
    return {tuple(row[name] for name in names) for row in map(json.loads, lines)}
