"""What the code says of its settings and streams, to be told in documents."""

from __future__ import annotations

import inspect
import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from tap_confluence import cloud
from tap_confluence.cli.estimate import estimate
from tap_confluence.streams.cost import Amount
from tap_confluence.streams.parents import LabelStream
from tap_confluence.tap import TapConfluence
from tests.running import run_command, signals_left_alone

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from tap_confluence.streams.base import ConfluenceStream

    Setting = dict[str, Any]
    """A property of the JSON Schema of the settings."""

NO_COST = (None, None)
ONE_SITE = {
    "spaces": Amount.of(50),
    "pages": Amount(5000, 5000, hidden=200, trashed=100, changed=5000),
    "blog_posts": Amount.of(500),
    "attachments": Amount(4000, 4000, hidden=40, trashed=40, changed=4000, unsearched=40),
    **dict.fromkeys(("footer_comments", "inline_comments"), Amount.of(1500)),
    "comments": Amount.of(3000),
    "listed_replies": Amount.of(50),
    "custom_content": Amount.of(100),
    "custom_content_types": Amount.of(2),
    "tasks": Amount.of(2000),
    "labels": Amount.of(200),
    "groups": Amount.of(20),
    "users": Amount.of(1000),
    "anonymous": Amount.of(0),
}
"""A site for which documents tell the cost."""

A_THOUSAND = {
    **dict.fromkeys([*ONE_SITE, "folders", "whiteboards", "databases", "embeds"], Amount.of(1000)),
    **dict.fromkeys(("audit_records", "classification_levels"), Amount.of(1000)),
    "custom_content_types": Amount.of(1),
}
"""A site that has a thousand of everything."""

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


Cost = tuple[int | None, int | None]
"""The requests of a first and of an idle run; nothing of what a deployment does not have."""


def costs_by_default() -> dict[str, tuple[Cost, Cost]]:
    """Return what the streams read by default cost on Cloud and on Data Center, for one site."""
    names = [stream.name for stream in read_by_default()]
    cloud, data_center = (_costs(config, names, ONE_SITE) for config in (CLOUD, DATA_CENTER))
    both = {*cloud, *data_center}
    costs = {
        name: (cloud.get(name, NO_COST), data_center.get(name, NO_COST))
        for name in [*(name for name in names if name in both), *sorted(both - {*names})]
    }
    return {**costs, "in all": (_total(cloud), _total(data_center))}


def costs_alone() -> dict[str, tuple[Cost, Cost]]:
    """Return what each stream costs that is left out by default, if it is read alone."""
    there = data_center_streams()
    return {
        stream.name: (
            _cost_alone(CLOUD, stream.name),
            _cost_alone(DATA_CENTER, stream.name) if stream.name in there else NO_COST,
        )
        for stream in left_out()
    }


def _cost_alone(config: dict[str, str], name: str) -> Cost:
    return _total(_costs(config, [name], A_THOUSAND))


def _total(costs: Mapping[str, Cost]) -> Cost:
    first, idle = (sum(each[run] or 0 for each in costs.values()) for run in (0, 1))
    return first, idle


def _costs(
    config: dict[str, str], names: Collection[str], amounts: Mapping[str, Amount]
) -> dict[str, Cost]:
    with signals_left_alone():
        tap = TapConfluence(config=config)
    for stream in tap.streams.values():
        stream.selected = stream.name in names
    first, idle = (estimate(tap, amounts.get, is_first=run).by_stream for run in (True, False))
    return {name: (first.get(name, 0), idle.get(name, 0)) for name in {**first, **idle}}


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


def type_of(schema: Mapping[str, Any]) -> str:
    """Return the type of a column, in a word or three."""
    if "oneOf" in schema:
        return "anything"
    [type_] = {schema["type"]} if isinstance(schema["type"], str) else {*schema["type"]} - {"null"}
    if type_ == "array":
        return f"list of {type_of(schema['items'])}s"
    return "time" if schema.get("format") == "date-time" else str(type_)
