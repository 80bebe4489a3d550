"""Items of incremental lists that the site fails for: listed in the state, and asked for again."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tap_confluence.errors import (
    FailedItemError,
    NotFoundError,
    RefusedError,
    RetriesExhaustedError,
    ScopeError,
    of_item,
)
from tap_confluence.streams.failures import MOST_LISTED, ShareOfFailures, outage
from tap_confluence.streams.parents import ParentStream, Work
from tap_confluence.streams.state.state_format import CHILDREN, all_failed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from tap_confluence.http import FailedItem
    from tap_confluence.run import Run
    from tap_confluence.streams.base import ConfluenceStream
    from tap_confluence.streams.parents import Details
    from tap_confluence.streams.progress import Dated


@dataclass(frozen=True)
class Failed:
    """An item that the site fails for.

    Attributes:
        stream: The stream that lacks something of it.
        item_id: Its id.
        timestamp: When it was last changed.
        error: How the site fails for it.
    """

    stream: ConfluenceStream
    item_id: str
    timestamp: str | None
    error: FailedItemError


class RetryingStream(ParentStream):
    """A list with bookmarks, for itself and for its children.

    A bookmark moves over an item that the site fails for once the state lists it. It waits while
    so many have failed that it may be an outage.

    Attributes:
        failed_before: What earlier runs have listed as failed, by the stream that lacks it: when
            each item was last changed, by its id.
        without_body: How the site fails for the bodies of the items that came without them, by id.
    """

    _share: ShareOfFailures
    _held: list[Work]
    """What has been written and bookmarks have yet to move over."""

    _failed: list[Failed]
    """What the site has failed for and the state has yet to list."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self.failed_before: Mapping[ConfluenceStream, Mapping[str, str | None]] = {}
        self.without_body: dict[str, FailedItemError] = {}
        self._listed_now: set[str] = set()

    @abstractmethod
    def timestamp(self, item: dict[str, Any]) -> str | None:
        """Return when an item was last modified."""

    @override
    def note_failed(self, failed: FailedItem) -> None:
        error = failed.error
        if failed.id is None or not isinstance(error, FailedItemError):
            super().note_failed(failed)
        elif failed.is_left_out:
            super().note_failed(failed)
            if failed.request.tag == self.name:
                self._listed_now.add(failed.id)
                for stream in self.family:
                    stream.retry_later(failed.id, None, error)
        else:
            # It is named where it is written.
            self.without_body[failed.id] = error

    def begin_retries(self, streams: Iterable[ConfluenceStream]) -> None:
        """Take note of what earlier runs have listed of some streams of the family."""
        self.failed_before = {stream: stream.failed_items for stream in streams}

    @abstractmethod
    def get_again(
        self, item_id: str, streams: Sequence[ConfluenceStream]
    ) -> tuple[dict[str, Any], Details]:
        """Get an item by its id, as the list has it, with what streams take of its details.

        Runs in a worker thread.

        Raises:
            ConfluenceError: It is gone, or cannot be read.
        """

    @abstractmethod
    def is_wanted(self, item: dict[str, Any]) -> bool:
        """Tell whether the settings want an item that was asked for by its id."""

    def missed(self, item: dict[str, Any]) -> Sequence[ConfluenceStream]:  # noqa: ARG002
        """Return which other streams lack an item, as it does not come by itself."""
        return ()

    def retries(self) -> Iterator[Work]:
        """Ask once for each item that earlier runs have listed, unless it came by itself."""

        def call(item_id: str) -> Callable[[], tuple[dict[str, Any], Details]]:
            get = partial(self.get_again, item_id, listed[item_id])
            return partial(self.reader.client.once, get)

        listed = self._listed_still()
        for item_id, future in self.reader.look_ahead(listed, call):
            if future is None:
                continue
            try:
                item, details = self.reader.result(future)
            except (RefusedError, RetriesExhaustedError) as error:
                self._leave_listed(item_id, listed[item_id], of_item(error))
                continue
            streams = dict.fromkeys([*listed[item_id], *self.missed(item)])
            self._listed_now.discard(item_id)
            is_wanted = self.is_wanted(item)
            if item_id in self._listed_now:
                # The site still fails to tell whether it is.
                continue
            due = [s for s in streams if is_wanted and self.takes(s, item)]
            for stream in listed[item_id]:
                if stream not in due:
                    stream.retry_no_more(item_id)
            if due:
                failures = self.failures_of(item, due)
                yield Work(item, due, details=details, failures=failures, is_retried=not failures)

    def _leave_listed(
        self, item_id: str, streams: Iterable[ConfluenceStream], error: RefusedError
    ) -> None:
        """Leave out an item that still cannot be read, and have it asked for again if it is there.

        Args:
            item_id: Its id.
            streams: Those that list it.
            error: Why it cannot be read.
        """
        for stream in streams:
            match error:
                case ScopeError():
                    stream.deny(error)
                case NotFoundError():
                    stream.note_skipped(item_id, error)
                    stream.retry_no_more(item_id)
                case _:
                    # It stays listed, and so is not taken for deleted.
                    stream.note_skipped(item_id, error)

    def _listed_still(self) -> dict[str, list[ConfluenceStream]]:
        """Return what earlier runs have listed and this one has not met, and for which streams."""
        listed: dict[str, list[ConfluenceStream]] = {}
        for stream, before in self.failed_before.items():
            for item_id, timestamp in before.items():
                is_same = stream.failed_items.get(item_id, "") == timestamp
                if is_same and not stream.is_denied and not item_id.endswith(CHILDREN):
                    listed.setdefault(item_id, []).append(stream)
        return listed

    @override
    def begin_walk(self) -> None:
        self._share = ShareOfFailures()
        self._held = []
        self._failed = []

    @override
    def judge(self, work: Work) -> None:
        if not work.is_retried:
            self._share.asked += 1
            self._share.failed += bool(self._lacking)
        if not self._lacking:
            return
        item_id, timestamp = self.dated(work.item)
        self._failed += [
            Failed(stream, item_id, timestamp, error) for stream, error in self._lacking.items()
        ]
        known = {*all_failed(self.run.bookmarks), *(each.item_id for each in self._failed)}
        if len(known) > MOST_LISTED:
            what = f"more than {MOST_LISTED} items, those"
            raise outage(self.name, what, self._failed[-1].error)

    @override
    def settle(self, work: Work) -> None:
        if self._share.is_small:
            self._held.append(work)
            self._release()
            return
        # Its body is not needed any more.
        rest = {name: value for name, value in work.item.items() if name != "body"}
        self._held.append(replace(work, item=rest, details=None))
        self.run.write_state_when_due()

    @override
    def end_walk(self) -> None:
        if self._share.is_outage:
            what = f"{self._share.failed} of {self._share.asked} items"
            raise outage(self.name, what, self._failed[-1].error)
        self._release()

    def _release(self) -> None:
        """List what has failed of what is held, and move the bookmarks over all of it."""
        for each in self._failed:
            each.stream.retry_later(each.item_id, each.timestamp, each.error)
        lacking = {(each.stream, each.item_id) for each in self._failed}
        held, self._failed, self._held = self._held, [], []
        for work in held:
            item_id = self.identity(work.item)
            for stream in work.streams:
                if (stream, item_id) not in lacking:
                    stream.retry_no_more(item_id)
            self.written(work)

    def failures_of(
        self, item: dict[str, Any], streams: Iterable[ConfluenceStream]
    ) -> Mapping[ConfluenceStream, FailedItemError]:
        """Return how the site has failed for an item of the list, by what lacks its body."""
        error = self.without_body.get(self.identity(item))
        return {s: error for s in streams if self.takes_body(s)} if error is not None else {}

    def takes_body(self, stream: ConfluenceStream) -> bool:
        """Tell whether a stream of the family is made of bodies of the list."""
        return stream is self

    def dated(self, item: dict[str, Any]) -> Dated:
        """Return an item by its id and the time of its last change."""
        return self.identity(item), self.timestamp(item)

    def concerns(self, stream: ConfluenceStream, item: dict[str, Any]) -> bool:  # noqa: ARG002
        """Tell whether a stream of the family is made of such an item."""
        return True

    def takes(self, stream: ConfluenceStream, item: dict[str, Any]) -> bool:
        """Tell whether a stream of the family may have such an item, however old it is."""
        return self.concerns(stream, item)

    def is_listed(self, stream: ConfluenceStream, item_id: str, timestamp: str | None) -> bool:
        """Tell whether an earlier run has listed an item as failed that has not changed since."""
        return self.failed_before.get(stream, {}).get(item_id, "") == timestamp
