"""Comments at the foot of content and on its text, with all replies.

There is one list of all comments. It is read once, led by the stream of the most numerous ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from typing_extensions import override

from tap_confluence.datacenter.streams.contained import ContainedStream
from tap_confluence.errors import GAVE_UP, RefusedError
from tap_confluence.rest_v1 import records
from tap_confluence.schemas.comments import (
    ATTACHMENT_FOOTER_COMMENT,
    BLOG_POST_FOOTER_COMMENT,
    BLOG_POST_INLINE_COMMENT,
    PAGE_FOOTER_COMMENT,
    PAGE_INLINE_COMMENT,
)
from tap_confluence.statuses import CURRENT
from tap_confluence.streams.parents import DetailStream
from tap_confluence.streams.reconciliation import ReconciledStream

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.streams.base import ConfluenceStream
    from tap_confluence.streams.cost import Amount, Size


class Place:
    """Which comments a stream is made of.

    Attributes:
        container: On what they are: `page`, `blogpost` or `attachment`.
        is_inline: Whether they are on a passage of the text.
    """

    container: ClassVar[str]
    is_inline: ClassVar[bool]

    @classmethod
    def has(cls, item: dict[str, Any]) -> bool:
        """Tell whether a comment is one of these."""
        at = records.container_type(item), records.is_inline(item)
        return at == (cls.container, cls.is_inline)


class PageFooterComments(Place, ContainedStream):
    """Comments at the foot of pages; reads the list of all comments."""

    name = "page_footer_comments"
    kind = "comment"
    owner_key = "id"
    schema = PAGE_FOOTER_COMMENT
    container = "page"
    is_inline = False
    params_of_list: ClassVar[dict[str, str]] = {"depth": "all"}
    expand = (
        *("container", "ancestors", "version", "history"),
        *("extensions.inlineProperties", "extensions.resolution"),
    )

    @property
    @override
    def wanted_statuses(self) -> list[str]:
        # The setting is about what they are on.
        return [CURRENT]

    @override
    def amount(self, size: Size) -> Amount:
        return size["comments"]

    @override
    def record(self, item: dict[str, Any]) -> Record:
        return records.comment(item)

    @override
    def unplaced(self, item: dict[str, Any]) -> Iterable[dict[str, Any]]:
        # No stream is made of it; and what an earlier run has written of it may still be there.
        error = RefusedError("the site does not say what it is on", GAVE_UP)
        self.note_skipped(str(item["id"]), error)
        for stream in self.family:
            stream.leave_incomplete()
        return []

    @override
    def concerns(self, stream: ConfluenceStream, item: dict[str, Any]) -> bool:
        return isinstance(stream, Place) and bool(stream.has(item))

    @override
    def expanded(self, item: dict[str, Any], section: str) -> list[dict[str, Any]] | None:
        return [dict(self.shape(item))]

    @override
    def takes_body(self, stream: ConfluenceStream) -> bool:
        return isinstance(stream, Place)

    @override
    def has_row(self, stream: ConfluenceStream) -> bool:
        return isinstance(stream, Place)

    @override
    def body_formats(self) -> list[str]:
        # Whichever of the streams of comments they are for.
        body_format = self.config["body_format"]
        return [] if body_format == "none" else [body_format]


class OtherComments(Place, ReconciledStream, DetailStream):
    """Other comments of the list that the first stream reads."""

    section = "comments"
    primary_keys = ("id",)
    replication_key = "modifiedAt"
    parent_stream_type = PageFooterComments

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        yield from self.parent.rows(self)


class PageInlineComments(OtherComments):
    """Comments on a piece of text of pages."""

    name = "page_inline_comments"
    schema = PAGE_INLINE_COMMENT
    container = "page"
    is_inline = True


class BlogPostFooterComments(OtherComments):
    """Comments at the foot of blog posts."""

    name = "blog_post_footer_comments"
    schema = BLOG_POST_FOOTER_COMMENT
    container = "blogpost"
    is_inline = False


class BlogPostInlineComments(OtherComments):
    """Comments on a piece of text of blog posts."""

    name = "blog_post_inline_comments"
    schema = BLOG_POST_INLINE_COMMENT
    container = "blogpost"
    is_inline = True


class AttachmentFooterComments(OtherComments):
    """Comments on files."""

    name = "attachment_footer_comments"
    schema = ATTACHMENT_FOOTER_COMMENT
    container = records.ATTACHMENT
    is_inline = False
