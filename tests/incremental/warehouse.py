"""A warehouse as SDK targets make it, and what ought to be in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.demo_site.clock import iso
from tests.demo_site.model import Attachment, BlogPost, Comment, Content, CustomContent, Page
from tests.incremental.runs import CONTENT, DETAILS, INVENTORY, OWNER_KEYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.demo_site import Wiki
    from tests.running import Json, Key, Run


class Warehouse:
    """Tables by stream, each a row by key.

    Args:
        soft_delete: Whether rows that are gone are marked, as targets without `hard_delete` do.

    Attributes:
        tables: The rows that are there.
        marked: Those that are marked as deleted.
    """

    def __init__(self, *, soft_delete: bool = False) -> None:
        self.tables: dict[str, dict[Key, Json]] = {}
        self.marked: dict[str, dict[Key, Json]] = {}
        self._soft_delete = soft_delete
        self._versions: dict[str, dict[Key, int]] = {}
        self.key_names: dict[str, list[str]] = {}

    def load(self, run: Run) -> None:
        """Take in what a run wrote."""
        for message in run.messages:
            stream = message.get("stream", "")
            match message["type"]:
                case "SCHEMA":
                    self.key_names[stream] = message["key_properties"]
                    for tables in (self.tables, self.marked, self._versions):
                        tables.setdefault(stream, {})
                case "RECORD":
                    row = message["record"]
                    key = tuple(row[name] for name in self.key_names[stream])
                    self.tables[stream][key] = row
                    self._versions[stream][key] = message.get("version") or 0
                    self.marked[stream].pop(key, None)
                case "ACTIVATE_VERSION":
                    self._activate(stream, message["version"])

    def _activate(self, stream: str, version: int) -> None:
        """Delete what has a lower version, or none."""
        table, versions = self.tables[stream], self._versions[stream]
        for key in [key for key in table if versions[key] < version]:
            row = table.pop(key)
            if self._soft_delete:
                self.marked[stream][key] = row

    def delete_what_is_gone(self) -> None:
        """Delete what the inventory no longer has, with its details and its tasks."""
        there = {key[0] for key in self.tables[INVENTORY]}
        for stream in CONTENT:
            self._keep(stream, "id", there)
        for stream, parent in DETAILS.items():
            self._keep(stream, OWNER_KEYS[parent], there)
        self._keep("tasks", "pageId", {*there, None})
        self._keep("tasks", "blogPostId", {*there, None})

    def keys(self, stream: str) -> set[Key]:
        return set(self.tables.get(stream, {}))

    def latest(self, stream: str) -> dict[str, tuple[Any, ...]]:
        """The version, date and status of each row of content."""
        rows = self.tables.get(stream, {}).values()
        return {r["id"]: (r["version"]["number"], r["modifiedAt"], r["status"]) for r in rows}

    def _keep(self, stream: str, column: str, values: set[Any]) -> None:
        table = self.tables.get(stream, {})
        for key in [key for key, row in table.items() if row.get(column) not in values]:
            del table[key]


HOLDERS: dict[str, type[Content]] = {
    "page": Page,
    "blog_post": BlogPost,
    "attachment": Attachment,
    "custom_content": CustomContent,
}


def latest_on(wiki: Wiki, stream: str) -> dict[str, tuple[Any, ...]]:
    """The version, date and status of each piece of content on the site."""
    with wiki.lock:
        contents = list(_contents(wiki, stream))
        return {c.id: (c.version, iso(c.modified), c.status) for c in contents}


def _contents(wiki: Wiki, stream: str) -> Iterator[Content]:
    match stream.rpartition("_comments")[0].rpartition("_"):
        case (("page" | "blog_post" | "attachment" | "custom_content") as kind, _, place):
            comments = wiki.inline_comments if place == "inline" else wiki.footer_comments
            yield from _on(HOLDERS[kind], comments)
        case _:
            yield from getattr(wiki, stream)


def _on(kind: type[Content], comments: Iterable[Comment]) -> Iterator[Comment]:
    return (comment for comment in comments if isinstance(comment.container, kind))
