"""What has an id on a site, told alike for Cloud and Data Center."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tap_confluence.errors import (
    GAVE_UP,
    ForbiddenError,
    RefusedError,
    RetriesExhaustedError,
    of_item,
)
from tap_confluence.explain.related import has_rows_of
from tap_confluence.run import SPACES
from tap_confluence.statuses import CURRENT
from tap_confluence.streams.base import ConfluenceStream
from tap_confluence.streams.incremental import IncrementalStream
from tap_confluence.streams.restrictions import get_restrictions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tap_confluence.filters.settings import Verdicts
    from tap_confluence.http.client import Params
    from tap_confluence.run import Run

    Row = dict[str, Any]

TAG = "explain"


@dataclass(frozen=True)
class Found:
    """What has an id on the site.

    Attributes:
        noun: What it is, in words, such as `page`.
        id: Its id, as its stream writes it.
        title: Its title or name, if it has one.
        status: Its status, such as `current`.
        modified_at: When it was last modified; None for what has no date.
        place: Where it is, a line each.
        access: What is told of who may see it.
        verdicts: Which filters it passes.
        hindrance: Why no run reads what is like it, in words; empty if runs do.
        stream: The stream that it is a row of; None if there is none.
        others: The other streams that have rows of it.
    """

    noun: str
    id: str
    title: str | None
    status: str | None
    modified_at: str | None
    place: Sequence[str]
    access: str
    verdicts: Verdicts
    hindrance: str
    stream: ConfluenceStream | None
    others: Sequence[ConfluenceStream] = field(default_factory=list)

    @cached_property
    def hidden(self) -> Mapping[str, str | None]:
        """What is archived or in the trash besides, if it is; as `hidden_now` of its stream."""
        if self.status == CURRENT or not isinstance(self.stream, IncrementalStream):
            return {}
        return self.stream.hidden_now


class Finder(ABC):
    """Looks for what has an id, with a request for each kind of thing it may be.

    Attributes:
        refusals: What the site answered instead, by what was looked for.

    Args:
        run: Whose settings, catalog and state decide what is extracted.
    """

    def __init__(self, run: Run) -> None:
        self.refusals: dict[str, RefusedError] = {}
        self.run = run

    @abstractmethod
    def find(self, given: str) -> Found | None:
        """Look for something by what a user took for its id; None if there is nothing.

        Args:
            given: An id, or the key of a space.
        """

    @property
    def is_withheld(self) -> bool:
        """Whether there is something that the site forbids or fails for, in the last place."""
        last = next(reversed(self.refusals.values()), None)
        return isinstance(last, ForbiddenError) or (last is not None and last.status == GAVE_UP)

    def get(self, noun: str, path: str, params: Params | None = None) -> Row | None:
        """Get a single object; where the site refuses, take note of how.

        Args:
            noun: What it would be.
            path: Where it would be.
            params: Query parameters.
        """
        try:
            body = self.run.client.get(path, params, tag=TAG, max_retries=1).body
        except RefusedError as error:
            self.refusals[noun] = error
        except RetriesExhaustedError as error:
            self.refusals[noun] = of_item(error)
        else:
            # Whatever answers without an id is none of what is looked for.
            return body if "id" in body or "results" in body else None
        return None

    def streams_with_rows_of(self, stream: ConfluenceStream) -> Iterator[ConfluenceStream]:
        """Yield the other streams that have rows of each item of a stream."""
        for other in self.run.streams.values():
            if other is stream or not isinstance(other, ConfluenceStream):
                continue
            if has_rows_of(other, stream):
                yield other

    def space(self, row: Row, verdicts: Verdicts) -> Found:
        """Return a space.

        Args:
            row: As the API has it.
            verdicts: Which filters it passes.
        """
        stream = self.run.streams[SPACES]
        if not isinstance(stream, ConfluenceStream):
            raise TypeError(stream)
        return Found(
            noun="space",
            id=str(row["id"]),
            title=row.get("name"),
            status=row.get("status"),
            modified_at=None,
            place=[words_for_space(row, row["id"])],
            access="",
            verdicts=verdicts,
            hindrance="",
            stream=stream,
            others=[*self.streams_with_rows_of(stream)],
        )

    def restrictions(self, item_id: str) -> str:
        """Say who alone may read something, by its own restrictions."""
        try:
            rows = get_restrictions(self.run.client, item_id, tag=TAG)
        except RefusedError as error:
            return f"the site does not tell whether it is restricted ({error.status})"
        except RetriesExhaustedError as error:
            return f"the site does not tell whether it is restricted ({of_item(error)})"
        kinds = Counter(row["principalType"] for row in rows if row["operation"] == "read")
        if not kinds:
            return "not restricted itself"
        words = (f"{n} {kind}{'' if n == 1 else 's'}" for kind, n in sorted(kinds.items()))
        return f"only {' and '.join(words)} may read it"


def words_for_space(space: Row | None, space_id: object) -> str:
    """Say in which space something is.

    Args:
        space: As the API has it; None if it cannot be read.
        space_id: What is known of it anyway.
    """
    if space is None:
        return f"in space {space_id}, which the account may not see"
    kind, status = space.get("type"), space.get("status")
    told = ", ".join(str(each) for each in (kind, status) if each)
    return f"in space {space.get('key')} ({space.get('name')}, id {space.get('id')}): {told}"
