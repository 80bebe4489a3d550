"""This tap, with requests in flight and without."""

from __future__ import annotations

import json
import subprocess
from functools import cache
from typing import TYPE_CHECKING, Any

from benchmarks.contestants.contestant import Contestant, Job
from benchmarks.environments import TAP, program_of
from benchmarks.measure import Command

if TYPE_CHECKING:
    from collections.abc import Iterator

LONG_AGO = "2000-01-01"

BY_DEFAULT: tuple[str, ...] = ()
"""The streams of a job that reads all that is selected by default."""


class ThisTap(Contestant):
    """tap-confluence as it comes, with all of a site's history.

    Args:
        settings: What else is set.
    """

    name = "tap-confluence"
    reads_replies = True

    def __init__(self, **settings: Any) -> None:
        self._settings = settings

    def prepare(self, job: Job) -> Command:
        config = {
            "base_url": job.site.base_url,
            "email": job.site.email,
            "api_token": job.site.api_token,
            "anchor_date": LONG_AGO,
            "max_concurrency": job.in_flight,
            **self._settings,
        }
        program = str(program_of(TAP, "tap-confluence"))
        arguments = [program, "--config", _written(job, "config.json", config)]
        if job.streams != BY_DEFAULT:
            catalog = _selected(_discovered(program, arguments[2]), job.streams)
            arguments += ["--catalog", _written(job, "catalog.json", catalog)]
        if job.state is not None:
            arguments += ["--state", _written(job, "state.json", job.state)]
        output = job.folder / "messages.jsonl" if job.keep_output else None
        return Command(arguments, job.folder, {}, output)

    def rows(self, job: Job) -> Iterator[tuple[str, dict[str, Any]]]:
        for message in _messages(job):
            if message["type"] == "RECORD":
                yield message["stream"], message["record"]

    def state_after(self, job: Job) -> Any:
        """Return the last state that a run has written."""
        states = [message["value"] for message in _messages(job) if message["type"] == "STATE"]
        return states[-1]


class SerialTap(ThisTap):
    """The same with one request at a time."""

    name = "tap-confluence, serial"

    def prepare(self, job: Job) -> Command:
        alone = Job(job.site, job.streams, 1, job.folder, job.keep_output, job.since, job.state)
        return super().prepare(alone)


def _messages(job: Job) -> Iterator[dict[str, Any]]:
    with (job.folder / "messages.jsonl").open("rb") as lines:
        yield from map(json.loads, lines)


def _written(job: Job, name: str, content: Any) -> str:
    path = job.folder / name
    path.write_text(json.dumps(content))
    return str(path)


@cache
def _discovered(program: str, config: str) -> str:
    said = subprocess.run(
        [program, "--config", config, "--discover"], check=True, capture_output=True, text=True
    )
    return said.stdout


def _selected(catalog: str, streams: tuple[str, ...]) -> Any:
    chosen = json.loads(catalog)
    for stream in chosen["streams"]:
        for entry in stream["metadata"]:
            if not entry["breadcrumb"]:
                entry["metadata"]["selected"] = stream["tap_stream_id"] in streams
    return chosen
