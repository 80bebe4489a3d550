"""What a wiki consists of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeAlias


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who writes, or an app that does."""

    account_id: str
    name: str
    email: str = ""
    account_type: str = "atlassian"
    status: str = "active"
    is_guest: bool = False
    time_zone: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A group of users."""

    id: str
    name: str


@dataclass(slots=True, eq=False)
class Label:
    """A label that any number of contents and spaces may carry."""

    num: int
    prefix: str
    name: str
    created: int


@dataclass(slots=True, eq=False)
class Property:
    """A key and any JSON value kept on a content or a space."""

    num: int
    key: str
    value: Any
    author: str
    created: int
    modified: int
    version: int = 1


@dataclass(frozen=True, slots=True)
class Permission:
    """One right of one principal in one space."""

    num: int
    principal_type: str
    principal_id: str
    operation: str
    target: str


@dataclass(frozen=True, slots=True)
class Restriction:
    """One of those who alone may read or update a content, `principal_type` user or group."""

    operation: str
    principal_type: str
    principal_id: str


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a content; the number doubles as its key."""

    num: int
    modified: int


@dataclass(slots=True, eq=False)
class Space:
    """A space; a homepage of 0 means none, no alias that its URLs use its key."""

    num: int
    key: str
    name: str
    type: str
    author: str
    created: int
    status: str = "current"
    homepage: int = 0
    description: str = ""
    labels: tuple[int, ...] = ()
    properties: tuple[Property, ...] = ()
    permissions: tuple[Permission, ...] = ()
    alias: str = ""


@dataclass(slots=True, eq=False)
class Content:
    """What pages, blog posts, comments, attachments and custom content have in common.

    `times` holds the time of each version, so its length is the version number.
    """

    kind: ClassVar[str]

    num: int
    space: int
    title: str
    author: str
    created: int
    times: tuple[int, ...]
    status: str = "current"
    labels: tuple[int, ...] = ()
    properties: tuple[Property, ...] = ()

    @property
    def id(self) -> str:
        """The id as the API writes it."""
        return str(self.num)

    @property
    def modified(self) -> int:
        """The time of the last version."""
        return self.times[-1]

    @property
    def version(self) -> int:
        """The number of the last version."""
        return len(self.times)


@dataclass(slots=True, eq=False)
class Page(Content):
    """A page; its parent may be a tree item."""

    kind = "page"

    parent: int | None = None
    parent_type: str | None = None
    position: int | None = None
    subtype: str = "page"
    former_parent: int | None = None


@dataclass(slots=True, eq=False)
class TreeItem(Content):
    """A folder, whiteboard, database or embed, which lies among the pages and has no list."""

    kind = "tree-item"

    type: str = "folder"
    parent: int | None = None
    parent_type: str | None = None
    position: int | None = None
    embed_url: str | None = None


@dataclass(slots=True, eq=False)
class BlogPost(Content):
    """A blog post."""

    kind = "blogpost"


@dataclass(slots=True, eq=False)
class CustomContent(Content):
    """Content whose type an app defines."""

    kind = "custom-content"

    type: str = ""
    container: Content | None = None


@dataclass(slots=True, eq=False)
class Attachment(Content):
    """A file on a page, a blog post or custom content."""

    kind = "attachment"

    media_type: str = ""
    size: int = 0
    comment: str | None = None
    container: Content | None = None
    data: bytes | None = None

    @property
    def id(self) -> str:
        """The id as the API writes it."""
        return f"att{self.num}"


@dataclass(slots=True, eq=False)
class Comment(Content):
    """A footer or an inline comment, or a reply to one."""

    kind = "comment"

    container: Content = field(kw_only=True)
    parent: Comment | None = None
    inline: bool = False
    resolution: str | None = None
    resolved_by: str | None = None
    resolved_at: int | None = None
    selection: str = ""


@dataclass(slots=True, eq=False)
class Task:
    """A check box on a page or a blog post."""

    num: int
    local_id: int
    text: str
    container: Page | BlogPost
    author: str
    created: int
    status: str = "incomplete"
    assigned_to: str | None = None
    completed_by: str | None = None
    updated: int | None = None
    due: int | None = None
    completed: int | None = None


Row: TypeAlias = dict[str, Any]
