"""A page of a list: how it is asked for, what it holds, and what of it the site fails for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tap_confluence.errors import RefusedError, RetriesExhaustedError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Params = Mapping[str, str | Sequence[str]]
    Row = dict[str, Any]

PLACE = frozenset({"cursor", "start"})
"""The query parameters that tell one page of a list from another."""


@dataclass(frozen=True)
class ListRequest:
    """One page of a list to ask for.

    Attributes:
        path: The list, such as `/api/v2/pages`.
        params: Query parameters, the cursor or the offset included.
        tag: Under which name the request is counted.
        max_retries: How often to repeat it at most, if less often than the settings say.
        most_bytes: How large the answer may be, if not as large as any.
    """

    path: str
    params: Params
    tag: str
    max_retries: int | None = None
    most_bytes: int | None = None

    def with_params(self, **params: str | Sequence[str]) -> ListRequest:
        """Ask for the same, but with these query parameters."""
        return replace(self, params={**self.params, **params})

    def without(self, *names: str) -> ListRequest:
        """Ask for the same, but without these query parameters."""
        kept = {name: value for name, value in self.params.items() if name not in names}
        return replace(self, params=kept)

    @property
    def first(self) -> ListRequest:
        """How to ask for the first page of the same list."""
        return self.without(*PLACE)

    @property
    def limit(self) -> int:
        """Items to ask for; 0 where the request does not say how many."""
        return int(str(self.params.get("limit", 0)))


@dataclass(frozen=True)
class FailedItem:
    """An item of a list that the site fails for.

    Attributes:
        request: The list; its tag is the name of the stream that is made of it.
        error: How the site fails.
        item: As far as the site gives it; None if it does not give it at all.
        is_left_out: Whether nothing is written of it; otherwise it lacks its body only.
        after: What the list has before it; None where that is not known.
        before: What the list has behind it; None where that is not known.
    """

    request: ListRequest
    error: RefusedError
    item: Row | None = None
    is_left_out: bool = True
    after: Row | None = None
    before: Row | None = None

    @property
    def id(self) -> str | None:
        """Its id, if that is known."""
        return None if self.item is None else str(self.item["id"])

    def __str__(self) -> str:
        """Name it for people."""
        if self.id is not None:
            return self.id if self.is_left_out else f"the body of {self.id}"
        if "start" in self.request.params:
            return f"the item at {self.request.params['start']}"
        beside = [
            f"{word} {row.get('id') or row.get('name')}"
            for word, row in (("after", self.after), ("before", self.before))
            if row is not None
        ]
        return f"an item {' and '.join(beside)}" if beside else "an item"


@dataclass(frozen=True)
class ListPage:
    """A page of results.

    Attributes:
        request: What was asked.
        items: The results.
        next: How to ask for the page after this one, or None on the last.
        failed: What the site fails for. If it is left out, and has an id, it alone is among the
            items, for its name only.
        size: How many bytes the answer had.
    """

    request: ListRequest
    items: list[Row]
    next: ListRequest | None
    failed: FailedItem | None = None
    size: int = 0

    @property
    def rows(self) -> list[Row]:
        """The items that are there to be written."""
        return [] if self.failed is not None and self.failed.is_left_out else self.items


class StuckError(RetriesExhaustedError):
    """A list cannot be followed any farther from this end.

    Attributes:
        request: The page that cannot be got.
        error: Why.
        is_empty: Whether it gives but empty pages.
    """

    def __init__(
        self,
        request: ListRequest,
        error: RefusedError | RetriesExhaustedError,
        *,
        is_empty: bool = False,
    ) -> None:
        super().__init__(str(error))
        self.request = request
        self.error = error
        self.is_empty = is_empty
        self.__cause__ = error.__cause__

    @property
    def has_expired(self) -> bool:
        """Whether the site no longer knows the place in the list."""
        return isinstance(self.error, RefusedError)


def rows_of(path: str, body: Mapping[str, Any]) -> list[Row]:
    """Return the rows of an answer to the request for a list.

    Raises:
        RetriesExhaustedError: There is no list in it, which is not the same as an empty one.
    """
    results = body.get("results")
    if not isinstance(results, list):
        message = f"{path} answered without 'results': is this a Confluence site?"
        raise RetriesExhaustedError(message)
    return [row for row in results if isinstance(row, dict)]
