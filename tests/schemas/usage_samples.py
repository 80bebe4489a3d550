"""Keys and samples of views, states, classification, templates, labels and the audit log."""

from __future__ import annotations

from typing import Any

MODIFIED = "2026-03-04T05:06:07.089Z"
LABEL = {"id": "31", "name": "recipes", "prefix": "global"}
LEVEL = {
    "id": "71",
    "status": "PUBLISHED",
    "order": 2,
    "name": "Confidential",
    "description": "Not for guests",
    "guideline": "Keep it in the kitchen.",
    "color": "RED",
}
VIEWS = {"views": 12, "viewers": 3, "since": MODIFIED}

KEYS = {
    "AUDIT_RECORD": ("id",),
    "BLOG_POST_VIEWS": ("blogPostId",),
    "CLASSIFICATION_LEVEL": ("id",),
    "CONTENT_STATE": ("contentId",),
    "LABEL": ("id",),
    "PAGE_CLASSIFICATION_LEVEL": ("pageId",),
    "PAGE_VIEWS": ("pageId",),
    "TEMPLATE": ("templateId",),
}

SAMPLES: dict[str, dict[str, Any]] = {
    "AUDIT_RECORD": {
        "id": "0f1e2d3c4b5a69788796a5b4c3d2e1f0-2",
        "createdAt": MODIFIED,
        "authorId": "712020:0a1b",
        "author": {"type": "user", "displayName": "Ana"},
        "remoteAddress": "203.0.113.7",
        "category": "Permissions",
        "summary": "Space permission added",
        "description": "",
        "sysAdmin": False,
        "superAdmin": False,
        "affectedObject": {"name": "TEA", "objectType": "Space", "id": "1"},
        "changedValues": [{"name": "Type", "oldValue": "", "newValue": "VIEWSPACE"}],
        "associatedObjects": [{"name": "tea-drinkers", "objectType": "Group", "id": "2"}],
    },
    "BLOG_POST_VIEWS": {"blogPostId": "21", **VIEWS},
    "CLASSIFICATION_LEVEL": LEVEL,
    "CONTENT_STATE": {
        "contentId": "11",
        "pageId": "11",
        "blogPostId": None,
        "stateId": "1",
        "name": "In progress",
        "color": "#2684ff",
        "lastUpdated": MODIFIED,
    },
    "LABEL": LABEL,
    "PAGE_CLASSIFICATION_LEVEL": {"pageId": "11", **LEVEL},
    "PAGE_VIEWS": {"pageId": "11", **VIEWS},
    "TEMPLATE": {
        "templateId": "81",
        "name": "Tea party",
        "description": "Who brings what",
        "templateType": "page",
        "editorVersion": "v2",
        "spaceId": "1",
        "spaceKey": "TEA",
        "labels": [{**LABEL, "label": "global:recipes"}],
        "originalTemplate": {"pluginKey": "com.example.tea", "moduleKey": "party"},
        "referencingBlueprint": "com.example.tea:party",
        "body": {"storage": {"representation": "storage", "value": "<p>Tea at four</p>"}},
        "bodyMarkdown": "text",
        "bodyText": "text",
    },
}
