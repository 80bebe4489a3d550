"""Keys and samples of what lies among pages, and of what belongs to custom content."""

from __future__ import annotations

from typing import Any

MODIFIED = "2026-03-04T05:06:07.089Z"
VERSION = {
    "number": 7,
    "createdAt": MODIFIED,
    "message": "",
    "minorEdit": False,
    "authorId": "5b10ac8d82e05b22cc7d4ef5",
}
FOOTER_COMMENT = {
    "id": "51",
    "parentCommentId": "50",
    "status": "current",
    "title": "Re: Kettle 3",
    "version": VERSION,
    "modifiedAt": MODIFIED,
    "body": {"storage": {"representation": "storage", "value": "<p>Too hot</p>"}},
    "bodyMarkdown": "text",
    "bodyText": "text",
    "resolutionStatus": "open",
    "_links": {"webui": "/spaces/TEA/pages/11?focusedCommentId=51"},
}
TREE_ITEM = {
    "id": "111",
    "type": "folder",
    "status": "current",
    "title": "All about kettles",
    "spaceId": "1",
    "parentId": "10",
    "parentType": "page",
    "position": 920,
    "authorId": "712020:0a1b",
    "ownerId": "712020:0a1b",
    "createdAt": MODIFIED,
    "version": VERSION,
    "_links": {"webui": "/spaces/TEA/folder/111"},
}

KEYS = {
    "ATTACHMENT_FOOTER_COMMENT": ("id",),
    "CUSTOM_CONTENT_CONTENT_PROPERTY": ("customContentId", "id"),
    "CUSTOM_CONTENT_FOOTER_COMMENT": ("id",),
    "CUSTOM_CONTENT_LABEL": ("customContentId", "id"),
    "CUSTOM_CONTENT_VERSION": ("customContentId", "number"),
    "DATABASE": ("id",),
    "EMBED": ("id",),
    "FOLDER": ("id",),
    "PAGE_INCLUDE": ("pageId", "position"),
    "PAGE_LINK": ("pageId", "position"),
    "PAGE_PROPERTY_ROW": ("pageId", "position"),
    "WHITEBOARD": ("id",),
}

OF_PAGE = {"pageId": "11", "position": 3, "versionNumber": 7, "modifiedAt": MODIFIED}

SAMPLES: dict[str, dict[str, Any]] = {
    "PAGE_INCLUDE": {
        **OF_PAGE,
        "macro": "excerpt-include",
        "targetId": None,
        "targetSpaceKey": "TEA",
        "targetTitle": "All about kettles",
        "excerptName": "in short",
    },
    "PAGE_LINK": {
        **OF_PAGE,
        "kind": "page",
        "targetId": "12",
        "targetSpaceKey": "TEA",
        "targetTitle": "All about kettles",
        "url": "https://acme.atlassian.net/wiki/spaces/TEA/pages/12",
        "text": "kettles",
    },
    "PAGE_PROPERTY_ROW": {
        **OF_PAGE,
        "table": 1,
        "macroId": "facts",
        "key": "Owner",
        "value": "Ada",
        "valueMarkdown": "**Ada**",
    },
    "ATTACHMENT_FOOTER_COMMENT": {"attachmentId": "att61", **FOOTER_COMMENT},
    "CUSTOM_CONTENT_CONTENT_PROPERTY": {
        "customContentId": "71",
        "id": "41",
        "key": "editor",
        "value": "v2",
        "version": VERSION,
        "modifiedAt": MODIFIED,
    },
    "CUSTOM_CONTENT_FOOTER_COMMENT": {"customContentId": "71", **FOOTER_COMMENT},
    "CUSTOM_CONTENT_LABEL": {
        "customContentId": "71",
        "id": "31",
        "name": "recipes",
        "prefix": "global",
    },
    "CUSTOM_CONTENT_VERSION": {"customContentId": "71", **VERSION, "modifiedAt": MODIFIED},
    "DATABASE": {**TREE_ITEM, "type": "database"},
    "EMBED": {**TREE_ITEM, "type": "embed", "embedUrl": "https://example.com/kettles"},
    "FOLDER": TREE_ITEM,
    "WHITEBOARD": {**TREE_ITEM, "type": "whiteboard"},
}
