"""Comments at the foot of content and on its text, with all replies."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, ClassVar

from typing_extensions import override

from tap_confluence import schemas
from tap_confluence.cloud.api.incremental_list import NEWEST_FIRST, OLDEST_FIRST, lean
from tap_confluence.cloud.api.replies import get_replies
from tap_confluence.cloud.streams.content import ContentStream
from tap_confluence.errors import GAVE_UP, NotFoundError, RefusedError
from tap_confluence.streams.parents import Work
from tap_confluence.timestamps import is_due

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.http import ListPage, ListRequest

SCOPE = "read:comment:confluence"
FOOTER_COMMENTS = "/api/v2/footer-comments"
INLINE_COMMENTS = "/api/v2/inline-comments"

CONTAINER_KEYS = ("pageId", "blogPostId", "attachmentId", "customContentId")
"""What may hold the id of the content that a comment is on."""


class CommentStream(ContentStream):
    """Comments of one kind on one kind of content, replies of any depth included.

    Whether the site-wide list includes replies is not documented. One reply in the list settles
    it, for this and later runs; until one is seen, each comment is asked for its replies.

    Attributes:
        container_key: What holds the id of the content commented on.
    """

    scope = SCOPE
    owner_key = "commentId"
    takes_spaces = False
    container_key: ClassVar[str]

    @override
    def belongs(self, item: dict[str, Any]) -> bool:
        if all(item.get(key) is None for key in CONTAINER_KEYS):
            self._note_unplaced(str(item["id"]))
        return item.get(self.container_key) is not None

    def _note_unplaced(self, comment_id: str) -> None:
        """Name a comment of which the site does not say what it is on, once for all streams."""
        if self.container_key == CONTAINER_KEYS[0] and comment_id not in self._unplaced:
            self._unplaced.add(comment_id)
            # What an earlier run has written of it may still be there.
            self.skip(comment_id, RefusedError("the site does not say what it is on", GAVE_UP))

    @cached_property
    def _unplaced(self) -> set[str]:
        return set()

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        if self._lists_replies(tag=self.name):
            yield from super().read(context)
        else:
            yield from self._read_threads()

    @override
    def all_items(self, *, tag: str) -> Iterator[dict[str, Any]]:
        if self._lists_replies(tag=tag):
            yield from super().all_items(tag=tag)
            return
        [first] = self.lists(tag=tag, bodies=False)
        roots = self.wanted(self.reader.items(first))
        for root, replies in self._threads(roots, tag=tag):
            yield root
            yield from replies

    def _to_begin_with(self, *, tag: str) -> ListRequest:
        """Return the request that the walk over the changes begins with."""
        [first] = self.lists(tag=tag)
        order = NEWEST_FIRST if self.is_incremental and self.bookmark else OLDEST_FIRST
        return replace(first, params={**first.params, "sort": order})

    def _lists_replies(self, *, tag: str) -> bool:
        """Tell whether the list includes the replies; where nothing is wanted, none is read."""
        if self.content_filter.leaves_nothing or self.entry.get("repliesListed"):
            return True
        first = self._to_begin_with(tag=tag)
        if not self.reader.any_once(first, _is_reply, go_on=_without_body):
            return False
        self.entry["repliesListed"] = True
        return True

    def _read_threads(self) -> Iterator[Record]:
        """Read all comments that are no reply, and ask each for its replies.

        A reply may be newer than comments further on in the list, so the bookmark moves at the
        end only.
        """
        start = self.starting_point()
        latest = start
        [first] = self.lists(tag=self.name)
        roots = self.wanted(filter(self.belongs, self.reader.items(first)))

        def work() -> Iterator[Work]:
            nonlocal latest
            for root, replies in self._threads(roots, tag=self.name):
                container = {self.container_key: root[self.container_key]}
                for comment in (root, *({**container, **reply} for reply in replies)):
                    timestamp = self.timestamp(comment)
                    latest = self.latest(latest, timestamp)
                    if is_due(timestamp, start):
                        yield Work(comment, [self])

        yield from self.write(work())
        self.advance(latest)

    def _threads(
        self, roots: Iterable[dict[str, Any]], *, tag: str
    ) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
        """Get the replies to each of some comments, to any depth."""
        [first] = self.lists(tag=tag)
        params = {key: value for key, value in first.params.items() if key != "limit"}

        def call(root: dict[str, Any]) -> Callable[[], list[dict[str, Any]]]:
            return partial(
                get_replies, self.reader.client, self.path, str(root["id"]), params, tag=tag
            )

        for root, future in self.reader.look_ahead(roots, call):
            try:
                replies = self.reader.result(future) if future else []
            except NotFoundError as error:
                self.note_skipped(str(root["id"]), error)
                replies = []
            yield root, replies


def _without_body(_: ListPage, following: ListRequest) -> ListRequest:
    return lean(following)


def _is_reply(comment: dict[str, Any]) -> bool:
    return comment.get("parentCommentId") is not None


class PageFooterComments(CommentStream):
    """Comments at the foot of pages."""

    name = "page_footer_comments"
    path = FOOTER_COMMENTS
    container_key = "pageId"
    schema = schemas.PAGE_FOOTER_COMMENT


class PageInlineComments(CommentStream):
    """Comments on a piece of text of pages."""

    name = "page_inline_comments"
    path = INLINE_COMMENTS
    container_key = "pageId"
    schema = schemas.PAGE_INLINE_COMMENT


class BlogPostFooterComments(CommentStream):
    """Comments at the foot of blog posts."""

    name = "blog_post_footer_comments"
    path = FOOTER_COMMENTS
    container_key = "blogPostId"
    schema = schemas.BLOG_POST_FOOTER_COMMENT


class BlogPostInlineComments(CommentStream):
    """Comments on a piece of text of blog posts."""

    name = "blog_post_inline_comments"
    path = INLINE_COMMENTS
    container_key = "blogPostId"
    schema = schemas.BLOG_POST_INLINE_COMMENT


class AttachmentFooterComments(CommentStream):
    """Comments on files."""

    name = "attachment_footer_comments"
    path = FOOTER_COMMENTS
    container_key = "attachmentId"
    schema = schemas.ATTACHMENT_FOOTER_COMMENT


class CustomContentFooterComments(CommentStream):
    """Comments on what apps keep."""

    name = "custom_content_footer_comments"
    path = FOOTER_COMMENTS
    container_key = "customContentId"
    schema = schemas.CUSTOM_CONTENT_FOOTER_COMMENT
