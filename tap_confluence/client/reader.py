"""What a stream uses of the client: lists to walk, and details to have on hand in time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from tap_confluence.client.lists import ListRequest, get_page, read_offsets, read_pages
from tap_confluence.client.workers import LookAhead

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Future

    from tap_confluence.client.lists import ListPage
    from tap_confluence.client.session import Client, Params
    from tap_confluence.client.workers import StopFlag, Workers

P = ParamSpec("P")
T = TypeVar("T")
Item = TypeVar("Item")


class Reader:
    """Reads one site, several requests at a time, with results in order.

    Args:
        client: Sends the requests.
        workers: The threads they are sent from.
        stop: Ends every wait when the run is asked to stop.
        page_size: Items to ask for in one list request.
    """

    def __init__(self, client: Client, workers: Workers, stop: StopFlag, page_size: int) -> None:
        self.client = client
        self.stop = stop
        self.page_size = page_size
        self._workers = workers
        self._asked_ahead: dict[str, Future[ListPage]] = {}
        self._shared_pages: dict[str, ListPage] = {}
        self._shared_answers: dict[str, bool] = {}
        self._shared_lists: dict[str, list[dict[str, Any]]] = {}

    def first_page(self, path: str, params: Params | None = None, *, tag: str) -> ListRequest:
        """Return the request for the first page of a list."""
        return ListRequest(path, {"limit": str(self.page_size), **(params or {})}, tag)

    def items(self, request: ListRequest) -> Iterator[dict[str, Any]]:
        """Walk a whole list, one page ahead of the caller."""
        for page in self.pages(request, prefetch=True):
            yield from page.items

    def items_once(self, request: ListRequest) -> Sequence[dict[str, Any]]:
        """Return all items of a short list that several streams read: it is read once a run."""
        key = _key(request)
        if key not in self._shared_lists:
            self._shared_lists[key] = list(self.items(request))
        return self._shared_lists[key]

    def any_once(self, request: ListRequest, predicate: Callable[[dict[str, Any]], bool]) -> bool:
        """Tell whether something is true of an item of a list, looking for it once a run."""
        key = _key(request)
        if key not in self._shared_answers:
            self._shared_answers[key] = any(
                predicate(item) for page in self.pages(request) for item in page.items
            )
        return self._shared_answers[key]

    def get(self, path: str, params: Params, *, tag: str) -> dict[str, Any]:
        """Get a single object."""
        return self.result(self.start(self.client.get, path, params, tag=tag)).body

    def start(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have a call run in a thread. Await what it gives with `result`."""
        return self._workers.submit(call, *args, **kwargs)

    def offset_items(self, request: ListRequest) -> Iterator[dict[str, Any]]:
        """Walk a whole list of REST v1 that is paged by offset."""
        return read_offsets(self._workers, self.client, request)

    def ask_ahead(self, request: ListRequest) -> None:
        """Have the first page of a list on the way before the list has its turn."""
        key = _key(request)
        if key not in self._asked_ahead:
            self._asked_ahead[key] = self.start(get_page, self.client, request)

    def pages(self, request: ListRequest, *, prefetch: bool = False) -> Iterator[ListPage]:
        """Walk a list page by page."""
        coming = self._asked_ahead.pop(_key(request), None)
        return read_pages(self._workers, self.client, request, prefetch=prefetch, coming=coming)

    def page(self, request: ListRequest) -> ListPage:
        """Get one page of a list."""
        coming = self._asked_ahead.pop(_key(request), None)
        return self.result(coming or self.start(get_page, self.client, request))

    def pages_once(self, request: ListRequest) -> Iterator[ListPage]:
        """Walk a list whose first page several streams read: it is asked for once a run."""
        key = _key(request)
        first = self._shared_pages.get(key)
        if first is None:
            first = self._shared_pages[key] = self.page(request)
        yield first
        if first.next is not None:
            yield from self.pages(first.next)

    def look_ahead(
        self, items: Iterable[Item], call: Callable[[Item], Callable[[], T] | None]
    ) -> LookAhead[Item, T]:
        """Run a call for each of the next items while earlier ones are dealt with."""
        return LookAhead(self._workers, items, call, window=2 * self._workers.size)

    def result(self, future: Future[T]) -> T:
        """Wait for what a call that runs ahead gives."""
        return self._workers.result(future)


def _key(request: ListRequest) -> str:
    return f"{request.path} {sorted(map(str, request.params.items()))}"
