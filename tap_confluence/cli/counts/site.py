"""What is counted of a site of any deployment."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tap_confluence.errors import RefusedError, RetriesExhaustedError, SignInError
from tap_confluence.rest_v1 import search
from tap_confluence.streams.cost import Amount
from tap_confluence.timestamps import to_the_minute

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tap_confluence.http import ListPage, ListRequest, Paginator
    from tap_confluence.run import Run

TAG = "check"

MOST_LISTED = 10_000
"""Pages, or blog posts, to count one by one: forty requests."""

LONGEST_PAGE = 250
"""Items of a list to ask for at once, whatever the setting: more make a better estimate."""

Row = dict[str, Any]


class SiteCounts(ABC):
    """Counts what there is on a site, each kind when it is first needed, and once.

    Attributes:
        run: Over that site.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self._amounts: dict[str, Amount | None] = {}

    def __call__(self, kind: str) -> Amount | None:
        """Return how much there is of a kind, such as `pages`; None if nobody tells."""
        if kind not in self._amounts:
            count = self.ways.get(kind)
            try:
                self._amounts[kind] = count() if count else None
            except SignInError:
                raise
            except (RefusedError, RetriesExhaustedError):
                self._amounts[kind] = None
        return self._amounts[kind]

    @property
    def estimated(self) -> Mapping[str, int]:
        """What was not counted one by one, and how much there is of it, about."""
        known = {kind: amount for kind, amount in self._amounts.items() if amount is not None}
        return {kind: each.listed for kind, each in known.items() if not each.is_counted}

    @cached_property
    @abstractmethod
    def ways(self) -> Mapping[str, Callable[[], Amount | None]]:
        """What counts each kind."""

    @cached_property
    def start(self) -> str:
        """Since when what has changed is part of a first run."""
        return self.run.anchor

    def spaces(self) -> Amount:
        """Count the wanted spaces."""
        return Amount.of(sum(1 for _ in self.run.content_filter.spaces()))

    def groups(self) -> Amount:
        """Count the groups."""
        groups: Any = self.run.streams["groups"]
        return Amount.of(len(groups.listed))

    def of_search(self, cql: str) -> Amount | None:
        """Return how much a search finds, and how much of that has changed since the start."""
        queries = [cql, f'{cql} and lastmodified >= "{to_the_minute(self.start)}"']
        found, changed = search.counts(self.run.reader, *queries, tag=TAG)
        if found is None:
            return None
        changed = found if changed is None else min(found, changed)
        return Amount(found, found, changed=changed, is_counted=False)

    def of_short_list(self, request: ListRequest, paginator: Paginator) -> Amount | None:
        """Count a list that fits on one page; None if it does not."""
        page = self.first_page_of(request, paginator)
        return Amount.of(len(page.items)) if page.next is None else None

    def first_page_of(self, request: ListRequest, paginator: Paginator | None = None) -> ListPage:
        """Return the first page of a list."""
        longest = request.with_params(limit=str(max(LONGEST_PAGE, request.limit)))
        return next(iter(self.run.reader.pages(longest, paginator)))


def share(part: float, whole: float) -> float:
    """Return how much of a whole a part is."""
    return part / whole if whole else 0.0
