"""Sling, with an API spec of our own: a list of pages, then an endpoint for each detail."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from benchmarks.contestants.contestant import EVERY_STATUS, OWN_LIST, Contestant, Job, query_of
from benchmarks.environments import sling_binary
from benchmarks.measure import Command

if TYPE_CHECKING:
    from collections.abc import Iterator

OUTPUT = "rows"


class Sling(Contestant):
    """The Sling binary, one stream after the other, each with its own requests in flight.

    An endpoint that reads page by page takes the ids from a queue that the list has filled. The
    files it reads and writes are JSON, which is YAML too.
    """

    name = "Sling"

    def prepare(self, job: Job) -> Command:
        spec = job.folder / "confluence.json"
        spec.write_text(json.dumps(_spec(job)))
        replication = job.folder / "replication.json"
        replication.write_text(json.dumps(_replication(job)))
        secrets = {
            "host": job.site.host,
            "email": job.site.email,
            "api_token": job.site.api_token,
            "since": job.since or "",
        }
        source = {"type": "api", "spec": f"file://{spec}", "secrets": secrets}
        (job.folder / "env.yaml").write_text(json.dumps({"connections": {"CONFLUENCE": source}}))
        environment = {
            "HOME": str(job.folder),
            "SLING_HOME_DIR": str(job.folder),
            "SLING_DISABLE_TELEMETRY": "TRUE",
        }
        arguments = [str(sling_binary()), "run", "-r", str(replication)]
        return Command(arguments, job.folder, environment, job.folder / "output.txt")

    def rows(self, job: Job) -> Iterator[tuple[str, dict[str, Any]]]:
        for stream in job.streams:
            path = job.folder / OUTPUT / f"{stream}.jsonl"
            if path.exists():
                with path.open("rb") as lines:
                    for line in lines:
                        yield stream, json.loads(line)


def _spec(job: Job) -> dict[str, Any]:
    return {
        "name": "Confluence",
        "description": "Pages and what belongs to them",
        "queues": [f"pages_for_{stream}" for stream in job.children],
        "authentication": {
            "type": "basic",
            "username": "${secrets.email}",
            "password": "${secrets.api_token}",
        },
        "defaults": {
            "state": {"host": "${secrets.host}"},
            "request": {
                "headers": {"Accept": "application/json"},
                # Its own default is two requests a second.
                "rate": 100_000,
                "concurrency": job.in_flight,
                "timeout": 60,
            },
            "pagination": {
                "next_state": {"next": '${jmespath(response.json, "_links.next")}'},
                "stop_condition": 'is_null(jmespath(response.json, "_links.next"))',
            },
        },
        "endpoints": {
            "pages": _pages(job),
            **{stream: _child(job, stream, path) for stream, path in job.children.items()},
        },
    }


def _pages(job: Job) -> dict[str, Any]:
    query = f"limit={OWN_LIST}&body-format=storage&{EVERY_STATUS}"
    endpoint: dict[str, Any] = {
        "state": {"next": f"/wiki/api/v2/pages?{query}"},
        "request": {"url": "${state.host}${state.next}"},
        "response": {
            "records": {"jmespath": "results[]", "primary_key": ["id"]},
            "processors": [
                {"expression": "record.id", "output": f"queue.pages_for_{stream}"}
                for stream in job.children
            ],
        },
    }
    if job.since:
        # JMESPath orders numbers only, but `max` takes strings too.
        is_new = f"max([version.createdAt, '{job.since}']) == version.createdAt"
        endpoint["response"]["records"]["jmespath"] = f"results[?{is_new}]"
        endpoint["state"]["next"] += "&sort=-modified-date"
        endpoint["pagination"] = {
            "next_state": {"next": '${jmespath(response.json, "_links.next")}'},
            "stop_condition": (
                'is_null(jmespath(response.json, "_links.next")) || '
                f'is_less(jmespath(response.json, "results[-1].version.createdAt"), "{job.since}")'
            ),
        }
    return endpoint


def _child(job: Job, stream: str, path: str) -> dict[str, Any]:
    first = f"/wiki/api/v2/pages/${{state.page_id}}/{path}?{query_of(stream)}"
    return {
        "state": {"next": first},
        "iterate": {
            "over": f"queue.pages_for_{stream}",
            "into": "state.page_id",
            "concurrency": job.in_flight,
        },
        "request": {"url": "${state.host}${state.next}"},
        "response": {
            "records": {"jmespath": "results[]"},
            "processors": [{"expression": "state.page_id", "output": "record.pageId"}],
        },
    }


def _replication(job: Job) -> dict[str, Any]:
    return {
        "source": "CONFLUENCE",
        "target": "LOCAL",
        "defaults": {
            "mode": "full-refresh",
            "object": f"file://{job.folder / OUTPUT}/{{stream_name}}.jsonl",
            "target_options": {"format": "jsonlines"},
        },
        "streams": dict.fromkeys(job.streams),
    }
