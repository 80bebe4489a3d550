"""dlt's rest_api source, with a configuration of our own."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

from benchmarks.contestants.contestant import WITH_BODY, Contestant, Job
from benchmarks.environments import DLT, HERE, python_of
from benchmarks.measure import Command

if TYPE_CHECKING:
    from collections.abc import Iterator

STATUSES = ["current", "archived", "trashed"]
PAGES_AT_ONCE = 25
"""Parents a page of the list where there are children. dlt reads the children of one such page
one after the other, and of several side by side; of 10, 25 and 250, 25 was the fastest."""


class Dlt(Contestant):
    """Resources that hang on the list of pages, all of them parallelized.

    Only `extract` is run: normalizing and loading are left out, as they are for the others.
    """

    name = "dlt"

    def prepare(self, job: Job) -> Command:
        (job.folder / "source.json").write_text(json.dumps(_source(job)))
        environment = {
            "EXTRACT__WORKERS": str(job.in_flight),
            "EXTRACT__MAX_PARALLEL_ITEMS": str(job.in_flight),
            "NORMALIZE__DATA_WRITER__DISABLE_COMPRESSION": "true",
            "SOURCES__DATA_WRITER__DISABLE_COMPRESSION": "true",
            "DATA_WRITER__DISABLE_COMPRESSION": "true",
            "RUNTIME__DLTHUB_TELEMETRY": "false",
        }
        runner = HERE / "runners" / "read_with_dlt.py"
        arguments = [str(python_of(DLT)), str(runner), "source.json", str(job.folder)]
        return Command(arguments, job.folder, environment, job.folder / "output.txt")

    def rows(self, job: Job) -> Iterator[tuple[str, dict[str, Any]]]:
        for path in job.folder.glob("*/normalize/extracted/*/new_jobs/*.typed-jsonl*"):
            stream = path.name.split(".")[0]
            if stream not in job.streams:
                continue
            with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as lines:
                for line in lines:
                    for row in json.loads(line):
                        yield stream, {**row, "pageId": row.get("_pages_id", row.get("pageId"))}


def _source(job: Job) -> dict[str, Any]:
    return {
        "client": {
            "base_url": f"{job.site.base_url}/api/v2/",
            "auth": {
                "type": "http_basic",
                "username": job.site.email,
                "password": job.site.api_token,
            },
            "paginator": {"type": "json_link", "next_url_path": "_links.next"},
        },
        "resource_defaults": {
            "parallelized": True,
            "write_disposition": "append",
            "endpoint": {"data_selector": "results"},
        },
        "resources": [_pages(job), *(_child(s, path) for s, path in job.children.items())],
    }


def _pages(job: Job) -> dict[str, Any]:
    params: dict[str, Any] = {
        "limit": PAGES_AT_ONCE if job.children else 250,
        "body-format": "storage",
        "status": STATUSES,
    }
    endpoint: dict[str, Any] = {"path": "pages", "params": params}
    if job.since:
        params["sort"] = "-modified-date"
        endpoint["incremental"] = {
            "cursor_path": "version.createdAt",
            "initial_value": job.since,
            # Newest first: reading ends at the first page with a record that is not new.
            "row_order": "desc",
        }
    return {"name": "pages", "endpoint": endpoint}


def _child(stream: str, path: str) -> dict[str, Any]:
    params: dict[str, Any] = {"limit": 250}
    if stream in WITH_BODY:
        params["body-format"] = "storage"
    if stream == "attachments":
        params["status"] = STATUSES
    return {
        "name": stream,
        "include_from_parent": ["id"],
        "endpoint": {"path": f"pages/{{resources.pages.id}}/{path}", "params": params},
    }
