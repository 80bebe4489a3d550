"""What there is on the site, in every run complete: what is missing here is gone."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tap_confluence.datacenter.streams.contained import ContainedStream
from tap_confluence.datacenter.streams.content import ContentStream
from tap_confluence.rest_v1 import records
from tap_confluence.streams.cost import Requests
from tap_confluence.streams.inventory import InventoryStream
from tap_confluence.streams.reconciliation import reconciled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.datacenter.api.batches import Batch
    from tap_confluence.streams.cost import Size

SOURCES: Mapping[str, tuple[str, ...]] = {
    "pages": ("ancestors",),
    "blog_posts": (),
    "page_footer_comments": ("container", "ancestors", "extensions.resolution"),
    "attachments": (),
}
"""The streams whose lists hold all content, each list once, and what tells where an item is.

Comments come before the files that some of them are on."""

EXPAND = ("space", "version")


class ContentInventory(InventoryStream):
    """One row for each page, blog post, comment and attachment, without bodies."""

    _lists: Iterable[tuple[ContentStream, Iterable[Batch]]] | None = None

    @override
    def prepare(self) -> None:
        if not self.run.filters.by_anything:
            self._lists = [
                (source, self.reader.begin(partial(self._list, source)))
                for source in self._sources()
            ]

    @override
    def requests(self, size: Size) -> Iterator[Requests]:
        for source in self._sources():
            yield Requests(source.requests_for_list(size, _expansion_of(source)))
        yield from super().requests(size)

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        lists = ((source, self._list(source)) for source in self._sources())
        for source, batches in self._lists or lists:
            streams = reconciled(s for s in (source, *source.child_streams) if s.selected)
            self.begin_sightings(streams)
            for batch in batches:
                source.report(batch, [self])
                for item in batch.items:
                    self.meet({"version": records.version(item.get("version") or {})})
                    concerned = [s for s in streams if source.concerns(s, item)]
                    self.see(source.record(item), concerned)
                    self._note_container(source, item)
                    yield _row(source, item)

    def _note_container(self, source: ContentStream, item: dict[str, Any]) -> None:
        """Take note of what an item is on, for the streams that may have to read it from there."""
        if not isinstance(source, ContainedStream):
            return
        container_id = str((item.get("container") or {}).get("id"))
        source.unfound.note(container_id, source.timestamp(item))
        for stream in self._contained:
            stream.unfound.note_place(source.id_to_ask_by(item), container_id)

    @cached_property
    def _contained(self) -> list[ContainedStream]:
        return [stream for stream in self._sources() if isinstance(stream, ContainedStream)]

    def _sources(self) -> Iterator[ContentStream]:
        streams = map(self.stream_named, SOURCES)
        return (stream for stream in streams if isinstance(stream, ContentStream))

    def _list(self, source: ContentStream) -> Iterator[Batch]:
        return source.listed(source.wanted_statuses, _expansion_of(source), tag=self.name)


def _expansion_of(source: ContentStream) -> tuple[str, ...]:
    return (*EXPAND, *SOURCES[source.name])


def _row(source: ContentStream, item: dict[str, Any]) -> Record:
    kind = source.kind
    if kind == "comment":
        kind = "inline-comment" if records.is_inline(item) else "footer-comment"
    return {
        "id": source.identity(item),
        "type": kind,
        "spaceId": records.space_id(item),
        "status": item.get("status"),
        "title": item.get("title"),
        "modifiedAt": records.modified_at(item),
    }
