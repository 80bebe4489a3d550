"""What every contestant is asked for, and how its rows are told apart."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from benchmarks.demo import Keys, Site
    from benchmarks.measure import Command

CHILDREN: Mapping[str, str] = {
    "page_labels": "labels",
    "page_versions": "versions",
    "page_content_properties": "properties",
    "page_footer_comments": "footer-comments",
    "page_inline_comments": "inline-comments",
    "attachments": "attachments",
}
"""The streams that others read page by page, from which path below the page."""

STREAMS = ("pages", *CHILDREN)

KEYS: Mapping[str, tuple[str, ...]] = {
    "page_labels": ("pageId", "id"),
    "page_versions": ("pageId", "number"),
    "page_content_properties": ("pageId", "id"),
}
"""The primary keys, where they are not just `id`."""

WITH_BODY = frozenset({"pages", "page_footer_comments", "page_inline_comments"})
EVERY_STATUS = "status=current&status=archived&status=trashed"
OWN_LIST = 250
"""Rows a page of a list, the most that the API allows."""


@dataclass(frozen=True)
class Job:
    """What to read, and how.

    Attributes:
        site: Where from.
        streams: Which of `STREAMS`; this tap takes none for all that it reads by default.
        in_flight: Requests under way at once.
        folder: An empty folder for settings and output.
        keep_output: Whether rows are kept; they are thrown away where the contestant allows it.
        since: Read only what changed after this moment.
        state: The state of an earlier run, for those that have one; others make do with `since`.
    """

    site: Site
    streams: tuple[str, ...]
    in_flight: int
    folder: Path
    keep_output: bool = True
    since: str | None = None
    state: Any = None

    @property
    def children(self) -> dict[str, str]:
        """The streams to read page by page, with their paths."""
        return {name: path for name, path in CHILDREN.items() if name in self.streams}


def query_of(stream: str) -> str:
    """Return the query of the first request of a stream below a page."""
    query = f"limit={OWN_LIST}"
    if stream in WITH_BODY:
        query += "&body-format=storage"
    if stream == "attachments":
        query += f"&{EVERY_STATUS}"
    return query


def key_of(stream: str, row: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the primary key of a row, as text."""
    return tuple(str(row[name]) for name in KEYS.get(stream, ("id",)))


def keys_by_stream(rows: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[str, Keys]:
    """Collect the keys of rows that come with the names of their streams."""
    found: dict[str, Keys] = {}
    for stream, row in rows:
        found.setdefault(stream, set()).add(key_of(stream, row))
    return found


class Contestant(ABC):
    """Something that reads a Confluence site.

    Attributes:
        name: As the results call it.
        reads_replies: Whether replies to comments, and attachments of all content, are read too.
    """

    name: ClassVar[str]
    reads_replies: ClassVar[bool] = False

    @abstractmethod
    def prepare(self, job: Job) -> Command:
        """Write the settings for a job and return what to run."""

    @abstractmethod
    def rows(self, job: Job) -> Iterable[tuple[str, dict[str, Any]]]:
        """Read back what a run has written: each row with the name of its stream."""
