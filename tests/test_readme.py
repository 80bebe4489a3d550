"""The tables of the README say what the code says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tap_confluence.cloud import STREAMS
from tap_confluence.streams.parents import DetailStream, LabelStream
from tap_confluence.tap import TapConfluence
from tests.running import run_command

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_confluence.streams.base import ConfluenceStream

README = Path(__file__).parents[1] / "README.md"
OF_THE_SDK = ("stream_map", "faker_config", "flattening_", "batch_config")
"""How the settings begin that every tap of the SDK has; the README tells of them in a sentence."""


def table(heading: str) -> list[str]:
    """Return the rows of the first table under a heading."""
    _, _, section = README.read_text().partition(f"\n{heading}\n")
    rows: list[str] = []
    for line in section.splitlines():
        if line.startswith("|"):
            rows.append(line)
        elif rows:
            break
    return rows[2:]


def rows_of_settings(properties: dict[str, dict[str, Any]], prefix: str = "") -> Iterator[str]:
    """Write the row of each setting, for an object those of its parts."""
    for name, setting in properties.items():
        if name.startswith(OF_THE_SDK):
            continue
        if setting.get("properties"):
            yield from rows_of_settings(setting["properties"], f"{prefix}{name}.")
            continue
        default = f"`{json.dumps(setting['default'])}`" if "default" in setting else ""
        yield f"| `{prefix}{name}` | {default} | {setting['description']} |"


def row_of(stream: ConfluenceStream) -> str:
    """Write the row of a stream."""
    keys = ", ".join(f"`{key}`" for key in stream.primary_keys)
    whole = "complete" if stream.is_whole else "as met"
    replication_key = f"`{stream.replication_key}`" if stream.replication_key else whole
    return f"| `{stream.name}` | {keys} | {replication_key} | {source_of(stream)} |"


def source_of(stream: ConfluenceStream) -> str:
    """Tell what a stream is read from."""
    if stream.path:
        return f"`{stream.path}`"
    if not isinstance(stream, DetailStream):
        return "the lists of all content"
    details = f"details of `{stream.parent.name}`"
    return f"`/api/v2/labels`, or {details}" if isinstance(stream, LabelStream) else details


@pytest.fixture
def streams() -> list[ConfluenceStream]:
    settings = {"domain": "example", "email": "ana@example.com", "api_token": "token"}
    tap = TapConfluence(config=settings)
    return [stream(tap.run) for stream in STREAMS]


def test_it_lists_the_settings() -> None:
    about = json.loads(run_command(None, "--about", "--format=json").stdout)

    assert table("## Settings") == list(rows_of_settings(about["settings"]["properties"]))


def test_it_lists_the_streams(streams: list[ConfluenceStream]) -> None:
    assert table("## Streams") == [row_of(stream) for stream in streams]


def test_it_lists_the_streams_that_are_left_out_by_default(
    streams: list[ConfluenceStream],
) -> None:
    rows = table("### Streams that are read only when selected")
    listed = {name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[1])}

    assert listed == {stream.name for stream in streams if not stream.selected_by_default}


def test_it_names_the_scope_of_each_stream(streams: list[ConfluenceStream]) -> None:
    text = README.read_text()

    assert [s.name for s in streams for scope in s.scope.split(", ") if scope not in text] == []


def test_its_picture_has_every_stream(streams: list[ConfluenceStream]) -> None:
    _, _, rest = README.read_text().partition("```mermaid\n")
    picture, _, _ = rest.partition("```")

    assert [stream.name for stream in streams if stream.name not in picture] == []
