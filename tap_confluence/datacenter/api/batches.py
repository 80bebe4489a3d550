"""Lists of REST v1 in batches: by cursor or by offset, past all that a site may do to them.

The server lowers the limit without a word (500, 200 with `expand`, 50 with bodies), counts its
next link by the limit that was asked for, and fails for a whole batch because of one item in it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from typing_extensions import override

from tap_confluence.errors import NotFoundError, RefusedError, RetriesExhaustedError
from tap_confluence.http.pagination import RepeatGuard, out_of_reach, query_of, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from concurrent.futures import Future

    from tap_confluence.http import Client, Reader
    from tap_confluence.http.client import Answer

MOST_BARE = 500
MOST_EXPANDED = 200
MOST_WITH_BODIES = 50
MOST_EXPORTED = 25
"""What the server gives at most in one answer."""

RETRIES_OF_A_BATCH = 1
"""How often a batch is repeated before it is taken apart, to find out what is wrong with it."""

MOST_STEPS_BACK = 20
"""How often an offset walk goes back at most, because the list moved under it."""

FAILED = 500


@dataclass(frozen=True)
class Query:
    """A list to read.

    Attributes:
        path: Such as `/rest/api/content/scan`.
        params: Query parameters, without those that page the list.
        tag: Under which name requests are counted.
        expand: What to have spelled out of each item.
        limit: Items to ask for at a time.
    """

    path: str
    params: Mapping[str, str | Sequence[str]]
    tag: str
    expand: tuple[str, ...] = ()
    limit: int = MOST_BARE

    def at(self, place: Mapping[str, str], limit: int) -> dict[str, str | Sequence[str]]:
        """Return the query parameters for a batch."""
        expand = {"expand": ",".join(self.expand)} if self.expand else {}
        return {**self.params, **expand, "limit": str(limit), **place}


@dataclass(frozen=True)
class Batch:
    """Some items of a list.

    Attributes:
        items: The items, none of which was in an earlier batch.
        cursor: Where the list goes on, if a later run can go on there.
        failed: The item that the site fails for, by id, where it does.
        error: How it fails.
        newest: When any item was changed last, those included that are not wanted.
    """

    items: list[dict[str, Any]]
    cursor: str | None = None
    failed: str | None = None
    error: RefusedError | None = None
    newest: str | None = None


class Walk(ABC):
    """Reads a list batch by batch, the next one while the caller deals with the last.

    A batch that the site fails for is halved until the item that it fails for stands alone. That
    one is left out, and named.

    Args:
        reader: Reads the site.
        query: The list.
    """

    def __init__(self, reader: Reader, query: Query) -> None:
        self._reader = reader
        self._query = query

    def __iter__(self) -> Iterator[Batch]:
        """Yield the batches.

        Raises:
            NotFoundError: There is no such list.
        """
        size, suspects = self._query.limit, 0
        is_first = True
        coming: Future[Answer] | None = self._ask(size)
        while coming is not None:
            try:
                body = self._reader.result(coming).body
            except (NotFoundError, RetriesExhaustedError) as error:
                if is_first and isinstance(error, NotFoundError):
                    # Is it an item that is not found, or the list itself?
                    self._reader.result(self._ask(1, lean=True))
                is_first = False
                if size > 1:
                    suspects = size
                    size = size // 2
                    coming = self._ask(size)
                    continue
                body = self._reader.result(self._ask(1, lean=True)).body
                batch = self._without(body, error)
                size, suspects = self._query.limit, 0
            else:
                is_first = False
                suspects = max(0, suspects - len(body.get("results") or ()))
                size = size if suspects else self._query.limit
                batch = Batch(self._take(body), self._cursor())
            coming = None if self._is_over() else self._ask(size)
            yield batch

    def _without(self, body: dict[str, Any], error: Exception) -> Batch:
        items = self._take(body)
        refused = error if isinstance(error, RefusedError) else RefusedError(str(error), FAILED)
        failed = str(items[0]["id"]) if items else None
        return Batch([], self._cursor(), failed, refused if items else None)

    def _ask(self, limit: int, *, lean: bool = False) -> Future[Answer]:
        query = replace(self._query, expand=()) if lean else self._query
        return self._reader.start(
            self._reader.client.get,
            query.path,
            query.at(self._place(), limit),
            tag=query.tag,
            # An item is given up only after all retries.
            max_retries=RETRIES_OF_A_BATCH if limit > 1 else None,
        )

    @abstractmethod
    def _place(self) -> dict[str, str]:
        """Return the parameters that say where the next batch begins."""

    @abstractmethod
    def _take(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the new items of an answer, and move to what comes after it."""

    @abstractmethod
    def _is_over(self) -> bool:
        """Tell whether the answer taken last was the end of the list."""

    def _cursor(self) -> str | None:
        return None


class ScanWalk(Walk):
    """Reads a list that is paged by cursor, in the order of ids.

    Args:
        reader: Reads the site.
        query: The list.
        cursor: Where to begin, if not at the beginning.
    """

    def __init__(self, reader: Reader, query: Query, cursor: str | None = None) -> None:
        super().__init__(reader, query)
        self._next = cursor
        self._asked: set[str] = set()
        self._longest = 0
        self._repeats = RepeatGuard()

    @override
    def _place(self) -> dict[str, str]:
        return {"cursor": self._next} if self._next else {}

    @override
    def _take(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        following, rows = _next_cursor(body), rows_of(self._query.path, body)
        if following in self._asked:
            # It would be followed for ever. Behind a full page there must be more.
            if rows and len(rows) >= self._longest:
                raise out_of_reach(self._query.path, "gives the same cursor again and again")
            following = None
        self._longest = max(self._longest, len(rows))
        self._next = following
        if following is not None:
            self._asked.add(following)
            self._repeats.check(self._query.path, rows)
        return rows

    @override
    def _is_over(self) -> bool:
        return self._next is None

    @override
    def _cursor(self) -> str | None:
        return self._next


class OffsetWalk(Walk):
    """Reads a list that is paged by offset."""

    def __init__(self, reader: Reader, query: Query) -> None:
        super().__init__(reader, query)
        self._offset = Offset(query.path)

    @override
    def _place(self) -> dict[str, str]:
        return {"start": str(self._offset.start)}

    @override
    def _take(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        return self._offset.take(body)

    @override
    def _is_over(self) -> bool:
        return self._offset.is_over


@dataclass
class Offset:
    """Where in a list that is paged by offset one is.

    Each batch begins with the last item of the one before. When it does not, items before it have
    gone, and as many have slipped into what is already read: then it goes back for them.

    Attributes:
        path: The list.
        start: Where the next batch begins.
        is_over: Whether there is no next batch.
    """

    path: str
    start: int = 0
    is_over: bool = False
    _first: object = None
    _last: object = None
    _seen: set[object] = field(default_factory=set, repr=False)
    _steps_back: int = 0
    _farthest: int = 0

    def take(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the items of an answer that are new, and move on.

        Raises:
            RetriesExhaustedError: The list begins anew wherever it is to go on.
        """
        rows = rows_of(self.path, body)
        identities = [_identity(row) for row in rows]
        new = []
        for identity, row in zip(identities, rows, strict=True):
            if identity not in self._seen:
                self._seen.add(identity)
                new.append(row)
        if self.start == 0:
            self._first = next(iter(identities), None)
        elif not new and self.start < self._farthest and identities[:1] == [self._first]:
            raise out_of_reach(self.path, "gives the same items at each offset")
        end = self.start + len(rows)
        # Some sites go on for ever behind the end of a list, with items that were there before.
        leads_on = bool(new) or end <= self._farthest
        self._farthest = max(self._farthest, end)
        has_slipped = self._last is not None and self._last not in identities
        if new and has_slipped and self._steps_back < MOST_STEPS_BACK:
            self._steps_back += 1
            self.start = max(0, self.start - len(rows))
            self._last = None
            return new
        self.is_over = not rows or not leads_on or not _has_more(body, rows)
        self._last = identities[-1] if len(rows) > 1 else None
        self.start += max(len(rows) - 1, 1)
        return new


def collect(client: Client, query: Query) -> list[dict[str, Any]]:
    """Get all items of a short list that is paged by offset, in the calling thread."""
    return [item for items in answers(client, query) for item in items]


def answers(client: Client, query: Query) -> Iterator[list[dict[str, Any]]]:
    """Yield the items of each answer of a list that is paged by offset."""
    offset = Offset(query.path)
    while not offset.is_over:
        params = query.at({"start": str(offset.start)}, query.limit)
        yield offset.take(client.get(query.path, params, tag=query.tag).body)


def _has_more(body: dict[str, Any], rows: list[dict[str, Any]]) -> bool:
    """Tell whether more may follow: a short page is not the last one if it says so."""
    links = body.get("_links")
    if isinstance(links, dict) and links.get("next"):
        return True
    served = body.get("limit")
    return isinstance(served, int) and len(rows) >= served


def _next_cursor(body: dict[str, Any]) -> str | None:
    """Return the cursor of what follows, which stands in the answer or in its next link."""
    links = body.get("_links")
    query = query_of(str(links.get("next", ""))) if isinstance(links, dict) else ""
    cursor = body.get("nextCursor") or parse_qs(query).get("cursor", [None])[0]
    return str(cursor) if cursor else None


def _identity(row: dict[str, Any]) -> object:
    names = ("id", "key", "name", "number")
    return next((str(row[name]) for name in names if row.get(name) is not None), str(row))
