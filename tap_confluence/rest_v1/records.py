"""From REST v1 to the records that REST v2 would have given.

Pure functions. Every part of a v1 answer may be missing, because it was not expanded, or because
the site is old; then the field is missing in the record too.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tap_confluence.decoding import unquoted
from tap_confluence.statuses import TRASHED
from tap_confluence.streams.access_classes import ANONYMOUS_USERS, IN_PERMISSIONS
from tap_confluence.timestamps import to_timestamp

if TYPE_CHECKING:
    from collections.abc import Mapping

    Json = dict[str, Any]

CONTAINER_KEYS = {"page": "pageId", "blogpost": "blogPostId"}
"""Under which key a record carries the id of what it is on, by the type of that."""

USER_STATUSES = {"current": "active", "deactivated": "inactive"}
"""What Cloud calls the status of a user."""

LOWEST_CAP = 25
"""At how many rows a site may cut off a nested list without saying so."""

ANONYMOUS = "anonymous"
ATTACHMENT = "attachment"
FOOTER = "footer"


def page(item: Mapping[str, Any]) -> Json:
    """Turn a page into a record of `pages`."""
    ancestors = item.get("ancestors")
    place: Json = {"parentId": None, "parentType": None, "position": None}
    if item.get("status") != TRASHED:
        # As on Cloud, what is in the trash has no place in the tree.
        parent = _last_id(ancestors)
        place = {
            "parentId": parent,
            "parentType": parent and "page",
            "position": _integer(_part(item, "extensions").get("position")),
        }
    return {**post(item), **place}


def post(item: Mapping[str, Any]) -> Json:
    """Turn a blog post into a record of `blog_posts`."""
    history = _part(item, "history")
    return {
        "id": str(item["id"]),
        "status": item.get("status"),
        "title": item.get("title"),
        "spaceId": space_id(item),
        "authorId": user_id(history.get("createdBy")),
        "createdAt": to_timestamp(history.get("createdDate")),
        **_latest_version(item),
        "body": _body(item),
        "_links": _links(item, webui="webui", edit="editui", editui="editui", tinyui="tinyui"),
    }


def comment(item: Mapping[str, Any]) -> Json:
    """Turn a comment into a record of the stream it belongs to."""
    extensions = _part(item, "extensions")
    resolution = _part(extensions, "resolution")
    record = {
        "id": str(item["id"]),
        "status": item.get("status"),
        "title": item.get("title"),
        **_container(item),
        "parentCommentId": _last_id(item.get("ancestors")),
        **_latest_version(item),
        "body": _body(item),
        "resolutionStatus": resolution.get("status"),
        "_links": _links(item, webui="webui"),
    }
    if not is_inline(item):
        return record
    place = _part(extensions, "inlineProperties")
    modifier = user_id(resolution.get("lastModifier"))
    return {
        **record,
        "resolutionLastModifierId": modifier,
        # Where nobody has resolved it yet, the site says "anonymous, 1970".
        "resolutionLastModifiedAt": modifier and to_timestamp(resolution.get("lastModifiedDate")),
        "properties": {
            "inlineMarkerRef": place.get("markerRef"),
            "inlineOriginalSelection": place.get("originalSelection"),
        },
    }


def is_inline(item: Mapping[str, Any]) -> bool:
    """Tell whether a comment is on a passage of the text, or a reply to one that is."""
    extensions = _part(item, "extensions")
    location = extensions.get("location")
    if isinstance(location, str):
        return location != FOOTER
    return bool(_part(extensions, "inlineProperties"))


def container_type(item: Mapping[str, Any]) -> str | None:
    """Tell on what a comment or an attachment is: `page`, `blogpost` or another type."""
    kind = _part(item, "container").get("type")
    return str(kind) if kind else None


def place(item: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Tell where something is: on which page or blog post, if it is none itself, in which space.

    Returns:
        The id of the page or blog post and the key of the space, as far as the answer tells.
    """
    holder = item if _holds(item) else _part(item, "container")
    content_id = _identity(holder) if _holds(holder) else None
    return content_id, space_key(holder)


def space_key(item: Mapping[str, Any]) -> str | None:
    """Return the key of the space of an item, if the answer tells."""
    key = _part(item, "space").get("key")
    if key is None:
        # What is not spelled out is named by its path.
        path = str(_part(item, "_expandable").get("space") or "")
        key = unquoted(path.rpartition("/")[2]) or None
    return key


def attachment(item: Mapping[str, Any]) -> Json:
    """Turn an attachment into a record of `attachments`."""
    extensions, metadata = _part(item, "extensions"), _part(item, "metadata")
    links = _links(item, webui="webui", download="download")
    return {
        "id": attachment_id(item),
        "status": item.get("status"),
        "title": item.get("title"),
        "createdAt": to_timestamp(_part(item, "history").get("createdDate")),
        **_container(item),
        "mediaType": extensions.get("mediaType") or metadata.get("mediaType"),
        "comment": extensions.get("comment", metadata.get("comment")),
        "fileSize": _integer(extensions.get("fileSize")),
        "webuiLink": links.get("webui"),
        "downloadLink": links.get("download"),
        **_latest_version(item),
        "_links": links,
    }


def attachment_id(item: Mapping[str, Any]) -> str:
    """Return the id of an attachment, which begins with `att` as on Cloud."""
    identity = str(item["id"])
    return identity if identity.startswith("att") else f"att{identity}"


def child_page(item: Mapping[str, Any]) -> Json | None:
    """Turn a page into a record of `child_pages`; None where it is nobody's child."""
    record = page(item)
    if record["parentId"] is None:
        return None
    same = ("parentId", "parentType", "id", "status", "title", "spaceId")
    return {**{key: record[key] for key in same}, "childPosition": record["position"]}


def label(item: Mapping[str, Any]) -> Json:
    """Turn a label into a row of what carries it."""
    return {"id": _identity(item), "name": item.get("name"), "prefix": item.get("prefix")}


def version(item: Mapping[str, Any]) -> Json:
    """Turn a version into a nested version, or a row of what it is a version of."""
    return {
        "number": _integer(item.get("number")),
        "createdAt": to_timestamp(item.get("when")),
        "message": item.get("message"),
        "minorEdit": item.get("minorEdit"),
        "authorId": user_id(item.get("by")),
        # Only Data Center has it.
        **({"hidden": item["hidden"]} if "hidden" in item else {}),
    }


def content_property(item: Mapping[str, Any]) -> Json:
    """Turn a content property into a row of what it is kept with."""
    return {
        "id": _identity(item, "id", "key"),
        "key": item.get("key"),
        "value": item.get("value"),
        **({"version": version(item["version"])} if _part(item, "version") else {}),
    }


def space(item: Mapping[str, Any]) -> Json:
    """Turn a space into a record of `spaces`."""
    homepage = _part(item, "homepage").get("id")
    icon, history = _part(item, "icon"), _part(item, "history")
    creator = item.get("creator") or history.get("createdBy")
    return {
        "id": str(item["id"]),
        "key": item.get("key"),
        "name": item.get("name"),
        "type": item.get("type"),
        "status": item.get("status"),
        "authorId": user_id(creator),
        "createdAt": to_timestamp(item.get("creationDate") or history.get("createdDate")),
        "homepageId": None if homepage is None else str(homepage),
        "description": _texts(item.get("description")),
        "icon": {"path": icon.get("path")} if icon else None,
        "currentActiveAlias": item.get("alias") or item.get("key"),
        "_links": _links(item, webui="webui"),
    }


def space_property(item: Mapping[str, Any]) -> Json:
    """Turn a space property into a row; its id is its key, for Data Center gives no other."""
    row = content_property(item)
    latest = row.pop("version", None)
    if latest:
        row["version"] = {
            "number": latest["number"],
            "createdAt": latest["createdAt"],
            "createdBy": latest["authorId"],
            "message": latest["message"],
        }
    return row


def space_permission(item: Mapping[str, Any]) -> Json:
    """Turn a permission into a row of its space.

    Data Center gives no id: who may do what, in words, is one.
    """
    operation, (kind, holder) = _part(item, "operation"), _holder(_part(item, "subject"))
    act = operation.get("operationKey") or operation.get("operation")
    target = operation.get("targetType")
    identity = item.get("id") or ":".join(str(part) for part in (kind, holder, act, target) if part)
    return {
        "id": str(identity),
        "principal": {"type": kind, "id": holder},
        "operation": {"key": act, "targetType": target},
    }


def _holder(subject: Mapping[str, Any]) -> tuple[str, Any]:
    """Return the type and the id of who holds a permission."""
    kind = str(subject.get("type")).lower()
    if kind == ANONYMOUS:
        return IN_PERMISSIONS, ANONYMOUS_USERS
    holder = subject.get("userKey") or subject.get("name") or subject.get("username")
    return ("group" if kind == "group" else "user"), holder


def user(item: Mapping[str, Any]) -> Json:
    """Turn a user into a record of `users`; the id is the key, by which others refer to users."""
    status = item.get("status")
    return {
        "accountId": user_id(item),
        "accountStatus": USER_STATUSES.get(str(status), status),
        "displayName": item.get("displayName"),
        "publicName": item.get("displayName"),
        "email": item.get("email") or None,
        "profilePicture": item.get("profilePicture"),
        "username": item.get("username"),
    }


def group(item: Mapping[str, Any]) -> Json:
    """Turn a group into a record of `groups`; its id is its name."""
    return {**item, "id": _identity(item, "id", "name")}


def space_id(item: Mapping[str, Any]) -> str | None:
    """Return the id of the space of an item, which v1 writes as a number."""
    identity = _part(item, "space").get("id")
    return None if identity is None else str(identity)


def user_id(user: object) -> str | None:
    """Return what tells a user from others: the key, which outlives a change of name."""
    if not isinstance(user, dict):
        return None
    identity = user.get("userKey") or user.get("username") or user.get("accountId")
    return str(identity) if identity else None


def modified_at(item: Mapping[str, Any]) -> str | None:
    """Return when an item was last modified."""
    history = _part(item, "history")
    return to_timestamp(_part(item, "version").get("when")) or to_timestamp(
        history.get("createdDate")
    )


def version_number(item: Mapping[str, Any]) -> int | None:
    """Return the number of the latest version of an item, if the answer tells."""
    return _integer(_part(item, "version").get("number"))


def expanded_labels(item: Mapping[str, Any]) -> list[Json] | None:
    """Return the labels that came with an item; None where some or all of them did not."""
    return _all_of(_part(item, "metadata").get("labels"))


def nested_labels(item: Mapping[str, Any]) -> list[Json]:
    """Return the labels that came with an item, some or all of them."""
    found = _part(_part(item, "metadata"), "labels").get("results")
    return found if isinstance(found, list) else []


def expanded_attachments(item: Mapping[str, Any]) -> list[Json] | None:
    """Return the attachments that came with an item; None where some or all of them did not."""
    return _all_of(_part(item, "children").get("attachment"))


def expanded_comments(item: Mapping[str, Any]) -> list[Json] | None:
    """Return the comments that came with an item; None where some or all of them did not."""
    return _all_of(_part(item, "children").get("comment"))


def told_comment(item: Mapping[str, Any]) -> Json:
    """Turn a comment that came with another item into what is known of it, without a body."""
    return {
        "id": _identity(item, "id"),
        "status": item.get("status"),
        "title": item.get("title"),
        "version": version(_part(item, "version")),
    }


def storage_body(item: Mapping[str, Any]) -> str:
    """Return the storage body that came with an item, if any did."""
    return str(_part(_part(item, "body"), "storage").get("value") or "")


def _all_of(nested: object) -> list[Json] | None:
    """Return a nested list if it is complete: the server cuts it off at its own limit."""
    if not isinstance(nested, dict) or not isinstance(nested.get("results"), list):
        return None
    rows = [row for row in nested["results"] if isinstance(row, dict)]
    limit, size = _integer(nested.get("limit")), _integer(nested.get("size"))
    total = _integer(nested.get("totalCount"))
    links = _part(nested, "_links")
    is_cut_off = (
        len(rows) < len(nested["results"])
        or "next" in links
        or len(rows) >= (LOWEST_CAP if limit is None else limit)
        or (size is not None and size > len(rows))
        or (total is not None and total > len(rows))
    )
    return None if is_cut_off else rows


def _latest_version(item: Mapping[str, Any]) -> Json:
    latest = _part(item, "version")
    return {**({"version": version(latest)} if latest else {}), "modifiedAt": modified_at(item)}


def _container(item: Mapping[str, Any]) -> Json:
    container = _part(item, "container")
    if container_type(item) == ATTACHMENT and "id" in container:
        return {"attachmentId": attachment_id(container)}
    key = CONTAINER_KEYS.get(container_type(item) or "")
    return {key: str(container.get("id"))} if key else {}


def _body(item: Mapping[str, Any]) -> Json:
    return _texts(item.get("body")) or {}


def _texts(part: object) -> Json | None:
    """Return the representations of a text that were expanded."""
    if not isinstance(part, dict):
        return None
    return {
        name: {"representation": text.get("representation", name), "value": text.get("value", "")}
        for name, text in part.items()
        if isinstance(text, dict) and not name.startswith("_")
    }


def _links(item: Mapping[str, Any], **names: str) -> Json:
    links = _part(item, "_links")
    return {new: links[old] for old, new in names.items() if old in links}


def _part(item: Mapping[str, Any], name: str) -> Json:
    """Return a nested object, or an empty one where there is none."""
    part = item.get(name)
    return part if isinstance(part, dict) else {}


def _last_id(items: object) -> str | None:
    """Return the id of the last of some items, which is the nearest ancestor."""
    if not isinstance(items, list) or not items or not isinstance(items[-1], dict):
        return None
    return _identity(items[-1])


def _holds(item: Mapping[str, Any]) -> bool:
    """Tell whether an item is one on which others may be."""
    return str(item.get("type")) in CONTAINER_KEYS


def _identity(item: Mapping[str, Any], *names: str) -> str | None:
    """Return what tells an item from others, by the first of some names that has it."""
    values = (item.get(name) for name in names or ("id",))
    return next((str(v) for v in values if isinstance(v, str | int) and v), None)


def _integer(value: object) -> int | None:
    """Return a number, which some sites write as text, and "none" where there is none."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    try:
        return int(value)
    except ValueError:
        return None
