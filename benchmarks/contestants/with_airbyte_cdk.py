"""airbyte-cdk's concurrent declarative source, with a manifest of our own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from benchmarks.contestants.contestant import EVERY_STATUS, OWN_LIST, Contestant, Job, query_of
from benchmarks.environments import CDK, HERE, python_of
from benchmarks.measure import Command

if TYPE_CHECKING:
    from collections.abc import Iterator

MOMENT = "%Y-%m-%dT%H:%M:%S.%_msZ"
ANY_SHAPE = {
    "type": "InlineSchemaLoader",
    "schema": {"type": "object", "additionalProperties": True, "properties": {}},
}


class AirbyteCdk(Contestant):
    """A manifest of a list of pages and a substream for each detail."""

    name = "airbyte-cdk"

    def prepare(self, job: Job) -> Command:
        config = {
            "base_url": job.site.base_url,
            "host": job.site.host,
            "email": job.site.email,
            "api_token": job.site.api_token,
        }
        catalog = {"streams": [_configured(stream) for stream in job.streams]}
        contents = {"config": config, "catalog": catalog, "manifest": _manifest(job)}
        for name, content in contents.items():
            (job.folder / f"{name}.json").write_text(json.dumps(content))
        runner = HERE / "runners" / "read_with_airbyte_cdk.py"
        arguments = [str(python_of(CDK)), str(runner), "manifest.json"]
        arguments += ["read", "--config", "config.json", "--catalog", "catalog.json"]
        output = job.folder / "messages.jsonl" if job.keep_output else None
        return Command(arguments, job.folder, {"DO_NOT_TRACK": "1"}, output)

    def rows(self, job: Job) -> Iterator[tuple[str, dict[str, Any]]]:
        with (job.folder / "messages.jsonl").open("rb") as lines:
            for message in map(json.loads, lines):
                if message["type"] == "RECORD":
                    yield message["record"]["stream"], message["record"]["data"]


def _configured(stream: str) -> dict[str, Any]:
    return {
        "stream": {"name": stream, "json_schema": {}, "supported_sync_modes": ["full_refresh"]},
        "sync_mode": "full_refresh",
        "destination_sync_mode": "append",
    }


def _manifest(job: Job) -> dict[str, Any]:
    pages = _pages(job)
    return {
        "version": "7.0.0",
        "type": "DeclarativeSource",
        "check": {"type": "CheckStream", "stream_names": ["pages"]},
        "streams": [pages, *(_child(s, path, pages) for s, path in job.children.items())],
        "concurrency_level": {
            "type": "ConcurrencyLevel",
            "default_concurrency": job.in_flight,
            "max_concurrency": job.in_flight,
        },
        "spec": {
            "type": "Spec",
            "connection_specification": {
                "type": "object",
                "additionalProperties": True,
                "properties": {},
            },
        },
    }


def _pages(job: Job) -> dict[str, Any]:
    query = f"limit={OWN_LIST}&body-format=storage&{EVERY_STATUS}"
    stream: dict[str, Any] = {
        "type": "DeclarativeStream",
        "name": "pages",
        "primary_key": ["id"],
        "schema_loader": ANY_SHAPE,
        "retriever": _retriever(f"pages?{query}"),
    }
    if job.since:
        stream["retriever"] = _retriever(f"pages?{query}&sort=-modified-date")
        stream["transformations"] = [_added("modifiedAt", "{{ record['version']['createdAt'] }}")]
        stream["incremental_sync"] = {
            "type": "DatetimeBasedCursor",
            "cursor_field": "modifiedAt",
            "datetime_format": MOMENT,
            "cursor_datetime_formats": [MOMENT],
            "start_datetime": {
                "type": "MinMaxDatetime",
                "datetime": job.since,
                "datetime_format": MOMENT,
            },
            # Newest first: reading ends at the first record that is not new.
            "is_data_feed": True,
        }
    return stream


def _child(stream: str, path: str, pages: dict[str, Any]) -> dict[str, Any]:
    router = {
        "type": "SubstreamPartitionRouter",
        "parent_stream_configs": [
            {
                "type": "ParentStreamConfig",
                "parent_key": "id",
                "partition_field": "page_id",
                "stream": pages,
            }
        ],
    }
    page_id = "{{ stream_partition.page_id }}"
    return {
        "type": "DeclarativeStream",
        "name": stream,
        "schema_loader": ANY_SHAPE,
        "transformations": [_added("pageId", page_id)],
        "retriever": _retriever(f"pages/{page_id}/{path}?{query_of(stream)}", router),
    }


def _added(name: str, value: str) -> dict[str, Any]:
    field = {"path": [name], "value": value, "value_type": "string"}
    return {"type": "AddFields", "fields": [field]}


def _retriever(path: str, router: dict[str, Any] | None = None) -> dict[str, Any]:
    found: dict[str, Any] = {
        "type": "SimpleRetriever",
        "requester": {
            "type": "HttpRequester",
            "url_base": "{{ config['base_url'] }}/api/v2/",
            "path": path,
            "http_method": "GET",
            "authenticator": {
                "type": "BasicHttpAuthenticator",
                "username": "{{ config['email'] }}",
                "password": "{{ config['api_token'] }}",
            },
        },
        "record_selector": {
            "type": "RecordSelector",
            "extractor": {"type": "DpathExtractor", "field_path": ["results"]},
        },
        "paginator": {
            "type": "DefaultPaginator",
            "page_token_option": {"type": "RequestPath"},
            "pagination_strategy": {
                "type": "CursorPagination",
                "cursor_value": "{{ config['host'] ~ response['_links']['next'] }}",
                "stop_condition": "{{ not response['_links'].get('next') }}",
            },
        },
    }
    if router is not None:
        found["partition_router"] = router
    return found
