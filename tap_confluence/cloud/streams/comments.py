"""Comments at the foot of content and on its text, with all replies."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, ClassVar

from typing_extensions import override

from tap_confluence.cloud.api.incremental_list import NEWEST_FIRST, OLDEST_FIRST, lean
from tap_confluence.cloud.api.replies import get_replies
from tap_confluence.cloud.streams.content import ContentStream
from tap_confluence.cloud.streams.custom_content import NO_OWN_TYPES
from tap_confluence.errors import GAVE_UP, FailedItemError, NotFoundError, RefusedError
from tap_confluence.filters.left_out import before_start, names_left_out
from tap_confluence.schemas.comments import (
    ATTACHMENT_FOOTER_COMMENT,
    BLOG_POST_FOOTER_COMMENT,
    BLOG_POST_INLINE_COMMENT,
    CUSTOM_CONTENT_FOOTER_COMMENT,
    PAGE_FOOTER_COMMENT,
    PAGE_INLINE_COMMENT,
)
from tap_confluence.streams.failures import Failures, ShareOfFailures, outage
from tap_confluence.streams.parents import Work
from tap_confluence.streams.reconciliation import begin_reconciliation
from tap_confluence.streams.state import CHILDREN
from tap_confluence.timestamps import is_due

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.cloud.api.replies import Thread
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
        return super().belongs(item)

    @override
    def holds(self, item: dict[str, Any]) -> bool:
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
        for root, thread in self._threads(roots, tag=tag):
            yield root
            # What a reply is on, the list of replies does not say.
            container = {key: root[key] for key in CONTAINER_KEYS if root.get(key) is not None}
            yield from ({**container, **reply} for reply in thread.replies)

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
        begin_reconciliation([self])
        is_whole = bool(self.begin_whole_reads())
        start = self.reconciliation.table_start if is_whole else self.starting_point()
        latest = self.starting_point()
        self.begin_retries([self])
        [first] = self.lists(tag=self.name)
        roots = self.wanted(self._own(self.reader.items(first)))
        tell = names_left_out(self.name)
        share = ShareOfFailures()
        last: FailedItemError | None = None
        read_again: list[str] = []
        met: set[str] = set()

        def work() -> Iterator[Work]:
            nonlocal latest, last
            for root, thread in self._threads(roots, tag=self.name):
                share.asked += 1
                if error := self._list_unread(thread, start):
                    share.failed += 1
                    last = error
                container = {self.container_key: root[self.container_key]}
                comments = [root, *({**container, **reply} for reply in thread.replies)]
                latest = self.latest(latest, *map(self.timestamp, comments))
                met.update(self._listed_of(comments))
                again = self._read_again(comments, thread)
                read_again.extend(again)
                since = self._earliest(start, again)
                for comment in comments:
                    item_id, timestamp = self.dated(comment)
                    is_listed = self.is_listed(self, item_id, timestamp) and not is_whole
                    if is_due(timestamp, since) and not is_listed:
                        yield Work(comment, [self])
                    elif tell and not self.bookmark:
                        tell(comment["id"], before_start(timestamp, start))

        yield from self.write(work())
        if share.is_outage and last is not None:
            what = f"the replies to {share.failed} of {share.asked} comments"
            raise outage(self.name, what, last)
        self.advance(latest)
        listed = {key for key in self.failed_before[self] if key.endswith(CHILDREN)}
        gone = set() if self.is_partial else listed - met
        # Not before what is in them has been written.
        for key in (*read_again, *gone):
            self.retry_no_more(key)
        yield from self.write(self.retries())

    def _list_unread(self, thread: Thread, start: str | None) -> FailedItemError | None:
        """List what the site fails to give of a thread.

        Args:
            thread: The thread.
            start: From which time on replies are wanted.

        Returns:
            How it fails, if it did not do so before.
        """
        before = self.failed_before[self]
        found = None
        for comment_id, error in thread.unread.items():
            key = f"{comment_id}{CHILDREN}"
            if isinstance(error, FailedItemError):
                self.retry_later(key, before.get(key, start), error)
                found = found if key in before else error
        return found

    def _read_again(self, comments: Iterable[dict[str, Any]], thread: Thread) -> list[str]:
        """Return which lists of a thread were read that an earlier run has listed as failed."""
        return [
            key
            for key, comment_id in self._listed_of(comments).items()
            if comment_id not in thread.unread
        ]

    def _listed_of(self, comments: Iterable[dict[str, Any]]) -> dict[str, str]:
        """Return which lists of replies to some comments an earlier run has listed as failed."""
        keys = {
            f"{comment_id}{CHILDREN}": comment_id for comment_id in map(self.identity, comments)
        }
        before = self.failed_before[self]
        return {key: comment_id for key, comment_id in keys.items() if key in before}

    def _earliest(self, start: str | None, read_again: Iterable[str]) -> str | None:
        """Return from which time on comments of a thread are due.

        Args:
            start: From which time on those of all threads are.
            read_again: The lists that an earlier run has failed to read.
        """
        since = [start, *(self.failed_before[self][key] for key in read_again)]
        return None if None in since else min(filter(None, since))

    def _threads(
        self, roots: Iterable[dict[str, Any]], *, tag: str
    ) -> Iterator[tuple[dict[str, Any], Thread]]:
        """Get the replies to each of some comments, to any depth.

        Args:
            roots: The comments.
            tag: Under which name the requests are counted: of the stream that needs them.
        """
        [first] = self.lists(tag=tag)
        params = {key: value for key, value in first.params.items() if key != "limit"}
        reading = self.stream_named(tag)
        once = {key.removesuffix(CHILDREN) for key in self.failed_items if key.endswith(CHILDREN)}

        def call(root: dict[str, Any]) -> Callable[[], Thread]:
            get = partial(get_replies, self.reader.client, self.path, str(root["id"]), params)
            return partial(get, tag=tag, once=once)

        failures = Failures()
        for root, future in self.reader.look_ahead(roots, call):
            if future is None:
                continue
            thread = self.reader.result(future)
            for comment_id, error in thread.unread.items():
                if isinstance(error, FailedItemError):
                    failures.add(error.error)
                is_gone = isinstance(error, NotFoundError)
                reading.skip(f"the replies to {comment_id}", error, is_gone=is_gone)
            if not thread.unread:
                failures.end()
            yield root, thread


def _without_body(_: ListPage, following: ListRequest) -> ListRequest:
    return lean(following)


def _is_reply(comment: dict[str, Any]) -> bool:
    return comment.get("parentCommentId") is not None


class PageFooterComments(CommentStream):
    """Comments at the foot of pages."""

    name = "page_footer_comments"
    path = FOOTER_COMMENTS
    container_key = "pageId"
    schema = PAGE_FOOTER_COMMENT


class PageInlineComments(CommentStream):
    """Comments on a piece of text of pages."""

    name = "page_inline_comments"
    path = INLINE_COMMENTS
    container_key = "pageId"
    schema = PAGE_INLINE_COMMENT


class BlogPostFooterComments(CommentStream):
    """Comments at the foot of blog posts."""

    name = "blog_post_footer_comments"
    path = FOOTER_COMMENTS
    container_key = "blogPostId"
    schema = BLOG_POST_FOOTER_COMMENT


class BlogPostInlineComments(CommentStream):
    """Comments on a piece of text of blog posts."""

    name = "blog_post_inline_comments"
    path = INLINE_COMMENTS
    container_key = "blogPostId"
    schema = BLOG_POST_INLINE_COMMENT


class AttachmentFooterComments(CommentStream):
    """Comments on files."""

    name = "attachment_footer_comments"
    path = FOOTER_COMMENTS
    container_key = "attachmentId"
    schema = ATTACHMENT_FOOTER_COMMENT


class CustomContentFooterComments(CommentStream):
    """Comments on what apps keep."""

    name = "custom_content_footer_comments"
    path = FOOTER_COMMENTS
    container_key = "customContentId"
    schema = CUSTOM_CONTENT_FOOTER_COMMENT
    not_on_data_center = NO_OWN_TYPES
