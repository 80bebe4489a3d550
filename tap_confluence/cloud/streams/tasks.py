"""Tasks: the check boxes on pages and blog posts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tap_confluence.cloud.filters.content_filter import ContentFilter
from tap_confluence.errors import FailedItemError
from tap_confluence.filters.left_out import before_start, names_left_out
from tap_confluence.schemas.tasks import TASK
from tap_confluence.settings import RENDERED, STORAGE
from tap_confluence.streams.cost import Requests
from tap_confluence.streams.reconciliation import ReconciledStream, begin_reconciliation
from tap_confluence.streams.state.evidence import Sightings
from tap_confluence.timestamps import is_due, to_timestamp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.http import FailedItem, ListRequest
    from tap_confluence.run import Run
    from tap_confluence.streams.cost import Size


class Tasks(ReconciledStream):
    """All tasks that changed. The list cannot be asked for changes, so it is read whole."""

    name = "tasks"
    path = "/api/v2/tasks"
    scope = "read:task:confluence"
    primary_keys = ("id",)
    replication_key = "modifiedAt"
    schema = TASK
    # Its status is dated.
    undated = ("spaceId", "pageId", "blogPostId")

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._sightings: Sightings | None = None
        self._without_body: dict[str, FailedItemError] = {}

    @property
    @override
    def sightings(self) -> Sightings | None:
        is_partial = self.is_partial or self.run.client.unidentified
        return None if is_partial else self._sightings

    @override
    def requests(self, size: Size) -> Iterator[Requests]:
        yield Requests(size.pages(size["tasks"].listed))

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        begin_reconciliation([self])
        start = latest = self.starting_point()
        seen = Sightings(self.run.began, self.evidence, self.undated)
        tell = None if self.bookmark else names_left_out(self.name)
        listed = set(self.failed_items)
        for record in self._all_tasks():
            timestamp = record["modifiedAt"]
            seen.add(record)
            is_back = self._is_whole(record) and record["id"] in listed
            listed.discard(record["id"])
            if is_back or is_due(timestamp, start):
                yield record
                latest = self.latest(latest, timestamp)
            elif tell:
                tell(record["id"], before_start(timestamp, start))
        if not self.is_partial:
            # What the list lacks may be older than what it has.
            self.advance(latest)
            for task_id in listed:
                self.retry_no_more(task_id)
        self._sightings = seen
        if self.reconciliation.is_due:
            self.reconciliation.begin_whole_read()
            whole_from = self.reconciliation.table_start
            self._without_body.clear()
            for record in self._all_tasks():
                if is_due(record["modifiedAt"], whole_from):
                    yield record
                    if not self._is_whole(record):
                        self.reconciliation.note_row(record["id"])

    @override
    def note_failed(self, failed: FailedItem) -> None:
        super().note_failed(failed)
        if not failed.is_left_out and isinstance(failed.error, FailedItemError):
            self._without_body[str(failed.id)] = failed.error

    def _is_whole(self, record: Record) -> bool:
        """Tell whether a task came with its body; if it did not, the next runs look at it again."""
        error = self._without_body.get(record["id"])
        if error is None:
            self.retry_no_more(record["id"])
        else:
            self.retry_later(record["id"], record["modifiedAt"], error)
        return error is None

    @override
    def prepare(self) -> None:
        for request in self._lists():
            self.reader.ask_ahead(request)

    def _lists(self) -> list[ListRequest]:
        """Return the first pages of the lists to read."""
        body_format = self.config["body_format"]
        # There is no task that the site would render.
        body_format = STORAGE if body_format in RENDERED else body_format
        params = {} if body_format == "none" else {"body-format": body_format}
        whole = self.reader.first_page(self.path, params, tag=self.name)
        return ContentFilter.of(self.run).space_lists(whole)

    def _all_tasks(self) -> Iterator[Record]:
        content_filter = ContentFilter.of(self.run)
        for request in self._lists():
            tasks = self.reader.items(request)
            wanted = content_filter.filtered(tasks, "taskId", stream=self.name)
            yield from map(_with_timestamp, wanted)


def _with_timestamp(task: dict[str, Any]) -> Record:
    return {
        **task,
        "modifiedAt": to_timestamp(task.get("updatedAt")) or to_timestamp(task.get("createdAt")),
    }
