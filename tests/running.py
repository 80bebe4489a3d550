"""Runs of the tap, in this process or in one of its own, and what came of them."""

from __future__ import annotations

import contextlib
import copy
import io
import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from typing_extensions import override

from tap_confluence.errors import ConfluenceError
from tap_confluence.tap import TapConfluence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from typing_extensions import Buffer

    from tests.demo_site import DemoSite, GatewaySite
    from tests.demo_site.loopback import LoopbackSite
    from tests.demo_site.wiki import Keys

Json = dict[str, Any]
Key = tuple[Any, ...]

LONGEST_RUN = 600.0
"""Seconds after which a command hangs, and its test fails."""


@dataclass(frozen=True)
class Run:
    """What a run wrote, and how it ended."""

    stdout: str
    stderr: str
    exit_status: int

    @cached_property
    def messages(self) -> list[Json]:
        """All messages, in order."""
        return [msgspec.json.decode(line) for line in self.stdout.splitlines()]

    @cached_property
    def records(self) -> dict[str, list[Json]]:
        """The records of each stream, in order."""
        records: dict[str, list[Json]] = {}
        for message in self.messages:
            if message["type"] == "RECORD":
                records.setdefault(message["stream"], []).append(message["record"])
        return records

    @property
    def schemas(self) -> list[Json]:
        """The SCHEMA messages."""
        return [message for message in self.messages if message["type"] == "SCHEMA"]

    @property
    def states(self) -> list[Json]:
        """The value of each STATE message."""
        return [message["value"] for message in self.messages if message["type"] == "STATE"]

    @property
    def state(self) -> Json:
        """The last state."""
        return self.states[-1]

    @property
    def state_without_its_time(self) -> Json:
        """The last state, but for the moment at which the run began."""
        state = copy.deepcopy(self.state)
        for entry in state["bookmarks"].values():
            kept = entry.get("reconciliation", {})
            kept.pop("lastWholeRead", None)
            kept.get("evidence", {}).pop("began", None)
        return state

    @property
    def activated(self) -> set[str]:
        """The streams that were declared complete."""
        return {m["stream"] for m in self.messages if m["type"] == "ACTIVATE_VERSION"}

    @property
    def log(self) -> list[str]:
        """The lines of the log, without the metrics."""
        return [line for line in self.stderr.splitlines() if "METRIC" not in line]

    @property
    def complaints(self) -> list[str]:
        """The lines of the log that say what went wrong."""
        return [line for line in self.log if "ERROR" in line or "CRITICAL" in line]

    def keys(self, stream: str) -> list[Key]:
        """The primary key of each record of a stream, in order."""
        names = self._key_names.get(stream, [])
        return [tuple(record[name] for name in names) for record in self.records.get(stream, [])]

    @cached_property
    def _key_names(self) -> dict[str, list[str]]:
        return {schema["stream"]: schema["key_properties"] for schema in self.schemas}


def run_tap(
    config: Mapping[str, Any],
    state: Json | None = None,
    catalog: Json | None = None,
    *,
    streams: tuple[str, ...] | None = None,
    target_takes: int | None = None,
) -> Run:
    """Run the tap in this process.

    Args:
        config: The settings.
        state: The state of an earlier run.
        catalog: The catalog; without one, the streams are read that are selected by default.
        streams: Only these streams are selected.
        target_takes: The bytes after which the target closes the pipe, if it does.
    """
    status = 0
    target = io.BytesIO() if target_takes is None else _DyingTarget(target_takes)
    with captured_log() as log, _captured_stdout(target) as written, signals_left_alone():
        try:
            TapConfluence(
                config=copy.deepcopy(dict(config)),
                state=copy.deepcopy(state),
                catalog=only(*streams) if streams is not None else catalog,
            ).sync()
        except ConfluenceError as error:
            logging.getLogger("tap-confluence").error("%s", error)  # noqa: TRY400 - one line
            status = 1
        except BrokenPipeError:
            status = 1
    whole_lines, end, _ = written.getvalue().rpartition(b"\n")
    return Run((whole_lines + end).decode(), log.getvalue(), status)


class _DyingTarget(io.BytesIO):
    """Takes some bytes, and then nothing more."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    @override
    def write(self, data: Buffer, /) -> int:
        taken = bytes(data)[: self._most - self.tell()]
        super().write(taken)
        if len(taken) < len(bytes(data)):
            raise BrokenPipeError
        return len(taken)


def run_command(
    config: Mapping[str, Any] | None,
    *arguments: str,
    state: Json | None = None,
    catalog: Json | None = None,
    environment: Mapping[str, str] | None = None,
) -> Run:
    """Run the tap as users do: as a command, with files.

    Args:
        config: The settings, if there are to be any.
        arguments: More arguments of the command.
        state: The state of an earlier run.
        catalog: The catalog.
        environment: More variables of the environment.
    """
    with tempfile.TemporaryDirectory() as folder:
        given = {"config": config, "state": state, "catalog": catalog}
        files = {name: value for name, value in given.items() if value is not None}
        done = subprocess.run(  # noqa: S603 - the command is ours
            [*command(Path(folder), **files), *arguments],
            capture_output=True,
            check=False,
            env=clean_environment(environment),
            timeout=LONGEST_RUN,
        )
    return Run(done.stdout.decode(), done.stderr.decode(), done.returncode)


def command(folder: Path, **files: Mapping[str, Any]) -> list[str]:
    """Write settings, state and catalog to files, and return the command that reads them."""
    arguments = [sys.executable, "-m", "tap_confluence"]
    for name, value in files.items():
        path = folder / f"{name}.json"
        path.write_text(json.dumps(value))
        arguments += [f"--{name}", str(path)]
    return arguments


def clean_environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment without what could change how the tap works.

    Byte code is kept between commands: to compile it takes longer than most of them.
    """
    others = ("TAP_", "SINGER_", "LOGLEVEL", "PYTHONDONTWRITEBYTECODE")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(others)}
    return {**kept, "PYTHONPATH": str(Path(__file__).parents[1]), **(more or {})}


def settings_of(site: DemoSite, **more: Any) -> Json:
    """Return the settings that sign in to a site and read all of it."""
    signed_in = {"base_url": site.base_url, "email": site.email, "api_token": site.api_token}
    return {**signed_in, "anchor_date": "2000-01-01", **more}


def settings_through(gateway: GatewaySite) -> Json:
    """Return the settings that sign in with a token with scopes, through the gateway."""
    return {
        "base_url": gateway.base_url,
        "api_gateway_url": gateway.gateway_url,
        "email": gateway.email,
        "api_token": gateway.scoped_token,
        "use_api_gateway": True,
    }


def only(*names: str) -> Json:
    """Return a catalog in which these streams are selected, and no others."""
    catalog = _catalog()
    unknown = set(names) - {entry["tap_stream_id"] for entry in catalog["streams"]}
    assert not unknown, unknown
    for entry in catalog["streams"]:
        for metadata in entry["metadata"]:
            if not metadata["breadcrumb"]:
                metadata["metadata"]["selected"] = entry["tap_stream_id"] in names
    return catalog


def everything() -> Json:
    """Return a catalog in which all streams are selected."""
    return only(*(entry["tap_stream_id"] for entry in _catalog()["streams"]))


def truth_by_default(site: LoopbackSite) -> dict[str, Keys]:
    """Return what a run without a catalog has to bring from a site of the cloud."""
    left_out = not_by_default()
    return {stream: keys for stream, keys in site.truth().items() if stream not in left_out}


@cache
def not_by_default() -> frozenset[str]:
    """Return the streams that a run without a catalog leaves out."""
    return frozenset(
        entry["tap_stream_id"]
        for entry in _catalog()["streams"]
        for metadata in entry["metadata"]
        if not metadata["breadcrumb"] and not metadata["metadata"]["selected-by-default"]
    )


def _catalog() -> Json:
    """Return the catalog that is discovered, each time another copy."""
    catalog: Json = msgspec.json.decode(_discovered())
    return catalog


@cache
def _discovered() -> str:
    settings = {"domain": "example", "email": "ana@example.com", "api_token": "token"}
    with signals_left_alone():
        return json.dumps(TapConfluence(config=settings).catalog_dict)


@contextlib.contextmanager
def _captured_stdout(written: io.BytesIO) -> Iterator[io.BytesIO]:
    with contextlib.redirect_stdout(io.TextIOWrapper(written, write_through=True)) as text:
        yield written
        text.flush()
        text.detach()


@contextlib.contextmanager
def captured_log() -> Iterator[io.StringIO]:
    """Capture what the log has to say from information on."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logging.Formatter("%(levelname)s | %(name)s | %(message)s"))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield written
    finally:
        root.setLevel(level)
        root.removeHandler(handler)


@contextlib.contextmanager
def signals_left_alone() -> Iterator[None]:
    """The tap takes over the signals of its process, which here is that of the tests."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
