"""REST v1 is turned into records, whatever part of an answer is missing."""

from __future__ import annotations

from typing import Any

import pytest

from tap_confluence.rest_v1 import records

ADMIN = {
    "type": "known",
    "username": "admin",
    "userKey": "2c9d802a8067b72f018067b876420000",
    "displayName": "admin",
}
PAGE: dict[str, Any] = {
    "id": "393229",
    "type": "page",
    "status": "current",
    "title": "Page 1",
    "space": {"id": 98306, "key": "FS"},
    "ancestors": [{"id": "393210"}, {"id": "393219"}],
    "history": {"createdBy": ADMIN, "createdDate": "2022-04-27T07:15:18.097+10:00"},
    "version": {
        "by": ADMIN,
        "when": "2024-10-09T11:51:59.233+11:00",
        "number": 3,
        "minorEdit": False,
    },
    "body": {
        "storage": {"value": "<p/>", "representation": "storage", "_expandable": {"content": ""}},
        "_expandable": {"view": ""},
    },
    "extensions": {"position": 2},
    "_links": {
        "webui": "/display/FS/Page+1",
        "edit": "/pages/resumedraft.action?draftId=393229",
        "tinyui": "/x/DQAG",
        "self": "http://localhost:8080/confluence/rest/api/content/393229",
    },
    "_expandable": {"children": "/rest/api/content/393229/child"},
}


def test_a_page() -> None:
    assert records.page(PAGE) == {
        "id": "393229",
        "status": "current",
        "title": "Page 1",
        "spaceId": "98306",
        "parentId": "393219",
        "parentType": "page",
        "position": 2,
        "authorId": "2c9d802a8067b72f018067b876420000",
        "createdAt": "2022-04-26T21:15:18.097Z",
        "version": {
            "number": 3,
            "createdAt": "2024-10-09T00:51:59.233Z",
            "message": None,
            "minorEdit": False,
            "authorId": "2c9d802a8067b72f018067b876420000",
        },
        "modifiedAt": "2024-10-09T00:51:59.233Z",
        "body": {"storage": {"representation": "storage", "value": "<p/>"}},
        "_links": {
            "webui": "/display/FS/Page+1",
            "editui": "/pages/resumedraft.action?draftId=393229",
            "tinyui": "/x/DQAG",
        },
    }


def test_a_page_of_which_nothing_was_expanded() -> None:
    record = records.page({"id": "1", "type": "page", "status": "current", "title": "Bare"})

    assert record["id"] == "1"
    absent = ("spaceId", "parentId", "parentType", "position", "authorId", "createdAt")
    assert {record[name] for name in (*absent, "modifiedAt")} == {None}
    assert record["body"] == {}
    assert "version" not in record


@pytest.mark.parametrize(("given", "position"), [(7, 7), ("7", 7), ("none", None), (None, None)])
def test_a_position_may_be_none_in_words(given: object, position: int | None) -> None:
    assert records.page({**PAGE, "extensions": {"position": given}})["position"] == position


def test_a_page_in_the_trash_has_no_place() -> None:
    record = records.page({**PAGE, "status": "trashed"})

    assert (record["parentId"], record["parentType"], record["position"]) == (None, None, None)
    assert records.child_page({**PAGE, "status": "trashed"}) is None


def test_a_child_page() -> None:
    assert records.child_page(PAGE) == {
        "parentId": "393219",
        "parentType": "page",
        "id": "393229",
        "status": "current",
        "title": "Page 1",
        "spaceId": "98306",
        "childPosition": 2,
    }


@pytest.mark.parametrize(
    ("user", "identity"),
    [
        (ADMIN, ADMIN["userKey"]),
        ({"type": "known", "username": "ana"}, "ana"),
        ({"type": "anonymous", "displayName": "Anonymous"}, None),
        (None, None),
    ],
)
def test_a_user_is_told_by_key_else_by_name(user: object, identity: str | None) -> None:
    assert records.user_id(user) == identity


COMMENT: dict[str, Any] = {
    "id": "70844873",
    "type": "comment",
    "status": "current",
    "title": "Re: Design",
    "container": {"id": "67567812", "type": "page"},
    "ancestors": [{"id": "70844801", "type": "comment"}, {"id": "70844850", "type": "comment"}],
    "version": {"when": "2019-05-15T12:56:48.559Z", "number": 1},
    "extensions": {
        "location": "inline",
        "inlineProperties": {"originalSelection": "Align data", "markerRef": "fe270818"},
        "resolution": {
            "status": "open",
            "lastModifier": {"type": "anonymous", "displayName": "Anonymous"},
            "lastModifiedDate": "1970-01-01T00:00:00.000Z",
        },
    },
    "_links": {"webui": "/pages/67567812?focusedCommentId=70844873"},
}


def test_an_inline_reply_that_nobody_has_resolved() -> None:
    record = records.comment(COMMENT)

    assert record["pageId"] == "67567812"
    assert record["parentCommentId"] == "70844850"
    assert record["resolutionStatus"] == "open"
    assert record["resolutionLastModifierId"] is None
    assert record["resolutionLastModifiedAt"] is None
    assert record["properties"] == {
        "inlineMarkerRef": "fe270818",
        "inlineOriginalSelection": "Align data",
    }


def test_an_inline_comment_that_somebody_has_resolved() -> None:
    resolution = {
        "status": "resolved",
        "lastModifier": ADMIN,
        "lastModifiedDate": "2024-01-02T03:04:05.006+01:00",
    }
    extensions = {**COMMENT["extensions"], "location": "resolved", "resolution": resolution}

    record = records.comment({**COMMENT, "extensions": extensions})

    assert record["resolutionLastModifierId"] == ADMIN["userKey"]
    assert record["resolutionLastModifiedAt"] == "2024-01-02T02:04:05.006Z"


def test_a_comment_at_the_foot_of_a_blog_post() -> None:
    record = records.comment(
        {
            **COMMENT,
            "container": {"id": "5", "type": "blogpost"},
            "ancestors": [],
            "extensions": {"location": "footer"},
        }
    )

    assert record["blogPostId"] == "5"
    assert record["parentCommentId"] is None
    assert "properties" not in record


@pytest.mark.parametrize(
    ("extensions", "is_inline"),
    [
        ({"location": "footer"}, False),
        ({"location": "inline"}, True),
        ({"location": "resolved"}, True),
        ({"inlineProperties": {"markerRef": "a"}}, True),
        ({}, False),
    ],
)
def test_where_a_comment_is(extensions: dict[str, Any], *, is_inline: bool) -> None:
    assert records.is_inline({"id": "1", "extensions": extensions}) == is_inline


def test_an_attachment() -> None:
    record = records.attachment(
        {
            "id": "98400",
            "type": "attachment",
            "status": "current",
            "title": "a b.png",
            "container": {"id": 5, "type": "page"},
            "metadata": {"mediaType": "image/png", "comment": "for the review"},
            "extensions": {"fileSize": 1098},
            "version": {"when": "2024-10-09T11:51:59+11:00", "number": 1},
            "_links": {"webui": "/w", "download": "/download/attachments/5/a%20b.png?version=1"},
        }
    )

    assert record["id"] == "att98400"
    assert record["pageId"] == "5"
    assert (record["mediaType"], record["comment"]) == ("image/png", "for the review")
    assert record["fileSize"] == 1098
    assert record["downloadLink"] == "/download/attachments/5/a%20b.png?version=1"
    assert record["modifiedAt"] == "2024-10-09T00:51:59.000Z"


def test_a_space() -> None:
    record = records.space(
        {
            "id": 16711682,
            "key": "HW",
            "name": "Hello",
            "type": "global",
            "status": "current",
            "description": {"plain": {"value": "x", "representation": "plain"}, "_expandable": {}},
            "homepage": {"id": "16711835", "extensions": {"position": 797}},
            "icon": {"path": "/images/logo.svg", "width": 48},
            "creationDate": "2024-01-01T00:00:00.000+02:00",
            "creator": ADMIN,
            "_links": {"webui": "/display/HW"},
        }
    )

    assert record["id"] == "16711682"
    assert record["homepageId"] == "16711835"
    assert record["createdAt"] == "2023-12-31T22:00:00.000Z"
    assert record["authorId"] == ADMIN["userKey"]
    assert record["description"] == {"plain": {"representation": "plain", "value": "x"}}


def test_a_space_of_an_old_site() -> None:
    record = records.space({"id": 1, "key": "A", "name": "A", "type": "global"})

    absent = ("authorId", "createdAt", "homepageId", "description", "icon", "status")
    assert {record[name] for name in absent} == {None}


@pytest.mark.parametrize(
    ("subject", "principal"),
    [
        ({"type": "known", "userKey": "2c9d"}, {"type": "user", "id": "2c9d"}),
        ({"type": "group", "name": "staff"}, {"type": "group", "id": "staff"}),
        ({"type": "anonymous"}, {"type": "access-class", "id": "ANONYMOUS_USERS"}),
        ({"type": "known"}, {"type": "user", "id": None}),
    ],
)
def test_a_permission_is_told_by_who_may_do_what(
    subject: dict[str, Any], principal: dict[str, Any]
) -> None:
    row = records.space_permission(
        {
            "operation": {"operationKey": "create", "targetType": "page"},
            "subject": subject,
            "spaceKey": "HW",
            "spaceId": 1,
        }
    )

    holder = ":".join(part for part in principal.values() if part)
    assert row == {
        "id": f"{holder}:create:page",
        "principal": principal,
        "operation": {"key": "create", "targetType": "page"},
    }


def test_a_property_of_a_space_has_its_key_for_an_id() -> None:
    row = records.space_property(
        {"key": "theme", "value": [1], "version": {"when": "2024-01-01T00:00:00Z", "number": 2}}
    )

    assert (row["id"], row["key"], row["value"]) == ("theme", "theme", [1])
    assert row["version"]["number"] == 2


@pytest.mark.parametrize("value", [None, False, 0, "", {}, []])
def test_a_property_may_have_any_value(value: object) -> None:
    row = records.content_property({"id": "1", "key": "editor", "value": value})

    assert row == {"id": "1", "key": "editor", "value": value}


def labels(count: int, **more: Any) -> dict[str, Any]:
    rows = [{"id": str(n), "name": f"l{n}", "prefix": "global", "label": "x"} for n in range(count)]
    return {"id": "1", "metadata": {"labels": {"results": rows, "size": count, **more}}}


@pytest.mark.parametrize(
    ("item", "count"),
    [
        (labels(2, limit=200), 2),
        (labels(0, limit=200), 0),
        (labels(2), 2),
        (labels(200, limit=200), None),
        (labels(2, limit=200, _links={"next": "/rest/api/content/1/label?start=2"}), None),
        ({"id": "1", "metadata": {"_expandable": {"labels": ""}}}, None),
        ({"id": "1"}, None),
    ],
)
def test_labels_come_along_if_they_are_complete(item: dict[str, Any], count: int | None) -> None:
    found = records.expanded_labels(item)

    assert (None if found is None else len(found)) == count


def test_groups_have_their_name_for_an_id() -> None:
    group = records.group({"type": "group", "name": "a/b"})

    assert (group["id"], group["name"]) == ("a/b", "a/b")
