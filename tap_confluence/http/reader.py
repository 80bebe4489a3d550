"""What a stream uses of the client: lists to walk, and details to have on hand in time."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from tap_confluence.http.lists.kept_rows import KeptRows
from tap_confluence.http.lists.list_page import ListRequest
from tap_confluence.http.pagination.detours import read_whole
from tap_confluence.http.pagination.paginators import PageWalk
from tap_confluence.http.threads.thread_pool import LookAhead

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from tap_confluence.http.client import Client, Params
    from tap_confluence.http.lists.list_page import FailedItem, ListPage
    from tap_confluence.http.pagination.paginators import GoOn, Paginator
    from tap_confluence.http.threads.early_start import EarlyStart
    from tap_confluence.http.threads.stop_flag import StopFlag
    from tap_confluence.http.threads.thread_pool import ThreadPool

P = ParamSpec("P")
T = TypeVar("T")
Item = TypeVar("Item")

MANY_AHEAD = 8
"""Calls ahead for each worker, so that one that is late or repeated does not hold up the others:
where 5 % of the answers fail, 2 for each worker take twice as long."""

FEW_AHEAD = 2
"""Calls ahead for each worker where answers may be large: with bodies, or about many items."""

MOST_KEPT = 32 * 1024 * 1024
"""Bytes that all rows together may take which are kept for those who need them later: some 250,000
pages without their bodies do."""

_LISTENING: ContextVar[tuple[list[FailedItem], ...]] = ContextVar("listening", default=())
"""Where to put what the site fails for, innermost last. Readings that go on beside each other have
a context each."""


class Reader:
    """Reads one site, several requests at a time, with results in order.

    Attributes:
        on_failed: Called with each item of a list that the site fails for, when its turn comes.

    Args:
        client: Sends the requests.
        thread_pool: The threads they are sent from.
        stop: Ends every wait when the run is asked to stop.
        page_size: Items to ask for in one list request.
    """

    def __init__(
        self, client: Client, thread_pool: ThreadPool, stop: StopFlag, page_size: int
    ) -> None:
        self.client = client
        self.stop = stop
        self.page_size = page_size
        self.on_failed: Callable[[FailedItem], object] | None = None
        self._thread_pool = thread_pool
        self._asked_ahead: dict[str, _AskedAhead] = {}
        self._shared: dict[str, Future[Any]] = {}
        self._kept: dict[str, KeptRows] = {}
        self._failed: dict[str, list[FailedItem]] = {}

    def first_page(self, path: str, params: Params | None = None, *, tag: str) -> ListRequest:
        """Return the request for the first page of a list."""
        return ListRequest(path, {"limit": str(self.page_size), **(params or {})}, tag)

    def items(self, request: ListRequest) -> Iterator[dict[str, Any]]:
        """Walk a whole list, one page ahead of the caller.

        What the site fails for is told to `on_failed`. Behind it, the items come in any order.
        """
        return self._items(request, self.pages(request, ahead=1))

    def items_from(self, page: ListPage) -> Iterator[dict[str, Any]]:
        """Go on with a list whose first page is there, one page ahead of the caller."""
        return self._items(page.request, self._pages_from(page))

    def items_once(self, request: ListRequest) -> Iterator[dict[str, Any]]:
        """Walk a whole list that several streams read: it is asked for once a run."""

        def rows() -> Iterator[dict[str, Any]]:
            # Nothing is asked for before it is known not to be kept.
            yield from self.items(request)

        return self.once(_key(request), rows(), tag=request.tag)

    def once(
        self, name: str, rows: Iterator[dict[str, Any]], *, tag: str
    ) -> Iterator[dict[str, Any]]:
        """Yield rows that several streams need, and that cost requests, which are sent once a run.

        Whoever comes later finds them kept, unless nobody has read them to their end, or they are
        too many. What the site fails for is told to each.

        Args:
            name: What they are known by.
            rows: Where they come from, if they are not kept.
            tag: The stream that needs them.
        """
        if name in self._kept:
            for failed in self._failed[name]:
                self.tell(replace(failed, request=replace(failed.request, tag=tag)))
            yield from self._kept[name]
            return
        kept = KeptRows(MOST_KEPT - sum(each.size for each in self._kept.values()))
        heard: list[FailedItem] = []
        for row in self.heard(rows, heard):
            # Before its reader makes something else of it.
            kept.add(row)
            yield row
        if not kept.is_full:
            self._kept[name], self._failed[name] = kept, heard

    def heard(
        self, rows: Iterator[dict[str, Any]], heard: list[FailedItem]
    ) -> Iterator[dict[str, Any]]:
        """Yield rows, and take note of what the site fails for while they are read.

        Args:
            rows: Rows that this reader reads.
            heard: Where to put what it fails for.
        """
        while True:
            token = _LISTENING.set((*_LISTENING.get(), heard))
            try:
                row = next(rows, None)
            finally:
                _LISTENING.reset(token)
            if row is None:
                return
            yield row

    def tell(self, failed: FailedItem | None) -> None:
        """Tell whoever wants to know of an item of a list that the site fails for, if it is one."""
        if failed is None:
            return
        for heard in _LISTENING.get():
            heard.append(failed)
        if self.on_failed is not None:
            self.on_failed(failed)

    def told(self, pages: Iterable[ListPage]) -> Iterator[ListPage]:
        """Yield pages, each after what the site fails for on it has been told of."""
        for page in pages:
            self.tell(page.failed)
            yield page

    def _items(self, request: ListRequest, pages: Iterable[ListPage]) -> Iterator[dict[str, Any]]:
        for page in self.told(read_whole(self, request, pages)):
            yield from page.rows

    def _pages_from(self, page: ListPage) -> Iterator[ListPage]:
        yield page
        if page.next is not None:
            yield from self._walk(page.next, ahead=1, is_begun=True)

    def any_once(
        self,
        request: ListRequest,
        predicate: Callable[[dict[str, Any]], bool],
        *,
        go_on: GoOn | None = None,
    ) -> bool:
        """Tell whether something is true of an item of a list, looking for it once a run.

        If the first page was asked for ahead, it is looked at and left to those who asked for it.
        """
        key = _key(request)

        def find() -> bool:
            asked = self._asked_ahead.get(key)
            pages = self._walk(request, go_on=go_on, coming=asked.first if asked else None)
            whole = read_whole(self, request, pages)
            return any(predicate(item) for page in whole for item in page.rows)

        return self.shared(f"any of {key}", find)

    def shared(self, name: str, find: Callable[[], T]) -> T:
        """Return what several streams need, which is found once a run: by whoever comes first.

        Args:
            name: What it is known by.
            find: Finds it, without waiting for a turn.

        Raises:
            ConfluenceError: It cannot be found; to each who asks.
        """
        if name in self._shared:
            known: Future[T] = self._shared[name]
            return self.result(known)
        found: Future[T] = Future()
        self._shared[name] = found
        try:
            found.set_result(find())
        except BaseException as error:
            found.set_exception(error)
            raise
        return found.result()

    def begin(self, read: Callable[[], Iterable[T]]) -> EarlyStart[T]:
        """Have a reading begin before its turn, up to its first row. As `EarlyStarts.begin`."""
        return self._thread_pool.early_starts.begin(read)

    def wait_for_turn(self) -> None:
        """Do nothing, or wait if this is read before its turn."""
        self._thread_pool.early_starts.wait_for_turn()

    def get(self, path: str, params: Params, *, tag: str) -> dict[str, Any]:
        """Get a single object."""
        return self.result(self.start(self.client.get, path, params, tag=tag)).body

    def start(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have a call run in a thread. Await what it gives with `result`."""
        return self._thread_pool.submit(call, *args, **kwargs)

    def ask_ahead(
        self, request: ListRequest, *, further: int = 0, go_on: GoOn | None = None
    ) -> None:
        """Have the first pages of a list on the way before the list has its turn.

        The first page is asked for once and given to all who ask for it here; each of them follows
        the list from there in a way of its own.

        Args:
            request: The first page.
            further: Pages to ask for beyond it.
            go_on: As for `pages`.
        """
        key = _key(request)
        asked = self._asked_ahead.get(key)
        walk = self._walk(
            request, ahead=further, go_on=go_on, coming=asked.first if asked else None
        )
        if asked is None:
            self._asked_ahead[key] = _AskedAhead(walk.first, deque([walk]))
        else:
            asked.walks.append(walk)

    def ask_ahead_once(self, request: ListRequest, *, further: int = 0) -> None:
        """The same for a list that is asked for once a run, whoever else asks for it here."""
        if (key := _key(request)) not in self._asked_ahead and key not in self._kept:
            self.ask_ahead(request, further=further)

    def pages(
        self,
        request: ListRequest,
        paginator: Paginator | None = None,
        *,
        ahead: int = 0,
        go_on: GoOn | None = None,
    ) -> Iterator[ListPage]:
        """Walk a list page by page.

        Args:
            request: The first page.
            paginator: How to find the next page, if not by the links.
            ahead: Pages to ask for while one is being read.
            go_on: Given a page and how to ask for the next, how to ask for it instead. Runs in a
                worker thread.
        """
        key = _key(request)
        asked = None if paginator else self._asked_ahead.get(key)
        if asked is None:
            return iter(self._walk(request, paginator, ahead=ahead, go_on=go_on))
        walk = asked.walks.popleft()
        if not asked.walks:
            del self._asked_ahead[key]
        walk.ahead = ahead
        return iter(walk)

    def again(self, request: ListRequest, count: int, **params: str) -> Iterator[dict[str, Any]]:
        """Get the items of a page once more.

        Args:
            request: How the list led to it.
            count: How many items it held.
            params: Query parameters that it is to differ by.

        Raises:
            StuckError: The site no longer knows the place, or fails for it.
        """
        if not count:
            return
        request = request.with_params(limit=str(count), **params)
        for page in self._walk(request, is_begun=True):
            self.tell(page.failed)
            yield from page.rows[:count]
            count -= len(page.items)
            if count <= 0:
                return

    def look_ahead(
        self,
        items: Iterable[Item],
        call: Callable[[Item], Callable[[], T] | None],
        *,
        per_worker: int = MANY_AHEAD,
        size_of: Callable[[Item], int] = lambda _: 0,
        size_of_result: Callable[[T], int] | None = None,
    ) -> LookAhead[Item, T]:
        """Run a call for each of the next items while earlier ones are dealt with.

        Args:
            items: What to run a call for.
            call: As for `LookAhead`.
            per_worker: Items ahead at most for each worker; all of their answers are in memory.
            size_of: As for `LookAhead`.
            size_of_result: As for `LookAhead`.
        """
        return LookAhead(
            self._thread_pool,
            items,
            call,
            window=per_worker * self._thread_pool.size,
            size_of=size_of,
            size_of_result=size_of_result,
        )

    def together(self, calls: Sequence[Callable[[], T]]) -> list[T]:
        """Run calls side by side in a worker thread; none of them may do so itself."""
        if len(calls) < 2 or self.client.tries_once:  # noqa: PLR2004
            return [call() for call in calls]
        return self._thread_pool.together(calls)

    def result(self, future: Future[T]) -> T:
        """Wait for what a call that runs ahead gives."""
        return self._thread_pool.result(future)

    def _walk(  # noqa: PLR0913
        self,
        request: ListRequest,
        paginator: Paginator | None = None,
        *,
        ahead: int = 0,
        go_on: GoOn | None = None,
        coming: Future[ListPage] | None = None,
        is_begun: bool = False,
    ) -> PageWalk:
        return PageWalk(
            self._thread_pool,
            self.client,
            request,
            paginator=paginator,
            ahead=ahead,
            go_on=go_on,
            coming=coming,
            is_begun=is_begun,
        )


@dataclass
class _AskedAhead:
    """A list that was asked for before it has its turn.

    Attributes:
        first: Its first page, for all readers.
        walks: The walk over it of each reader that is still to come.
    """

    first: Future[ListPage]
    walks: deque[PageWalk]


def _key(request: ListRequest) -> str:
    """Return what requests for the same have alike, whatever sequences their parameters are."""
    params = {
        name: value if isinstance(value, str) else [*value]
        for name, value in request.params.items()
    }
    return f"{request.path} {sorted(map(str, params.items()))}"
