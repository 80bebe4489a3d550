"""The stream of all there is, as both wings have it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tap_confluence.schemas.inventory import CONTENT_INVENTORY
from tap_confluence.statuses import CURRENT
from tap_confluence.streams.base import ConfluenceStream
from tap_confluence.streams.cost import Requests
from tap_confluence.streams.state.evidence import Sightings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.run import Run
    from tap_confluence.streams.cost import Size
    from tap_confluence.streams.state.evidence import Compared


COMPARED = 2
"""Kinds of content that a search counts after a first run."""


class InventoryStream(ConfluenceStream):
    """One row for each piece of content, complete in every run: what is missing here is gone.

    It is read before the content itself: what happens in between, the next one shows.

    Attributes:
        current: How many current items this run has come upon, by their type.
        sightings: What this run has seen of each stream of content that is selected, by name.
        on_seen: Called with each item, as a record of the streams, and the names of those that
            are made of it.
    """

    name = "content_inventory"
    primary_keys = ("id",)
    schema = CONTENT_INVENTORY
    comes_first = True

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self.current: Counter[str] = Counter()
        self.sightings: dict[str, Sightings] = {}
        self.on_seen: Callable[[Mapping[str, Any], Sequence[str]], None] | None = None

    @property
    def is_complete(self) -> bool:
        """Whether this run has seen all there is, without a row that may be anything."""
        return self in self.run.notes.complete and not self.run.client.unidentified

    def begin_sightings(self, streams: Iterable[Compared]) -> None:
        """Make ready to compare what comes with what there was of some streams."""
        for stream in streams:
            # Some are made of two lists.
            if stream.name not in self.sightings:
                before = stream.evidence
                self.sightings[stream.name] = Sightings(self.run.began, before, stream.undated)

    def see(self, record: Mapping[str, Any], streams: Iterable[Compared]) -> None:
        """Take note of an item.

        Args:
            record: The item, as a record of the streams.
            streams: Those that are made of it.
        """
        names = [stream.name for stream in streams]
        for name in names:
            self.sightings[name].add(record)
        if self.on_seen is not None:
            self.on_seen(record, names)

    @override
    def requests(self, size: Size) -> Iterator[Requests]:
        if size.is_first:
            # What is read is compared with what a search counts.
            yield Requests(COMPARED)

    @override
    def post_process(self, row: Record, context: Context | None = None) -> Record | None:
        if row["status"] == CURRENT:
            self.current[row["type"]] += 1
        return super().post_process(row, context)
