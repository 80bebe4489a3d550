"""Holds our schemas against Atlassian's own description of the API, where it is at hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pytest

from tap_confluence import schemas
from tests.reference import reference

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
FETCHED = dict.fromkeys(("filePath", "fileSha256", "fileSkipped"), "tells where the file was put")


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


CONTRACTS = {
    "SPACE": Contract(
        ("SpaceBulk", "SpaceSingle"),
        left_out={
            "labels": OTHER_STREAM,
            "properties": OTHER_STREAM,
            "permissions": OTHER_STREAM,
            "operations": NO_STREAM,
        },
    ),
    "SPACE_LABEL": label("spaceId"),
    "SPACE_PERMISSION": Contract(("SpacePermissionAssignment",), added={"spaceId": OWNER}),
    "SPACE_PROPERTY": Contract(
        ("SpaceProperty",),
        added={"spaceId": OWNER}
        | dict.fromkeys(
            ("versionNumber", "versionCreatedAt", "versionCreatedBy"), "made of the version"
        ),
        left_out={"version": "in columns of its own"},
    ),
    "PAGE": Contract(
        ("PageBulk", "PageSingle"),
        added={"sourceTemplateEntityId": "seen in answers, not in the description"}
        | MODIFIED
        | EXPORTED
        | READABLE,
        left_out=CONTENT_INCLUDES,
    ),
    "PAGE_LABEL": label("pageId"),
    "PAGE_VERSION": post_version("pageId", "PageVersion", "page"),
    "PAGE_CONTENT_PROPERTY": content_property("pageId"),
    "PAGE_FOOTER_COMMENT": footer_comment("PageCommentModel", "pageId"),
    "PAGE_INLINE_COMMENT": inline_comment("PageInlineCommentModel", "blogPostId"),
    "CHILD_PAGE": Contract(
        ("ChildPage",),
        added={"parentId": OWNER, "parentType": "known from the list of pages"},
    ),
    "BLOG_POST": Contract(
        ("BlogPostBulk", "BlogPostSingle"),
        added=MODIFIED | EXPORTED | READABLE,
        left_out=CONTENT_INCLUDES,
    ),
    "BLOG_POST_LABEL": label("blogPostId"),
    "BLOG_POST_VERSION": post_version("blogPostId", "BlogPostVersion", "blogpost"),
    "BLOG_POST_CONTENT_PROPERTY": content_property("blogPostId"),
    "BLOG_POST_FOOTER_COMMENT": footer_comment("BlogPostCommentModel", "blogPostId"),
    "BLOG_POST_INLINE_COMMENT": inline_comment("BlogPostInlineCommentModel", "pageId"),
    "ATTACHMENT": Contract(
        ("AttachmentBulk", "AttachmentSingle"),
        added=MODIFIED | FETCHED,
        left_out=INCLUDES,
    ),
    "ATTACHMENT_LABEL": label("attachmentId"),
    "ATTACHMENT_VERSION": version("attachmentId", "AttachmentVersion", "attachment"),
    "ATTACHMENT_CONTENT_PROPERTY": content_property("attachmentId"),
    "TASK": Contract(("Task",), added=MODIFIED),
    "USER": Contract(
        ("User",),
        added={"isGuest": "as REST v1 calls it", "username": "only Data Center has it"},
    ),
    "PAGE_LIKE": Contract(("Like",), added={"pageId": OWNER}),
    "BLOG_POST_LIKE": Contract(("Like",), added={"blogPostId": OWNER}),
    "COMMENT_LIKE": Contract(("Like",), added={"commentId": OWNER}),
    "SPACE_ROLE": Contract(("SpaceRole",)),
    "SPACE_ROLE_ASSIGNMENT": Contract(
        ("SpaceRoleAssignment",),
        added={"spaceId": OWNER}
        | dict.fromkeys(("principalType", "principalId"), "made of the principal"),
        left_out={"principal": "in columns of its own"},
    ),
    "GROUP": Contract(
        ("Group",),
        added={
            "resourceAri": "seen in answers, not in the description",
            "_links.self": "the description leaves the links open",
        },
        api="v1",
    ),
    "CUSTOM_CONTENT": Contract(
        ("CustomContentBulk", "CustomContentSingle"),
        added=MODIFIED | EXPORTED,
        left_out=INCLUDES,
    ),
    "CUSTOM_CONTENT_LABEL": label("customContentId"),
    "CUSTOM_CONTENT_VERSION": version("customContentId", "CustomContentVersion", "custom"),
    "CUSTOM_CONTENT_CONTENT_PROPERTY": content_property("customContentId"),
    "CUSTOM_CONTENT_FOOTER_COMMENT": footer_comment("CustomContentCommentModel", "customContentId"),
    "ATTACHMENT_FOOTER_COMMENT": footer_comment("AttachmentCommentModel", "attachmentId"),
    "FOLDER": Contract(("FolderSingle",)),
    "WHITEBOARD": Contract(
        ("WhiteboardSingle",), left_out={"_links.editui": "leads where `webui` does"}
    ),
    "DATABASE": Contract(("DatabaseSingle",)),
    "EMBED": Contract(("SmartLinkSingle",)),
    "LABEL": Contract(("Label",)),
    "CLASSIFICATION_LEVEL": Contract(("ClassificationLevel",)),
    "PAGE_CLASSIFICATION_LEVEL": Contract(("ClassificationLevel",), added={"pageId": OWNER}),
    "AUDIT_RECORD": Contract(
        ("AuditRecord",),
        added={
            "id": "made of what the record says",
            "createdAt": "made of the creation date",
            "authorId": "made of the author",
            "affectedObject.id": "only Data Center has it",
        },
        left_out={"creationDate": "as createdAt"}
        | dict.fromkeys(
            (
                *("author.operations", "author.username", "author.userKey", "author.accountId"),
                *("author.accountType", "author.externalCollaborator", "author.publicName"),
                *("author.isExternalCollaborator", "author.isGuest"),
            ),
            "said of users in the stream of users",
        ),
        api="v1",
    ),
}

NOT_FROM_ONE_MODEL = {
    "BLOG_POST_RESTRICTION",
    "BLOG_POST_VIEWS",
    "CONTENT_INVENTORY",
    "CONTENT_STATE",
    "DATABASE_RESTRICTION",
    "EMBED_RESTRICTION",
    "FOLDER_RESTRICTION",
    "GROUP_MEMBER",
    "PAGE_INCLUDE",
    "PAGE_LINK",
    "PAGE_PROPERTY_ROW",
    "PAGE_RESTRICTION",
    "PAGE_VIEWS",
    "PAGE_WATCHER",
    "SPACE_WATCHER",
    "TEMPLATE",
    "WHITEBOARD_RESTRICTION",
}

EVERY_CONTRACT = pytest.mark.parametrize("name", CONTRACTS)


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


def described(name: str) -> dict[str, str]:
    contract = CONTRACTS[name]
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


def ours(name: str) -> dict[str, str]:
    return flat_ours(getattr(schemas, name))


def test_every_schema_is_held_against_the_api() -> None:
    assert set(CONTRACTS) | NOT_FROM_ONE_MODEL == set(schemas.__all__)


@EVERY_CONTRACT
def test_every_field_of_the_api_is_declared(name: str) -> None:
    assert set(described(name)) - set(ours(name)) == set(CONTRACTS[name].left_out)


@EVERY_CONTRACT
def test_every_field_beyond_the_api_is_a_known_addition(name: str) -> None:
    beyond = set(ours(name)) - set(described(name))
    within_an_addition = {
        path for path in beyond if any(path.startswith(f"{at}.") for at in CONTRACTS[name].added)
    }
    assert beyond - within_an_addition == set(CONTRACTS[name].added)


@EVERY_CONTRACT
def test_types_are_those_of_the_api(name: str) -> None:
    api = described(name)
    assert {path: kind for path, kind in ours(name).items() if path in api} == {
        path: kind for path, kind in api.items() if path not in CONTRACTS[name].left_out
    }


@EVERY_CONTRACT
def test_what_the_api_does_not_promise_may_be_null(name: str) -> None:
    schema = getattr(schemas, name)
    strict = [
        path
        for path, nested in nested_schemas(schema)
        if path not in schema["required"]
        and "null" not in nested.get("type", ())
        and {"type": "null"} not in nested.get("oneOf", ())
    ]
    assert strict == []


def nested_schemas(schema: dict[str, Any], path: str = "") -> list[tuple[str, dict[str, Any]]]:
    found = []
    for name, nested in schema.get("properties", {}).items():
        found += [(f"{path}{name}", nested), *nested_schemas(nested, f"{path}{name}.")]
    return found
