"""Which scopes open which endpoint; any one of several is enough."""

from __future__ import annotations

_KINDS = {
    "pages": "read:page:confluence",
    "blogposts": "read:page:confluence",
    "spaces": "read:space:confluence",
    "attachments": "read:attachment:confluence",
    "footer-comments": "read:comment:confluence",
    "inline-comments": "read:comment:confluence",
    "comments": "read:comment:confluence",
    "custom-content": "read:custom-content:confluence",
    "labels": "read:label:confluence",
    "tasks": "read:task:confluence",
    "folders": "read:folder:confluence",
    "whiteboards": "read:whiteboard:confluence",
    "databases": "read:database:confluence",
    "embeds": "read:embed:confluence",
    "users-bulk": "read:user:confluence",
    "space-roles": "read:space.permission:confluence",
    "role-assignments": "read:space.permission:confluence",
    "space-role-mode": "read:configuration:confluence",
    "classification-levels": "read:configuration:confluence",
    "classification-level": "write:page:confluence",
    "direct-children": "read:hierarchical-content:confluence",
    "descendants": "read:hierarchical-content:confluence",
}
_V1 = {
    "user": ("read:confluence-user", "read:content-details:confluence"),
    "group": ("read:confluence-groups", "read:group:confluence"),
    "search": ("search:confluence", "read:content-details:confluence"),
    "content": ("read:confluence-content.all", "read:content-details:confluence"),
    "analytics": ("read:confluence-content.summary", "read:analytics.content:confluence"),
    "template": ("read:confluence-content.summary", "read:template:confluence"),
    "audit": ("read:audit-log:confluence",),
}
_LISTS_OF_OTHERS = set(_KINDS) - {"labels", "spaces", "tasks"}

_CHECKS = frozenset({"read:confluence-content.permission", "read:content.permission:confluence"})
_WATCHERS = frozenset({"read:confluence-content.summary", "read:watcher:confluence"})

ALL = frozenset(
    {
        *_KINDS.values(),
        *("read:content-details:confluence", "read:group:confluence", "read:watcher:confluence"),
        *("read:analytics.content:confluence", "read:template:confluence"),
        *("read:audit-log:confluence", "read:content.permission:confluence"),
    }
)


def opened_by(path: str) -> frozenset[str]:
    """Get the scopes that open a path without the context; none are needed for an unknown one."""
    parts = path.strip("/").split("/")
    if parts[:2] == ["rest", "api"] and len(parts) > 2:
        if parts[4:6] == ["child", "attachment"]:
            return frozenset(("readonly:content.attachment:confluence", _KINDS["attachments"]))
        if parts[4:5] in (["notification"], ["watch"], ["permission"]):
            return _CHECKS if parts[4] == "permission" else _WATCHERS
        if parts[2:] == ["content", "search"]:
            return frozenset(_V1["search"])
        return frozenset(_V1.get(parts[2], ()))
    if parts[:2] != ["api", "v2"] or len(parts) < 3:
        return frozenset()
    kind = parts[4] if len(parts) > 4 and parts[4] in _LISTS_OF_OTHERS else parts[2]
    return frozenset({_KINDS[kind]} if kind in _KINDS else ())
