"""Streams made of the details of each item of a list."""

from __future__ import annotations

import logging
from functools import cached_property
from time import time
from typing import TYPE_CHECKING, Any, ClassVar

from singer_sdk import metrics
from typing_extensions import override

from tap_confluence.streams.base import ConfluenceStream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.content import Links
    from tap_confluence.streams.parents import ParentStream


class DetailStream(ConfluenceStream):
    """One section of the details of a parent's items, such as the labels of pages.

    Attributes:
        section: Which part of the details it is.
    """

    section: ClassVar[str]
    parent_stream_type: type[ParentStream]

    @cached_property
    def parent(self) -> ParentStream:
        """The list whose items these are details of."""
        streams = self._tap.streams.values()
        return next(s for s in streams if isinstance(s, self.parent_stream_type))

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


class RunCounter(metrics.Counter):
    """Counts over all parents of a run."""

    @override
    def with_context(self, value: Context | None) -> None:
        """Leave out the parent: this counts for all of them."""

    @override
    def exit(self) -> None:
        """Go on counting at the next parent."""

    def finish(self) -> None:
        """Log the count."""
        super().exit()


class RunTimer(metrics.Timer):
    """Adds up the time spent at each parent of a run."""

    def __init__(self, metric: metrics.Metric, tags: dict[str, Any]) -> None:
        super().__init__(metric, tags)
        self._seconds = 0.0

    @override
    def with_context(self, value: Context | None) -> None:
        """Leave out the parent: this is for all of them."""

    @override
    def __exit__(self, *exc_info: object) -> None:
        self._seconds += time() - self.start_time

    def finish(self) -> None:
        """Log the time."""
        point = metrics.Point("timer", self.metric, self._seconds, self.tags)
        metrics.log(self.logger, point)
