"""The answers of the demo site are what the published description of the v2 API promises."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import pytest
import requests
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from tests.demo_site import DemoSite, Wiki
from tests.demo_site.api_v2 import ApiV2
from tests.demo_site.hierarchy import TREE_ITEMS
from tests.demo_site.listing import Listing
from tests.demo_site.reader import Reader
from tests.reference import CLOUD_V2, reference

if TYPE_CHECKING:
    from collections.abc import Iterator

URN = "urn:confluence"
SEEN_LIVE = {
    "ncsStepVersion",
    "edituiv2",
    "inline-marker-ref",
    "inline-original-selection",
    "resolutionStatus",
    "resolutionLastModifierId",
    "resolutionLastModifiedAt",
    "currentActiveAlias",
    "lastModified",
    "sourceTemplateEntityId",
    "collaborators",
    *("page", "blogpost", "attachment", "custom", "comment"),
}
UNDESCRIBED = {"roleAssignments"}
"""What a parameter asks for, and no answer is described to have."""

DRAWIO = "ac:com.mxgraph.confluence.plugins.diagramly:drawio-diagram"


def _endpoints() -> dict[str, Listing | Any]:
    wiki = Wiki.seeded(60)
    site = DemoSite(wiki)
    return ApiV2(wiki, site.faults, site.base_url).endpoints


ENDPOINTS = _endpoints()


@pytest.fixture(scope="module")
def published() -> dict[str, Any]:
    found = reference(CLOUD_V2)
    permission = found["components"]["schemas"]["SpacePermissionAssignment"]
    # Seen live.
    permission["properties"]["principal"]["properties"]["type"]["enum"].append("access-class")
    nullable: dict[str, Any] = _nullable(found)
    return nullable


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with DemoSite(Wiki.seeded(300)) as running:
        yield Reader(running)


def _nullable(node: Any) -> Any:
    """Let every property be null, and make references lead into the whole description."""
    if isinstance(node, list):
        return [_nullable(item) for item in node]
    if not isinstance(node, dict):
        return node
    if isinstance(node.get("$ref"), str):
        # OpenAPI 3.0 passes over what stands beside a reference.
        return {"$ref": f"{URN}{node['$ref']}"}
    kept: dict[str, Any] = {}
    for key, value in node.items():
        if key == "properties" and isinstance(value, dict):
            # The names in here are the API's, and one of them is "properties" again.
            kept[key] = {
                name: {"anyOf": [_nullable(schema), {"type": "null"}]}
                for name, schema in value.items()
            }
        else:
            kept[key] = _nullable(value)
    return kept


def _operation(published: dict[str, Any], path: str) -> dict[str, Any]:
    """Find an operation whatever its parameters are called."""
    for template, methods in published["paths"].items():
        parts = ["{id}" if part.startswith("{") else part for part in template.split("/")[1:]]
        if parts == path.split("/"):
            found: dict[str, Any] = methods["get"]
            return found
    pytest.fail(f"{path} is not described")


def _schema(operation: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = operation["responses"]["200"]["content"]["application/json"]["schema"]
    return found


def _validate(published: dict[str, Any], schema: dict[str, Any], answer: Any) -> None:
    resource = Resource.from_contents(published, default_specification=DRAFT202012)
    registry: Registry[Any] = Registry().with_resource(URN, resource)
    errors = list(Draft202012Validator(schema, registry=registry).iter_errors(answer))
    assert not errors, errors[0]
    unknown = _unknown(published, schema, answer)
    assert unknown <= SEEN_LIVE | UNDESCRIBED


def _unknown(published: dict[str, Any], schema: dict[str, Any], answer: Any) -> set[str]:
    """Find the properties of an answer that its schema does not know."""
    known, item, free = _flatten(published, schema)
    if isinstance(answer, list):
        return {name for one in answer for name in _unknown(published, item, one)}
    if not isinstance(answer, dict) or free:
        return set()
    found = set(answer) - set(known)
    for name, value in answer.items():
        for part in known.get(name, []):
            found |= _unknown(published, part, value)
            break
    return found


def _flatten(
    published: dict[str, Any], schema: dict[str, Any]
) -> tuple[dict[str, list[dict[str, Any]]], dict[str, Any], bool]:
    """Gather the properties of a schema, the schema of its items, and whether it allows any."""
    known: dict[str, list[dict[str, Any]]] = {}
    item: dict[str, Any] = {}
    described = False
    pending = [schema]
    while pending:
        part = pending.pop(0)
        if "$ref" in part:
            node: Any = published
            for step in part["$ref"].removeprefix(f"{URN}#/").split("/"):
                node = node[step]
            pending.append(node)
        pending += [*part.get("allOf", []), *part.get("anyOf", []), *part.get("oneOf", [])]
        item = part.get("items", item)
        for name, value in part.get("properties", {}).items():
            described = True
            known.setdefault(name, []).append(value)
    merged = {name: [{"allOf": parts}] for name, parts in known.items()}
    return merged, item, not described


LISTS = sorted(path for path, endpoint in ENDPOINTS.items() if isinstance(endpoint, Listing))
SINGLES = sorted(set(ENDPOINTS) - set(LISTS))


@pytest.mark.parametrize("path", LISTS)
def test_lists_are_as_described(published: dict[str, Any], reader: Reader, path: str) -> None:
    schema = _schema(_operation(published, path))
    endpoint = ENDPOINTS[path]
    params: dict[str, Any] = {"limit": 100}
    if "body-format" in endpoint.params:
        params["body-format"] = "storage"
    if "type" in endpoint.params and "custom-content" in path:
        params["type"] = DRAWIO
    if path in {"pages", "blogposts", "attachments"}:
        params["status"] = "current,trashed"
    rows = 0
    for id_ in _ids(reader, path):
        answer = reader.object(path.replace("{id}", id_), **params)
        _validate(published, schema, answer)
        rows += len(answer["results"])
        if rows:
            break
    assert rows


@pytest.mark.parametrize("path", SINGLES)
def test_singles_with_everything_included_are_as_described(
    published: dict[str, Any], reader: Reader, path: str
) -> None:
    schema = _schema(_operation(published, path))
    flags = {name: "true" for name in ENDPOINTS[path].params if name.startswith("include-")}
    answers = []
    for id_ in list(_ids(reader, path))[:12]:
        # Not every page has a classification level.
        with contextlib.suppress(requests.HTTPError):
            answers.append(reader.object(path.replace("{id}", id_), **flags))
    assert answers
    for answer in answers:
        _validate(published, schema, answer)


@pytest.mark.parametrize("path", sorted(ENDPOINTS))
def test_parameters_are_the_described_ones(
    published: dict[str, Any], reader: Reader, path: str
) -> None:
    del reader
    parameters = _operation(published, path).get("parameters", [])
    described = {p["name"] for p in parameters if p["in"] == "query"}
    endpoint = ENDPOINTS[path]
    known = endpoint.known_params() if isinstance(endpoint, Listing) else endpoint.params
    assert set(known) == described


def _ids(reader: Reader, path: str) -> Iterator[str]:
    kind, *rest = path.split("/")
    if not rest:
        yield ""
        return
    params = {"type": DRAWIO} if kind == "custom-content" else {}
    if rest[-1] == "classification-level":
        # What has none is not found.
        yield from map(str, reader.site.wiki.usage.level_of)
        return
    if kind in TREE_ITEMS:
        items = reader.site.wiki.tree_items[kind.removesuffix("s")]
        yield from (item.id for item in items)
        return
    bulk = "footer-comments" if kind == "comments" else kind
    yield from reader.ids(bulk, limit=250, **params)
