"""Lists of items, and the details of each item that child streams are made of."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from typing_extensions import override

from tap_confluence.client import FEW_AHEAD, MANY_AHEAD
from tap_confluence.errors import NotFoundError, RefusedError, ScopeError
from tap_confluence.settings import RENDERED
from tap_confluence.streams.base import ConfluenceStream
from tap_confluence.streams.details import DetailStream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Future

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.content import Links

    Details = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Work:
    """An item to write.

    Attributes:
        item: As the list has it.
        streams: Those of the family that are to write what they have of it.
    """

    item: dict[str, Any]
    streams: Sequence[ConfluenceStream]


class ListStream(ConfluenceStream):
    """A list read as a list, with one request an item for all of its details together.

    Attributes:
        owner_key: Under which name the children's records carry the id of an item.
    """

    owner_key: ClassVar[str]

    present: Record
    """The record of the item that is being written."""

    _work: Work
    _details: Details | None = None

    @abstractmethod
    def get_details(self, item_id: str, sections: Sequence[str]) -> Details:
        """Get the sections of an item's details. Runs in a worker thread."""

    def shape(self, item: dict[str, Any]) -> Record:
        """Turn an item of the list into a record."""
        return item

    def section_of(self, stream: ConfluenceStream) -> str | None:
        """Return which part of an item's details a stream of the family takes, if any."""
        return stream.section if isinstance(stream, DetailStream) else None

    @override
    def links(self) -> Links:
        return self._tap.references.links_of(self._work.item)

    def write(self, work: Iterable[Work]) -> Iterator[Record]:
        """Write items in order, each after its details, while those of the next are on the way.

        Yields:
            The record of each item that this stream is to write itself.
        """
        if any(stream.has_readable_body for stream in self.family):
            work = self._tap.references.introduce(work)
        has_details = any(map(self.section_of, self.family))
        has_bodies = self.config["version_bodies"] or self.config["body_format"] in RENDERED
        per_worker = FEW_AHEAD if has_bodies else MANY_AHEAD
        ahead: Iterable[tuple[Work, Future[Details] | None]] = (
            self.reader.look_ahead(work, self._details_call, per_worker=per_worker)
            if has_details
            else ((item, None) for item in work)
        )
        for current, future in ahead:
            self._work = current
            self._details = self._await_details(future)
            self.present = record = self.shape(current.item)
            if self in current.streams:
                yield record
            else:
                self._process_record(record)
            self.written(current)

    def written(self, work: Work) -> None:  # noqa: ARG002
        """Take note that an item is complete, its children's records included."""
        self._tap.write_state_when_due()

    def rows(self, child: DetailStream) -> list[dict[str, Any]]:
        """Return what a child has to write of the present item."""
        if self._details is None or child not in self._work.streams:
            return []
        return self._details.get(child.section, [])

    @override
    def generate_child_contexts(self, record: Record, context: Context | None) -> Iterator[Context]:
        if self._details is not None:
            yield {self.owner_key: record["id"]}

    def _details_call(self, work: Work) -> Callable[[], Details] | None:
        sections = {
            section
            for stream in work.streams
            if not stream.is_denied and (section := self.section_of(stream))
        }
        if not sections:
            return None
        return partial(self.get_details, str(work.item["id"]), sorted(sections))

    def _await_details(self, future: Future[Details] | None) -> Details | None:
        if future is None:
            return None
        try:
            return self.reader.result(future)
        except ScopeError as error:
            for stream in filter(self.section_of, self._work.streams):
                stream.deny(error)
        except RefusedError as error:
            self._tap.note_skipped(self, str(self._work.item["id"]), error)
            if not isinstance(error, NotFoundError):
                # What is gone is gone; what is forbidden may still be there.
                for child in self._work.streams:
                    if isinstance(child, DetailStream):
                        child.leave_incomplete()
        return None
