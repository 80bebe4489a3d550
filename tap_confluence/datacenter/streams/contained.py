"""What comments and attachments have in common: they are on pages and blog posts."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from typing_extensions import override

from tap_confluence.datacenter.api.batches import Query, collect
from tap_confluence.datacenter.api.paths import CONTENT
from tap_confluence.datacenter.streams.content import ContentStream
from tap_confluence.datacenter.streams.content_list import limit_for
from tap_confluence.datacenter.streams.posts import PostStream
from tap_confluence.errors import NotFoundError
from tap_confluence.streams.incremental import digest_of, note_hidden
from tap_confluence.streams.parents import Work
from tap_confluence.streams.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.streams.incremental import Family
    from tap_confluence.streams.parents import FullTableDetailStream


class ContainedStream(ContentStream):
    """Comments or attachments.

    A search no longer finds them when what they are on comes into the archive or the trash. So
    they are read from there, once.

    Attributes:
        params_of_list: The query parameters of the list of what one page or blog post bears.
    """

    params_of_list: ClassVar[dict[str, str]] = {}

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        fresh = [
            stream
            for stream in self.family
            if stream.is_incremental and not stream.bookmark and "trash" not in stream.entry
        ]
        # What is on what is hidden is part of the full read that begins now.
        note_hidden(map(Progress, fresh), self.hidden_now)
        yield from super().read(context)

    @property
    @override
    def hidden_now(self) -> Mapping[str, str | None]:
        posts = (s for s in self.run.streams.values() if isinstance(s, PostStream))
        return {item_id: status for post in posts for item_id, status in post.hidden_now.items()}

    @override
    def hidden_work(
        self,
        family: Family,
        full_table: Sequence[FullTableDetailStream],
        hidden: Mapping[str, str | None],
    ) -> Iterator[Work]:
        digest = digest_of(hidden)
        late = [p for stream, p in family.items() if "trash" in stream.entry]
        containers = [
            item_id
            for item_id, status in hidden.items()
            if any(progress.lacks_trashed(item_id, status, digest) for progress in late)
        ]
        for item in self._items_on(containers):
            if lacking := self.lacking(family, item):
                yield Work(item, lacking)

    def _items_on(self, containers: Sequence[str]) -> Iterator[dict[str, Any]]:
        if not self.wanted_statuses:
            return
        expand = self.expansion()

        def call(container: str) -> Callable[[], list[dict[str, Any]]]:
            path = f"{CONTENT}/{container}/child/{self.kind}"
            limit = limit_for(expand, self.reader.page_size)
            query = Query(path, self.params_of_list, self.name, expand, limit)
            return partial(collect, self.reader.client, query)

        for container, future in self.reader.look_ahead(containers, call):
            if future is None:
                continue
            try:
                yield from self.reader.result(future)
            except NotFoundError as error:
                self.note_skipped(f"what is on {container}", error)
