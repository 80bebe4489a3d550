"""What the streams of one run share: the site, what is wanted of it, the clock, and notes."""

from __future__ import annotations

import hashlib
import logging
import time
from abc import ABC, abstractmethod
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar, runtime_checkable

from tap_confluence.errors import FailedItemError
from tap_confluence.filters.settings import Filters
from tap_confluence.http import Reader, ThreadPool
from tap_confluence.http.connect import connect
from tap_confluence.output.writer import BufferedWriter
from tap_confluence.settings import anchor
from tap_confluence.timestamps import format_timestamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from singer_sdk import Stream, Tap

    from tap_confluence.content import Links, TooLargeError
    from tap_confluence.errors import RefusedError
    from tap_confluence.http import Client, FailedItem, StopFlag
    from tap_confluence.locks import StreamLocks
    from tap_confluence.output.turn import Turn

    Row = dict[str, Any]

T = TypeVar("T")

logger = logging.getLogger("tap-confluence")

SECONDS_BETWEEN_STATES = 5.0
BYTES_OF_AN_ACCOUNT = 6

USERS = "users"
"""The stream that is made of those whom the records of all others name."""

SPACES = "spaces"
"""The stream that is made of the same list as filters by space."""

REASONS: Mapping[int, str] = {
    HTTPStatus.NOT_FOUND: "gone",
    HTTPStatus.GONE: "gone",
    HTTPStatus.UNAUTHORIZED: "forbidden",
    HTTPStatus.FORBIDDEN: "forbidden",
}
"""Why an item is skipped, by the status of the answer."""

FAILED = "failed"
"""The same for any other status."""

UNIDENTIFIED = "without a key"
"""Why a row is skipped that names nothing."""

TOO_LARGE = "body too large to be read"
"""Why what is made of a body is left out: Markdown and text of its row, or rows."""


class ContentFilter(ABC):
    """What the filters leave of a site. Each deployment judges its content in its own way."""

    @classmethod
    def of(cls, run: Run) -> Self:
        """Return the filter of a run over a site of this deployment."""
        found = run.content_filter
        if not isinstance(found, cls):
            message = f"{found!r} judges no content of this deployment"
            raise TypeError(message)
        return found

    @property
    @abstractmethod
    def lacks_verdicts(self) -> bool:
        """Whether there was something that could not be judged."""

    @abstractmethod
    def check(self) -> None:
        """Make sure of what the settings name before anything is read.

        Raises:
            SettingsError: A space or a page does not exist or is not visible.
        """

    @abstractmethod
    def spaces(self) -> Iterable[Row]:
        """Read the wanted spaces, as the API lists them."""


class References(Protocol):
    """What resolves the references in bodies."""

    def links_of(self, item: Mapping[str, Any]) -> Links:
        """Return where the references of an item lead, which is as its list has it."""

    def note_file(self, record: Mapping[str, Any]) -> None:
        """Remember a file, for the links of the bodies that come after it in this run."""

    def introduce(
        self, items: Iterable[T], item_of: Callable[[T], Mapping[str, Any] | None]
    ) -> Iterator[T]:
        """Yield items after that has been looked up which their bodies mention or include.

        Args:
            items: The items.
            item_of: What is to be read, as its list has it; None if nothing is.
        """


class Deployment(Protocol):
    """Cloud or Data Center: chosen once, and then nobody asks which it is."""

    def make_streams(self, run: Run) -> Sequence[Stream]:
        """Make all streams there are."""

    def sign_in(self, client: Client) -> str:
        """Make sure of the site and the account, and say in words which they are.

        Raises:
            ConfluenceError: There is no such site, or it refuses; the message says what to do.
        """

    def lacking(self, client: Client) -> str | None:
        """Say in one line what the release of the site lacks; None where it lacks nothing."""

    def content_filter(self, run: Run) -> ContentFilter:
        """Return what judges the content of the site."""

    def references(self, run: Run) -> References:
        """Return what resolves the references in bodies."""


@runtime_checkable
class MadeOfLists(Protocol):
    """A stream."""

    name: str

    def note_failed(self, failed: FailedItem) -> None:
        """Take note of an item of a list that the site fails for."""


class Notes:
    """What a run leaves out, and why.

    Attributes:
        denied: In words why each stream could not be read that was refused, by its name.
        remedies: What to do about that.
        complete: The streams of which all there is has been written.
        held_back: How many rows of how many would go of a stream, where that is too much to be
            believed, by its name.
    """

    def __init__(self) -> None:
        self.held_back: dict[str, str] = {}
        self.denied: dict[str, str] = {}
        self.remedies: set[str] = set()
        self.complete: list[Stream] = []
        self._skipped: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._unusable: Counter[str] = Counter()

    def deny(self, stream: str, why: str, remedy: str) -> None:
        """Take note of a stream that the site refuses.

        Args:
            stream: Its name.
            why: In words, why it could not be read.
            remedy: What to do about that.
        """
        self.denied[stream] = why
        self.remedies.add(remedy)

    def skipped(self, stream: str, what: str, error: RefusedError, *, grants: bool = False) -> None:
        """Take note of an item that is gone or forbidden, or that the site fails for.

        The first of a stream is warned of, and each one that the site fails for or whose rows would
        grant rights; the log of a run that is looked into has all of them.

        Args:
            stream: The name of the stream that lacks it.
            what: What it is, for people.
            error: Why it is left out.
            grants: Whether rows of the stream grant rights.
        """
        if grants:
            line = "Skipping %s of '%s', which counts as granting nothing: %s (%d)"
            logger.warning(line, what, stream, error, error.status)
        elif isinstance(error, FailedItemError):
            logger.warning("Skipping %s of '%s': %s (%d)", what, stream, error, error.status)
        elif stream not in self._skipped:
            line = "Skipping %s of '%s', and any other like it: %s (%d)"
            logger.warning(line, what, stream, error, error.status)
        else:
            logger.debug("Skipping %s of '%s': %s (%d)", what, stream, error, error.status)
        self._skipped[stream][REASONS.get(error.status, FAILED)] += 1

    def unread(self, stream: str, item_id: object, error: TooLargeError) -> None:
        """Take note of a body that is written as it is, while nothing is made of it.

        Args:
            stream: The name of the stream that lacks what is made of bodies.
            item_id: The item whose body it is.
            error: Why.
        """
        logger.warning("Nothing is made for '%s' of the body of %s: %s", stream, item_id, error)
        self._skipped[stream][TOO_LARGE] += 1

    def unusable(self, stream: str, keys: Mapping[str, object]) -> None:
        """Take note of a row without its key: it names nothing that could be written.

        Args:
            stream: The name of the stream.
            keys: What the row has of it.
        """
        logger.debug("Skipping a row of '%s' without a key: %s", stream, dict(keys))
        self._unusable[stream] += 1

    def gaps(self, unidentified: Counter[str]) -> dict[str, Counter[str]]:
        """Return how many items were left out, by stream and reason.

        Args:
            unidentified: Rows of lists that came without their key, by stream.
        """
        gaps = {name: reasons.copy() for name, reasons in self._skipped.items()}
        for name, count in (unidentified + self._unusable).items():
            gaps.setdefault(name, Counter())[UNIDENTIFIED] += count
        return gaps


class Run:
    """One run over one site. Everything is made when it is first needed.

    Attributes:
        tap: What the SDK runs.
        deployment: Cloud or Data Center.
        notes: What the run leaves out.
        user_ids: The account ids of those whom the records written so far name.
        turn: How far the stream has come that is being read.

    Args:
        tap: What the SDK runs, with checked settings.
        deployment: Cloud or Data Center.
        stop: Ends every wait when the run is asked to stop.
    """

    def __init__(self, tap: Tap, deployment: Deployment, stop: StopFlag) -> None:
        self.tap = tap
        self.deployment = deployment
        self.notes = Notes()
        self.user_ids: set[str] = set()
        self.turn: Turn | None = None
        self._stop = stop
        self._state_written_at = time.monotonic()

    @property
    def config(self) -> Mapping[str, Any]:
        """The settings."""
        return self.tap.config

    @property
    def streams(self) -> Mapping[str, Stream]:
        """All streams by name, selected or not."""
        return self.tap.streams

    @property
    def bookmarks(self) -> dict[str, Any]:
        """The entry of each stream in the state, as far as the run has come."""
        found: dict[str, Any] = self.tap.state.setdefault("bookmarks", {})
        return found

    @cached_property
    def client(self) -> Client:
        """What sends requests to the site."""
        return connect(self.config, self._stop)

    @cached_property
    def signed_in(self) -> str:
        """Which site it is and who is signed in, in words.

        Raises:
            ConfluenceError: There is no such site, or it refuses; the message says what to do.
        """
        found = self.deployment.sign_in(self.client)
        logger.info("%s", found)
        return found

    @cached_property
    def reader(self) -> Reader:
        """What the streams read with, once the site has accepted the credentials.

        Raises:
            ConfluenceError: There is no such site, or it refuses; the message says what to do.
        """
        _ = self.signed_in
        thread_pool = ThreadPool(self.config["max_concurrency"], self._stop)
        reader = Reader(self.client, thread_pool, self._stop, self.config["page_size"])
        reader.on_failed = self._note_failed
        return reader

    def _note_failed(self, failed: FailedItem) -> None:
        """Have the streams know that are made of a list for an item of which the site fails."""
        tag = failed.request.tag
        streams = [each for each in self.streams.values() if isinstance(each, MadeOfLists)]
        named = [stream for stream in streams if stream.name == tag]
        if not named:
            self.notes.skipped(tag, str(failed), failed.error)
        # What a filter cannot read, there is no telling what it leaves out.
        is_of_filter = not named or (tag == SPACES and self.filters.by_space)
        for stream in streams if is_of_filter else named:
            stream.note_failed(failed)

    @cached_property
    def filters(self) -> Filters:
        """What the user wants of the site."""
        return Filters.of(self.config)

    @cached_property
    def content_filter(self) -> ContentFilter:
        """What the filters leave of the site."""
        return self.deployment.content_filter(self)

    @cached_property
    def references(self) -> References:
        """What resolves the references in bodies."""
        return self.deployment.references(self)

    @cached_property
    def anchor(self) -> str:
        """The time at which an incremental stream starts that has no bookmark."""
        timestamp = anchor(self.config)
        if not (self.config.get("anchor_date") or self.config.get("lookback_days")):
            logger.info(
                "Incremental streams without a bookmark start at %s; set 'anchor_date' to change "
                "that",
                timestamp.date().isoformat(),
            )
        if timestamp > datetime.now(UTC):
            logger.warning(
                "'anchor_date' (%s) lies in the future: streams that start there bring nothing "
                "before it has come",
                self.config["anchor_date"],
            )
        return format_timestamp(timestamp)

    @cached_property
    def began(self) -> str:
        """When the run began, by the clock of the site."""
        return format_timestamp(self.client.site_time())

    @cached_property
    def collects_user_ids(self) -> bool:
        """Whether a stream is to be made of those whom the records of the others name."""
        return "records" in self.config["user_sources"] and self.streams[USERS].selected

    @cached_property
    def locks(self) -> StreamLocks:
        """What tells of other runs that read the same streams of the site."""
        # What locks files takes long to import, and only a run that writes needs it.
        from tap_confluence.locks import StreamLocks  # noqa: PLC0415

        selected = [stream.name for stream in self.streams.values() if stream.selected]
        return StreamLocks(self.client.root, selected)

    @property
    def has_versions(self) -> bool:
        """Whether records carry a version, which an ACTIVATE_VERSION message may activate.

        Not in BATCH mode, whose messages carry no version.
        """
        return bool(self.config["emit_activate_version_messages"]) and not self._is_batching

    @property
    def reconciles(self) -> bool:
        """Whether streams of content are read whole, so that their tables equal the site.

        A share of the site tells nothing of what is gone from the others, nor can BATCH mode.
        """
        return not self.filters.by_range and not self._is_batching

    @property
    def reconcile_interval(self) -> timedelta:
        """The least time between two such reads of a stream; none is at once."""
        return timedelta(hours=float(self.config["reconcile_interval_hours"]))

    @property
    def account(self) -> str | None:
        """A mark of the account that has signed in, short enough for the state, if it is known."""
        account = self.client.account
        if account is None:
            return None
        return hashlib.blake2b(account.encode(), digest_size=BYTES_OF_AN_ACCOUNT).hexdigest()

    @property
    def state_is_due(self) -> bool:
        """Whether it is time for a STATE message: none was written a moment ago."""
        if self._is_batching:
            # A record may still be in a file that no BATCH message has named yet.
            return False
        writer = self.tap.message_writer
        owes_state = isinstance(writer, BufferedWriter) and writer.owes_state
        return owes_state or time.monotonic() - self._state_written_at >= SECONDS_BETWEEN_STATES

    def write_state_when_due(self) -> None:
        """Write a STATE message, unless one was written a moment ago."""
        if self.state_is_due:
            self.write_state()

    def write_state(self) -> None:
        """Write a STATE message at once, but not in the middle of a batch."""
        if not self._is_batching:
            self._state_written_at = time.monotonic()
            self.tap.state_writer.write_state(self.tap.state)

    @cached_property
    def _is_batching(self) -> bool:
        return bool(self.config.get("batch_config"))
