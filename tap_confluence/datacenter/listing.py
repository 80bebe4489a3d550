"""All content of a kind: by scan where there is one, else space by space."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from tap_confluence.datacenter.batches import (
    MOST_BARE,
    MOST_EXPANDED,
    MOST_WITH_BODIES,
    Batch,
    OffsetWalk,
    Query,
    ScanWalk,
    collect,
)
from tap_confluence.errors import NotFoundError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tap_confluence.client import Reader

CONTENT = "/rest/api/content"
SCAN = f"{CONTENT}/scan"
SPACES = "/rest/api/space"
COMMENT = "comment"
COMMENTED = ("page", "blogpost")
ALL_STATUSES = ("current", "archived", "trashed")
CURRENT = "current"


class Listing:
    """Lists content.

    Scans exist since 7.18 for pages, since 8.3 for blog posts and comments. Before, pages and blog
    posts are listed space by space, and comments by what they are on.

    Args:
        reader: Reads the site.
        tag: Under which name requests are counted.
    """

    def __init__(self, reader: Reader, tag: str) -> None:
        self._reader = reader
        self._tag = tag

    def batches(
        self,
        kind: str,
        statuses: Sequence[str],
        expand: tuple[str, ...],
        cursor: str | None = None,
    ) -> Iterator[Batch]:
        """List all content of a kind.

        Args:
            kind: `page`, `blogpost` or `comment`.
            statuses: The statuses it may have; those that the site does not know are left out.
            expand: What to have spelled out.
            cursor: Where to go on, from a batch of an earlier run.

        Yields:
            The items, in batches. Where there is no scan, the batches have no cursor.
        """
        walk = iter(ScanWalk(self._reader, self._query(SCAN, kind, statuses, expand), cursor))
        try:
            first = next(walk)
        except RefusedError as error:
            if error.status not in {HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND}:
                raise
            refusal = error
        else:
            if all(item.get("type", kind) == kind for item in first.items):
                yield first
                yield from walk
                return
            # An old site passes over a type that it cannot scan.
            refusal = RefusedError("The site scans pages only", HTTPStatus.BAD_REQUEST)
        if cursor is not None:
            # It may be the cursor that is not accepted.
            yield from self.batches(kind, statuses, expand)
        elif len(statuses) > 1 and refusal.status == HTTPStatus.BAD_REQUEST:
            for status in statuses:
                yield from self.batches(kind, [status], expand)
        elif kind == COMMENT:
            yield from self._comments(expand)
        else:
            yield from self._space_by_space(kind, statuses, expand)

    def _space_by_space(
        self, kind: str, statuses: Sequence[str], expand: tuple[str, ...]
    ) -> Iterator[Batch]:
        spaces = OffsetWalk(self._reader, Query(SPACES, {}, self._tag))
        keys = [str(space["key"]) for batch in spaces for space in batch.items]
        for key in keys:
            query = self._query(CONTENT, kind, statuses, expand)
            query = replace(query, params={**query.params, "spaceKey": key})
            try:
                yield from OffsetWalk(self._reader, query)
            except RefusedError as error:
                if error.status != HTTPStatus.BAD_REQUEST or CURRENT in statuses:
                    raise
                # There is no such status on this site.
                return

    def _comments(self, expand: tuple[str, ...]) -> Iterator[Batch]:
        """Ask each page and each blog post for its comments."""

        def call(item: dict[str, Any]) -> Callable[[], list[dict[str, Any]]]:
            path = f"{CONTENT}/{item['id']}/child/comment"
            limit = limit_for(expand, self._reader.page_size)
            query = Query(path, {"depth": "all"}, self._tag, expand, limit)
            return partial(collect, self._reader.client, query)

        for kind in COMMENTED:
            batches = self.batches(kind, ALL_STATUSES, ())
            items = (item for batch in batches for item in batch.items)
            for item, future in self._reader.look_ahead(items, call):
                if future is None:
                    continue
                try:
                    yield Batch(self._reader.result(future))
                except NotFoundError as error:
                    yield Batch([], failed=str(item["id"]), error=error)

    def _query(
        self, path: str, kind: str, statuses: Sequence[str], expand: tuple[str, ...]
    ) -> Query:
        params = {"type": kind, "status": statuses}
        limit = limit_for(expand, self._reader.page_size)
        return Query(path, params, self._tag, expand, limit)


def limit_for(expand: tuple[str, ...], page_size: int) -> int:
    """Return how many items to ask for: what the server gives at most, or fewer if set so.

    Args:
        expand: What is spelled out of each item; nothing leaves hardly more than its id.
        page_size: The setting.
    """
    if not expand:
        return MOST_BARE
    has_body = any(name.startswith("body.") for name in expand)
    return min(MOST_WITH_BODIES if has_body else MOST_EXPANDED, page_size)
