"""What comments and attachments have in common: they are on pages and blog posts."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, ClassVar

from typing_extensions import override

from tap_confluence.datacenter.api.batches import Query, read_items
from tap_confluence.datacenter.api.paths import CONTENT
from tap_confluence.datacenter.filters import ContentFilter
from tap_confluence.datacenter.streams.content import ContentStream
from tap_confluence.datacenter.streams.content_list import limit_for
from tap_confluence.datacenter.streams.posts import PostStream
from tap_confluence.datacenter.streams.unfound import Unfound
from tap_confluence.errors import (
    FailedItemError,
    NotFoundError,
    RefusedError,
    RetriesExhaustedError,
    ScopeError,
    of_item,
)
from tap_confluence.http import KeptRows
from tap_confluence.rest_v1 import records
from tap_confluence.streams.incremental import Hidden, note_hidden
from tap_confluence.streams.parents import Work
from tap_confluence.streams.progress import Progress
from tap_confluence.streams.reconciliation import reconciled
from tap_confluence.streams.state.state_format import CHILDREN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.datacenter.api.batches import Batch
    from tap_confluence.streams.base import ConfluenceStream
    from tap_confluence.streams.cost import Requests, Size
    from tap_confluence.streams.incremental import Family
    from tap_confluence.streams.parents import FullTableDetailStream


CONTAINER = "container"


class ContainedStream(ContentStream):
    """Comments or attachments.

    A search no longer finds them when what they are on comes into the archive or the trash. So
    they are read from there, once, and again where the inventory shows that something has changed.

    Attributes:
        params_of_list: The query parameters of the list of what one page or blog post bears.
    """

    params_of_list: ClassVar[dict[str, str]] = {}

    _read_again: list[str]
    """The lists that earlier runs have listed as failed and this one has read."""

    @override
    def requests_for_changes(self, size: Size) -> Iterator[Requests]:
        for post in self.run.streams.values():
            if isinstance(post, PostStream):
                yield post.requests_for_hidden(size)
        yield from super().requests_for_changes(size)

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        fresh = [
            stream
            for stream in self.family
            if stream.is_incremental and not stream.bookmark and "trash" not in stream.entry
        ]
        # What is on what is hidden is part of the full read that begins now.
        note_hidden(map(Progress, fresh), Hidden(self.hidden_now))
        self._read_again = []
        yield from super().read(context)
        # Not before what is in them has been written.
        for key in self._read_again:
            for stream in self.family:
                stream.retry_no_more(key)

    @override
    def everything(
        self,
        statuses: Sequence[str],
        expand: tuple[str, ...],
        cursor: str | None = None,
        *,
        tag: str,
    ) -> Iterator[Batch]:
        batches = super().everything(statuses, expand, cursor, tag=tag)
        return self.placed(batches) if CONTAINER in expand else batches

    @override
    def changed_since(self, start: str, expand: tuple[str, ...]) -> Iterator[Batch]:
        batches = super().changed_since(start, expand)
        return self.placed(batches) if CONTAINER in expand else batches

    def placed(self, batches: Iterable[Batch]) -> Iterator[Batch]:
        """Yield batches in which each item says what it is on, as far as the site tells."""
        for batch in batches:
            yield replace(batch, items=[*self._with_containers(batch.items)])

    def _with_containers(self, items: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        content_filter = ContentFilter.of(self.run)
        for item in items:
            if records.container_type(item) is not None:
                yield item
            elif container := content_filter.container_of(item):
                yield {**item, CONTAINER: container}
            else:
                yield from self.unplaced(item)

    def unplaced(self, item: dict[str, Any]) -> Iterable[dict[str, Any]]:
        """Return what is to be made of an item of which nobody says what it is on."""
        return [item]

    @property
    @override
    def hidden_now(self) -> Mapping[str, str | None]:
        posts = (s for s in self.run.streams.values() if isinstance(s, PostStream))
        return {item_id: status for post in posts for item_id, status in post.hidden_now.items()}

    @override
    def take_in_hidden(self, family: Family, hidden: Hidden) -> None:
        """Do nothing: what is on something hidden has to be new, and is not hidden itself."""

    @override
    def hidden_work(
        self,
        family: Family,
        full_table: Sequence[FullTableDetailStream],
        hidden: Hidden,
    ) -> Iterator[Work]:
        late = [p for stream, p in family.items() if "trash" in stream.entry]
        containers = [
            item_id
            for item_id, status in hidden.marks.items()
            if any(progress.lacks_trashed(item_id, status, hidden.digest) for progress in late)
        ]
        yield from self._hidden_work_on(containers, family)
        # By then the inventory has been read to its end.
        self.reader.wait_for_turn()
        yield from self._hidden_work_on(self.unfound.on(hidden.marks.keys(), containers), family)

    @cached_property
    def unfound(self) -> Unfound:
        """What the inventory of this run has seen to change."""
        began = [known.began for s in reconciled(self.family) if (known := s.evidence)]
        return Unfound(min(began, default=None), self.bookmark_overlap)

    def _hidden_work_on(self, containers: Sequence[str], family: Family) -> Iterator[Work]:
        for item in self._items_on(containers, list(family)):
            lacking = [
                stream
                for stream, progress in family.items()
                if self.concerns(stream, item) and progress.lacks_on_trashed(*self.dated(item))
            ]
            if lacking:
                yield Work(item, lacking)

    @override
    def retries(self) -> Iterator[Work]:
        yield from super().retries()
        lists = [
            item_id.removesuffix(CHILDREN)
            for item_id in {key for failed in self.failed_before.values() for key in failed}
            if item_id.endswith(CHILDREN)
        ]
        streams = list(self.failed_before)
        for item in self._items_on(sorted(lists), streams, is_retried=True):
            if due := [stream for stream in streams if self.concerns(stream, item)]:
                yield Work(item, due)

    def _items_on(
        self,
        containers: Sequence[str],
        streams: Sequence[ConfluenceStream],
        *,
        is_retried: bool = False,
    ) -> Iterator[dict[str, Any]]:
        """Read what is on some pages and blog posts.

        Args:
            containers: The ids of these.
            streams: What it is read for; where a list cannot be read, they list that.
            is_retried: Whether it is for these lists that earlier runs failed.
        """
        if not self.wanted_statuses:
            return

        def call(container: str) -> Callable[[], KeptRows]:
            get = partial(self.get_items_on, container, self.expansion(), tag=self.name)
            return partial(self.reader.client.once, get) if is_retried else get

        for container, future in self.reader.look_ahead(containers, call):
            if future is None:
                continue
            try:
                items = self.reader.result(future)
                yield from self._on(container, items)
            except ScopeError:
                raise
            except (RefusedError, RetriesExhaustedError) as error:
                self.note_unread(container, of_item(error), streams)
                if is_retried and isinstance(error, RetriesExhaustedError):
                    continue
            if is_retried:
                self._read_again.append(f"{container}{CHILDREN}")

    def get_items_on(self, container: str, expand: tuple[str, ...], *, tag: str) -> KeptRows:
        """Get what is on a page or blog post, in little memory. Runs in a worker thread.

        Raises:
            RefusedError: The page or blog post is gone, or may not be read.
            RetriesExhaustedError: The site fails for it.
        """
        path = f"{CONTENT}/{container}/child/{self.kind}"
        limit = limit_for(expand, self.reader.page_size)
        query = Query(path, self.params_of_list, tag, expand, limit)
        return KeptRows.of(read_items(self.reader.client, query))

    def note_unread(
        self,
        container: str,
        error: RefusedError,
        streams: Iterable[ConfluenceStream],
        *,
        what: str = "what is on",
    ) -> None:
        """Take note that what is on a page or blog post cannot be read.

        Args:
            container: Its id.
            error: Why.
            streams: What is made of it.
            what: How much of it, in words.
        """
        self.note_skipped(f"{what} {container}", error)
        for stream in streams:
            if not isinstance(error, NotFoundError):
                stream.leave_incomplete()
            if isinstance(error, FailedItemError):
                stream.retry_later(f"{container}{CHILDREN}", None, error)

    def _on(self, container_id: str, items: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """Yield what one page, blog post or file bears, each saying so."""
        posts = (s for s in self.run.streams.values() if isinstance(s, PostStream))
        kind = next((s.kind for s in posts if container_id in s.hidden_now), records.ATTACHMENT)
        for item in items:
            known = records.container_type(item) is not None
            yield item if known else {**item, CONTAINER: {"id": container_id, "type": kind}}
