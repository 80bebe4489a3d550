"""All of a list: pages of results, followed by their cursors or offsets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from tap_confluence.errors import RetriesExhaustedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from concurrent.futures import Future

    from tap_confluence.client.session import Answer, Client
    from tap_confluence.client.workers import Workers

    Params = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True)
class ListRequest:
    """One page of a list to ask for.

    Attributes:
        path: The list, such as `/api/v2/pages`.
        params: Query parameters, the cursor included.
        tag: Under which name the request is counted.
    """

    path: str
    params: Params
    tag: str


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
    answer = client.get(request.path, request.params, tag=request.tag)
    results = answer.body.get("results")
    if not isinstance(results, list):
        message = f"{request.path} answered without 'results': is this a Confluence site?"
        raise RetriesExhaustedError(message)
    items = [item for item in results if isinstance(item, dict)]
    query = _next_query(answer)
    if query is None:
        return ListPage(request, items, None)
    params = {**request.params, **query}
    return ListPage(request, items, ListRequest(request.path, params, request.tag))


class CircleGuard:
    """Notices a list that gives the same cursor twice, which would be walked for ever."""

    def __init__(self) -> None:
        self._asked: set[str] = set()
        self._longest = 0

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
            return page.next
        if len(page.items) < self._longest or not page.items:
            return None
        message = (
            f"{page.request.path} gives the same cursor again and again, so that the rest of the "
            "list is out of reach. Run again; if it stays so, tell Atlassian support."
        )
        raise RetriesExhaustedError(message)


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


def read_pages(
    workers: Workers,
    client: Client,
    first: ListRequest,
    *,
    prefetch: bool = False,
    coming: Future[ListPage] | None = None,
) -> Iterator[ListPage]:
    """Walk a list from a page to its end.

    A page may be empty and still have a next one, because what this account may not see is taken
    out after the page was cut.

    Args:
        workers: The threads that send the requests.
        client: The site.
        first: The page to begin with.
        prefetch: Whether to ask for a page while the one before it is being read.
        coming: The first page, if it has been asked for already.

    Yields:
        Each page, at least one.
    """
    guard = CircleGuard()
    coming = coming or workers.submit(get_page, client, first)
    while True:
        page = workers.result(coming)
        if not prefetch:
            yield page
        following = guard.next(page)
        if following is not None:
            coming = workers.submit(get_page, client, following)
        if prefetch:
            yield page
        if following is None:
            return


def read_offsets(workers: Workers, client: Client, first: ListRequest) -> Iterator[dict[str, Any]]:
    """Walk a list of REST v1 that is paged by `start` and `limit`.

    The next offset follows from what was received: `_links.next` may count by the limit that was
    asked for instead of the lower one that was served.

    Yields:
        Each item.
    """
    start = 0
    while True:
        params = {**first.params, "start": str(start)}
        request = ListRequest(first.path, params, first.tag)
        page = workers.result(workers.submit(get_page, client, request))
        yield from page.items
        start += len(page.items)
        if page.next is None or not page.items:
            return


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
    for pair in urlsplit(link).query.split("&"):
        name, _, value = pair.partition("=")
        # The cursor may come un-encoded, in base64: a plus sign in it is no space.
        query.setdefault(unquote(name), []).append(unquote(value))
    return {name: values[0] if len(values) == 1 else values for name, values in query.items()}
