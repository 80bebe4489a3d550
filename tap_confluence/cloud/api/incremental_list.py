"""What changed since a time, oldest first, at the cost of the change."""

from __future__ import annotations

import heapq
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tap_confluence.filters.left_out import before_start, names_left_out
from tap_confluence.http import ListPage, ListRequest
from tap_confluence.timestamps import is_due

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from tap_confluence.http import Reader
    from tap_confluence.streams.progress import Dated

    Items = Iterable[dict[str, Any]]

NEWEST_FIRST = "-modified-date"
OLDEST_FIRST = "modified-date"
BODY = "body-format"

MOST_PAGES_NEWEST_FIRST = 40
"""List pages of changes to go back at most before reading from the oldest on instead."""

PAGES_AHEAD = 3
"""List pages to ask for, beyond the first, before a list has its turn."""

LISTS_BESIDE = 4
"""Lists to merge with pages of full length; more of them have shorter ones, so that as many items
are in memory."""

SHORTEST_PAGE = 25

PAGES_KEPT = 4
"""List pages kept in memory while going back; of the others only the cursor, to ask again."""


class IncrementalList:
    """The items of some lists that changed at or after a time, oldest first.

    The API cannot start in the middle of a list, only at one of its ends. When a bookmark promises
    that little has changed, the lists are read from the newest item back to the bookmark and given
    out in reverse; otherwise, or when it turns out that much has changed, from the oldest item on.
    Then bodies are left out from the second page on until the time is reached.

    Attributes:
        everything: Whether no item was left out; known once the first one has been read.
        seen: How many items there are at least.
        overview: All of the items by id and time, if the lists are read from the newest item
            back; known once the first one has been read.

    Args:
        reader: Reads the site.
        lists: The first page of each list, without a sort order.
        timestamp: When an item was last modified.
        wanted: Leaves out those items of the lists that are not wanted.
        start: Where to start; None takes everything.
        bookmarked: Whether little is expected to have changed.
        overlap_pages: How many pages what has been written already may fill.
    """

    def __init__(  # noqa: PLR0913
        self,
        reader: Reader,
        lists: Sequence[ListRequest],
        timestamp: Callable[[dict[str, Any]], str | None],
        wanted: Callable[[Items], Items] = iter,
        *,
        start: str | None,
        bookmarked: bool,
        overlap_pages: int = 0,
    ) -> None:
        self.everything = True
        self.seen = 0
        self.overview: list[Dated] | None = None
        self._reader = reader
        self._lists = lists
        self._timestamp = timestamp
        self._wanted = wanted
        self._start = start
        self._bookmarked = bookmarked
        self._most_pages = max(MOST_PAGES_NEWEST_FIRST, 2 * overlap_pages)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield the items."""
        overviews: list[list[Dated]] = []
        back = [self._go_back(first, overviews) for first in self._lists if self._bookmarked]
        if self._bookmarked and None not in back:
            self.overview = list(heapq.merge(*overviews, key=lambda dated: dated[1] or ""))
            walks = [self._in_reverse(pages) for pages in back if pages is not None]
        else:
            self.everything = True
            self.seen = 0
            walks = [iter(self._wanted(self._from_oldest(first))) for first in self._lists]
        if len(walks) == 1:
            yield from walks[0]
        else:
            yield from heapq.merge(*walks, key=lambda item: self._timestamp(item) or "")

    def ask_ahead(self) -> None:
        """Have the first pages of each list on the way."""
        for first in self._lists:
            if self._bookmarked:
                self._reader.ask_ahead(first.with_params(sort=NEWEST_FIRST))
            else:
                request = self._oldest_first(first)
                self._reader.ask_ahead(request, further=PAGES_AHEAD, go_on=self._go_on)

    def _go_back(
        self, first: ListRequest, overviews: list[list[Dated]]
    ) -> list[ListPage | ListRequest] | None:
        """Read from the newest item back to the start.

        Args:
            first: The first page of the list.
            overviews: Where to add an overview of the items, oldest first.

        Returns:
            The pages that hold changes, newest first, and of those kept what is wanted of these;
            None if there are too many.
        """
        pages: list[ListPage | ListRequest] = []
        newest_first: list[Dated] = []
        for page in self._reader.pages(first.with_params(sort=NEWEST_FIRST)):
            self.seen += len(page.items)
            due = self._due(page)
            newest_first += [(str(item.get("id")), self._timestamp(item)) for item in due]
            pages.append(replace(page, items=due) if len(pages) < PAGES_KEPT else page.request)
            if not all(self._is_due(item) for item in page.items):
                self.everything = False
                break
            if len(pages) >= self._most_pages and page.next is not None:
                return None
        overviews.append(newest_first[::-1])
        return pages

    def _in_reverse(self, pages: list[ListPage | ListRequest]) -> Iterator[dict[str, Any]]:
        while pages:
            page = pages.pop()
            due = (
                self._due(self._reader.page(page)) if isinstance(page, ListRequest) else page.items
            )
            yield from reversed(due)

    def _due(self, page: ListPage) -> list[dict[str, Any]]:
        return [*self._wanted(item for item in page.items if self._is_due(item))]

    def _from_oldest(self, first: ListRequest) -> Iterator[dict[str, Any]]:
        request = self._oldest_first(first)
        body = first.params.get(BODY)
        # What lies before a bookmark is there already.
        tell = None if self._bookmarked else names_left_out(first.tag)
        for page in self._reader.pages(request, ahead=1, go_on=self._go_on):
            self.seen += len(page.items)
            if body and BODY not in page.request.params and self._has_due(page):
                items = self._reader.page(page.request.with_params(**{BODY: body})).items
            else:
                items = page.items
            for item in items:
                if self._is_due(item):
                    yield item
                else:
                    self.everything = False
                    if tell:
                        tell(item["id"], before_start(self._timestamp(item), self._start))

    def _oldest_first(self, first: ListRequest) -> ListRequest:
        if len(self._lists) <= LISTS_BESIDE:
            return first.with_params(sort=OLDEST_FIRST)
        longest = self._reader.page_size
        shorter = max(SHORTEST_PAGE, longest * LISTS_BESIDE // len(self._lists))
        return first.with_params(sort=OLDEST_FIRST, limit=str(min(longest, shorter)))

    def _go_on(self, page: ListPage, following: ListRequest) -> ListRequest:
        """Leave out the bodies while the start has not been reached."""
        body = next((first.params[BODY] for first in self._lists if BODY in first.params), None)
        if body and self._has_due(page):
            return following.with_params(**{BODY: body})
        return lean(following)

    def _has_due(self, page: ListPage) -> bool:
        return any(self._is_due(item) for item in page.items)

    def _is_due(self, item: dict[str, Any]) -> bool:
        return is_due(self._timestamp(item), self._start)


def lean(request: ListRequest) -> ListRequest:
    """Ask for the same without bodies."""
    params = {name: value for name, value in request.params.items() if name != BODY}
    return replace(request, params=params)
