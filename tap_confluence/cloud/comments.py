"""Comments on pages and blog posts, at the foot and in the text, with all replies."""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from typing_extensions import override

from tap_confluence import schemas
from tap_confluence.client import ListRequest, collect
from tap_confluence.cloud.change_walk import NEWEST_FIRST
from tap_confluence.cloud.content import ContentStream
from tap_confluence.errors import NotFoundError
from tap_confluence.streams.lists import Work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.client import Client

SCOPE = "read:comment:confluence"
FOOTER_COMMENTS = "/api/v2/footer-comments"
INLINE_COMMENTS = "/api/v2/inline-comments"

REPLIES_LISTED = "repliesListed"
"""Under which key the state keeps that the site's list of comments includes the replies."""


class CommentStream(ContentStream):
    """Comments of one kind on one kind of content, replies of any depth included.

    Whether the site-wide list includes replies is not documented. One reply in the list settles
    it, for this and later runs; until one is seen, each comment is asked for its replies.

    Attributes:
        container_key: What holds the id of the page or blog post commented on.
    """

    scope = SCOPE
    owner_key = "commentId"
    is_shared = True
    container_key: ClassVar[str]

    @override
    def belongs(self, item: dict[str, Any]) -> bool:
        return item.get(self.container_key) is not None

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        if self._lists_replies():
            yield from super().read(context)
        else:
            yield from self._read_threads()

    @override
    def all_items(self) -> Iterator[dict[str, Any]]:
        if self._lists_replies():
            yield from super().all_items()
            return
        [first] = self.lists(bodies=False)
        for root, replies in self._threads(self.reader.items(first)):
            yield root
            yield from replies

    @override
    def prepare(self) -> None:
        if self.entry.get(REPLIES_LISTED):
            super().prepare()
        else:
            self.reader.ask_ahead(self._newest())

    def _newest(self) -> ListRequest:
        [first] = self.lists(bodies=False)
        params = {**first.params, "sort": NEWEST_FIRST}
        return self.reader.first_page(self.path, params, tag=self.name)

    def _lists_replies(self) -> bool:
        if self.entry.get(REPLIES_LISTED):
            return True
        if not self.reader.any_once(self._newest(), _is_reply):
            return False
        self.entry[REPLIES_LISTED] = True
        return True

    def _read_threads(self) -> Iterator[Record]:
        """Read all comments that are no reply, and ask each for its replies.

        A reply may be newer than comments further on in the list, so the bookmark moves at the
        end only, and not past the moment the walk began.
        """
        began = self._tap.site_moment()
        start = self.starting_point()
        latest = start
        [first] = self.lists()
        roots = filter(self.belongs, self.reader.items(first))
        for root, replies in self._threads(roots):
            container = {self.container_key: root[self.container_key]}
            thread = [root, *({**container, **reply} for reply in replies)]
            moments = [self.moment(comment) for comment in thread]
            yield from self.write(
                Work(comment, [self], moves_bookmark=False)
                for comment, moment in zip(thread, moments, strict=True)
                if start is None or moment is None or moment >= start
            )
            latest = max(filter(None, (latest, *moments)), default=None)
        self.advance(min(latest, began) if latest else None)

    def _threads(
        self, roots: Iterable[dict[str, Any]]
    ) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
        """Get the replies to each of some comments, to any depth."""
        [first] = self.lists()
        params = {key: value for key, value in first.params.items() if key != "limit"}

        def call(root: dict[str, Any]) -> Callable[[], list[dict[str, Any]]]:
            return partial(
                get_replies, self.reader.client, self.path, str(root["id"]), params, tag=self.name
            )

        for root, future in self.reader.look_ahead(roots, call):
            try:
                replies = self.reader.result(future) if future else []
            except NotFoundError as error:
                self._tap.note_skipped(self, str(root["id"]), error)
                replies = []
            yield root, replies


def get_replies(
    client: Client, path: str, comment_id: str, params: dict[str, Any], *, tag: str
) -> list[dict[str, Any]]:
    """Get the replies to a comment, and to those, parents before children.

    Args:
        client: The site.
        path: The list of comments the comment is from.
        comment_id: The comment.
        params: Query parameters, such as the body format.
        tag: Under which name the requests are counted.
    """
    replies: dict[str, dict[str, Any]] = {}
    unasked = deque([comment_id])
    while unasked:
        parent = unasked.popleft()
        children = ListRequest(f"{path}/{parent}/children", {**params, "limit": "250"}, tag)
        for reply in collect(client, children):
            reply_id = str(reply["id"])
            if reply_id not in replies:
                replies[reply_id] = {
                    **reply,
                    "parentCommentId": reply.get("parentCommentId") or parent,
                }
                unasked.append(reply_id)
    return list(replies.values())


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
