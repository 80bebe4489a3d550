"""What pages and blog posts have in common: they may be archived or trashed, and have tasks."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tap_confluence.datacenter.api.batches import MOST_WITH_BODIES, Batch
from tap_confluence.datacenter.api.paths import CONTENT
from tap_confluence.datacenter.api.task_parser import task_record, tasks_in
from tap_confluence.datacenter.api.version_bodies import version_bodies
from tap_confluence.datacenter.streams.content import ContentStream
from tap_confluence.datacenter.streams.content_list import limit_for
from tap_confluence.errors import (
    NotFoundError,
    RefusedError,
    RetriesExhaustedError,
    ScopeError,
    of_item,
)
from tap_confluence.filters.left_out import before_start, names_left_out
from tap_confluence.http import get_item
from tap_confluence.rest_v1 import records
from tap_confluence.settings import STORAGE
from tap_confluence.statuses import CURRENT, TRASHED
from tap_confluence.streams.cost import Requests, full_pages
from tap_confluence.streams.parents import DetailStream, PartOfSection, Work
from tap_confluence.timestamps import is_due

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from tap_confluence.streams.base import ConfluenceStream
    from tap_confluence.streams.cost import Size
    from tap_confluence.streams.incremental import Family, Hidden
    from tap_confluence.streams.parents import Details, FullTableDetailStream

ANY = "any"
"""What to ask for where the status of something is not known."""

TASKS = "tasks"
VERSIONS = "versions"


class PostStream(ContentStream):
    """Pages or blog posts.

    A search finds nothing that is archived or in the trash. That is listed in each run, without
    anything but its id, to see what is new there.
    """

    @override
    def requests_for_changes(self, size: Size) -> Iterator[Requests]:
        yield from super().requests_for_changes(size)
        yield self.requests_for_hidden(size)
        hidden = size[self.name].hidden
        if size.is_first and hidden:
            at_once = limit_for(self.expansion(), size.page_size)
            yield Requests(min(hidden, full_pages(hidden, at_once)))

    def requests_for_hidden(self, size: Size) -> Requests:
        """Return the requests for the list of all that is archived or in the trash."""
        hidden = size[self.name].hidden
        is_read = {CURRENT} < {*self.wanted_statuses}
        number = max(1, full_pages(hidden, limit_for(("version",), size.page_size)))
        return Requests(number if is_read else 0, f"hidden {self.name}", self.name)

    @cached_property
    @override
    def hidden_now(self) -> Mapping[str, str | None]:
        """The status and version of all that is archived or in the trash, by id.

        As this run first saw it. The status alone would not tell what was restored, edited and
        trashed again.
        """
        return {
            item_id: f"{item.get('status')} {records.version_number(item)}"
            for item_id, item in self._hidden.items()
        }

    @property
    def _hidden(self) -> dict[str, dict[str, Any]]:
        """All that is archived or in the trash, with its version and little more, by id."""
        return self.reader.shared(f"what is hidden of {self.name}", self._list_hidden)

    def _list_hidden(self) -> dict[str, dict[str, Any]]:
        statuses = [status for status in self.wanted_statuses if status != CURRENT]
        batches = self.everything(statuses, ("version",), tag=self.name) if statuses else ()
        lean = ("status", "version")
        found: dict[str, dict[str, Any]] = {}
        for batch in batches:
            for item in batch.items:
                found[str(item["id"])] = {name: item.get(name) for name in lean}
            if batch.failed is not None:
                found[batch.failed] = {"status": self._status_of_failed(batch.failed)}
        return found

    def _status_of_failed(self, item_id: str) -> str:
        """Return the status of an item whose version the site fails to give."""
        try:
            answer = self.reader.get(f"{CONTENT}/{item_id}", {"status": ANY}, tag=self.name)
        except (RefusedError, RetriesExhaustedError):
            return ANY
        return str(answer.get("status"))

    def _hidden_status(self, item_id: str) -> str:
        return str(self._hidden[item_id]["status"])

    @override
    def expanded(self, item: dict[str, Any], section: str) -> list[dict[str, Any]] | None:
        if section != TASKS:
            return super().expanded(item, section)
        with_body = self.config["body_format"] != "none"
        tasks = [task_record(item, task) for task in tasks_in(records.storage_body(item))]
        return tasks if with_body else [{**task, "body": None} for task in tasks]

    @override
    def get_details(self, item_id: str, sections: Sequence[str]) -> Details:
        details = super().get_details(item_id, sections)
        versions = details.get(VERSIONS)
        if isinstance(versions, list) and versions and self.config["version_bodies"]:
            bodies, error = version_bodies(self.reader.client, item_id, versions, tag=self.name)
            rows = [
                {**version, "body": body} for version, body in zip(versions, bodies, strict=True)
            ]
            details[VERSIONS] = rows if error is None else PartOfSection(rows, error)
        return details

    @override
    def takes_body(self, stream: ConfluenceStream) -> bool:
        has_tasks = isinstance(stream, DetailStream) and stream.section == TASKS
        return has_tasks or super().takes_body(stream)

    @override
    def body_formats(self) -> list[str]:
        has_tasks = any(
            isinstance(stream, DetailStream) and stream.section == TASKS for stream in self.family
        )
        needs_storage = has_tasks or self.gives_bodies_to_children
        return [*super().body_formats(), *([STORAGE] if needs_storage else [])]

    @override
    def hidden_work(
        self,
        family: Family,
        full_table: Sequence[FullTableDetailStream],
        hidden: Hidden,
    ) -> Iterator[Work]:
        first_time = {s for s in family if s.is_incremental and "trash" not in s.entry}
        due = {
            item_id: streams
            for item_id, lacking in self.lacking_hidden(family, hidden).items()
            if (streams := [*lacking, *full_table])
        }
        failures: dict[str, RefusedError] = {}
        tell = names_left_out(self.name)
        for item in self._hidden_items(due, [*family, *full_table], failures):
            timestamp = self.timestamp(item)
            streams = [
                stream
                for stream in due.get(self.identity(item), ())
                if stream not in first_time or is_due(timestamp, stream.anchor)
            ]
            if streams:
                yield Work(item, streams, failures=self.failures_of(item, streams))
            elif tell and due.get(self.identity(item)):
                tell(self.identity(item), before_start(timestamp, self.anchor))
        yield from self.mark(failures, full_table)

    def _hidden_items(
        self,
        due: Iterable[str],
        streams: Sequence[ConfluenceStream],
        failures: dict[str, RefusedError],
    ) -> Iterator[dict[str, Any]]:
        """Read items that are archived or in the trash: one by one if they are few.

        Args:
            due: The ids of the items.
            streams: Those they are read for.
            failures: Where to put the items that cannot be read and are not in the trash.
        """
        wanted = dict.fromkeys(due)
        if len(wanted) > len(self._hidden) // MOST_WITH_BODIES + 1:
            statuses = [status for status in self.wanted_statuses if status != CURRENT]
            batches = self.everything(statuses, self.expansion(), tag=self.name)
            for batch in batches:
                items = self._rest_of(batch, streams, failures)
                yield from (item for item in items if str(item["id"]) in wanted)
            return
        expand = {"expand": ",".join(self.expansion())}

        def call(item_id: str) -> Callable[[], dict[str, Any]]:
            params = {"status": self._hidden_status(item_id), **expand}
            path = f"{CONTENT}/{item_id}"
            return partial(get_item, self.reader.client, path, params, tag=self.name)

        for item_id, future in self.reader.look_ahead(wanted, call):
            if future is None:
                continue
            try:
                yield self.reader.result(future)
            except ScopeError:
                raise
            except NotFoundError as error:
                self.note_skipped(item_id, error)
                self._note_hidden_failure(item_id, error, failures)
            except (RefusedError, RetriesExhaustedError) as error:
                if isinstance(error, RetriesExhaustedError):
                    # Is it this item, or the whole site?
                    lean = {"status": self._hidden_status(item_id)}
                    self.reader.get(f"{CONTENT}/{item_id}", lean, tag=self.name)
                failed = Batch([], failed=item_id, error=of_item(error))
                yield from self._rest_of(failed, streams, failures)

    def _rest_of(
        self,
        batch: Batch,
        streams: Sequence[ConfluenceStream],
        failures: dict[str, RefusedError],
    ) -> Sequence[dict[str, Any]]:
        """Return the items of a batch, and note the one that cannot be read in any way."""
        items = self.items_of(batch, streams)
        if batch.failed is not None and batch.error is not None and not items:
            self._note_hidden_failure(batch.failed, batch.error, failures)
        return items

    def _note_hidden_failure(
        self, item_id: str, error: RefusedError, failures: dict[str, RefusedError]
    ) -> None:
        if item_id not in self._hidden or self._hidden_status(item_id) != TRASHED:
            failures[item_id] = error
