"""What changed since a time, oldest first, at the cost of the change."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from tap_confluence.errors import of_item
from tap_confluence.filters.left_out import before_start, names_left_out
from tap_confluence.http import BODY, Detour, FailedItem, SeenItems, StuckError
from tap_confluence.http.pagination.detours import check_answers
from tap_confluence.timestamps import is_due

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from tap_confluence.http import ListPage, ListRequest, Reader
    from tap_confluence.streams.progress import Dated

    Items = Iterable[dict[str, Any]]

NEWEST_FIRST = "-modified-date"
OLDEST_FIRST = "modified-date"

BY_ID = "id"
CREATED_FIRST = "created-date"

WITHOUT_ORDER_BY_ID = frozenset({"attachments", "footer-comments", "inline-comments"})
"""The lists that cannot be sorted by id, by the last part of their paths."""

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


@dataclass(frozen=True)
class PageKept:
    """A page to give out later, in reverse.

    Attributes:
        request: How to ask for it again.
        count: How many items it held.
        due: Those that are due, while they are kept; None to ask for them again.
        ids: If given, the ids of those to give out.
    """

    request: ListRequest
    count: int
    due: list[dict[str, Any]] | None = None
    ids: frozenset[str] | None = None


@dataclass(frozen=True)
class NewestEnd:
    """A list as far as it was read from its newest item back.

    Attributes:
        first: The list, with bodies if it has any.
        pages: The pages, newest first.
    """

    first: ListRequest
    pages: list[PageKept]


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
        bookmark: The time up to which earlier runs have written everything, if that is known.
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
        bookmark: str | None = None,
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
        self._bookmark = bookmark
        self._most_pages = max(MOST_PAGES_NEWEST_FIRST, 2 * overlap_pages)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield the items.

        Raises:
            ConfluenceError: A list is refused, or the site gives nothing of it any more.
        """
        overviews: list[list[Dated]] = []
        back = [self._go_back(first, overviews) for first in self._lists if self._bookmarked]
        if self._bookmarked and None not in back:
            self.overview = list(heapq.merge(*overviews, key=lambda dated: dated[1] or ""))
            walks = [self._in_reverse(end) for end in back if end is not None]
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
                go_on = partial(self._go_on, self._start)
                self._reader.ask_ahead(request, further=PAGES_AHEAD, go_on=go_on)

    def _go_back(self, first: ListRequest, overviews: list[list[Dated]]) -> NewestEnd | None:
        """Read from the newest item back to the start.

        Args:
            first: The first page of the list.
            overviews: Where to add an overview of the items, oldest first.

        Returns:
            What was read; None if there is too much of it, or if the list cannot be followed so
            far.
        """
        pages: list[PageKept] = []
        newest_first: list[Dated] = []
        try:
            for page in self._reader.pages(first.with_params(sort=NEWEST_FIRST)):
                self._reader.tell(page.failed)
                self.seen += len(page.items)
                due = self._due(page.rows)
                newest_first += [(str(item.get("id")), self._timestamp(item)) for item in due]
                kept = due if len(pages) < PAGES_KEPT else None
                pages.append(PageKept(page.request, len(page.items), kept))
                if not all(self._is_due(item) for item in page.items):
                    self.everything = False
                    break
                if len(pages) >= self._most_pages and page.next is not None:
                    return None
        except StuckError as stuck:
            check_answers(self._reader, first, stuck)
            item_id, oldest = newest_first[-1] if newest_first else (None, None)
            if stuck.has_expired or oldest is None or oldest > (self._bookmark or ""):
                return None
            # All that is new has come.
            self.everything = False
            self._reader.tell(FailedItem(first, of_item(stuck.error), before={"id": item_id}))
        overviews.append(newest_first[::-1])
        return NewestEnd(first, pages)

    def _in_reverse(self, end: NewestEnd, body: str | None = None) -> Iterator[dict[str, Any]]:
        """Give out what was read from the newest item back, oldest first.

        Args:
            end: What was read.
            body: The format of the bodies, if it was read without these.
        """
        bodies = {BODY: body} if body else {}
        latest: str | None = None
        done: set[str] = set()
        while end.pages:
            page = end.pages.pop()
            due = page.due
            if due is None:
                try:
                    again = [*self._reader.again(page.request, page.count, **bodies)]
                except StuckError:
                    # The site no longer knows the place.
                    rest = self._from_oldest(end.first, latest)
                    yield from (item for item in rest if str(item.get("id")) not in done)
                    return
                chosen = (i for i in again if page.ids is None or str(i.get("id")) in page.ids)
                due = self._due(chosen)
            for item in reversed(due):
                timestamp = self._timestamp(item)
                if timestamp != latest:
                    latest = timestamp or latest
                    done.clear()
                done.add(str(item.get("id")))
                yield item

    def _due(self, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        return [*self._wanted(row for row in rows if self._is_due(row))]

    def _from_oldest(
        self, first: ListRequest, start: str | None = None
    ) -> Iterator[dict[str, Any]]:
        """Read from the oldest item on, past all that the site fails for.

        Args:
            first: The first page of the list.
            start: Where to start, if that is later than where the changes do.
        """
        begin = reached = start or self._start
        # What lies before a bookmark is there already.
        tell = None if self._bookmarked else names_left_out(first.tag)
        seen = SeenItems()
        last: dict[str, Any] | None = None
        while True:
            is_farther = False
            try:
                for item in self._followed(first, reached):
                    if seen.is_compared and item in seen:
                        continue
                    seen.add([item])
                    last, is_farther = item, True
                    reached = max(reached or "", self._timestamp(item) or "") or None
                    if is_due(self._timestamp(item), begin):
                        yield item
                    else:
                        self.everything = False
                        if tell:
                            tell(item["id"], before_start(self._timestamp(item), begin))
            except StuckError as error:
                stuck = error
            else:
                return
            seen.compare()
            if not (stuck.has_expired and is_farther):
                break
        behind = self._behind(first, stuck, seen, last)
        yield from (item for item in behind if is_due(self._timestamp(item), begin))

    def _followed(self, first: ListRequest, start: str | None) -> Iterator[dict[str, Any]]:
        """Yield items from the oldest on, as far as the list can be followed from that end."""
        request, body = self._oldest_first(first), first.params.get(BODY)
        go_on = partial(self._go_on, start)
        for page in self._reader.pages(request, ahead=1, go_on=go_on):
            self._reader.tell(page.failed)
            self.seen += len(page.items)
            is_lean = body and BODY not in page.request.params
            if is_lean and any(is_due(self._timestamp(item), start) for item in page.items):
                yield from self._reader.again(page.request, len(page.items), **{BODY: str(body)})
            else:
                yield from page.rows

    def _behind(
        self, first: ListRequest, stuck: StuckError, seen: SeenItems, last: dict[str, Any] | None
    ) -> Iterator[dict[str, Any]]:
        """Read what is behind the place where a list cannot be followed any farther.

        It is read from its newest item back to the next such place, and what lies between the two
        in other ways.
        """
        check_answers(self._reader, first, stuck)
        pages: list[PageKept] = []
        before: dict[str, Any] | None = None
        is_met = False
        try:
            for page in self._reader.pages(lean(first).with_params(sort=NEWEST_FIRST)):
                ids = frozenset(str(row.get("id")) for row in seen.new(page.items))
                pages.append(PageKept(page.request, len(page.items), ids=ids))
                before = page.items[-1] if page.items else before
                if page.items and not ids:
                    is_met = True
                    break
            else:
                is_met = True
        except StuckError as error:
            # If the site fails for an item, that is what is to be told.
            stuck = error if stuck.has_expired else stuck
        body = first.params.get(BODY)
        between: list[dict[str, Any]] = []
        if not is_met:
            request = lean(first).with_params(sort=OLDEST_FIRST)
            detour = Detour(self._reader, request, seen, stuck, (last, before))
            for page in detour.pages(from_other_end=False):
                self._reader.tell(page.failed)
                between += (row for row in page.rows if self._is_due(row))
            if body:
                between = [*detour.with_bodies(between, str(body))]
        between.sort(key=lambda item: self._timestamp(item) or "")
        newest = self._in_reverse(NewestEnd(first, pages), str(body) if body else None)
        yield from heapq.merge(between, newest, key=lambda item: self._timestamp(item) or "")

    def _oldest_first(self, first: ListRequest) -> ListRequest:
        if len(self._lists) <= LISTS_BESIDE:
            return first.with_params(sort=OLDEST_FIRST)
        longest = self._reader.page_size
        shorter = max(SHORTEST_PAGE, longest * LISTS_BESIDE // len(self._lists))
        return first.with_params(sort=OLDEST_FIRST, limit=str(min(longest, shorter)))

    def _go_on(self, start: str | None, page: ListPage, following: ListRequest) -> ListRequest:
        """Leave out the bodies while the start has not been reached."""
        body = next((first.params[BODY] for first in self._lists if BODY in first.params), None)
        if body and any(is_due(self._timestamp(item), start) for item in page.items):
            return following.with_params(**{BODY: body})
        return lean(following)

    def _is_due(self, item: dict[str, Any]) -> bool:
        return is_due(self._timestamp(item), self._start)


def lean(request: ListRequest) -> ListRequest:
    """Ask for the same without bodies."""
    return request.without(BODY)


def in_stable_order(request: ListRequest) -> ListRequest:
    """Ask for everything in an order in which an edit meanwhile hides nothing."""
    lacks_ids = request.path.rpartition("/")[2] in WITHOUT_ORDER_BY_ID
    return request.with_params(sort=CREATED_FIRST if lacks_ids else BY_ID)
