"""Lists of items, and the details of each item that child streams are made of."""

from __future__ import annotations

import logging
from abc import abstractmethod
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, ClassVar, ParamSpec

from singer_sdk import metrics
from typing_extensions import override

from tap_confluence.content.sizes import body_size
from tap_confluence.errors import (
    FailedItemError,
    NotFoundError,
    RefusedError,
    RetriesExhaustedError,
    ScopeError,
    of_item,
)
from tap_confluence.http import FEW_AHEAD, MANY_AHEAD
from tap_confluence.settings import RENDERED
from tap_confluence.statuses import TRASHED
from tap_confluence.streams.base import ConfluenceStream
from tap_confluence.streams.failures import Failures
from tap_confluence.streams.records.metrics import RunCounter, RunTimer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from concurrent.futures import Future
    from datetime import timedelta

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.content import Links
    from tap_confluence.http import Client, Reader
    from tap_confluence.run import Run
    from tap_confluence.streams.cost import Requests, Size

    Rows = list[dict[str, Any]]
    Details = dict[str, "Rows | RefusedError | PartOfSection"]
    """What each section of an item's details gave: rows, or why it cannot be read."""

    Ahead = Iterable[tuple["Work", Future[Details] | None]]
    """Items to write, each with its details to come if they are asked for."""

P = ParamSpec("P")

_BEING_READ: ContextVar[object] = ContextVar("being_read", default=None)
"""The list that is read. Readings that go on beside each other have a context each."""


@dataclass(frozen=True)
class PartOfSection:
    """What could be read of a section of an item's details.

    Attributes:
        rows: The rows, some of which lack something.
        error: Why they do.
    """

    rows: Rows
    error: RefusedError


@dataclass(frozen=True)
class Work:
    """An item to write.

    Attributes:
        item: As the list has it.
        streams: Those of the family that are to write what they have of it.
        details: Its details, if they have been asked for already.
        failures: How the site has failed for the item before its details are asked for, by the
            stream whose row lacks something because of that.
        is_retried: Whether it is one that the site failed for in an earlier run.
    """

    item: dict[str, Any]
    streams: Sequence[ConfluenceStream]
    details: Details | None = field(default=None, kw_only=True)
    failures: Mapping[ConfluenceStream, FailedItemError] = field(default_factory=dict, kw_only=True)
    is_retried: bool = field(default=False, kw_only=True)


class ParentStream(ConfluenceStream):
    """A list read as a list, with one request an item for all of its details together.

    Attributes:
        owner_key: Under which name the children's records carry the id of an item.
        part_apart: What an item may come without if the site fails for that alone, in words.
    """

    owner_key: ClassVar[str]
    part_apart: ClassVar[str] = "the body"

    present: Record
    """The record of the item that is being written."""

    _work: Work
    _body: object = None
    _details: dict[str, Rows] | None = None
    _lacking: dict[ConfluenceStream, FailedItemError]
    """The streams for which the site fails to give all that they are to write of the item."""

    _unanswered: Failures

    @abstractmethod
    def get_details(self, item_id: str, sections: Sequence[str]) -> Details:
        """Get the sections of an item's details. Runs in a worker thread.

        Raises:
            RefusedError: The item itself is gone, or may not be read.
        """

    def identity(self, item: dict[str, Any]) -> str:
        """Return under which id or key the details of an item are asked for."""
        return str(item["id"])

    def shape(self, item: dict[str, Any]) -> Record:
        """Turn an item of the list into a record."""
        return item

    def section_of(self, stream: ConfluenceStream) -> str | None:
        """Return which part of an item's details a stream of the family takes, if any."""
        if isinstance(stream, BodyDetailStream):
            return None
        return stream.section if isinstance(stream, DetailStream) else None

    def has_row(self, stream: ConfluenceStream) -> bool:
        """Tell whether a stream of the family has one row for each item, and what the list has."""
        return stream is self

    @property
    def read_for_changes(self) -> list[ConfluenceStream]:
        """The streams of the family that are read, but those that are a full table of details."""
        return [stream for stream in self.family if not isinstance(stream, FullTableDetailStream)]

    @property
    def gives_bodies_to_children(self) -> bool:
        """Whether a selected child makes its rows of bodies."""
        return any(isinstance(stream, BodyDetailStream) for stream in self.selected_children)

    def body_of(self, child: ConfluenceStream) -> object:
        """Return the body of the present item, as its list gave it, for a child to make rows of."""
        return self._body if child in self._work.streams else None

    @property
    def is_being_read(self) -> bool:
        """Whether the list has its turn, or is read before it by whoever asks."""
        return _BEING_READ.get() is self

    @override
    def get_records(self, context: Context | None) -> Iterator[Record]:
        _BEING_READ.set(self)
        try:
            yield from super().get_records(context)
        finally:
            _BEING_READ.set(None)

    @override
    def begin(self) -> None:
        token = _BEING_READ.set(self)
        super().begin()
        _BEING_READ.reset(token)

    @override
    def read_early(self) -> Iterable[Record]:
        _BEING_READ.set(self)
        return super().read_early()

    @override
    def links(self) -> Links:
        return self.run.references.links_of(self._work.item)

    def write(self, work: Iterable[Work]) -> Iterator[Record]:
        """Write items in order, each after its details, while those of the next are on the way.

        Yields:
            The record of each item that this stream is to write itself.
        """
        return self.write_ahead(self.look_ahead(work))

    def look_ahead(self, work: Iterable[Work]) -> Ahead:
        """Have the details of the next items on the way while earlier ones are written."""
        if any(stream.has_readable_body for stream in self.family):
            work = self.run.references.introduce(work, _item_to_read)
        has_details = any(map(self.section_of, self.family))
        has_bodies = self.config["version_bodies"] or self.config["body_format"] in RENDERED
        per_worker = FEW_AHEAD if has_bodies else MANY_AHEAD
        if has_details:
            return self.reader.look_ahead(
                work,
                self._call_for,
                per_worker=per_worker,
                size_of=_size_of,
                size_of_result=_size_of_details if has_bodies else None,
            )
        return ((item, None) for item in work)

    def write_ahead(self, ahead: Ahead) -> Iterator[Record]:
        """Write items whose details are on the way. As `write`."""
        self.begin_walk()
        for current, future in ahead:
            self.reader.wait_for_turn()
            self.turn.done += 1
            self._work = current
            self._body = current.item.get("body")
            self._lacking = {}
            for stream, error in current.failures.items():
                self._note_lacking(stream, error, f"{self.part_apart} of ")
            self._details = self._await_details(future)
            self.judge(current)
            self.present = record = self.shape(current.item)
            # What still lacks something has been written without it.
            is_due = not current.is_retried or self not in self._lacking
            if self in current.streams and is_due:
                yield record
            else:
                self.process_children(record)
            self.settle(current)
        self.reader.wait_for_turn()
        self.end_walk()

    def begin_walk(self) -> None:
        """Begin to count the items that the site fails for."""
        self._unanswered = Failures()

    def judge(self, work: Work) -> None:  # noqa: ARG002
        """Tell whether a site that fails for an item, or does not, fails for all of them.

        Raises:
            RetriesExhaustedError: It does.
        """
        if self._lacking:
            self._unanswered.add(next(iter(self._lacking.values())).error)
        else:
            self._unanswered.end()

    def settle(self, work: Work) -> None:
        """Deal with an item of which all has been written that the site has given."""
        self.written(work)

    def end_walk(self) -> None:
        """Make sure that the site has not failed for all items.

        Raises:
            RetriesExhaustedError: It has.
        """
        self._unanswered.check()

    def written(self, work: Work) -> None:  # noqa: ARG002
        """Take note that an item is complete, its children's records included."""
        self.run.write_state_when_due()

    def rows(self, child: DetailStream) -> Rows:
        """Return what a child has to write of the present item."""
        if self._details is None or child not in self._work.streams:
            return []
        return self._details.get(child.section, [])

    def brings(self, child: DetailStream) -> bool:
        """Tell whether the present item has brought all that a child has to write of it."""
        is_read = child in self._work.streams and child not in self._lacking
        return is_read and child.section in (self._details or {})

    @override
    def generate_child_contexts(self, record: Record, context: Context | None) -> Iterator[Context]:
        has_body_details = any(isinstance(each, BodyDetailStream) for each in self._work.streams)
        if self._details is not None or has_body_details:
            yield {self.owner_key: record["id"]}

    def _call_for(self, work: Work) -> Callable[[], Details] | None:
        return None if work.details is not None else self._details_call(work)

    def _details_call(self, work: Work) -> Callable[[], Details] | None:
        sections = {
            section
            for stream in work.streams
            if not stream.is_denied and (section := self.section_of(stream))
        }
        if not sections:
            return None
        return partial(self.get_details, self.identity(work.item), sorted(sections))

    def _await_details(self, future: Future[Details] | None) -> dict[str, Rows] | None:
        if future is None:
            details = self._work.details
            return None if details is None else self._readable(details)
        try:
            details = self.reader.result(future)
        except ScopeError as error:
            self._leave_out(error)
        except RefusedError as error:
            self.note_skipped(str(self._work.item["id"]), error)
            self._leave_out(error, is_gone=isinstance(error, NotFoundError))
        except RetriesExhaustedError as error:
            self._leave_out(FailedItemError(error))
        else:
            return self._readable(details)
        return None

    def _readable(self, details: Details) -> dict[str, Rows]:
        """Return the sections of the present item that could be read, and leave out the others."""
        rows = {}
        for section, found in details.items():
            match found:
                case RefusedError():
                    self._leave_out(found, section)
                case PartOfSection():
                    self._leave_out(found.error, section)
                    rows[section] = found.rows
                case _:
                    rows[section] = found
        return rows

    def _leave_out(
        self, error: RefusedError, section: str | None = None, *, is_gone: bool = False
    ) -> None:
        """Leave out details of the present item: one section, or all of them.

        What is gone is gone. What is forbidden may still be there, and so may a section that is
        not found of an item that is.
        """
        for stream in self._work.streams:
            own_section = self.section_of(stream)
            if own_section is None or section not in {None, own_section}:
                continue
            if isinstance(error, ScopeError):
                stream.deny(error)
                continue
            if isinstance(error, FailedItemError):
                self._note_lacking(stream, error)
                continue
            if section is not None or stream.fails_closed:
                stream.note_skipped(str(self._work.item["id"]), error)
            if not is_gone:
                stream.leave_incomplete()

    def _note_lacking(
        self, stream: ConfluenceStream, error: FailedItemError, what: str = ""
    ) -> None:
        """Take note that the site fails to give all that a stream is to write of the item."""
        self._lacking[stream] = error
        if self.has_row(stream) and not self._work.is_retried:
            # It is written without that.
            stream.note_skipped(f"{what}{self._work.item['id']}", error)
        else:
            stream.skip(f"{what}{self._work.item['id']}", error)


class DetailStream(ConfluenceStream):
    """One section of the details of a parent's items, such as the labels of pages.

    Attributes:
        section: Which part of the details it is.
        further_parent_stream_types: More lists whose items have such details; all of them are read
            in turn.
    """

    section: ClassVar[str]
    parent_stream_type: type[ParentStream]
    further_parent_stream_types: ClassVar[tuple[type[ParentStream], ...]] = ()

    @cached_property
    def parents(self) -> Sequence[ParentStream]:
        """The lists whose items these are details of."""
        kinds = (self.parent_stream_type, *self.further_parent_stream_types)
        return [self.stream_of(kind) for kind in kinds]

    @property
    def parent(self) -> ParentStream:
        """The one of them that is being read; while none is, the first."""
        return next((each for each in self.parents if each.is_being_read), self.parents[0])

    @property
    @override
    def bookmark_overlap(self) -> timedelta:
        return self.parent.bookmark_overlap

    @override
    def requests(self, size: Size) -> Iterator[Requests]:
        # It is its parent that asks for details.
        yield from ()

    @override
    def links(self) -> Links:
        return self.parent.links()

    @property
    @override
    def probe_path(self) -> str:
        return self.path or self.parent.path

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        owner_key = self.parent.owner_key
        owner = (context or {})[owner_key]
        for row in self.parent.rows(self):
            yield {owner_key: owner, **row}

    # The SDK syncs a child once a parent. What it would log each time is logged once a run.

    @override
    def log(self, message: str, *args: Any, level: int = logging.INFO, **kwargs: Any) -> None:
        level = logging.DEBUG if level == logging.INFO else level
        super().log(message, *args, level=level, **kwargs)

    @override
    def get_record_counter(
        self, *, endpoint: str | None = None, log_interval: float = metrics.DEFAULT_LOG_INTERVAL
    ) -> metrics.Counter:
        return self._counter

    @override
    def get_sync_timer(self) -> metrics.Timer:
        return self._timer

    @override
    def open(self) -> None:
        super().open()
        self._counter = RunCounter(metrics.Metric.RECORD_COUNT, {metrics.Tag.STREAM: self.name})
        self._timer = RunTimer(metrics.Metric.SYNC_DURATION, {metrics.Tag.STREAM: self.name})

    @override
    def complete(self) -> None:
        super().complete()
        self._counter.finish()
        self._timer.finish()


class ChangeDetailStream(DetailStream):
    """Details that are written when their item has changed.

    The replication key of a record is when its item was last modified.
    """

    replication_key = "modifiedAt"

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        modified = self.parent.present.get(self.replication_key)
        for record in super().read(context):
            yield {**record, self.replication_key: modified}


class BodyDetailStream(ChangeDetailStream):
    """Details that are made of the body of an item, which is in hand: they cost no request."""

    section = "body"
    selected_by_default = False


class FullTableDetailStream(DetailStream):
    """Undated details of a list's items, complete in every run.

    They come along with the items when all of these are read anyway, on a first run. Afterwards
    they are read by themselves, whatever has changed of the items.

    Attributes:
        has_come_along: Whether all items have brought them in this run.
    """

    has_come_along = False


class LabelStream(FullTableDetailStream):
    """The labels of a list's items. What is in the trash has none, on any deployment."""

    section = "labels"

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        if context is None or self.parent.present.get("status") != TRASHED:
            yield from super().read(context)


def make_streams(kinds: Iterable[type[ConfluenceStream]], run: Run) -> list[ConfluenceStream]:
    """Make the streams of a run, and each a child of its further parents: the SDK knows but one."""
    streams = {kind: kind(run) for kind in kinds}
    for stream in streams.values():
        if isinstance(stream, DetailStream):
            for kind in stream.further_parent_stream_types:
                streams[kind].child_streams.append(stream)
    return list(streams.values())


def read_sections(reader: Reader, sections: Iterable[str], read: Callable[[str], Rows]) -> Details:
    """Read some sections of an item's details side by side, or tell why that cannot be done.

    Args:
        reader: Reads the site. It is asked from a worker thread.
        sections: The sections.
        read: Reads one of them.
    """
    names = list(sections)
    found = reader.together([partial(read_section, read, name) for name in names])
    return dict(zip(names, found, strict=True))


def read_section(read: Callable[P, Rows], *args: P.args, **kwargs: P.kwargs) -> Rows | RefusedError:
    """Read one section of an item's details, or return why that cannot be done."""
    try:
        return read(*args, **kwargs)
    except (RefusedError, RetriesExhaustedError) as error:
        return of_item(error)


def check_item(client: Client, path: str, params: Mapping[str, str], *, tag: str) -> None:
    """Make sure that an item may still be there of which a section was not found.

    Args:
        client: The site.
        path: The item.
        params: Query parameters.
        tag: Under which name the request is counted.

    Raises:
        NotFoundError: It is gone.
    """
    try:
        client.get(path, params, tag=tag)
    except NotFoundError:
        raise
    except (RefusedError, RetriesExhaustedError):
        # It may be there, whatever the site says.
        return


def _size_of(work: Work) -> int:
    return body_size(work.item)


def _size_of_details(details: Details) -> int:
    """Return how many characters the bodies in details have: of an item itself, or of versions."""
    rows = (row for section in details.values() if isinstance(section, list) for row in section)
    return sum(body_size(row if "body" in row else {"body": row}) for row in rows)


def _item_to_read(work: Work) -> dict[str, Any] | None:
    """Return an item whose body a stream is to make readable."""
    return work.item if any(stream.has_readable_body for stream in work.streams) else None
