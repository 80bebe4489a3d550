"""All of a list, page by page: how the next page is found, and how circles are noticed.

A *paginator* follows one list once. It knows how the page after a page is asked for: by a link, by
a cursor or by an offset. Two things read what it finds: `read_pages` in the calling thread, and
`PageWalk` ahead of its reader, in other threads. A `CircleGuard` ends what would have no end.

How one page is got past what the site fails for is the part of `Halving`.
"""

from __future__ import annotations

import threading
from abc import abstractmethod
from collections import deque
from concurrent.futures import Future
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar
from urllib.parse import unquote, unquote_plus

from typing_extensions import override

from tap_confluence.errors import RefusedError, RetriesExhaustedError, of_item
from tap_confluence.http.lists.list_page import (
    FailedItem,
    ListPage,
    StuckError,
    rows_of,
)
from tap_confluence.http.lists.row_keys import key_of
from tap_confluence.http.pagination.halving import Halving, send

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tap_confluence.http.client import Answer, Client
    from tap_confluence.http.lists.list_page import ListRequest
    from tap_confluence.http.pagination.halving import Failure
    from tap_confluence.http.threads.thread_pool import ThreadPool

    Params = Mapping[str, str | Sequence[str]]
    Row = dict[str, Any]
    GoOn = Callable[["ListPage", "ListRequest"], "ListRequest"]

T = TypeVar("T")

LARGE_PAGE = 8 * 1024 * 1024
"""Bytes of a page of a list beside which no other is in memory: 250 items with bodies of 30 KB."""

MOST_REPEATS = 5
"""Pages of a list at most that hold what an earlier one held: an item that is changed meanwhile may
come again, but hardly a page of them."""

MOST_EMPTY = 20
"""Empty pages in a row at most. What this account may not see is taken out after a page was cut, so
that some pages are empty; that 5,000 items beside each other are, hardly happens."""

MOST_PASSED = 3
"""Items beside each other at most that are passed over in a list by offset. Behind them, the site
is taken to fail for all of it."""

MOST_STEPS_BACK = 20
"""How often one goes back at most in a list by offset, because it moved under its reader."""

SAME_CURSOR = "gives the same cursor again and again"
SAME_PAGE = "gives the same page again and again"
ONLY_EMPTY = "gives one empty page after the other"
SAME_BEGINNING = "gives the same items at each offset"
"""The circles that a list may lead in."""


def get_item(client: Client, path: str, params: Params | None = None, *, tag: str) -> Row:
    """Get one item, such as a page.

    Raises:
        RetriesExhaustedError: The site answers 200, but with something else.
    """
    item = client.get(path, params, tag=tag).body
    if "id" not in item:
        message = f"{path} answered without what was asked for: is this a Confluence site?"
        raise RetriesExhaustedError(message)
    return item


def in_chunks(items: Sequence[T], most: int) -> list[Sequence[T]]:
    """Divide what is asked for into as much as one request takes."""
    return [items[start : start + most] for start in range(0, len(items), most)]


class CircleGuard:
    """Notices a list that leads back to where its reader has been, and would be read for ever.

    It does if a page leads to a position that was asked for already, if a page at a later offset
    begins as the list does, if page after page has nothing new, or if page after page is empty.
    Then the rest of the list is out of reach. But a short page that leads to an old position is
    the last one: only behind a full one there must be more.

    Args:
        identity: What tells a row from others. If given, each row is remembered, and a page has
            nothing new if each of its rows has been there. Otherwise whole pages are remembered,
            which takes hardly any memory.
        most_repeats: Pages at most that have nothing new; 0 forbids empty ones too. None where
            rows do not tell, because two of them may be alike, as in a log.
        ends: Whether such a list is over, instead of out of reach: what it may lack is found in
            another way, or all that can be done is to say so. Such a list gives what is new only.

    Attributes:
        is_in_circles: Whether the list leads back.
    """

    def __init__(
        self,
        identity: Callable[[Row], object] | None = None,
        *,
        most_repeats: int | None = MOST_REPEATS,
        ends: bool = False,
    ) -> None:
        self.is_in_circles = False
        self._identity = identity or _id_of
        self._by_row = identity is not None
        self._most_repeats = most_repeats
        self._ends = ends
        self._seen: set[object] = set()
        self._positions: set[str] = set()
        self._beginning: list[object] = []
        self._longest = 0
        self._repeats = 0
        self._empty = 0

    def take(self, page: ListPage, offset: int | None = None) -> ListPage:
        """Take note of a page.

        Args:
            page: The page, leading where the site says.
            offset: Where in the list it begins, if that is known.

        Returns:
            The page as it is to be read. It leads on only where that may be followed.

        Raises:
            RetriesExhaustedError: The rest of the list is out of reach.
        """
        self._longest = max(self._longest, len(page.items))
        new = self.new_rows(page.items)
        begins_anew = offset is not None and self.begins_anew(offset, page.items)
        begins_anew = begins_anew and not (self._by_row and new)
        taken = replace(page, items=new) if self._ends else page
        if page.next is None:
            return taken
        leads_back = self._leads_back_to(page.next)
        is_short = len(page.items) < self._longest or not page.items
        if begins_anew:
            circle = SAME_BEGINNING
        elif leads_back:
            circle = SAME_CURSOR
        elif self._is_idle(page.items, new):
            circle = SAME_PAGE
        else:
            return taken
        self.is_in_circles = True
        if self._ends or (circle == SAME_CURSOR and is_short):
            return replace(taken, next=None)
        if circle == SAME_PAGE and not page.items:
            error = out_of_reach(page.request.path, ONLY_EMPTY)
            raise StuckError(page.request, error, is_empty=True)
        raise out_of_reach(page.request.path, circle)

    def new_rows(self, rows: list[Row]) -> list[Row]:
        """Take note of the rows of a page, and return those that were not there before."""
        if self._most_repeats is None:
            return rows
        identities = [self._identity(row) for row in rows]
        if not self._by_row:
            page = hash(tuple(identities))
            is_new = page not in self._seen
            self._seen.add(page)
            return rows if is_new else []
        new = []
        for identity, row in zip(identities, rows, strict=True):
            if identity not in self._seen:
                self._seen.add(identity)
                new.append(row)
        return new

    def begins_anew(self, offset: int, rows: list[Row]) -> bool:
        """Tell whether what is at a later offset is what is at the first, which is noted.

        A page that has less is none of these: what was read first may be changed meanwhile, and
        be found again at the end.
        """
        identities = [self._identity(row) for row in rows]
        if offset == 0 or not self._beginning:
            self._beginning = identities
            return False
        return bool(rows) and identities[: len(self._beginning)] == self._beginning

    def _leads_back_to(self, following: ListRequest) -> bool:
        position = str(following.params.get("cursor") or sorted(map(str, following.params.items())))
        is_old = position in self._positions
        self._positions.add(position)
        return is_old

    def _is_idle(self, rows: list[Row], new: list[Row]) -> bool:
        """Tell whether there are too many pages that have nothing new."""
        self._empty = 0 if rows else self._empty + 1
        if self._most_repeats is None:
            return self._empty > MOST_EMPTY
        self._repeats += bool(rows) and not new
        most_empty = MOST_EMPTY if self._most_repeats else 0
        return self._repeats > self._most_repeats or self._empty > most_empty


class Paginator(Halving):
    """Follows one list once, from page to page.

    Args:
        guard: Notices circles.
    """

    def __init__(self, guard: CircleGuard | None = None) -> None:
        self.guard = guard or CircleGuard()

    def first_page(self, request: ListRequest) -> ListRequest:
        """Return how to ask for the first page of a list."""
        return request

    @override
    def page(self, request: ListRequest, answer: Answer) -> ListPage:
        rows = self.rows(request, answer.body)
        following = self.next_page(request, answer, rows)
        return ListPage(
            request, rows, None if following is None else request.with_params(**following)
        )

    def rows(self, request: ListRequest, body: dict[str, Any]) -> list[Row]:
        """Return the rows in an answer.

        Raises:
            RetriesExhaustedError: There is no list in it.
        """
        return rows_of(request.path, body)

    @abstractmethod
    def next_page(self, request: ListRequest, answer: Answer, rows: list[Row]) -> Params | None:
        """Return the query parameters that the next page differs by, or None on the last page."""

    def take(self, page: ListPage) -> ListPage:
        """Take note of the pages, one after the other.

        Returns:
            The page as it is to be read, leading on only where that may be followed.

        Raises:
            RetriesExhaustedError: The list leads round in circles.
        """
        return page if _is_passed_over(page) else self.guard.take(page)


class LinkPaginator(Paginator):
    """Follows the link to the next page, which says all that is to be asked for."""

    @override
    def next_page(self, request: ListRequest, answer: Answer, rows: list[Row]) -> Params | None:
        link = next_link(answer)
        return None if link is None else query_of(link)


class CursorPaginator(Paginator):
    """Follows a list by the cursor in each answer."""

    parameter: ClassVar[str] = "cursor"
    """The query parameter that takes the cursor."""

    @abstractmethod
    def cursor(self, answer: Answer) -> str | None:
        """Return the cursor of what follows, or None on the last page."""

    @override
    def next_page(self, request: ListRequest, answer: Answer, rows: list[Row]) -> Params | None:
        cursor = self.cursor(answer)
        return None if cursor is None else {self.parameter: cursor}


class OffsetPaginator(Paginator):
    """Follows a list of REST v1 that is paged by `start` and `limit`.

    The next offset follows from what was received: `_links.next` may count by the limit that was
    asked for instead of the lower one that was served. What cannot be got is passed over.

    Attributes:
        start: Where to begin.
    """

    start = 0

    @override
    def past(self, client: Client, request: ListRequest, error: Failure) -> ListPage:
        for step in range(1, MOST_PASSED + 1):
            start = str(_offset_of(request) + step)
            one = replace(request.with_params(start=start, limit="1"), max_retries=0)
            try:
                behind = self.page(one, send(client, one))
            except self.fails_with:
                continue
            alone = request.with_params(limit="1")
            leads_on = behind.items or step > 1
            following = (
                request.with_params(start=str(_offset_of(request) + 1)) if leads_on else None
            )
            return self._again(client, request, alone) or ListPage(
                request, [], following, FailedItem(request, of_item(error))
            )
        raise StuckError(request, error) from error

    @override
    def first_page(self, request: ListRequest) -> ListRequest:
        return request.with_params(start=str(self.start))

    @override
    def next_page(self, request: ListRequest, answer: Answer, rows: list[Row]) -> Params | None:
        step = self.step(answer, rows)
        return None if step is None else {"start": str(_offset_of(request) + step)}

    def step(self, answer: Answer, rows: list[Row]) -> int | None:
        """Return how much farther on the next page begins, or None on the last page."""
        return len(rows) if rows and next_link(answer) else None

    @override
    def take(self, page: ListPage) -> ListPage:
        if _is_passed_over(page):
            return page
        return self.guard.take(page, _offset_of(page.request))


class OverlappingOffsetPaginator(OffsetPaginator):
    """Follows a list by offset that may move meanwhile, and gives each row once.

    Each page begins with the last row of the one before. When it does not, rows before it have
    gone, and as many have slipped into what is already read: then it goes back for them. So an
    offset may come again, and a page without a new row is the end only behind all others: some
    sites go on for ever behind the end of a list, with rows that were there before.
    """

    def __init__(self) -> None:
        super().__init__(CircleGuard(key_of))
        self._last: object = None
        self._steps_back = 0
        self._farthest = 0

    @override
    def step(self, answer: Answer, rows: list[Row]) -> int | None:
        served = answer.body.get("limit")
        is_full = isinstance(served, int) and len(rows) >= served
        # A short page is not the last one if it says so.
        return max(len(rows) - 1, 1) if rows and (is_full or next_link(answer)) else None

    @override
    def take(self, page: ListPage) -> ListPage:
        if _is_passed_over(page):
            self._last = None
            return page
        start, end = _offset_of(page.request), _offset_of(page.request) + len(page.items)
        keys = [key_of(row) for row in page.items]
        new = self.guard.new_rows(page.items)
        if self.guard.begins_anew(start, page.items) and not new and start < self._farthest:
            raise out_of_reach(page.request.path, SAME_BEGINNING)
        leads_on = bool(new) or end <= self._farthest
        self._farthest = max(self._farthest, end)
        has_slipped = self._last is not None and self._last not in keys
        # Where nothing is new, it may be the end: then one looks back but once.
        most_steps = MOST_STEPS_BACK if new else 1
        if keys and has_slipped and self._steps_back < most_steps:
            self._steps_back += 1
            self._last = None
            back = max(0, start - len(page.items))
            return replace(page, items=new, next=page.request.with_params(start=str(back)))
        self._last = keys[-1] if len(keys) > 1 else None
        # What the site fails for may have been on an earlier page.
        failed = page.failed if new else None
        return replace(page, items=new, next=page.next if leads_on else None, failed=failed)


def read_pages(
    client: Client, request: ListRequest, paginator: Paginator | None = None
) -> Iterator[ListPage]:
    """Read a list page by page, in the calling thread.

    Args:
        client: The site.
        request: The list.
        paginator: How to find the next page, if not by the links.

    Raises:
        ConfluenceError: A page or an item cannot be read, or the list goes round in circles.
    """
    paginator = paginator or LinkPaginator()
    paginator.needs_all = True
    following: ListRequest | None = paginator.first_page(request)
    while following is not None:
        page = paginator.take(paginator.get(client, following))
        if page.failed is not None and page.failed.is_left_out:
            raise StuckError(following, page.failed.error)
        following = page.next
        yield page


def read_items(
    client: Client, request: ListRequest, paginator: Paginator | None = None
) -> Iterator[dict[str, Any]]:
    """Read a list item by item, in the calling thread. Takes what `read_pages` takes."""
    for page in read_pages(client, request, paginator):
        yield from page.items


def collect(
    client: Client, request: ListRequest, paginator: Paginator | None = None
) -> list[dict[str, Any]]:
    """Get all items of a short list, in the calling thread. Takes what `read_pages` takes."""
    return [*read_items(client, request, paginator)]


def get_page(client: Client, request: ListRequest) -> ListPage:
    """Get one page of a list, leading where its link says."""
    return LinkPaginator().get(client, request)


class PageWalk:
    """A walk over a list, whose next pages are on the way while one is being read.

    A page may be empty and still have a next one, because what this account may not see is taken
    out after the page was cut.

    Args:
        thread_pool: The threads that send the requests.
        client: The site.
        first: The page to begin with. It is asked for at once.
        paginator: How to find the next page, if not by the links.
        ahead: Pages to ask for before they are wanted, which bounds memory.
        go_on: Given a page and how to ask for the next, how to ask for it instead. Runs in a
            worker thread.
        coming: The first page, if it has been asked for already.
        is_begun: Whether the first page is in the middle of a list that is being followed.
    """

    def __init__(  # noqa: PLR0913
        self,
        thread_pool: ThreadPool,
        client: Client,
        first: ListRequest,
        *,
        paginator: Paginator | None = None,
        ahead: int = 0,
        go_on: GoOn | None = None,
        coming: Future[ListPage] | None = None,
        is_begun: bool = False,
    ) -> None:
        self.ahead = ahead
        self._thread_pool = thread_pool
        self._client = client
        self._go_on = go_on
        self._paginator = paginator or LinkPaginator()
        self._lock = threading.Lock()
        self._tag = first.tag
        self._following: ListRequest | None = None
        self._is_being_read = False
        self._is_large = False
        self._coming: deque[Future[ListPage]] = deque()
        if coming is None:
            with self._lock:
                self._ask(self._paginator.first_page(first), is_first=not is_begun)
        else:
            self._share(coming)

    @property
    def first(self) -> Future[ListPage]:
        """The first page to come. Only before the walk is read."""
        return self._coming[0]

    def __iter__(self) -> Iterator[ListPage]:
        """Yield each page, at least one.

        Raises:
            ConfluenceError: A page cannot be read, or the list goes round in circles.
        """
        while True:
            with self._lock:
                self._is_being_read = False
                self._ask_following()
                if not self._coming:
                    return
                coming = self._coming[0]
            page = self._thread_pool.result(coming)
            del coming
            with self._lock:
                self._coming.popleft()
                self._is_being_read = True
                self._ask_following()
            yield page
            # Those who read it may have let it go.
            del page

    def _ask(self, request: ListRequest, *, is_first: bool = False) -> None:
        def get() -> ListPage:
            return self._arrive(self._get(request, is_first=is_first))

        self._coming.append(self._thread_pool.submit_first(get))

    def _get(self, request: ListRequest, *, is_first: bool) -> ListPage:
        try:
            return self._paginator.get(self._client, request)
        except RefusedError as error:
            if is_first or error.status != HTTPStatus.BAD_REQUEST or "cursor" not in request.params:
                raise
            # The list goes on, but not from here any more.
            raise StuckError(request, error) from error

    def _share(self, coming: Future[ListPage]) -> None:
        """Take a page that has been asked for already, as soon as it is there."""
        page: Future[ListPage] = Future()

        def take(asked: Future[ListPage]) -> None:
            try:
                page.set_result(self._arrive(asked.result()))
            except BaseException as error:  # noqa: BLE001 - raised again where it is awaited
                page.set_exception(error)

        self._coming.append(page)
        coming.add_done_callback(take)

    def _ask_following(self) -> None:
        # A page that nobody reads yet is not one ahead of another.
        most = self.ahead if self._is_being_read else self.ahead + 1
        if self._is_large:
            # None beside it: the next one is probably large, too.
            most = 0 if self._is_being_read else 1
        if self._following is not None and len(self._coming) < most:
            following, self._following = self._following, None
            self._ask(following)

    def _arrive(self, page: ListPage) -> ListPage:
        """Take note of a page, and ask for the next one if that may be ahead."""
        page = self._paginator.take(page)
        following = page.next
        if following is not None and self._go_on is not None:
            following = self._go_on(page, following)
        if following is not None:
            # The first page may have been asked for by who else needs it.
            following = replace(following, tag=self._tag)
        with self._lock:
            self._following, self._is_large = following, page.size > LARGE_PAGE
            self._ask_following()
        return page


def next_link(answer: Answer) -> str | None:
    """Return the link to the next page, from the body or else the header."""
    links = answer.body.get("_links")
    link = links.get("next") if isinstance(links, dict) else None
    link = link or answer.links.get("next", {}).get("url")
    return link if isinstance(link, str) and link else None


def query_of(link: str) -> dict[str, str | Sequence[str]]:
    """Return the query parameters of a link to the next page.

    Only the query is taken: the link's path is relative to the host, to the context, or names
    another host altogether (behind the API gateway), while the path is the one just asked.
    """
    query: dict[str, list[str]] = {}
    for pair in link.partition("#")[0].partition("?")[2].split("&"):
        name, _, value = pair.partition("=")
        # The cursor may come un-encoded, in base64: a plus sign in it is no space. In what was
        # asked for, such as a search, it is one.
        decode = unquote if name == "cursor" else unquote_plus
        query.setdefault(unquote(name), []).append(decode(value))
    return {name: values[0] if len(values) == 1 else values for name, values in query.items()}


def out_of_reach(path: str, circle: str) -> RetriesExhaustedError:
    """Say that a list leads round in circles.

    Args:
        path: The list.
        circle: What it does.
    """
    return RetriesExhaustedError(
        f"{path} {circle}, so that the rest of the list is out of reach. Run again; if it stays "
        "so, tell Atlassian support."
    )


def _is_passed_over(page: ListPage) -> bool:
    """Tell whether a page stands for an item that cannot be got at all."""
    return page.failed is not None and not page.items


def _offset_of(request: ListRequest) -> int:
    return int(str(request.params["start"]))


def _id_of(row: Row) -> object:
    return str(row.get("id") or row)
