"""What the code says of its settings and streams, to be told in documents."""

from __future__ import annotations

import inspect
import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from tap_confluence import cloud
from tap_confluence.streams.parents import LabelStream
from tap_confluence.tap import TapConfluence
from tests.running import run_command, signals_left_alone

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tap_confluence.streams.base import ConfluenceStream

    Setting = dict[str, Any]
    """A property of the JSON Schema of the settings."""

CLOUD = {"domain": "example", "email": "ana@example.com", "api_token": "token"}
DATA_CENTER = {"base_url": "https://wiki.example.com", "personal_access_token": "token"}

EVERY_TAP_HAS = ("stream_map", "faker_config", "flattening_", "batch_config")
"""How the settings begin that every tap of the Meltano SDK has."""


@cache
def about() -> dict[str, Any]:
    """Return what `tap-confluence --about` says."""
    content: dict[str, Any] = json.loads(run_command(None, "--about", "--format=json").stdout)
    return content


def settings() -> list[tuple[str, Setting]]:
    """Return each setting with its name; of an object, each part as a setting of its own."""
    return list(_one_by_one(about()["settings"]["properties"]))


def _one_by_one(
    properties: Mapping[str, Setting], prefix: str = ""
) -> Iterator[tuple[str, Setting]]:
    for name, setting in properties.items():
        if setting.get("properties") and setting.get("additionalProperties") is False:
            yield from _one_by_one(setting["properties"], f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", setting


@cache
def streams() -> dict[str, ConfluenceStream]:
    """Return all streams by name, as Cloud has them, in the order in which they are told of."""
    made = _streams_of(CLOUD)
    return {stream.name: made[stream.name] for stream in cloud.STREAMS}


@cache
def data_center_streams() -> dict[str, ConfluenceStream]:
    """Return the streams that Data Center has, by name."""
    return _streams_of(DATA_CENTER)


def _streams_of(config: dict[str, str]) -> dict[str, ConfluenceStream]:
    with signals_left_alone():
        tap = TapConfluence(config=config)
    return dict(tap.streams)  # type: ignore[arg-type]


def why_absent(stream: ConfluenceStream) -> str:
    """Return why Data Center does not have a stream; nothing where it does."""
    return stream.not_on_data_center


def read_by_default() -> list[ConfluenceStream]:
    """Return the streams that a run without a catalog reads."""
    return [stream for stream in streams().values() if stream.selected_by_default]


def left_out() -> list[ConfluenceStream]:
    """Return the streams that are read only when they are selected."""
    return [stream for stream in streams().values() if not stream.selected_by_default]


def costs() -> dict[str, list[str]]:
    """Return what the streams cost that are left out by default, and which of them cost that."""
    found: dict[str, list[str]] = {}
    for stream in left_out():
        found.setdefault(stream.cost, []).append(stream.name)
    return found


def requests_per() -> dict[str, list[str]]:
    """Return which streams take a request a space, a group or an item in each run."""
    found: dict[str, list[str]] = {}
    for stream in streams().values():
        if stream.request_per:
            found.setdefault(stream.request_per, []).append(stream.name)
    return found


def selection() -> list[str]:
    """Return the rules that select what is read by default, as Meltano writes them."""
    return ["*.*", *sorted(f"!{stream.name}.*" for stream in left_out())]


def scopes() -> dict[str, list[str]]:
    """Return which streams need which scope of Cloud."""
    needed: dict[str, list[str]] = {}
    for stream in streams().values():
        for scope in scopes_of(stream):
            needed.setdefault(scope, []).append(stream.name)
    return needed


def scopes_of(stream: ConfluenceStream) -> list[str]:
    """Return the scopes that a token of Cloud needs to read a stream."""
    return [scope for scope in stream.scope.split(", ") if scope]


def description(stream: ConfluenceStream) -> str:
    """Return the paragraphs of a stream's docstring, without the description of its attributes."""
    text, _, _ = inspect.cleandoc(type(stream).__doc__ or "").partition("\n\nAttributes:")
    return re.sub(r"(?<!\n)\n(?!\n)", " ", text)


def parent(stream: ConfluenceStream) -> str:
    """Return the name of the stream of whose items a stream has details; nothing for others."""
    kind = stream.parent_stream_type
    return next((name for name, other in streams().items() if type(other) is kind), "")


def replication(stream: ConfluenceStream) -> str:
    """Return the replication key, or how a stream without one is read."""
    if stream.replication_key:
        return f"`{stream.replication_key}`"
    return "complete" if stream.is_whole else "as met"


def source(stream: ConfluenceStream) -> str:
    """Return what a stream is read from: a path, or what is read for another one."""
    if stream.path:
        return f"`{stream.path}`"
    whole = parent(stream)
    if not whole:
        return "the lists of all content"
    details = f"details of `{whole}`"
    return f"a search, or {details}" if isinstance(stream, LabelStream) else details
