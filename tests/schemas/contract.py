"""Schemas held against Atlassian's own description of the API, where it is at hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

from tests.reference import reference
from tests.schemas.samples import SCHEMAS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pytest


OWN_TIME = "the tap's replication key"
OWNER = "id of what the detail was read from"
OTHER_OWNER = "such comments are records of another stream"
OTHER_STREAM = "records of a stream of their own"
NO_STREAM = "only given when asked for with an include flag, which the tap does not set"
REPEATED = "repeats the owner, whose id the record carries"
RENDERED = "given for a single item when the body is asked for as export_view"


@dataclass(frozen=True)
class Contract:
    """Which models of the API a record comes from and how it differs from them.

    Attributes:
        models: Names of the models, that of the list first.
        added: Paths we declare that no model has, with the reason.
        left_out: Paths of the models that we do not declare, with the reason.
        api: Version of the API.
    """

    models: tuple[str, ...]
    added: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    api: str = "v2"


INCLUDES = {
    "labels": OTHER_STREAM,
    "properties": OTHER_STREAM,
    "versions": OTHER_STREAM,
    "operations": NO_STREAM,
}
CONTENT_INCLUDES = {**INCLUDES, "likes": NO_STREAM, "isFavoritedByCurrentUser": NO_STREAM}
COMMENT_INCLUDES = {"operations": NO_STREAM, "likes": NO_STREAM, "versions": NO_STREAM}
OWNER_KEYS = ("pageId", "blogPostId", "attachmentId", "customContentId")
INLINE_INCLUDES = {
    "properties.results": NO_STREAM,
    "properties.meta": NO_STREAM,
    "properties._links": NO_STREAM,
}
EXPORTED = {"body.export_view": RENDERED}
READABLE = {"bodyMarkdown": "made of the body", "bodyText": "made of the body"}
MODIFIED = {"modifiedAt": OWN_TIME}
FETCHED = {
    **dict.fromkeys(("filePath", "fileSha256", "fileSkipped"), "tells where the file was put"),
    **dict.fromkeys(("fileText", "fileTextSkipped"), "what the file says"),
}


def label(owner_key: str) -> Contract:
    return Contract(("Label",), added={owner_key: OWNER})


def version(owner_key: str, model: str, owner: str) -> Contract:
    return Contract((model,), added={owner_key: OWNER} | MODIFIED, left_out={owner: REPEATED})


def post_version(owner_key: str, model: str, owner: str) -> Contract:
    added = {owner_key: OWNER, "body": "the model has it under what it is a version of"}
    return Contract((model,), added=added | MODIFIED, left_out={owner: REPEATED})


def content_property(owner_key: str) -> Contract:
    return Contract(("ContentProperty",), added={owner_key: OWNER} | MODIFIED)


def footer_comment(model: str, owner_key: str) -> Contract:
    return Contract(
        (model, "ChildrenCommentModel", "FooterCommentModel"),
        added={"resolutionStatus": "seen in answers, not in the description"}
        | MODIFIED
        | EXPORTED
        | READABLE,
        left_out={key: OTHER_OWNER for key in OWNER_KEYS if key != owner_key}
        | {"properties": NO_STREAM}
        | COMMENT_INCLUDES,
    )


def inline_comment(model: str, other_owner: str) -> Contract:
    return Contract(
        (model, "InlineCommentChildrenModel", "InlineCommentModel"),
        added=MODIFIED | EXPORTED | READABLE,
        left_out={other_owner: OTHER_OWNER} | COMMENT_INCLUDES | INLINE_INCLUDES,
    )


class HeldAgainstTheApi:
    """Tests of schemas against the models that their records follow, one after the other.

    Attributes:
        contracts: What the records of each stream follow, by its name.
    """

    contracts: ClassVar[Mapping[str, Contract]]

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        metafunc.parametrize("stream", self.contracts)

    def test_every_field_of_the_api_is_declared(self, stream: str) -> None:
        contract = self.contracts[stream]
        assert set(described(contract)) - set(ours(stream)) == set(contract.left_out)

    def test_every_field_beyond_the_api_is_a_known_addition(self, stream: str) -> None:
        contract = self.contracts[stream]
        beyond = set(ours(stream)) - set(described(contract))
        within_an_addition = {
            path for path in beyond if any(path.startswith(f"{at}.") for at in contract.added)
        }
        assert beyond - within_an_addition == set(contract.added)

    def test_types_are_those_of_the_api(self, stream: str) -> None:
        contract = self.contracts[stream]
        api = described(contract)
        assert {path: kind for path, kind in ours(stream).items() if path in api} == {
            path: kind for path, kind in api.items() if path not in contract.left_out
        }

    def test_what_the_api_does_not_promise_may_be_null(self, stream: str) -> None:
        schema = SCHEMAS[stream]
        strict = [
            path
            for path, nested in nested_schemas(schema)
            if path not in schema["required"]
            and "null" not in nested.get("type", ())
            and {"type": "null"} not in nested.get("oneOf", ())
        ]
        assert strict == []


def ours(stream: str) -> dict[str, str]:
    """List the fields of a stream's schema by path, each with its type."""
    return flat_ours(SCHEMAS[stream])


@cache
def components(api: str) -> dict[str, Any]:
    described = reference(f"confluence-cloud-{api}.openapi.json")
    models: dict[str, Any] = described["components"]["schemas"]
    return models


def resolved(schema: dict[str, Any], api: str) -> dict[str, Any]:
    while "$ref" in schema:
        schema = components(api)[schema["$ref"].rpartition("/")[2]]
    assert not {"allOf", "anyOf", "oneOf"} & set(schema), "the comparison does not know unions"
    return schema


def flat_api(
    schema: dict[str, Any], api: str, left_out: set[str], path: str = ""
) -> dict[str, str]:
    """List the fields of a model by path, each with its type."""
    fields: dict[str, str] = {}
    for name, part in schema.get("properties", {}).items():
        nested = resolved(part, api)
        here = f"{path}{name}"
        fields[here] = kind_of(nested)
        if here not in left_out:
            fields |= flat_api(nested, api, left_out, f"{here}.")
    return fields


def flat_ours(schema: dict[str, Any], path: str = "") -> dict[str, str]:
    """List the fields of our schema by path, each with its type."""
    fields: dict[str, str] = {}
    for name, nested in schema.get("properties", {}).items():
        fields[f"{path}{name}"] = kind_of(nested)
        fields |= flat_ours(nested, f"{path}{name}.")
    return fields


def kind_of(schema: dict[str, Any]) -> str:
    if "type" not in schema:
        return "any"
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    (kind,) = (one for one in types if one != "null")
    # int32 and int64 are both integers of JSON; a moment is more than a string
    return "date-time" if schema.get("format") == "date-time" else str(kind)


def described(contract: Contract) -> dict[str, str]:
    """List the fields of all models of a contract by path, each with its type."""
    fields: dict[str, str] = {}
    for model in contract.models:
        found = flat_api(
            resolved(components(contract.api)[model], contract.api),
            contract.api,
            set(contract.left_out),
        )
        for path, kind in found.items():
            assert fields.setdefault(path, kind) == kind, f"the models disagree on {path}"
    return fields


def nested_schemas(schema: dict[str, Any], path: str = "") -> list[tuple[str, dict[str, Any]]]:
    found = []
    for name, nested in schema.get("properties", {}).items():
        found += [(f"{path}{name}", nested), *nested_schemas(nested, f"{path}{name}.")]
    return found
