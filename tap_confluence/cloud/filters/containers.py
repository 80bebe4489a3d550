"""What comments, files and tasks are on: the pages and blog posts, looked up many at a time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from tap_confluence.errors import (
    FailedItemError,
    RefusedError,
    RetriesExhaustedError,
    ScopeError,
)
from tap_confluence.http import in_chunks
from tap_confluence.streams.failures import Failures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from tap_confluence.http import FailedItem, Reader

    Params = Mapping[str, str | Sequence[str]]
    Row = dict[str, Any]

MOST_IDS = 250
"""Ids that a list takes at once."""

MOST_SINGLES = 10
"""Attachments to look up one by one; where there are more, all of them are listed."""

LISTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "pageId": ("/api/v2/pages", ("current", "archived", "trashed")),
    "blogPostId": ("/api/v2/blogposts", ("current", "trashed")),
}
"""Where to look up what a field refers to, and the statuses to ask for."""

ATTACHMENT = "attachmentId"
CUSTOM_CONTENT = "customContentId"

OTHERS: Mapping[str, str] = {
    ATTACHMENT: "/api/v2/attachments",
    CUSTOM_CONTENT: "/api/v2/custom-content",
}
"""Where to look up what no list has by its id, or only a list for each type."""


@dataclass(frozen=True)
class Container:
    """What a row is on.

    Attributes:
        field: The field that refers to it: `pageId`, `blogPostId`, `attachmentId` or
            `customContentId`.
        id: Its id.
    """

    field: str
    id: str

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Container | None:
        """Return what a row is on; None for a row that is a page or blog post itself."""
        for field in (*LISTS, *OTHERS):
            if row.get(field) is not None:
                return cls(field, str(row[field]))
        return None


class Containers:
    """Rows of what other rows are on, each asked for once a run.

    Attributes:
        failures: How the site fails for some of them.

    Args:
        reader: Reads the site.
        types: Tells which types of custom content there are.
        tag: Under which name the requests are counted.
    """

    def __init__(self, reader: Reader, types: Callable[[], Sequence[str]], tag: str) -> None:
        self._reader = reader
        self._types = types
        self._tag = tag
        self.failures: dict[Container, FailedItemError] = {}
        self._known: dict[Container, dict[str, Any] | None] = {}

    def look_up(self, containers: Iterable[Container]) -> list[Row]:
        """Get the rows of some containers; those that are gone or forbidden have none."""
        asked = list(dict.fromkeys(containers))
        unknown = [each for each in asked if each not in self._known]
        for field, (path, statuses) in LISTS.items():
            self._list(field, path, {"status": statuses}, unknown)
        self._list_custom_content([each for each in unknown if each.field == CUSTOM_CONTENT])
        attachments = [each for each in unknown if each.field == ATTACHMENT]
        if len(attachments) > MOST_SINGLES:
            self._list_attachments()
            self._known |= {each: self._known.get(each) for each in attachments}
        self._known.update(self._singly(each for each in unknown if each not in self._known))
        return [row for each in asked if (row := self._known[each]) is not None]

    def _list_custom_content(self, containers: Sequence[Container]) -> None:
        for type_ in self._types() if containers else ():
            left = [each for each in containers if self._known.get(each) is None]
            self._list(CUSTOM_CONTENT, OTHERS[CUSTOM_CONTENT], {"type": type_}, left)

    def _list_attachments(self) -> None:
        params = {"status": ("current", "archived", "trashed")}
        request = self._reader.first_page(OTHERS[ATTACHMENT], params, tag=self._tag)
        for row in self._reader.items(request):
            self._known[Container(ATTACHMENT, str(row["id"]))] = _lean(row)

    def get(self, container: Container) -> dict[str, Any] | None:
        """Return the row of a container; None if it is gone or forbidden."""
        if container not in self._known:
            self.look_up([container])
        return self._known[container]

    def known(self, container: Container) -> dict[str, Any] | None:
        """Return the row of a container, if it has been looked up and is there."""
        return self._known.get(container)

    def _list(self, field: str, path: str, params: Params, containers: Iterable[Container]) -> None:
        ids = [each.id for each in containers if each.field == field]
        for some in in_chunks(ids, MOST_IDS):
            by_id = {**params, "id": some, "limit": str(MOST_IDS)}
            request = self._reader.first_page(path, by_id, tag=self._tag)
            self._known |= {Container(field, item_id): None for item_id in some}
            heard: list[FailedItem] = []
            for row in self._reader.heard(self._reader.items(request), heard):
                self._known[Container(field, str(row["id"]))] = _lean(row)
            for failed in heard:
                if failed.id is not None and isinstance(failed.error, FailedItemError):
                    self.failures[Container(field, failed.id)] = failed.error

    def _singly(
        self, containers: Iterable[Container]
    ) -> Iterator[tuple[Container, dict[str, Any] | None]]:
        def call(each: Container) -> Any:
            path = f"{OTHERS[each.field]}/{each.id}"
            return partial(self._reader.client.get, path, tag=self._tag)

        failures = Failures()
        for each, future in self._reader.look_ahead(containers, call):
            row = None
            try:
                row = _lean(self._reader.result(future).body) if future else None
                failures.end()
            except ScopeError:
                raise
            except RetriesExhaustedError as error:
                self.failures[each] = failures.add(error)
            except RefusedError:
                # What is gone or refused leaves nothing to know.
                failures.end()
            yield each, row


def _lean(row: Mapping[str, Any]) -> dict[str, Any]:
    kept = ("id", "status", "type", "spaceId", "parentId", *LISTS, *OTHERS)
    return {name: row[name] for name in kept if row.get(name) is not None}
