"""What there is on the site, in every run complete: what is missing here is gone."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tap_confluence.cloud.streams.comments import CommentStream
from tap_confluence.cloud.streams.content import ContentStream
from tap_confluence.cloud.streams.custom_content import CustomContent
from tap_confluence.streams.cost import Requests
from tap_confluence.streams.inventory import InventoryStream

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.streams.cost import Size

KINDS = {
    "pages": "page",
    "blog_posts": "blogpost",
    "attachments": "attachment",
    "page_footer_comments": "footer-comment",
    "page_inline_comments": "inline-comment",
    "custom_content": "custom-content",
}
"""The streams whose lists hold all content, each list once, and what to call their items."""


class ContentInventory(InventoryStream):
    """One row for each page, blog post, comment, attachment and piece of custom content.

    Without bodies, so that it costs one request for 250 of them.
    """

    scope = "read:page:confluence, read:attachment:confluence, read:comment:confluence"

    @override
    def prepare(self) -> None:
        for source in map(self.stream_named, KINDS):
            if isinstance(source, CustomContent):
                # Which lists there are has to be asked first.
                self.reader.begin(partial(self._ask_ahead, source))
            elif isinstance(source, ContentStream):
                self._ask_ahead(source)

    def _ask_ahead(self, source: ContentStream) -> Iterable[Record]:
        source.ask_all_rows_ahead(tag=self.name)
        return ()

    @override
    def requests(self, size: Size) -> Iterator[Requests]:
        for name in KINDS:
            source = self.run.streams[name]
            if isinstance(source, CustomContent):
                yield source.requests_for_types()
            if isinstance(source, ContentStream):
                yield source.whole_list(size)
            if isinstance(source, CommentStream):
                yield Requests(source.searches_for_replies(size))
                if size.is_first and not self._streams_of(source):
                    # Whether its list holds replies is seen by the first page, as streams ask it.
                    yield Requests(1)
        yield from super().requests(size)

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        for name, kind in KINDS.items():
            source = self.run.streams[name]
            if isinstance(source, CustomContent) and source.lacks_types:
                self.leave_incomplete()
            if isinstance(source, ContentStream):
                streams = self._streams_of(source)
                self.begin_sightings(streams)
                for item in source.all_items(tag=self.name):
                    self.meet(item)
                    timestamp = source.timestamp(item)
                    self.see(item, [stream for stream in streams if stream.holds(item)])
                    yield _row(kind, item, timestamp)

    def _streams_of(self, source: ContentStream) -> list[ContentStream]:
        """Return the selected streams that are made of the list of one."""
        streams = (s for s in self.run.streams.values() if isinstance(s, ContentStream))
        return [stream for stream in streams if stream.selected and stream.path == source.path]


def _row(kind: str, item: dict[str, Any], timestamp: str | None) -> Record:
    return {
        "id": item["id"],
        "type": item.get("type") or kind,
        "spaceId": item.get("spaceId"),
        "status": item.get("status"),
        "title": item.get("title"),
        "modifiedAt": timestamp,
    }
