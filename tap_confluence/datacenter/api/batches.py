"""Lists of REST v1 in batches: by cursor or by offset, past all that a site may do to them.

The server lowers the limit without a word (500, 200 with `expand`, 50 with bodies), counts its
next link by the limit that was asked for, and fails for a whole batch because of one item in it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tap_confluence import http
from tap_confluence.errors import NotFoundError, RetriesExhaustedError
from tap_confluence.http import (
    CursorPaginator,
    ListRequest,
    OverlappingOffsetPaginator,
    StuckError,
)
from tap_confluence.http.pagination.paginators import next_link, query_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tap_confluence.errors import RefusedError
    from tap_confluence.http import Client, ListPage, Reader
    from tap_confluence.http.client import Answer

MOST_BARE = 500
MOST_EXPANDED = 200
MOST_WITH_BODIES = 50
MOST_EXPORTED = 25
"""What the server gives at most in one answer."""


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


FAILURES = (NotFoundError, RetriesExhaustedError)
"""The errors with which a site may fail for a whole batch because of one item in it."""


class ScanPaginator(CursorPaginator):
    """Follows a scan, which is in the order of ids."""

    fails_with = FAILURES

    @override
    def cursor(self, answer: Answer) -> str | None:
        in_link = query_of(next_link(answer) or "").get("cursor")
        cursor = answer.body.get("nextCursor") or in_link
        return str(cursor) if cursor else None


class BatchPaginator(OverlappingOffsetPaginator):
    """Follows a list by offset that may move."""

    fails_with = FAILURES


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
        yield replace(_batch(reader, page), cursor=following)


def read_by_offset(reader: Reader, query: Query) -> Iterator[Batch]:
    """Read a list that is paged by offset, one batch ahead of the caller.

    Raises:
        NotFoundError: There is no such list.
    """
    for page in reader.pages(query.first_page(), BatchPaginator(), ahead=1):
        yield _batch(reader, page)


def whole_pages_by_offset(reader: Reader, query: Query, start: int = 0) -> Iterator[ListPage]:
    """Read a list of which nothing may be left out, one page ahead of the caller.

    Args:
        reader: Reads the site.
        query: The list.
        start: Where to begin.

    Raises:
        RefusedError: The site refuses a page.
        RetriesExhaustedError: It fails for an item.
    """
    paginator = OverlappingOffsetPaginator()
    paginator.start, paginator.needs_all = start, True
    for page in reader.pages(query.first_page(), paginator, ahead=1):
        if page.failed is not None and page.failed.is_left_out:
            raise StuckError(page.request, page.failed.error)
        yield page


def read_items(client: Client, query: Query) -> Iterator[dict[str, Any]]:
    """Read a list that is paged by offset item by item, in the calling thread."""
    return http.read_items(client, query.first_page(), OverlappingOffsetPaginator())


def collect(client: Client, query: Query) -> list[dict[str, Any]]:
    """Get all items of a short list that is paged by offset, in the calling thread."""
    return [*read_items(client, query)]


def _batch(reader: Reader, page: ListPage) -> Batch:
    failed = page.failed
    if failed is None or not failed.is_left_out:
        reader.tell(failed)
        return Batch(page.items)
    if failed.id is None:
        reader.tell(failed)
        return Batch([])
    return Batch([], failed=failed.id, error=failed.error)
