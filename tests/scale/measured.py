"""A run of the tap as a process of its own: what it cost, and whether it brought what there is."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from benchmarks.measure import Command, run
from tap_confluence.timestamps import to_timestamp
from tests import running
from tests.datacenter import runs as datacenter
from tests.demo_site import DataCenterSite
from tests.scale.rows import Values, keys_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from benchmarks.measure import Cost
    from tests.running import Json, Key
    from tests.scale.rows import Site

ROOT = Path(__file__).parents[2]
REQUESTS = re.compile(r"([\w -]+): (?:\d+ rows, )?(\d+) requests \(")
FEW = 5
"""How many of what is wrong are shown."""


@dataclass(frozen=True)
class Measured:
    """What a run has cost and written.

    Attributes:
        cost: What it has cost.
        requests: The requests that its report tells of, by stream.
        answered: The requests that the site has answered.
        rows: How many it has written.
        wrong: What is not as the site has it: in the first few keys and values.
        state: The last state.
        log: What it had to say.
    """

    cost: Cost
    requests: Mapping[str, int]
    answered: int
    rows: int
    wrong: Sequence[str]
    state: Json
    log: str


def measure(
    site: Site, folder: Path, streams: Sequence[str], state: Json | None = None, **settings: Any
) -> Measured:
    """Run the tap over a site, and hold what it writes against the truth of the site.

    Args:
        site: The site, at rest.
        folder: Where files may be written.
        streams: What is selected.
        state: The state of an earlier run; then rows may be lacking.
        settings: Settings beside those that sign in.
    """
    output = folder / "messages.jsonl"
    given = {"config": settings_of(site, **settings), "catalog": running.only(*streams)}
    if state is not None:
        given["state"] = state
    arguments = [sys.executable, "-m", "tap_confluence"]
    for name, value in given.items():
        path = folder / f"{name}.json"
        path.write_text(json.dumps(value))
        arguments += [f"--{name}", str(path)]
    before = len(site.requests)
    cost = run(Command(arguments, folder, {"PYTHONPATH": str(ROOT)}, output))
    log = (folder / "log.txt").read_text(errors="replace")
    held = Held(site, streams, is_whole=state is None)
    held.read(output)
    return Measured(
        cost,
        {found[1].strip(): int(found[2]) for found in REQUESTS.finditer(log)},
        len(site.requests) - before,
        held.rows,
        [*held.wrong()],
        held.state,
        log,
    )


def settings_of(site: Site, **more: Any) -> Json:
    """Return the settings that sign in to a site of either deployment and read all of it."""
    if isinstance(site, DataCenterSite):
        return {**datacenter.settings_of(site), "max_concurrency": 8, **more}
    return running.settings_of(site, **more)


class Held:
    """What a run has written, held against what the site has.

    Args:
        site: The site.
        streams: What was selected.
        is_whole: Whether all has to come.
    """

    def __init__(self, site: Site, streams: Sequence[str], *, is_whole: bool) -> None:
        truth, values = keys_of(site), Values(site)
        self.rows = 0
        self.state: Json = {}
        self._truth = {stream: truth[stream] for stream in streams}
        self._values = {stream: values.of(stream) for stream in streams}
        self._is_whole = is_whole
        self._came: dict[str, set[Key]] = {stream: set() for stream in streams}
        self._twice: list[str] = []
        self._differ: list[str] = []

    def read(self, output: Path) -> None:
        """Read all messages of a run."""
        names: dict[str, list[str]] = {}
        with output.open("rb") as lines:
            for message in map(msgspec.json.decode, lines):
                match message["type"]:
                    case "SCHEMA":
                        names[message["stream"]] = message["key_properties"]
                    case "RECORD":
                        self._take(message["stream"], names[message["stream"]], message["record"])
                    case "STATE":
                        self.state = message["value"]

    def _take(self, stream: str, names: Sequence[str], record: Json) -> None:
        key = tuple(record[name] for name in names)
        self.rows += 1
        if key in self._came[stream]:
            self._twice.append(f"{stream} {key} came twice")
        self._came[stream].add(key)
        expected = self._values[stream].get(key, {})
        if told := [*_differences(expected, record)]:
            self._differ.append(f"{stream} {key}: {', '.join(told)}")

    def wrong(self) -> Iterator[str]:
        """Yield what is wrong, a few of each kind."""
        yield from self._twice[:FEW]
        yield from self._differ[:FEW]
        for stream, keys in self._truth.items():
            lacking = keys - self._came[stream] if self._is_whole else set()
            for what, found in (("lacks", lacking), ("has", self._came[stream] - keys)):
                if found:
                    yield f"{stream} {what} {len(found)}: {sorted(found, key=str)[:FEW]}"


def _differences(expected: Json, record: Json) -> Iterator[str]:
    for name, value in expected.items():
        is_ = record.get(name)
        if isinstance(value, dict) and isinstance(is_, dict):
            yield from _differences(value, is_)
        elif (to_timestamp(is_) or is_) != value:
            yield f"{name} is {is_!r}, not {value!r}"
