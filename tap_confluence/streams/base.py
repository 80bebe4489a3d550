"""What every stream does, whatever it reads and wherever from."""

from __future__ import annotations

import copy
import logging
from abc import abstractmethod
from collections.abc import Sized
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from simpleeval import InvalidExpression
from singer_sdk.singerlib.catalog import REPLICATION_FULL_TABLE, REPLICATION_INCREMENTAL
from typing_extensions import override

from tap_confluence.content import (
    NAMES_ONLY,
    Links,
    Presentation,
    TooLargeError,
    convert_body,
    to_markdown,
    to_text,
)
from tap_confluence.errors import (
    ForbiddenError,
    NotFoundError,
    RefusedError,
    RetriesExhaustedError,
    ScopeError,
    SettingsError,
)
from tap_confluence.filters.left_out import names_left_out
from tap_confluence.http import MANY_AHEAD
from tap_confluence.output.batch_files import PARQUET, write_batch
from tap_confluence.output.turn import Turn
from tap_confluence.schemas.body import MARKDOWN, TEXT
from tap_confluence.sdk import RunStream
from tap_confluence.streams.cost import Requests
from tap_confluence.streams.failures import MOST_LISTED, Failures, outage
from tap_confluence.streams.records.parquet import as_row
from tap_confluence.streams.records.type_conformance import RecordConformance
from tap_confluence.streams.records.user_ids import user_ids_in
from tap_confluence.streams.state.state_format import all_failed, carry_over, failed_of
from tap_confluence.timestamps import (
    CLOCKS_DIFFER,
    OVERLAP,
    format_timestamp,
    to_the_minute,
    to_timestamp,
    with_overlap,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from concurrent.futures import Future

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.errors import FailedItemError
    from tap_confluence.http import FailedItem, Reader
    from tap_confluence.run import Run
    from tap_confluence.streams.cost import Size
    from tap_confluence.streams.state.state_format import StreamState

T = TypeVar("T")
S = TypeVar("S", bound="ConfluenceStream")


class ConfluenceStream(RunStream):
    """Base of all streams.

    It reads its records, tells how far it has come, and whether all there is has been written.

    Attributes:
        path: Where it is read from, below the root of the site.
        scope: The scope a token needs to read it.
        right: What an account needs to read it, if that is more than to see what it is of.
        kind: What a search calls that of which the stream has a row each, such as `page`; empty
            where no search finds just that.
        is_filtered: Whether the filters of the settings say what belongs to it.
        is_whole: Whether a run that reads all of it has read all there is.
        fails_closed: Whether its rows grant rights. After an incomplete read of such a stream, too,
            what the run has not written is taken for deleted: who cannot be shown to have a right
            has none. Of all others, what could not be read may still be there.
        request_per: What it takes a request for each of in every run, such as `space`. How often
            that is worth it says the setting `full_table_interval_hours`.
        stands_alone: Whether no other stream is made of the lists that are read for it.
        comes_first: Whether other streams are read by what it has found.
        comes_last: Whether it is made of what all other streams have met.
        not_on_data_center: Why Data Center has no such stream, of one that Cloud alone has.
        run: What it shares with the other streams of the run.
        own_keys: Its primary keys, whatever a catalog says.
        is_denied: Whether the site refuses it to this account.
    """

    path: ClassVar[str] = ""
    scope: ClassVar[str] = ""
    right: ClassVar[str] = ""
    kind: ClassVar[str] = ""
    is_filtered: ClassVar[bool] = True
    is_whole: ClassVar[bool] = True
    fails_closed: ClassVar[bool] = False
    stands_alone: ClassVar[bool] = False
    comes_first: ClassVar[bool] = False
    comes_last: ClassVar[bool] = False
    request_per: ClassVar[str] = ""
    not_on_data_center: ClassVar[str] = ""

    def __init__(self, run: Run) -> None:
        super().__init__(run.tap)
        self.run = run
        self.own_keys = tuple(self.primary_keys)
        self.is_denied = False
        self._is_partial = False
        self._begun: Iterable[Record] | None = None
        self._entry_before: StreamState = {}

    @property
    def reader(self) -> Reader:
        """What reads the site."""
        return self.run.reader

    @property
    def probe_path(self) -> str:
        """What to ask for to learn whether the stream may be read; empty where nothing tells."""
        return self.path

    def needed(self, error: RefusedError) -> str:
        """Say what is needed to read the stream, which was refused for want of it."""
        scope = f"the scope {self.scope}" if self.scope else ""
        if isinstance(error, ScopeError) and scope:
            return scope
        return self.right or " or ".join(filter(None, ("a right the account lacks", scope)))

    def requests(self, size: Size) -> Iterator[Requests]:  # noqa: ARG002
        """Yield the requests that it takes on a site, those left out that its parent sends."""
        yield Requests(1)

    @property
    def is_incremental(self) -> bool:
        """Whether this run reads only what changed since the bookmark."""
        return self.replication_method == REPLICATION_INCREMENTAL

    @property
    def family(self) -> list[ConfluenceStream]:
        """This stream and its children, those that are selected."""
        return [*([self] if self.selected else []), *self.selected_children]

    @property
    def selected_children(self) -> list[ConfluenceStream]:
        """The children that are selected."""
        return [s for s in self.child_streams if s.selected and isinstance(s, ConfluenceStream)]

    def stream_of(self, kind: type[S]) -> S:
        """Return the stream of a kind, selected or not."""
        return next(s for s in self.run.streams.values() if isinstance(s, kind))

    def stream_named(self, name: str) -> ConfluenceStream:
        """Return the stream of a name, selected or not."""
        found = self.run.streams[name]
        if not isinstance(found, ConfluenceStream):
            message = f"{found!r} is no stream of a site"
            raise TypeError(message)
        return found

    @abstractmethod
    def read(self, context: Context | None) -> Iterable[Record]:
        """Read the records of the stream, or of one parent of it."""

    @override
    def get_records(self, context: Context | None) -> Iterator[Record]:
        for child in self.selected_children:
            child.open()
        before, self.run.turn = self.run.turn, self.turn
        try:
            begun = self.take_turn()
            for record in self.read(context) if begun is None else begun:
                self.reader.stop.check()
                yield record
        except RefusedError as error:
            self.deny(error)
        else:
            # Code after the last yield runs when the last record has been written.
            if self.parent_stream_type is None:
                self.complete()
        finally:
            self.run.turn = before

    @cached_property
    def turn(self) -> Turn:
        """How far it has come, once it has its turn."""
        return Turn(self.name, self._searched_for())

    def _searched_for(self) -> str:
        """Return what a search counts of what the stream will read, if it reads all from a start.

        Nobody counts what lies in trees, carries labels, or has changed since the last run.
        """
        filters = self.run.filters
        is_narrowed = filters.by_space or filters.by_tree or filters.by_label
        if not self.kind or is_narrowed or (self.is_incremental and self.bookmark):
            return ""
        start = self.starting_point()
        since = f' and lastmodified >= "{to_the_minute(start)}"' if start else ""
        return f"type={self.kind}{since}"

    @override
    def new_version(self) -> int | None:
        is_complete = self.is_whole and self.replication_method == REPLICATION_FULL_TABLE
        return self.run.locks.version if is_complete and self.run.has_versions else None

    @property
    def tells_deletions(self) -> bool:
        """Whether targets are to take for deleted what this run has not written, if it is whole.

        A share of a site has not seen what the others have.
        """
        return self.has_version and not self.run.filters.by_range

    @override
    def write_batch(self, name: str, rows: list[Record], properties: Mapping[str, Any]) -> str:
        config = self.config["batch_config"]
        encoding, prefix = config["encoding"], config["storage"].get("prefix") or ""
        if encoding["format"] == PARQUET:
            rows = [as_row(record, properties) for record in rows]
        return write_batch(
            self.batch_folder(),
            f"{prefix}{self.tap_name}--{name}",
            rows,
            encoding=encoding["format"],
            compression=encoding.get("compression"),
        )

    @override
    def unmappable(self, record: Record, error: Exception) -> SettingsError:
        cause = error.__cause__ or error
        # Other errors repeat values of the row, which are not for the log.
        why = str(cause) if isinstance(cause, InvalidExpression) else type(cause).__name__
        keys = ", ".join(f"{key} {record.get(key)}" for key in self.own_keys)
        return SettingsError(
            f"An expression in 'stream_maps' for '{self.name}' cannot be used for the row with "
            f"{keys}: {why}. Correct it and run again to continue."
        )

    @override
    def post_process(self, row: Record, context: Context | None = None) -> Record | None:
        self._conformance.fit(row)
        if any(row.get(key) in {None, ""} for key in self.primary_keys):
            self.run.notes.unusable(self.name, {key: row.get(key) for key in self.primary_keys})
            # It may be what an earlier run has written.
            self.leave_incomplete()
            return None
        if self._readable_bodies:
            self._add_readable_bodies(row)
        self.meet(row)
        return row

    def _add_readable_bodies(self, row: Record) -> None:
        row |= dict.fromkeys(self._readable_bodies)
        try:
            for name, convert in self._readable_bodies.items():
                row[name] = convert_body(row.get("body"), convert, self.links())
        except TooLargeError as error:
            self.run.notes.unread(self.name, row[self.primary_keys[0]], error)

    def meet(self, item: Record) -> None:
        """Take note of the people whom an item names, if a stream is to be made of them."""
        if self.run.collects_user_ids and not self.comes_last:
            self.run.user_ids.update(user_ids_in(item))

    def links(self) -> Links:
        """Return where the references of the body that is being written lead."""
        return NAMES_ONLY

    @property
    def has_readable_body(self) -> bool:
        """Whether bodies are to be made readable."""
        return bool(self._readable_bodies)

    @cached_property
    def _conformance(self) -> RecordConformance:
        return RecordConformance(self.schema)

    @cached_property
    def _readable_bodies(self) -> dict[str, Callable[[Any, str, Links], str]]:
        """Under which names to add the body, and what makes each of it."""
        wanted = {"body_markdown": (MARKDOWN, to_markdown), "body_text": (TEXT, to_text)}
        presentation = Presentation.of(self.config)
        return {
            name: partial(convert, presentation=presentation)
            for setting, (name, convert) in wanted.items()
            if self.config[setting] and name in self.schema["properties"]
        }

    def each(
        self,
        items: Iterable[dict[str, Any]],
        call: Callable[[dict[str, Any]], Callable[[], T] | None],
        *,
        owner: Callable[[dict[str, Any]], str] | None = None,
        per_worker: int = MANY_AHEAD,
    ) -> Iterator[tuple[dict[str, Any], T]]:
        """Ask for something about each of some items, many at a time.

        Args:
            items: What to ask about, each with its `id`.
            call: What to run for an item, in a worker thread; None for one to leave out.
            owner: The path of an item, of which `call` asks for a part: a part that is not found
                of an item that is may still be there. Without it, `call` asks for items themselves.
            per_worker: As for `Reader.look_ahead`.

        Yields:
            Each item with what it gave, without those that are gone or refused, or that the site
            fails for.

        Raises:
            ScopeError: It is the token that lacks a scope.
            RefusedError: All of them are refused: it is the right for the stream that lacks, or
                the site does not have it.
            RetriesExhaustedError: The site fails for all of them, or for many in a row.
        """
        gave_any, refused = False, None
        failures = Failures()
        for item, future in self._counted(items, call, per_worker):
            self.reader.wait_for_turn()
            if future is None:
                if tell := names_left_out(self.name):
                    tell(_words_for(item), f"nothing is asked of what is {item.get('status')}")
                continue
            try:
                found = self.reader.result(future)
            except ScopeError:
                raise
            except NotFoundError as error:
                failures.end()
                is_gone = owner is None or not self._has(owner(item))
                self.skip(_words_for(item), error, is_gone=is_gone)
            except RefusedError as error:
                failures.end()
                self.skip(_words_for(item), error)
                refused = error
            except RetriesExhaustedError as error:
                self.skip(_words_for(item), failures.add(error))
            else:
                failures.end()
                gave_any = True
                yield item, found
        failures.check()
        if refused is not None and not gave_any:
            raise refused

    def _counted(
        self,
        items: Iterable[dict[str, Any]],
        call: Callable[[dict[str, Any]], Callable[[], T] | None],
        per_worker: int,
    ) -> Iterator[tuple[dict[str, Any], Future[T] | None]]:
        """Run a call for each of some items ahead, and count those that are dealt with."""
        if isinstance(items, Sized):
            self.turn.of = len(items)
        for each in self.reader.look_ahead(items, call, per_worker=per_worker):
            self.turn.done += 1
            yield each

    def note_skipped(self, what: str, error: RefusedError) -> None:
        """Take note of an item that is gone or forbidden, or that the site fails for."""
        self.run.notes.skipped(self.name, what, error, grants=self.fails_closed)

    def note_failed(self, failed: FailedItem) -> None:
        """Take note of an item of a list that the site fails for.

        Args:
            failed: The item. The list is this stream's own, or one of a filter.
        """
        is_own = failed.request.tag == self.name
        if is_own:
            self.note_skipped(str(failed), failed.error)
        if not failed.is_left_out:
            return
        for stream in (self, *self.selected_children) if is_own else (self,):
            if is_own or stream.is_filtered:
                stream.leave_incomplete()

    def skip(self, what: str, error: RefusedError, *, is_gone: bool = False) -> None:
        """Go on without an item.

        Args:
            what: The item, in words.
            error: Why.
            is_gone: Whether it is known not to be there any more; else it may still be.
        """
        self.note_skipped(what, error)
        if not is_gone:
            self.leave_incomplete()

    def _has(self, path: str) -> bool:
        """Tell whether something is still there, or may be."""
        try:
            self.reader.get(path, {}, tag=self.name)
        except NotFoundError:
            return False
        except (RefusedError, RetriesExhaustedError):
            return True
        return True

    def retry_later(self, item_id: str, timestamp: str | None, error: FailedItemError) -> None:
        """List an item that the site fails for, so that the next runs ask for it by its id.

        Only then may the bookmark pass over it. A stream that has none reads all again anyway.

        Args:
            item_id: The item, or `<id>/children` for what is on it.
            timestamp: When it was last changed; of what is on it, from which time on that is
                lacking. None is not known.
            error: How the site fails for it.

        Raises:
            RetriesExhaustedError: The state lists as many as it may: this is an outage.
        """
        if not self.is_incremental or self.is_denied:
            return
        if len({*all_failed(self.run.bookmarks), item_id}) > MOST_LISTED:
            raise outage(self.name, f"more than {MOST_LISTED} items, those", error)
        self.entry["failed"] = {**failed_of(self.entry), item_id: timestamp}

    def retry_no_more(self, item_id: str) -> None:
        """Take an item off the list of those that the site fails for, if it stands there."""
        if "failed" in self.entry and item_id in (failed := self.failed_items):
            del failed[item_id]
            self.entry["failed"] = failed
            if not failed:
                del self.entry["failed"]

    @property
    def failed_items(self) -> dict[str, str | None]:
        """What earlier runs have listed for this one to ask for again: each time, by its id."""
        return failed_of(self.entry) if self.is_incremental else {}

    def starting_point(self) -> str | None:
        """Return the time from which on changes are read; None reads everything."""
        if not self.is_incremental:
            return None
        bookmark = self.bookmark
        return with_overlap(bookmark, self.bookmark_overlap) if bookmark else self.anchor

    @property
    def bookmark_overlap(self) -> timedelta:
        """How far before its bookmark the stream starts again."""
        return OVERLAP

    @property
    def anchor(self) -> str | None:
        """The time at which the stream starts without a bookmark; None reads everything."""
        return self.run.anchor

    @property
    def bookmark(self) -> str | None:
        """The time up to which everything has been written, if any run got that far."""
        if self.entry.get("replication_key") != self.replication_key:
            return None
        return to_timestamp(self.entry.get("replication_key_value"))

    @cached_property
    def entry(self) -> StreamState:
        """The entry of the stream in the state."""
        return cast("StreamState", self.stream_state)

    @property
    def entry_so_far(self) -> StreamState:
        """The same as it is, without making one."""
        entries = self.run.tap.state.get("bookmarks", {})
        return cast("StreamState", entries.get(self.name) or {})

    @property
    def complete_until(self) -> str:
        """The time up to which this run can have read everything: when it began.

        What bears a later date has changed while the run went on, or its date is not true. Either
        way others may be dated before it that are still to come.
        """
        return self.run.began

    def latest(self, *timestamps: str | None) -> str | None:
        """Return the latest of some times to which a bookmark may move, if there is one."""
        possible = (each for each in timestamps if each and each <= self.complete_until)
        return max(possible, default=None)

    def advance(self, *timestamps: str | None) -> None:
        """Move the bookmark on to the latest of some times, never back and never too far."""
        timestamp = self.latest(*timestamps)
        if (
            self.is_incremental
            and not self.is_denied
            and timestamp
            and timestamp > (self.bookmark or "")
        ):
            self.entry["replication_key"] = self.replication_key
            self.entry["replication_key_value"] = timestamp

    def prepare(self) -> None:
        """Have on the way what the stream will ask for first, before it has its turn."""

    def begin(self) -> None:
        """Begin to read before the turn of the stream, up to where something is to be written."""
        for stream in self.family:
            stream.hold_back_state()
        self._begun = self.reader.begin(self.read_early)

    def read_early(self) -> Iterable[Record]:
        """Read before the turn of the stream. As `read`."""
        return self.read(None)

    def take_turn(self) -> Iterable[Record] | None:
        """Return what has been begun, which goes on when it is read; None if nothing has."""
        if self._begun is not None:
            for stream in self.family:
                stream.take_up_state()
        return self._begun

    def hold_back_state(self) -> None:
        """Keep out of the state what is put into the entry, until the stream has its turn."""
        self._entry_before = copy.deepcopy(self.entry_so_far)
        self.entry = copy.deepcopy(self._entry_before)

    def take_up_state(self) -> None:
        """Put it into the state."""
        held_back, self.entry = self.entry, cast("StreamState", self.stream_state)
        carry_over(self.stream_state, self._entry_before, held_back)

    def deny(self, error: RefusedError) -> None:
        """Go on without this stream and its children, and have the run fail at its end."""
        self.is_denied = True
        for stream in self.family:
            is_unmet = isinstance(error, ScopeError | ForbiddenError | NotFoundError)
            lack = f"needs {stream.needed(error)}" if is_unmet else "cannot be read"
            self.run.notes.deny(stream.name, f"'{stream.name}' {lack} ({error})", error.remedy)

    @property
    def is_not_due(self) -> bool:
        """Whether it was read whole so short a time ago that this run need not read it.

        How long that may be says the setting `full_table_interval_hours`.
        """
        interval = self._longest_interval
        read = to_timestamp(self.entry.get("lastFullRead")) if interval else None
        now = datetime.now(UTC)
        return read is not None and (
            format_timestamp(now - interval) < read <= format_timestamp(now + CLOCKS_DIFFER)
        )

    @property
    def keeps_last_full_read(self) -> bool:
        """Whether its state tells when it was last read whole."""
        return bool(self._longest_interval)

    @property
    def _longest_interval(self) -> timedelta:
        hours = self.config["full_table_interval_hours"] if self.request_per else 0
        return timedelta(hours=float(hours))

    def note_full_read(self) -> None:
        """Keep in the state that this run has written all of it, and what is gone was told."""
        if self.keeps_last_full_read and not self._is_partial:
            self.entry["lastFullRead"] = self.run.began

    @property
    def is_partial(self) -> bool:
        """Whether something could not be read."""
        return self._is_partial

    def leave_incomplete(self) -> None:
        """Take note that something could not be read.

        Nothing is then taken for deleted, unless the stream fails closed.
        """
        self._is_partial = True

    def complete(self) -> None:
        """Take note that everything there is has been written: what was not is gone."""
        is_known = not self.is_denied and (self.fails_closed or not self._is_partial)
        if is_known and not self._lacks_unjudged:
            self.run.notes.complete.append(self)
        for child in self.selected_children:
            child.complete()

    @property
    def _lacks_unjudged(self) -> bool:
        """Whether content may be wanted that could not be judged by its labels."""
        is_of_spaces = self.name == "spaces" or "spaceId" in self.primary_keys
        if not self.is_filtered or is_of_spaces or not self.run.filters.labels:
            return False
        return self.run.content_filter.lacks_verdicts

    @override
    def log(self, message: str, *args: Any, level: int = logging.INFO, **kwargs: Any) -> None:
        # An error is logged once, by the tap, where the run ends.
        super().log(
            message, *args, level=logging.DEBUG if level == logging.ERROR else level, **kwargs
        )


def _words_for(item: dict[str, Any]) -> str:
    """Name an item by its id, and by its name where it has another one."""
    item_id, name = str(item["id"]), item.get("name")
    return f"{item_id} ({name})" if name and name != item_id else item_id
