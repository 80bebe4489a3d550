"""What a search spells out of all content of a kind, for all streams that are made of it."""

from __future__ import annotations

import itertools
from abc import abstractmethod
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from tap_confluence.cloud.api.content_search import (
    MOST_EXPANDED,
    Question,
    is_of_attachment,
)
from tap_confluence.cloud.filters.content_filter import ContentFilter
from tap_confluence.http import FEW_AHEAD
from tap_confluence.statuses import ARCHIVED, CURRENT
from tap_confluence.streams.base import ConfluenceStream
from tap_confluence.streams.cost import Requests, full_pages
from tap_confluence.timestamps import to_timestamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from concurrent.futures import Future

    from tap_confluence.cloud.api.content_search import Expansion, Told
    from tap_confluence.run import Run
    from tap_confluence.streams.cost import Amount, Size

    Row = dict[str, Any]

IN_ARCHIVED_SPACES = {"includeArchivedSpaces": "true"}
OF_BOTH_STATUSES = {
    **IN_ARCHIVED_SPACES,
    "cqlcontext": f'{{"contentStatuses":["{CURRENT}","{ARCHIVED}"]}}',
}
"""How to search for what a search passes over. Whether a site heeds it is not certain."""

WAYS: Mapping[str, Sequence[Mapping[str, str]]] = {
    CURRENT: (OF_BOTH_STATUSES, IN_ARCHIVED_SPACES, {}),
    ARCHIVED: (OF_BOTH_STATUSES,),
}
"""How to search for content of a status; each way where the one before does not find enough."""

FEW = 4
"""Items that a search may miss without being found wanting: they may have been written a moment
ago."""

MOST_MISSING = 10
"""One in so many may be missing from what a search finds; where more are, another way is taken."""

REMEMBERED_FOR = timedelta(days=7)


class SearchedStream(ConfluenceStream):
    """A stream that is made of what a search spells out of all content of a kind.

    Attributes:
        expansion: What to have spelled out.
    """

    expansion: ClassVar[Expansion]

    @property
    @abstractmethod
    def searched(self) -> ConfluenceStream | None:
        """The stream whose items are searched for; None where no other stream has these items."""

    @property
    def has_other_way(self) -> bool:
        """Whether there is another way than item by item, which is better than to miss many."""
        return False

    @property
    def is_searched(self) -> bool:
        """Whether the stream still lacks something that a search may tell."""
        return self.selected and not self.is_denied

    def lacks(self, item_id: str) -> bool:  # noqa: ARG002
        """Tell whether the stream still lacks what a search may tell of an item."""
        return True


def requests_for_search(size: Size, amount: Amount, name: str) -> Requests:
    """Return the requests of a search for content, which all streams made of it share.

    Args:
        size: What the site has.
        amount: How much of it is searched for.
        name: What the content is called.
    """
    at_once = min(MOST_EXPANDED, size.page_size)
    return Requests(full_pages(amount.shown, at_once), f"search for {name}")


def left_by_search(size: Size, amount: Amount) -> int:
    """Return how many items a search leaves, which ends with its first batch if that is too many.

    Args:
        size: What the site has.
        amount: How much of it is searched for.
    """
    current = amount.wanted - amount.hidden
    asked = min(current, MOST_EXPANDED, size.page_size)
    missed = max(0, amount.unsearched - (amount.hidden - amount.trashed))
    if missed * asked <= most_missing(asked) * current:
        return amount.unsearched
    return amount.unsearched - missed + missed * asked // current + current - asked


def most_missing(asked: int) -> int:
    """Return how many of the items asked for a search may miss and still find enough."""
    return max(FEW, asked // MOST_MISSING)


class ExpandedSearch:
    """What a search tells of all content of a kind.

    The first batch of a status decides: where a search does not find enough, it is not asked for
    more of that status, in this run and in those of the next week.

    Args:
        run: The run.
        name: What the content is called.
        items: Lists the content, with its `id` and `status`.
        streams: The streams that are made of it, selected or not.
    """

    def __init__(
        self,
        run: Run,
        name: str,
        items: Callable[[str], Iterable[Row]],
        streams: Callable[[], Iterable[SearchedStream]],
    ) -> None:
        self._run = run
        self._reader = run.reader
        self._name = name
        self._items = items
        self._all_streams = streams

    def results(self, *, tag: str) -> Iterator[Row]:
        """Search for all that is neither in the trash nor known already, once a run.

        Args:
            tag: Under which name the requests are counted: of the stream that needs the results.

        Yields:
            The `id` and the `status` of each item, what is current first, and under `told` what it
            expands to, by the name of the expansion; nothing there where it was not found.
        """
        streams = [stream for stream in self._all_streams() if stream.is_searched]
        search = _StatusSearch(self._run, streams, tag)
        rows = self._rows(search, streams, tag)
        if len(streams) == 1:
            return rows
        return self._reader.once(f"search for {self._name}", rows, tag=tag)

    def _rows(
        self, search: _StatusSearch, streams: Sequence[SearchedStream], tag: str
    ) -> Iterator[Row]:
        archived: list[str] = []

        def others() -> Iterator[str]:
            for item in self._items(tag):
                item_id = str(item["id"])
                if not any(stream.lacks(item_id) for stream in streams):
                    continue
                if item.get("status") == ARCHIVED:
                    archived.append(item_id)
                else:
                    yield item_id

        yield from search.rows(CURRENT, others())
        yield from search.rows(ARCHIVED, iter(archived))


class _StatusSearch:
    """Searches for content, one status after the other.

    Args:
        run: The run.
        streams: The streams to search for.
        tag: Under which name the requests are counted.
    """

    def __init__(self, run: Run, streams: Sequence[SearchedStream], tag: str) -> None:
        self._run = run
        self._reader = run.reader
        self._search = ContentFilter.of(run).content_search
        self._streams = streams
        self._question = Question([stream.expansion for stream in streams], tag)
        self._has_other_way = all(stream.has_other_way for stream in streams)

    def rows(self, status: str, ids: Iterator[str]) -> Iterator[Row]:
        """Yield what is told of each of some items of a status."""
        size = min(MOST_EXPANDED, self._reader.page_size)
        first = list(itertools.islice(ids, size))
        question, told = self._find_way(status, first)
        yield from _with_ids(first, status, told)
        if question is None:
            yield from _with_ids(ids, status, {})
            return
        batches = iter(lambda: list(itertools.islice(ids, size)), [])
        find = partial(partial, self._search.find, question)
        for some, future in self._reader.look_ahead(batches, find, per_worker=FEW_AHEAD):
            found: dict[str, Told] = self._reader.result(future) if future else {}
            yield from _with_ids(some, status, found)

    def _find_way(self, status: str, ids: Sequence[str]) -> tuple[Question | None, dict[str, Told]]:
        """Search for the first items of a status.

        Returns:
            How to search for the others, unless it does not pay, and what is told of these.
        """
        told: dict[str, Told] = {}
        is_new = status == CURRENT and len(ids) <= FEW
        is_tried = len(ids) > (status != CURRENT) and not self._is_unsearched(status)
        spellings = (False, True) if any(map(is_of_attachment, ids)) else (False,)
        for params, is_numeric in itertools.product(WAYS[status] if is_tried else (), spellings):
            if is_numeric and told:
                continue
            question = replace(self._question, params=params, is_numeric=is_numeric)
            answer: Future[dict[str, Told]] = self._reader.start(self._search.find, question, ids)
            found = self._reader.result(answer)
            told |= {item_id: found[item_id] for item_id in ids if item_id in found}
            if self._pays(len(ids), len(told)):
                self._note(status, is_searched=True)
                return question, told
        if is_tried and not is_new and self._search.refusal is None:
            self._note(status, is_searched=False)
        return None, told

    def _pays(self, asked: int, found: int) -> bool:
        """Tell whether a search finds enough; a few that it does not are asked for one by one."""
        most = most_missing(asked) if self._has_other_way else asked
        return found > 0 and asked - found <= most

    def _is_unsearched(self, status: str) -> bool:
        """Tell whether no stream has found it worth its while to search for items of a status."""
        before = (_unsearched(stream).get(status) for stream in self._streams)
        return all(_is_recent(since, self._run.began) for since in before)

    def _note(self, status: str, *, is_searched: bool) -> None:
        """Keep in the state whether it pays to search for items of a status."""
        for stream in self._streams:
            unsearched = {k: v for k, v in _unsearched(stream).items() if k != status}
            if not is_searched:
                unsearched[status] = self._run.began
            if unsearched:
                stream.entry["unsearched"] = unsearched
                if self._run.filters.by_anything:
                    stream.entry["filters"] = self._run.filters.fingerprint
            else:
                stream.entry.pop("unsearched", None)


def _with_ids(ids: Iterable[str], status: str, told: Mapping[str, Told]) -> Iterator[Row]:
    return ({"id": item_id, "status": status, "told": told.get(item_id, {})} for item_id in ids)


def _unsearched(stream: SearchedStream) -> Mapping[str, str]:
    """Return since when it has been known of which statuses that it does not pay to search."""
    # A state may come from anywhere.
    known: object = stream.entry.get("unsearched")
    return known if isinstance(known, dict) else {}


def _is_recent(since: object, began: str) -> bool:
    timestamp = to_timestamp(since)
    if timestamp is None:
        return False
    age = datetime.fromisoformat(began) - datetime.fromisoformat(timestamp)
    return timedelta() <= age < REMEMBERED_FOR
