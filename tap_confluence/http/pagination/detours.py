"""What a list of REST v2 holds beyond a place where it cannot be followed any farther.

A cursor is known only from the page before it. So behind an item that the site fails for however
it is asked for, the list can be read from its other end only, and what lies between two such items
in another order, space by space, or by the ids that a search gives.
"""

from __future__ import annotations

import contextlib
import time
from array import array
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar

from tap_confluence.errors import (
    NotFoundError,
    RefusedError,
    RetriesExhaustedError,
    of_item,
)
from tap_confluence.http.lists.list_page import (
    FailedItem,
    ListPage,
    ListRequest,
    StuckError,
    rows_of,
)
from tap_confluence.http.pagination.halving import BODY, send
from tap_confluence.http.pagination.paginators import LinkPaginator, get_item, in_chunks, read_pages
from tap_confluence.timestamps import modified_at

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence

    from tap_confluence.http.client import Client
    from tap_confluence.http.lists.list_page import Row
    from tap_confluence.http.pagination.halving import Failure

SORT = "sort"
SPACE = "space-id"
ID = "id"
TASK_ID = "task-id"

BY_DATE = ("modified-date", "created-date")
ORDERS: dict[str, tuple[str, ...]] = {
    "pages": ("id", *BY_DATE, "title"),
    "blogposts": ("id", *BY_DATE),
    "custom-content": ("id", *BY_DATE, "title"),
    "attachments": BY_DATE,
    "footer-comments": BY_DATE,
    "inline-comments": BY_DATE,
    "spaces": ("id", "key", "name"),
    "labels": ("id", "name", "created-date"),
}
"""What lists can be sorted by, by the last part of their paths."""

TAKE_SPACES = frozenset({"pages", "blogposts", "custom-content"})
"""The lists that can be restricted to some spaces."""

TAKE_DATES = frozenset({"tasks"})
"""The lists that can be restricted to what was created in a span of time."""

EARLIEST_MS = 946_684_800_000
"""The year 2000, before which there was no Confluence, in milliseconds since 1970."""

MS_OF_A_DAY = 86_400_000

MOST_UNANSWERED = 8
"""Spans or items in a row that may fail. Behind them, the site is taken to fail for all."""

MOST_FAILED_SPANS = 50
"""Spans in a row that may fail at most: as often as the longest can be halved, and some."""

TAKE_IDS = frozenset({"pages", "blogposts", "custom-content"})
"""The lists that can be restricted to some ids."""

SEARCHED = {
    "pages": "page",
    "blogposts": "blogpost",
    "attachments": "attachment",
    "footer-comments": "comment",
    "inline-comments": "comment",
}
"""What a search calls the items of a list."""

SEARCH = "/rest/api/content/search"
SPACES = "/api/v2/spaces"
MOST_SPACES = 100
MOST_IDS = 250
MOST_FOUND = "1000"
"""Rows of a search without anything spelled out that sites give at once."""

MOST_SINGLES = 250
"""Items at most that are asked for one by one."""

MOST_ALONE = 5
"""Items that may be all that there are, each of which the site fails for alone."""

NO_ID = "1"
"""An id that nothing has: those of content begin far above."""

ZONES = timedelta(days=1)
"""How far the time zone in which a search reads a date may be from UTC, and its index behind."""

RETRIES = 1
"""How often what is asked for on a detour is repeated."""


class ListReader(Protocol):
    """Reads the site.

    Attributes:
        client: Sends the requests.
    """

    client: Client

    def pages(self, request: ListRequest) -> Iterator[ListPage]:
        """Walk a list page by page, from one end as far as it can be followed."""

    def tell(self, failed: FailedItem | None) -> None:
        """Tell whoever wants to know of an item of a list that the site fails for, if it is one."""


class Page(Protocol):
    """What a list is read in: a data class with items."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def items(self) -> list[Row]:
        """The items."""


P = TypeVar("P", bound=Page)


class SeenItems:
    """The items of a list that have been read, at eight bytes each.

    Attributes:
        last: The last of those that came by `follow`.
    """

    def __init__(self) -> None:
        self.last: Row | None = None
        self._marks = array("q")
        self._known: set[int] | None = None

    def add(self, rows: Iterable[Row]) -> None:
        """Take note of rows."""
        marks = map(_mark, rows)
        if self._known is None:
            self._marks.extend(marks)
        else:
            self._known.update(marks)

    def new(self, rows: Iterable[Row]) -> list[Row]:
        """Take note of rows, and return those that were not there before."""
        found = [row for row in rows if row not in self]
        self.add(found)
        return found

    @property
    def is_compared(self) -> bool:
        """Whether rows come a second time, so that they have to be told from others."""
        return self._known is not None

    def compare(self) -> set[int]:
        """Have what has been read at hand, to tell it from what comes."""
        if self._known is None:
            self._known = set(self._marks)
            self._marks = array("q")
        return self._known

    def follow(
        self, pages: Iterable[P], again: Callable[[], Iterable[P]]
    ) -> Generator[P, None, StuckError | None]:
        """Yield what is new in each page, from the start once more when a place has expired.

        Args:
            pages: The list, from where it is to be read on.
            again: Reads the list from its start.

        Returns:
            Why it cannot be followed any farther; None at its end.
        """
        while True:
            is_farther = False
            try:
                for page in pages:
                    if self.is_compared:
                        rows = self.new(page.items)
                    else:
                        rows = page.items
                        self.add(rows)
                    self.last = rows[-1] if rows else self.last
                    is_farther = is_farther or bool(rows)
                    yield replace(page, items=rows)
            except StuckError as error:
                if not (error.has_expired and is_farther):
                    return error
            else:
                return None
            self.compare()
            pages = again()

    def __contains__(self, row: Row) -> bool:
        """Tell whether a row has been there."""
        return _mark(row) in self.compare()


class Detour:
    """Reads what a list holds besides what has been seen of it, in any order.

    Args:
        reader: Reads the site.
        request: The list, from the end that it was followed from.
        seen: What has been read of it.
        stuck: Why it cannot be followed any farther.
        span: The last rows on both sides of what is missing, the older one first, as far as they
            are known.
    """

    def __init__(
        self,
        reader: ListReader,
        request: ListRequest,
        seen: SeenItems,
        stuck: StuckError,
        span: tuple[Row | None, Row | None] = (None, None),
    ) -> None:
        self._reader = reader
        self._list = request.first
        self._kind = request.path.rpartition("/")[2]
        self._seen = seen
        self._stuck = stuck
        self._span = span
        self._is_whole = False
        self._has_read = False
        self._in_a_row = 0
        self._from_other_end = True
        self._failed: list[FailedItem] = []

    def pages(self, *, from_other_end: bool = True) -> Iterator[ListPage]:
        """Yield pages of what has not been seen; at last, pages that name what cannot be got.

        Args:
            from_other_end: Whether to read the list from its other end first.

        Raises:
            RetriesExhaustedError: The site gives nothing of such lists any more.
        """
        self._from_other_end = from_other_end
        # Without another order, the first item may be the one that the site fails for.
        has_orders = self._kind in ORDERS
        may_fail_for_all = False
        if has_orders:
            may_fail_for_all = not check_answers(self._reader, self._list, self._stuck)
            self._has_read = True
        for way in self._ways():
            yield from way()
            # If a search names one item only, that is all that lies between the two ends.
            if self._is_whole or len(self._failed) == 1:
                break
        if not self._has_read:
            check_answers(self._reader, self._list, self._stuck)
        if may_fail_for_all and not 0 < len(self._failed) <= MOST_ALONE:
            raise self._stuck.error
        if not self._is_whole and not self._failed:
            after, before = self._span
            error = of_item(self._stuck.error)
            self._failed.append(FailedItem(self._list, error, after=after, before=before))
        for failed in self._failed:
            yield ListPage(self._list, [failed.item] if failed.item else [], None, failed)

    def _ways(self) -> list[Callable[[], Iterator[ListPage]]]:
        if ID in self._list.params:
            return [self._after_all, self._by_ids_asked]
        if self._kind in TAKE_DATES:
            return [self._span_by_span, self._by_next_ids, self._after_all]
        ways = [self._after_all, self._search, self._in_other_orders, self._space_by_space]
        if self._from_other_end:
            ways.insert(1, self._back)
        # What gives but empty pages is not read again and again.
        return ways[:-2] if self._stuck.is_empty else ways

    def _by_ids_asked(self) -> Iterator[ListPage]:
        ids = self._list.params[ID]
        return self._by_ids([ids] if isinstance(ids, str) else ids)

    def _back(self) -> Iterator[ListPage]:
        """Read the list from its other end."""
        if (other := other_end_of(self._list)) is not None:
            yield from self._in(other)

    def with_bodies(self, rows: Sequence[Row], body_format: str) -> Iterator[Row]:
        """Yield rows again, with their bodies; those whose bodies cannot be got as they are."""
        lean = {str(row["id"]): row for row in rows}
        known, self._seen = self._seen, SeenItems()
        whole, self._list = self._list, self._list.with_params(**{BODY: body_format})
        before = len(self._failed)
        found = {str(row["id"]): row for page in self._of(list(lean)) for row in page.items}
        for failed in self._failed[before:]:
            kept = lean[failed.id or ""]
            self._reader.tell(replace(failed, item=kept, is_left_out=False))
        del self._failed[before:]
        self._seen, self._list = known, whole
        yield from (found.get(item_id, row) for item_id, row in lean.items())

    def _in(self, request: ListRequest) -> Iterator[ListPage]:
        """Read a list from one end as far as it can be followed."""
        most = RETRIES if self._has_read else 0
        try:
            for page in self._reader.pages(replace(request, max_retries=most)):
                yield from self._new(page)
        except (RefusedError, StuckError):
            # It cannot be read in this way, or not to its end.
            return
        self._is_whole = True

    def _in_other_orders(self, request: ListRequest | None = None) -> Iterator[ListPage]:
        request = request or self._list
        tried = str(self._list.params.get(SORT, "")).removeprefix("-")
        for order in ORDERS.get(self._kind, ()):
            if order == tried:
                continue
            for each in (order, f"-{order}"):
                yield from self._in(request.with_params(sort=each))
                if self._is_whole:
                    return

    def _space_by_space(self) -> Iterator[ListPage]:
        if self._kind not in TAKE_SPACES:
            return
        asked = self._list.params.get(SPACE)
        if asked is None:
            ids = self._space_ids()
        else:
            ids = [asked] if isinstance(asked, str) else list(asked)
        for some in in_chunks(ids, MOST_SPACES):
            yield from self._in_spaces(some)
        # A space that is not listed may hold more.
        self._is_whole = False

    def _space_ids(self) -> list[str]:
        """Return the ids of all spaces, as far as their list can be read."""
        request = ListRequest(SPACES, {"limit": str(MOST_IDS)}, self._list.tag, RETRIES)
        ids: list[str] = []
        with contextlib.suppress(RefusedError, StuckError):
            for page in self._reader.pages(request):
                ids += (str(space["id"]) for space in page.rows)
        return ids

    def _in_spaces(self, ids: Sequence[str]) -> Iterator[ListPage]:
        request = self._list.with_params(**{SPACE: ids})
        self._is_whole = False
        yield from self._in(request)
        if self._is_whole:
            return
        if len(ids) > 1:
            half = len(ids) // 2
            yield from self._in_spaces(ids[:half])
            yield from self._in_spaces(ids[half:])
        elif (other := other_end_of(request)) is not None:
            yield from self._in(other)
            yield from self._in_other_orders(request)

    def _span_by_span(self) -> Iterator[ListPage]:
        """Halve the time in which items were created, until the one that fails stands alone."""
        spans = [(EARLIEST_MS, int(time.time() * 1000) + MS_OF_A_DAY)]
        left = MOST_UNANSWERED
        while spans and left:
            first, last = spans.pop()
            span = {"created-at-from": str(first), "created-at-to": str(last)}
            request = replace(self._list.with_params(**span), max_retries=0)
            try:
                for page in read_pages(self._reader.client, request, UndividedPaginator()):
                    yield from self._new(page)
                left = MOST_FAILED_SPANS
            except RefusedError:
                return
            except RetriesExhaustedError:
                left -= 1
                if first < last:
                    half = (first + last) // 2
                    spans += [(half + 1, last), (first, half)]
                    continue
                # Those of one moment may differ in their status.
                for status in ({}, {"status": "complete"}, {"status": "incomplete"}):
                    yield from self._in(request.with_params(**status))
                self._is_whole = False

    def _search(self) -> Iterator[ListPage]:
        """Ask for those items by their ids that a search finds and that have not been seen."""
        type_ = self._list.params.get("type") or SEARCHED.get(self._kind)
        if type_ is None or self._list.params.get("status") == "trashed":
            return
        cql = f'type="{type_}"'
        for row, comparison, shift in zip(self._span, (">=", "<="), (-ZONES, ZONES), strict=True):
            if row is not None and (date := _date_of(row)) is not None:
                cql += f' and lastmodified {comparison} "{date + shift:%Y-%m-%d %H:%M}"'
        params = search_params(cql, limit=MOST_FOUND)
        request = ListRequest(SEARCH, params, self._list.tag, RETRIES)
        try:
            rows = [row for page in self._reader.pages(request) for row in page.rows]
        except (RefusedError, StuckError):
            return
        # What is asked for is noted when it comes.
        ids = [str(row["id"]) for row in rows if row not in self._seen]
        if self._kind not in TAKE_IDS and len(ids) > MOST_SINGLES:
            return
        yield from self._of(ids)

    def _of(self, ids: Sequence[str]) -> Iterator[ListPage]:
        if self._kind in TAKE_IDS and ID not in self._list.params:
            for some in in_chunks(ids, MOST_IDS):
                yield from self._by_ids(some)
        else:
            yield from self._singly(ids)

    def _by_next_ids(self) -> Iterator[ListPage]:
        """Ask for what may have the next ids: those of one page are made at the same moment."""
        last = str((self._span[0] or {}).get("id", 0))
        if last.isdecimal() and self._has_read:
            ids = [str(int(last) + step) for step in range(1, MOST_IDS + 1)]
            yield from self._by_ids(ids, TASK_ID)

    def _by_ids(self, ids: Sequence[str], parameter: str = ID) -> Iterator[ListPage]:
        """Read items by their ids, and halve them until the one that fails stands alone."""
        request = self._list.with_params(**{parameter: ids}, limit=str(MOST_IDS))
        request = replace(request, max_retries=RETRIES)
        try:
            page = UndividedPaginator().get(self._reader.client, request)
        except RefusedError:
            return
        except RetriesExhaustedError as error:
            if len(ids) == 1:
                self._add_failed(ids[0], error)
                return
            half = len(ids) // 2
            yield from self._by_ids(ids[:half], parameter)
            yield from self._by_ids(ids[half:], parameter)
        else:
            yield from self._new(page)

    def _singly(self, ids: Iterable[str]) -> Iterator[ListPage]:
        body = {BODY: self._list.params[BODY]} if BODY in self._list.params else {}
        for item_id in ids:
            path = f"{self._list.path}/{item_id}"
            try:
                row = get_item(self._reader.client, path, body, tag=self._list.tag)
            except RefusedError:
                # It is gone, or no item of this list.
                continue
            except RetriesExhaustedError as error:
                self._add_failed(item_id, error)
            else:
                yield from self._new(ListPage(self._list, [row], None))

    def _add_failed(self, item_id: str, error: RetriesExhaustedError) -> None:
        """Take note of an item that the site fails for.

        Raises:
            RetriesExhaustedError: It has failed for too many in a row.
        """
        self._in_a_row += 1
        if self._in_a_row > MOST_UNANSWERED:
            raise error
        self._failed.append(FailedItem(self._list, of_item(error), {"id": item_id}))

    def _new(self, page: ListPage) -> Iterator[ListPage]:
        self._in_a_row = 0
        self._has_read = self._has_read or bool(page.items)
        if page.failed is not None and page.failed.is_left_out:
            self._failed.append(page.failed)
        elif rows := self._seen.new(page.items):
            yield replace(page, items=rows)

    def _after_all(self) -> Iterator[ListPage]:
        """Go on where the list could not be followed, if the site answers by now."""
        if self._stuck.has_expired or not self._has_read:
            return
        place = replace(self._stuck.request, max_retries=None)
        with contextlib.suppress(RefusedError, RetriesExhaustedError):
            send(self._reader.client, place.with_params(limit="1"))
            yield from self._in(place)


def check_answers(reader: ListReader, request: ListRequest, stuck: StuckError) -> bool:
    """Tell an item that the site fails for from a site that fails.

    Args:
        reader: Reads the site.
        request: The list.
        stuck: Why it cannot be followed any farther.

    Returns:
        Whether the site gives something of such lists. If not, it answers where it need not show
        anything of them: it may fail for all that there is.

    Raises:
        RetriesExhaustedError: The site gives nothing at all of such lists.
    """
    kept = {name: request.params[name] for name in ("type", "cql") if name in request.params}
    orders = ORDERS.get(request.path.rpartition("/")[2], ())
    for order in ("", *orders, *(f"-{order}" for order in orders)):
        sort = {SORT: order} if order else {}
        glance = ListRequest(request.path, {**kept, **sort, "limit": "1"}, request.tag, 0)
        with contextlib.suppress(RefusedError, RetriesExhaustedError):
            found = rows_of(glance.path, send(reader.client, glance).body)
            # That may be all that has another status.
            if found or not stuck.is_empty:
                return True
    if _answers_for_nothing(reader, request):
        return False
    if isinstance(stuck.error, RefusedError):
        raise RetriesExhaustedError(str(stuck.error)) from stuck
    raise stuck.error


def _answers_for_nothing(reader: ListReader, request: ListRequest) -> bool:
    """Tell whether the site answers where it need not show any item of a list."""
    kind = request.path.rpartition("/")[2]
    if kind not in SEARCHED and "type" not in request.params:
        # Nothing would name those items that it fails for.
        return False
    asked = ListRequest(f"{request.path}/{NO_ID}", {}, request.tag, 0)
    if kind in TAKE_IDS:
        kept = {name: request.params[name] for name in ("type",) if name in request.params}
        asked = ListRequest(request.path, {**kept, ID: NO_ID}, request.tag, 0)
    try:
        send(reader.client, asked)
    except NotFoundError:
        return True
    except (RefusedError, RetriesExhaustedError):
        return False
    return True


def search_params(cql: str, *, limit: str) -> dict[str, str]:
    """Return how to search for current and archived content of all spaces."""
    return {
        "cql": cql,
        "cqlcontext": '{"contentStatuses":["current","archived"]}',
        "includeArchivedSpaces": "true",
        "limit": limit,
    }


def read_whole(
    reader: ListReader, request: ListRequest, pages: Iterable[ListPage]
) -> Iterator[ListPage]:
    """Read a list past all that the site fails for, in any order behind the first such place.

    Args:
        reader: Reads the site.
        request: The list.
        pages: It, from one end as far as it can be followed.

    Raises:
        ConfluenceError: The list is refused, or the site gives nothing of it any more.
    """
    seen = SeenItems()
    stuck = yield from seen.follow(pages, lambda: reader.pages(request.first))
    if stuck is None:
        return
    is_backwards = str(request.params.get(SORT, "")).startswith("-")
    span = (None, seen.last) if is_backwards else (seen.last, None)
    yield from Detour(reader, request, seen, stuck, span).pages()


class UndividedPaginator(LinkPaginator):
    """Gets pages as they are, or not at all."""

    fails_with: ClassVar[tuple[type[Failure], ...]] = ()


def other_end_of(request: ListRequest) -> ListRequest | None:
    """Return how to read a list from its other end; None where it has no order."""
    order = str(request.params.get(SORT, ""))
    if not order:
        orders = ORDERS.get(request.path.rpartition("/")[2])
        return request.first.with_params(sort=f"-{orders[0]}") if orders else None
    other = order.removeprefix("-") if order.startswith("-") else f"-{order}"
    return request.first.with_params(sort=other)


def _mark(row: Row) -> int:
    return hash(str(row.get("id") or row))


def _date_of(row: Row) -> datetime | None:
    timestamp = modified_at(row)
    return datetime.fromisoformat(timestamp) if timestamp else None
