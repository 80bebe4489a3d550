from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft7Validator, Draft202012Validator
from jsonschema.exceptions import ValidationError

from tap_confluence import schemas
from tests.schemas import other_samples, people_samples, usage_samples

if TYPE_CHECKING:
    from collections.abc import Iterator

KEYS = {
    **people_samples.KEYS,
    **other_samples.KEYS,
    **usage_samples.KEYS,
    "ATTACHMENT": ("id",),
    "ATTACHMENT_CONTENT_PROPERTY": ("attachmentId", "id"),
    "ATTACHMENT_LABEL": ("attachmentId", "id"),
    "ATTACHMENT_VERSION": ("attachmentId", "number"),
    "BLOG_POST": ("id",),
    "BLOG_POST_CONTENT_PROPERTY": ("blogPostId", "id"),
    "BLOG_POST_FOOTER_COMMENT": ("id",),
    "BLOG_POST_INLINE_COMMENT": ("id",),
    "BLOG_POST_LABEL": ("blogPostId", "id"),
    "BLOG_POST_VERSION": ("blogPostId", "number"),
    "CHILD_PAGE": ("parentId", "id"),
    "CONTENT_INVENTORY": ("id",),
    "CUSTOM_CONTENT": ("id",),
    "GROUP": ("id",),
    "PAGE": ("id",),
    "PAGE_CONTENT_PROPERTY": ("pageId", "id"),
    "PAGE_FOOTER_COMMENT": ("id",),
    "PAGE_INLINE_COMMENT": ("id",),
    "PAGE_LABEL": ("pageId", "id"),
    "PAGE_VERSION": ("pageId", "number"),
    "SPACE": ("id",),
    "SPACE_LABEL": ("spaceId", "id"),
    "SPACE_PERMISSION": ("spaceId", "id"),
    "SPACE_PROPERTY": ("spaceId", "id"),
    "TASK": ("id",),
}

MODIFIED = "2026-03-04T05:06:07.089Z"
VERSION = {
    "number": 7,
    "createdAt": MODIFIED,
    "message": "",
    "minorEdit": False,
    "authorId": "5b10ac8d82e05b22cc7d4ef5",
}
BODY = {"storage": {"representation": "storage", "value": "<p>Tea at four</p>"}}
LABEL = {"id": "31", "name": "recipes", "prefix": "global"}
PROPERTY = {"id": "41", "key": "editor", "value": "v2", "version": VERSION, "modifiedAt": MODIFIED}
HISTORY = {**VERSION, "modifiedAt": MODIFIED}
FOOTER_COMMENT = {
    "id": "51",
    "parentCommentId": "50",
    "status": "current",
    "title": "Re: Afternoon tea",
    "version": VERSION,
    "modifiedAt": MODIFIED,
    "body": BODY,
    "bodyMarkdown": "text",
    "bodyText": "text",
    "resolutionStatus": "open",
    "_links": {"webui": "/spaces/TEA/pages/11?focusedCommentId=51"},
}
INLINE_COMMENT = {
    **FOOTER_COMMENT,
    "resolutionStatus": "resolved",
    "resolutionLastModifierId": "712020:0a1b",
    "resolutionLastModifiedAt": MODIFIED,
    "properties": {"inlineMarkerRef": "m-1", "inlineOriginalSelection": "at four"},
}
BLOG_POST = {
    "id": "21",
    "status": "current",
    "title": "New kettle",
    "spaceId": "1",
    "authorId": "712020:0a1b",
    "createdAt": MODIFIED,
    "version": VERSION,
    "modifiedAt": MODIFIED,
    "body": BODY,
    "bodyMarkdown": "text",
    "bodyText": "text",
    "_links": {"webui": "/w", "editui": "/e", "tinyui": "/x/FQ"},
}

SAMPLES: dict[str, dict[str, Any]] = {
    **people_samples.SAMPLES,
    **other_samples.SAMPLES,
    **usage_samples.SAMPLES,
    "ATTACHMENT": {
        "id": "att61",
        "status": "current",
        "title": "kettle.png",
        "createdAt": MODIFIED,
        "pageId": "11",
        "blogPostId": None,
        "customContentId": None,
        "mediaType": "image/png",
        "mediaTypeDescription": "PNG Image",
        "comment": "",
        "fileId": "b7c1",
        "fileSize": 5_000_000_000,
        "webuiLink": "/pages/viewpageattachments.action?pageId=11",
        "downloadLink": "/download/attachments/11/kettle.png",
        "filePath": "TEA/11/att61-v2-kettle.png",
        "fileSha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "fileSkipped": "too large",
        "version": VERSION,
        "modifiedAt": MODIFIED,
        "_links": {"webui": "/w", "download": "/d"},
    },
    "ATTACHMENT_CONTENT_PROPERTY": {"attachmentId": "att61", **PROPERTY},
    "ATTACHMENT_LABEL": {"attachmentId": "att61", **LABEL},
    "ATTACHMENT_VERSION": {"attachmentId": "att61", **HISTORY},
    "BLOG_POST": BLOG_POST,
    "BLOG_POST_CONTENT_PROPERTY": {"blogPostId": "21", **PROPERTY},
    "BLOG_POST_FOOTER_COMMENT": {"blogPostId": "21", **FOOTER_COMMENT},
    "BLOG_POST_INLINE_COMMENT": {"blogPostId": "21", **INLINE_COMMENT},
    "BLOG_POST_LABEL": {"blogPostId": "21", **LABEL},
    "BLOG_POST_VERSION": {"blogPostId": "21", **HISTORY, "body": BODY},
    "CHILD_PAGE": {
        "parentId": "10",
        "id": "11",
        "parentType": "folder",
        "status": "archived",
        "title": "Afternoon tea",
        "spaceId": "1",
        "childPosition": 920,
    },
    "CONTENT_INVENTORY": {
        "id": "51",
        "type": "footer-comment",
        "spaceId": "1",
        "status": "current",
        "title": "Re: Afternoon tea",
        "modifiedAt": MODIFIED,
    },
    "CUSTOM_CONTENT": {
        "id": "71",
        "type": "ac:tea-app:kettle",
        "status": "current",
        "title": "Kettle 3",
        "spaceId": "1",
        "pageId": "11",
        "blogPostId": None,
        "customContentId": None,
        "authorId": "712020:0a1b",
        "createdAt": MODIFIED,
        "version": VERSION,
        "modifiedAt": MODIFIED,
        "body": {"raw": {"representation": "raw", "value": "{}"}},
        "_links": {"webui": "/w"},
    },
    "GROUP": {
        "id": "f1d0f7dc-0000-4000-8000-000000000001",
        "name": "tea-drinkers",
        "type": "group",
        "resourceAri": "ari:cloud:identity::group/f1d0f7dc-0000-4000-8000-000000000001",
        "usageType": "TEAM_COLLABORATION",
        "managedBy": "OPEN",
        "_links": {"self": "https://example.atlassian.net/wiki/rest/api/group/by-id?id=f1d0"},
    },
    "PAGE": {
        **BLOG_POST,
        "parentId": "10",
        "parentType": "whiteboard",
        "position": -5,
        "ownerId": "712020:0a1b",
        "lastOwnerId": "712020:0a1c",
        "subtype": "live",
        "sourceTemplateEntityId": "com.example:blueprint",
    },
    "PAGE_CONTENT_PROPERTY": {"pageId": "11", **PROPERTY},
    "PAGE_FOOTER_COMMENT": {"pageId": "11", **FOOTER_COMMENT},
    "PAGE_INLINE_COMMENT": {"pageId": "11", **INLINE_COMMENT},
    "PAGE_LABEL": {"pageId": "11", **LABEL},
    "PAGE_VERSION": {"pageId": "11", **HISTORY, "body": BODY},
    "SPACE": {
        "id": "1",
        "key": "TEA",
        "name": "Tea room",
        "type": "collaboration",
        "status": "current",
        "authorId": "712020:0a1b",
        "spaceOwnerId": "712020:0a1b",
        "currentActiveAlias": "TEA",
        "createdAt": MODIFIED,
        "homepageId": "10",
        "description": {"plain": {"representation": "plain", "value": "All about tea"}},
        "icon": {"path": "/wiki/aa-avatar/1", "apiDownloadLink": None},
        "_links": {"webui": "/spaces/TEA"},
    },
    "SPACE_LABEL": {"spaceId": "1", **LABEL},
    "SPACE_PERMISSION": {
        "spaceId": "1",
        "id": "81",
        "principal": {"type": "group", "id": "f1d0f7dc"},
        "operation": {"key": "create", "targetType": "page"},
    },
    "SPACE_PROPERTY": {
        "spaceId": "1",
        "id": "91",
        "key": "tea.settings",
        "value": {"milk": True},
        "createdAt": MODIFIED,
        "createdBy": "712020:0a1b",
        "versionNumber": 2,
        "versionCreatedAt": MODIFIED,
        "versionCreatedBy": "712020:0a1b",
    },
    "TASK": {
        "id": "101",
        "localId": "1981",
        "spaceId": "1",
        "pageId": "11",
        "blogPostId": None,
        "status": "incomplete",
        "body": BODY,
        "createdBy": "712020:0a1b",
        "assignedTo": "712020:0a1c",
        "completedBy": None,
        "createdAt": MODIFIED,
        "updatedAt": None,
        "dueAt": None,
        "completedAt": None,
        "modifiedAt": MODIFIED,
    },
}

EVERY_SCHEMA = pytest.mark.parametrize("name", schemas.__all__)
WITH_VALUE = pytest.mark.parametrize(
    "name",
    [name for name in schemas.__all__ if name.endswith(("CONTENT_PROPERTY", "SPACE_PROPERTY"))],
)


def schema_of(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = getattr(schemas, name)
    return schema


def validate(name: str, row: dict[str, Any]) -> None:
    schema = schema_of(name)
    Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(row)


def walk(schema: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for name, property_schema in schema.get("properties", {}).items():
        yield f"{path}{name}", property_schema
        yield from walk(property_schema, f"{path}{name}.")


def with_null_at(row: dict[str, Any], path: str) -> dict[str, Any]:
    head, _, rest = path.partition(".")
    return {**row, head: with_null_at(row.get(head) or {}, rest) if rest else None}


def test_every_schema_has_its_keys_and_a_sample_here() -> None:
    assert set(KEYS) == set(SAMPLES) == set(schemas.__all__)


@EVERY_SCHEMA
@pytest.mark.parametrize("draft", [Draft7Validator, Draft202012Validator])
def test_a_schema_is_valid_json_schema(
    name: str,
    draft: type[Draft7Validator | Draft202012Validator],
) -> None:
    draft.check_schema(schema_of(name))


@EVERY_SCHEMA
def test_every_property_is_described(name: str) -> None:
    for path, property_schema in walk(schema_of(name)):
        description = property_schema.get("description", "")
        assert len(description) > 10, path
        assert description.endswith("."), path


@EVERY_SCHEMA
def test_only_keys_are_required_and_no_nested_field_is(name: str) -> None:
    schema = schema_of(name)
    assert tuple(schema["required"]) == KEYS[name]
    assert [path for path, nested in walk(schema) if "required" in nested] == []


@EVERY_SCHEMA
def test_no_known_value_is_enforced(name: str) -> None:
    assert [path for path, nested in walk(schema_of(name)) if "enum" in nested] == []


@EVERY_SCHEMA
def test_columns_differ_in_more_than_case(name: str) -> None:
    columns = [column.lower() for column in schema_of(name)["properties"]]
    assert len(columns) == len(set(columns))


@EVERY_SCHEMA
def test_a_sample_fills_every_column_and_is_valid(name: str) -> None:
    assert set(SAMPLES[name]) == set(schema_of(name)["properties"])
    validate(name, SAMPLES[name])


@EVERY_SCHEMA
def test_keys_alone_make_a_record(name: str) -> None:
    validate(name, {key: SAMPLES[name][key] for key in KEYS[name]})


@EVERY_SCHEMA
def test_everything_but_a_key_may_be_null(name: str) -> None:
    for path, _ in walk(schema_of(name)):
        if path not in KEYS[name]:
            validate(name, with_null_at(SAMPLES[name], path))


@EVERY_SCHEMA
def test_a_key_is_there_and_not_null(name: str) -> None:
    row = SAMPLES[name]
    for key in KEYS[name]:
        with pytest.raises(ValidationError):
            validate(name, {**row, key: None})
        with pytest.raises(ValidationError):
            validate(name, {field: value for field, value in row.items() if field != key})


@EVERY_SCHEMA
def test_undeclared_fields_are_allowed_at_every_level(name: str) -> None:
    row = {**SAMPLES[name], "newInTheApi": {"of": ["any", "kind"]}}
    for path, nested in walk(schema_of(name)):
        if "properties" in nested and "." not in path:
            row[path] = {**(row[path] or {}), "newInTheApi": 1}
    validate(name, row)
    objects = [path for path, nested in walk(schema_of(name)) if "properties" in nested]
    closed = [
        path
        for path, nested in walk(schema_of(name))
        if path in objects and nested["additionalProperties"] is not True
    ]
    assert closed == []


@EVERY_SCHEMA
def test_a_value_of_another_type_is_refused(name: str) -> None:
    for path, nested in walk(schema_of(name)):
        if "." not in path and "type" in nested:
            with pytest.raises(ValidationError):
                validate(name, {**SAMPLES[name], path: [True]})


def test_only_properties_of_content_and_spaces_hold_any_json() -> None:
    untyped = {
        f"{name}.{path}"
        for name in schemas.__all__
        for path, nested in walk(schema_of(name))
        if "type" not in nested
    }
    assert untyped == {
        "ATTACHMENT_CONTENT_PROPERTY.value",
        "BLOG_POST_CONTENT_PROPERTY.value",
        "CUSTOM_CONTENT_CONTENT_PROPERTY.value",
        "PAGE_CONTENT_PROPERTY.value",
        "SPACE_PROPERTY.value",
    }


@WITH_VALUE
@pytest.mark.parametrize(
    "value",
    ["v2", "", '{"v": 2}', 0, 3, 2.5, True, False, {}, {"a": [None]}, [], [1, "b", {}], None],
)
def test_a_property_holds_any_json_value(name: str, value: object) -> None:
    validate(name, {**SAMPLES[name], "value": value})


@WITH_VALUE
def test_a_property_value_is_written_so_that_sql_targets_load_it(name: str) -> None:
    value = schema_of(name)["properties"]["value"]
    # target-duckdb and the SDK's flattening look at the first entry of the first keyword only,
    # and drop the column or fail when it is not a list of objects with a single type.
    keyword, kinds = next(iter(value.items()))
    assert keyword == "oneOf"
    assert kinds[0] == {"type": "string"}
    # target-postgres would make a plain text column of these and fail on an object
    assert "anyOf" not in value
    # target-duckdb would make a JSON column of this and fail on a bare string
    assert "type" not in value


def test_schemas_do_not_share_parts_that_a_mapper_could_change() -> None:
    seen: dict[int, str] = {}
    for name in schemas.__all__:
        for path, nested in walk(schema_of(name)):
            assert id(nested) not in seen, (f"{name}.{path}", seen.get(id(nested)))
            seen[id(nested)] = f"{name}.{path}"
