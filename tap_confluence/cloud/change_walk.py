"""What changed since a moment, oldest first, at the cost of the change."""

from __future__ import annotations

import heapq
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tap_confluence.client import ListPage, ListRequest
from tap_confluence.streams.moments import is_due

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tap_confluence.client import Reader

NEWEST_FIRST = "-modified-date"
OLDEST_FIRST = "modified-date"
BODY = "body-format"

MOST_PAGES_NEWEST_FIRST = 40
"""List pages to go back at most before reading from the oldest on instead."""

PAGES_AHEAD = 3
"""List pages to ask for, beyond the first, before a list has its turn."""

LISTS_BESIDE = 4
"""Lists to merge with pages of full length; more of them have shorter ones, so that as many items
are in memory."""

SHORTEST_PAGE = 25

PAGES_KEPT = 4
"""List pages kept in memory while going back; of the others only the cursor, to ask again."""


class ChangeWalk:
    """The items of some lists that changed at or after a moment, oldest first.

    The API cannot start in the middle of a list, only at one of its ends. When a bookmark promises
    that little has changed, the lists are read from the newest item back to the bookmark and given
    out in reverse; otherwise, or when it turns out that much has changed, from the oldest item on.
    Then bodies are left out from the second page on until the moment is reached.

    Attributes:
        everything: Whether no item was left out; known once the first one has been read.
        seen: How many items there are at least.

    Args:
        reader: Reads the site.
        lists: The first page of each list, without a sort order.
        moment: When an item was last modified.
        start: Where to start; None takes everything.
        bookmarked: Whether little is expected to have changed.
    """

    def __init__(
        self,
        reader: Reader,
        lists: Sequence[ListRequest],
        moment: Callable[[dict[str, Any]], str | None],
        *,
        start: str | None,
        bookmarked: bool,
    ) -> None:
        self.everything = True
        self.seen = 0
        self._reader = reader
        self._lists = lists
        self._moment = moment
        self._start = start
        self._bookmarked = bookmarked

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield the items."""
        back = [self._go_back(first) for first in self._lists] if self._bookmarked else []
        if self._bookmarked and None not in back:
            walks = [self._in_reverse(pages) for pages in back if pages is not None]
        else:
            self.everything = True
            self.seen = 0
            walks = [self._from_oldest(first) for first in self._lists]
        if len(walks) == 1:
            yield from walks[0]
        else:
            yield from heapq.merge(*walks, key=lambda item: self._moment(item) or "")

    def ask_ahead(self) -> None:
        """Have the first pages of each list on the way."""
        for first in self._lists:
            if self._bookmarked:
                self._reader.ask_ahead(_with(first, sort=NEWEST_FIRST))
            else:
                request = self._oldest_first(first)
                self._reader.ask_ahead(request, further=PAGES_AHEAD, go_on=self._go_on)

    def _go_back(self, first: ListRequest) -> list[ListPage | ListRequest] | None:
        """Read from the newest item back to the start.

        Returns:
            The pages that hold changes, newest first; None if there are too many.
        """
        pages: list[ListPage | ListRequest] = []
        for page in self._reader.pages(_with(first, sort=NEWEST_FIRST)):
            self.seen += len(page.items)
            pages.append(page if len(pages) < PAGES_KEPT else page.request)
            if not all(self._is_due(item) for item in page.items):
                self.everything = False
                return pages
            if len(pages) >= MOST_PAGES_NEWEST_FIRST and page.next is not None:
                return None
        return pages

    def _in_reverse(self, pages: list[ListPage | ListRequest]) -> Iterator[dict[str, Any]]:
        while pages:
            page = pages.pop()
            if isinstance(page, ListRequest):
                page = self._reader.page(page)
            yield from (item for item in reversed(page.items) if self._is_due(item))

    def _from_oldest(self, first: ListRequest) -> Iterator[dict[str, Any]]:
        request = self._oldest_first(first)
        body = first.params.get(BODY)
        for page in self._reader.pages(request, ahead=1, go_on=self._go_on):
            self.seen += len(page.items)
            if body and BODY not in page.request.params and self._has_due(page):
                items = self._reader.page(_with(page.request, **{BODY: body})).items
            else:
                items = page.items
            for item in items:
                if self._is_due(item):
                    yield item
                else:
                    self.everything = False

    def _oldest_first(self, first: ListRequest) -> ListRequest:
        if len(self._lists) <= LISTS_BESIDE:
            return _with(first, sort=OLDEST_FIRST)
        longest = self._reader.page_size
        shorter = max(SHORTEST_PAGE, longest * LISTS_BESIDE // len(self._lists))
        return _with(first, sort=OLDEST_FIRST, limit=str(min(longest, shorter)))

    def _go_on(self, page: ListPage, following: ListRequest) -> ListRequest:
        """Leave out the bodies while the start has not been reached."""
        body = next((first.params[BODY] for first in self._lists if BODY in first.params), None)
        if body and self._has_due(page):
            return _with(following, **{BODY: body})
        return lean(following)

    def _has_due(self, page: ListPage) -> bool:
        return any(self._is_due(item) for item in page.items)

    def _is_due(self, item: dict[str, Any]) -> bool:
        return is_due(self._moment(item), self._start)


def _with(request: ListRequest, **params: Any) -> ListRequest:
    return replace(request, params={**request.params, **params})


def lean(request: ListRequest) -> ListRequest:
    """Ask for the same without bodies."""
    params = {name: value for name, value in request.params.items() if name != BODY}
    return replace(request, params=params)
