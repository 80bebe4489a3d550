"""Lists of REST v1 in batches: by cursor or by offset, past all that a site may do to them.

The server lowers the limit without a word (500, 200 with `expand`, 50 with bodies), counts its
next link by the limit that was asked for, and fails for a whole batch because of one item in it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tap_confluence import http
from tap_confluence.errors import NotFoundError, RefusedError, RetriesExhaustedError, of_item
from tap_confluence.http import (
    CursorPaginator,
    ListRequest,
    OverlappingOffsetPaginator,
    Paginator,
)
from tap_confluence.http.pagination import next_link, query_of, send

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tap_confluence.http import Client, ListPage, Reader
    from tap_confluence.http.client import Answer

MOST_BARE = 500
MOST_EXPANDED = 200
MOST_WITH_BODIES = 50
MOST_EXPORTED = 25
"""What the server gives at most in one answer."""

RETRIES_OF_A_BATCH = 1
"""How often a batch is repeated before it is taken apart, to find out what is wrong with it."""


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

    def first_page(self) -> ListRequest:
        """Return the request for the first page."""
        expand = {"expand": ",".join(self.expand)} if self.expand else {}
        params = {**self.params, **expand, "limit": str(self.limit)}
        return ListRequest(self.path, params, self.tag)


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


class Halving(Paginator):
    """Gets the pages of a list past the items that the site fails for.

    A page that the site fails for is halved until the item that it fails for stands alone. That
    one is got with nothing spelled out, for its name, and the page says how the site fails for it.
    """

    _limit: int | None = None
    """How many items to ask for while one of the next is suspected; None for as many as asked."""

    _suspects = 0
    """Items among which is the one that the site fails for."""

    _is_first = True

    @override
    def get(self, client: Client, request: ListRequest) -> ListPage:
        limit = self._limit or int(str(request.params["limit"]))
        # An item is given up only after all retries.
        most = RETRIES_OF_A_BATCH if limit > 1 else None
        limited = replace(request.with_params(limit=str(limit)), max_retries=most)
        try:
            answer = send(client, limited)
        except (NotFoundError, RetriesExhaustedError) as failure:
            error = failure
        else:
            self._is_first = False
            self._suspects = max(0, self._suspects - len(answer.body.get("results") or ()))
            self._limit = limit if self._suspects else None
            return self.page(request, answer)
        if self._is_first and isinstance(error, NotFoundError):
            # Is it an item that is not found, or the list itself?
            send(client, _lean(request))
        self._is_first = False
        if limit > 1:
            self._suspects, self._limit = limit, limit // 2
            return self.get(client, request)
        alone = self.page(request, send(client, _lean(request)))
        self._suspects, self._limit = 0, None
        return replace(alone, error=of_item(error))


class ScanPaginator(Halving, CursorPaginator):
    """Follows a scan, which is in the order of ids."""

    @override
    def cursor(self, answer: Answer) -> str | None:
        in_link = query_of(next_link(answer) or "").get("cursor")
        cursor = answer.body.get("nextCursor") or in_link
        return str(cursor) if cursor else None


class HalvingOffsetPaginator(Halving, OverlappingOffsetPaginator):
    """Follows a list by offset that may move."""


def scan(reader: Reader, query: Query, cursor: str | None = None) -> Iterator[Batch]:
    """Read a list that is paged by cursor, one batch ahead of the caller.

    Args:
        reader: Reads the site.
        query: The list.
        cursor: Where to begin, if not at the beginning.

    Raises:
        NotFoundError: There is no such list.
    """
    place = {"cursor": cursor} if cursor else {}
    request = query.first_page().with_params(**place)
    for page in reader.pages(request, ScanPaginator(), ahead=1):
        following = str(page.next.params["cursor"]) if page.next else None
        yield replace(_batch(page), cursor=following)


def read_by_offset(reader: Reader, query: Query) -> Iterator[Batch]:
    """Read a list that is paged by offset, one batch ahead of the caller.

    Raises:
        NotFoundError: There is no such list.
    """
    for page in reader.pages(query.first_page(), HalvingOffsetPaginator(), ahead=1):
        yield _batch(page)


def read_pages(client: Client, query: Query) -> Iterator[ListPage]:
    """Read a short list that is paged by offset, in the calling thread."""
    return http.read_pages(client, query.first_page(), OverlappingOffsetPaginator())


def collect(client: Client, query: Query) -> list[dict[str, Any]]:
    """Get all items of a short list that is paged by offset, in the calling thread."""
    return [item for page in read_pages(client, query) for item in page.items]


def _batch(page: ListPage) -> Batch:
    if page.error is None:
        return Batch(page.items)
    if not page.items:
        # What the site fails for was in an earlier batch.
        return Batch([])
    return Batch([], failed=str(page.items[0]["id"]), error=page.error)


def _lean(request: ListRequest) -> ListRequest:
    """Ask for the first item of a page alone, with nothing spelled out of it."""
    params = {name: value for name, value in request.params.items() if name != "expand"}
    return replace(request, params=params).with_params(limit="1")
