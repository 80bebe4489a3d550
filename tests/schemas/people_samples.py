"""Keys and samples of the records about people."""

from __future__ import annotations

from typing import Any

ANA = "712020:0a1b"

RESTRICTION: dict[str, Any] = {
    "operation": "read",
    "principalType": "user",
    "principalId": ANA,
    "displayName": "Ana Lindqvist",
    "reason": "the site answered 500",
}

TREE_ITEMS = {
    "DATABASE": "databaseId",
    "EMBED": "embedId",
    "FOLDER": "folderId",
    "WHITEBOARD": "whiteboardId",
}

KEYS = {
    "BLOG_POST_LIKE": ("blogPostId", "accountId"),
    "BLOG_POST_RESTRICTION": ("blogPostId", "operation", "principalType", "principalId"),
    "COMMENT_LIKE": ("commentId", "accountId"),
    **{
        f"{name}_RESTRICTION": (key, "operation", "principalType", "principalId")
        for name, key in TREE_ITEMS.items()
    },
    "GROUP_MEMBER": ("groupId", "accountId"),
    "PAGE_LIKE": ("pageId", "accountId"),
    "PAGE_RESTRICTION": ("pageId", "operation", "principalType", "principalId"),
    "PAGE_WATCHER": ("pageId", "accountId"),
    "SPACE_ROLE": ("id",),
    "SPACE_ROLE_ASSIGNMENT": ("spaceId", "roleId", "principalType", "principalId"),
    "SPACE_WATCHER": ("spaceId", "accountId"),
    "USER": ("accountId",),
}

SAMPLES: dict[str, dict[str, Any]] = {
    "BLOG_POST_LIKE": {"blogPostId": "21", "accountId": ANA},
    "BLOG_POST_RESTRICTION": {"blogPostId": "21", **RESTRICTION},
    "COMMENT_LIKE": {"commentId": "51", "accountId": ANA},
    **{f"{name}_RESTRICTION": {key: "61", **RESTRICTION} for name, key in TREE_ITEMS.items()},
    "GROUP_MEMBER": {"groupId": "f1d0f7dc", "accountId": ANA},
    "PAGE_LIKE": {"pageId": "11", "accountId": ANA},
    "PAGE_RESTRICTION": {"pageId": "11", **RESTRICTION},
    "PAGE_WATCHER": {"pageId": "11", "accountId": ANA},
    "SPACE_ROLE": {
        "id": "9c1f",
        "type": "CUSTOM",
        "name": "Tea maker",
        "description": "Makes tea",
        "spacePermissions": ["read/space", "create/page"],
    },
    "SPACE_ROLE_ASSIGNMENT": {
        "spaceId": "1",
        "roleId": "9c1f",
        "principalType": "USER",
        "principalId": ANA,
    },
    "SPACE_WATCHER": {"spaceId": "1", "accountId": ANA},
    "USER": {
        "accountId": ANA,
        "accountType": "atlassian",
        "accountStatus": "active",
        "displayName": "Ana Lindqvist",
        "publicName": "ana",
        "email": "ana@example.com",
        "timeZone": "Europe/Vienna",
        "isGuest": False,
        "isExternalCollaborator": False,
        "profilePicture": {"path": "/wiki/aa-avatar/712020:0a1b", "isDefault": False},
        "personalSpaceId": "2",
        "username": "ana",
    },
}
