"""Metrics that are told once a run, where the SDK tells them once a parent."""

from __future__ import annotations

from time import time
from typing import TYPE_CHECKING, Any

from singer_sdk import metrics
from typing_extensions import override

if TYPE_CHECKING:
    from singer_sdk.helpers.types import Context


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
