"""All of a list: pages of results, followed by their cursors or offsets."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import unquote, unquote_plus

from tap_confluence.errors import RetriesExhaustedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from concurrent.futures import Future

    from tap_confluence.http.client import Answer, Client
    from tap_confluence.http.thread_pool import ThreadPool

    Params = Mapping[str, str | Sequence[str]]
    GoOn = Callable[["ListPage", "ListRequest"], "ListRequest"]

T = TypeVar("T")

MOST_REPEATS = 5
"""Pages of a list at most that hold what an earlier one held: an item that is changed meanwhile may
come again, but hardly a page of them."""

MOST_EMPTY = 10_000
"""Empty pages in a row at most: what this account may not see is taken out of a page."""


@dataclass(frozen=True)
class ListRequest:
    """One page of a list to ask for.

    Attributes:
        path: The list, such as `/api/v2/pages`.
        params: Query parameters, the cursor included.
        tag: Under which name the request is counted.
        max_retries: How often to repeat it at most, if less often than the settings say.
    """

    path: str
    params: Params
    tag: str
    max_retries: int | None = None


@dataclass(frozen=True)
class ListPage:
    """A page of results.

    Attributes:
        request: What was asked.
        items: The results.
        next: How to ask for the page after this one, or None on the last.
    """

    request: ListRequest
    items: list[dict[str, Any]]
    next: ListRequest | None


def get_page(client: Client, request: ListRequest) -> ListPage:
    """Get one page of a list."""
    answer = client.get(
        request.path, request.params, tag=request.tag, max_retries=request.max_retries
    )
    items = rows_of(request.path, answer.body)
    query = _next_query(answer)
    if query is None:
        return ListPage(request, items, None)
    params = {**request.params, **query}
    return ListPage(request, items, replace(request, params=params))


def rows_of(path: str, body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of an answer to the request for a list.

    Raises:
        RetriesExhaustedError: There is no list in it, which is not the same as an empty one.
    """
    results = body.get("results")
    if not isinstance(results, list):
        message = f"{path} answered without 'results': is this a Confluence site?"
        raise RetriesExhaustedError(message)
    return [row for row in results if isinstance(row, dict)]


def get_item(
    client: Client, path: str, params: Params | None = None, *, tag: str
) -> dict[str, Any]:
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


def out_of_reach(path: str, what: str) -> RetriesExhaustedError:
    """Say that a list leads round in circles.

    Args:
        path: The list.
        what: What it does.
    """
    return RetriesExhaustedError(
        f"{path} {what}, so that the rest of the list is out of reach. Run again; if it stays so, "
        "tell Atlassian support."
    )


class RepeatGuard:
    """Notices a list that gives the same pages again and again, whatever it is asked for."""

    def __init__(self) -> None:
        self._seen: set[int] = set()
        self._repeats = 0
        self._empty = 0

    def check(self, path: str, items: Sequence[Mapping[str, Any]]) -> None:
        """Take note of a page that leads on.

        Args:
            path: The list.
            items: What the page has.

        Raises:
            RetriesExhaustedError: The list would be walked for ever.
        """
        rows = hash(tuple(str(item.get("id") or item) for item in items))
        self._empty = 0 if items else self._empty + 1
        self._repeats += bool(items) and rows in self._seen
        self._seen.add(rows)
        if self._repeats > MOST_REPEATS or self._empty > MOST_EMPTY:
            raise out_of_reach(path, "gives the same page again and again")


class CircleGuard:
    """Notices a list that gives the same cursor twice, which would be walked for ever."""

    def __init__(self) -> None:
        self._asked: set[str] = set()
        self._longest = 0
        self._repeats = RepeatGuard()

    def next(self, page: ListPage) -> ListRequest | None:
        """Return how to go on after a page, or None at the end of the list.

        A short page that repeats a cursor is the last one. Behind a full page there must be more.

        Raises:
            RetriesExhaustedError: The rest of the list is out of reach.
        """
        self._longest = max(self._longest, len(page.items))
        if page.next is None:
            return None
        position = str(page.next.params.get("cursor") or sorted(map(str, page.next.params.items())))
        if position not in self._asked:
            self._asked.add(position)
            self._repeats.check(page.request.path, page.items)
            return page.next
        if len(page.items) < self._longest or not page.items:
            return None
        raise out_of_reach(page.request.path, "gives the same cursor again and again")


def collect(client: Client, first: ListRequest) -> list[dict[str, Any]]:
    """Get all items of a short list, in the calling thread."""
    guard = CircleGuard()
    items: list[dict[str, Any]] = []
    request: ListRequest | None = first
    while request is not None:
        page = get_page(client, request)
        items += page.items
        request = guard.next(page)
    return items


class PageWalk:
    """A walk over a list, whose next pages are on the way while one is being read.

    A page may be empty and still have a next one, because what this account may not see is taken
    out after the page was cut.

    Args:
        thread_pool: The threads that send the requests.
        client: The site.
        first: The page to begin with. It is asked for at once.
        ahead: Pages to ask for before they are wanted, which bounds memory.
        go_on: Given a page and how to ask for the next, how to ask for it instead. Runs in a
            worker thread.
        coming: The first page, if it has been asked for already.
    """

    def __init__(  # noqa: PLR0913
        self,
        thread_pool: ThreadPool,
        client: Client,
        first: ListRequest,
        *,
        ahead: int = 0,
        go_on: GoOn | None = None,
        coming: Future[ListPage] | None = None,
    ) -> None:
        self.ahead = ahead
        self._thread_pool = thread_pool
        self._client = client
        self._go_on = go_on
        self._guard = CircleGuard()
        self._lock = threading.Lock()
        self._following: ListRequest | None = None
        self._is_being_read = False
        self._coming: deque[Future[ListPage]] = deque()
        with self._lock:
            if coming is None:
                self._ask(first)
            else:
                self._expect(coming.result)

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

    def _ask(self, request: ListRequest) -> None:
        self._expect(lambda: get_page(self._client, request))

    def _expect(self, page: Callable[[], ListPage]) -> None:
        self._coming.append(self._thread_pool.submit(lambda: self._arrive(page())))

    def _ask_following(self) -> None:
        # A page that nobody reads yet is not one ahead of another.
        most = self.ahead if self._is_being_read else self.ahead + 1
        if self._following is not None and len(self._coming) < most:
            following, self._following = self._following, None
            self._ask(following)

    def _arrive(self, page: ListPage) -> ListPage:
        """Take note of a page, and ask for the next one if that may be ahead."""
        following = self._guard.next(page)
        if following is not None and self._go_on is not None:
            following = self._go_on(page, following)
        with self._lock:
            self._following = following
            self._ask_following()
        return page


def read_offsets(
    thread_pool: ThreadPool, client: Client, first: ListRequest
) -> Iterator[dict[str, Any]]:
    """Walk a list of REST v1 that is paged by `start` and `limit`.

    Yields:
        Each item.

    Raises:
        RetriesExhaustedError: The list begins anew at each offset: its rest is out of reach.
    """
    return _walk_offsets(
        lambda request: thread_pool.result(thread_pool.submit(get_page, client, request)), first
    )


def collect_offsets(client: Client, first: ListRequest) -> list[dict[str, Any]]:
    """Get all items of a short list of REST v1 that is paged by offset, in the calling thread.

    Raises:
        RetriesExhaustedError: The list begins anew at each offset: its rest is out of reach.
    """
    return list(_walk_offsets(partial(get_page, client), first))


def _walk_offsets(
    get: Callable[[ListRequest], ListPage], first: ListRequest
) -> Iterator[dict[str, Any]]:
    """Walk a list by offsets.

    The next offset follows from what was received: `_links.next` may count by the limit that was
    asked for instead of the lower one that was served.
    """
    start = 0
    beginning: list[dict[str, Any]] = []
    repeats = RepeatGuard()
    while True:
        page = get(ListRequest(first.path, {**first.params, "start": str(start)}, first.tag))
        begins_anew = start and page.items[: len(beginning)] == beginning[: len(page.items)]
        if begins_anew and page.items and page.next is not None:
            raise out_of_reach(first.path, "gives the same items at each offset")
        if page.next is not None:
            repeats.check(first.path, page.items)
        yield from page.items
        beginning = beginning or page.items
        start += len(page.items)
        if page.next is None or not page.items:
            return


def query_of(link: str) -> str:
    """Return the query of a link, also of one whose host is none."""
    return link.partition("#")[0].partition("?")[2]


def _next_query(answer: Answer) -> dict[str, str | Sequence[str]] | None:
    """Return the query of the link to the next page, from the body or else the header.

    Only the query is taken: the link's path is relative to the host, to the context, or names
    another host altogether (behind the API gateway), while the path is the one just asked.
    """
    links = answer.body.get("_links")
    link = links.get("next") if isinstance(links, dict) else None
    link = link or answer.links.get("next", {}).get("url")
    if not isinstance(link, str) or not link:
        return None
    query: dict[str, list[str]] = {}
    for pair in query_of(link).split("&"):
        name, _, value = pair.partition("=")
        # The cursor may come un-encoded, in base64: a plus sign in it is no space. In what was
        # asked for, such as a search, it is one.
        decode = unquote if name == "cursor" else unquote_plus
        query.setdefault(unquote(name), []).append(decode(value))
    return {name: values[0] if len(values) == 1 else values for name, values in query.items()}
