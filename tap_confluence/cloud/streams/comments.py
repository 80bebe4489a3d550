"""Comments at the foot of content and on its text, with all replies."""

from __future__ import annotations

import itertools
from collections import ChainMap
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, ClassVar

from typing_extensions import override

from tap_confluence.cloud.api.content_search import MOST_EXPANDED, Question
from tap_confluence.cloud.api.incremental_list import (
    NEWEST_FIRST,
    OLDEST_FIRST,
    PAGES_AHEAD,
    lean,
)
from tap_confluence.cloud.api.replies import REPLIES, RepliesSearch, Wanted, get_replies
from tap_confluence.cloud.streams.content import ContentStream
from tap_confluence.cloud.streams.custom_content import NO_OWN_TYPES
from tap_confluence.cloud.streams.expanded_search import WAYS
from tap_confluence.cloud.streams.threads_read import ThreadsRead
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
from tap_confluence.statuses import CURRENT
from tap_confluence.streams.cost import Requests, full_pages
from tap_confluence.streams.failures import Failures, ShareOfFailures, outage
from tap_confluence.streams.parents import Work
from tap_confluence.streams.state.state_format import CHILDREN
from tap_confluence.timestamps import is_due

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.cloud.api.replies import Thread, Told
    from tap_confluence.http import ListPage, ListRequest
    from tap_confluence.streams.base import ConfluenceStream
    from tap_confluence.streams.cost import Size

SCOPE = "read:comment:confluence"
FOOTER_COMMENTS = "/api/v2/footer-comments"
INLINE_COMMENTS = "/api/v2/inline-comments"

CONTAINER_KEYS = ("pageId", "blogPostId", "attachmentId", "customContentId")
"""What may hold the id of the content that a comment is on."""


SEARCHED_TOGETHER = 1_000
"""Comments whose replies are searched for together, so that few more searches find the replies to
these."""

TOLD_OF_REPLIES = ("id", "status", "title", "version", "parentCommentId")
"""What a search tells of a reply as well as the comment that it is a reply to."""

MOST_REPLIES = "250"
"""Replies to a comment to ask for at once."""


class ThreadWork(Work):
    """The end of a thread: a comment with all replies to it that are to be written."""


class CommentStream(ContentStream):
    """Comments of one kind on one kind of content, replies of any depth included.

    Whether the site-wide list includes replies is not documented. One reply in the list settles
    it, for this and later runs; until one is seen, a search tells which comments have replies, and
    those are asked for them.

    Attributes:
        container_key: What holds the id of the content commented on.
    """

    scope = SCOPE
    owner_key = "commentId"
    takes_spaces = False
    container_key: ClassVar[str]

    _threads_read: ThreadsRead

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
            self.entry.pop("threads", None)
            yield from super().read(context)
        else:
            yield from self._read_threads()

    @override
    def all_items(self, *, tag: str) -> Iterator[dict[str, Any]]:
        if self._lists_replies(tag=tag):
            yield from super().all_items(tag=tag)
            return
        wanted = Wanted(lambda _: False, takes_told=True)
        roots = self.wanted(self._oldest_first(tag=tag), stream=tag)
        for root, thread in self._threads(roots, wanted, tag=tag):
            yield root
            # What a reply is on, the list of replies does not say.
            container = {key: root[key] for key in CONTAINER_KEYS if root.get(key) is not None}
            for reply in thread.replies:
                # However it was found, the same is known of it.
                yield {**container, **{name: reply.get(name) for name in TOLD_OF_REPLIES}}

    @override
    def requests(self, size: Size) -> Iterator[Requests]:
        # The first page serves all streams of the same list.
        yield Requests(1, f"beginning of {self.path}")
        if size.is_first:
            yield Requests(self.requests_for_list(size) - 1)
        if searches := self.searches_for_replies(size):
            yield self.whole_list(size)
            yield Requests(searches, f"replies below {self.path}")

    def searches_for_replies(self, size: Size) -> int:
        """Return the requests that tell which comments have replies; none where lists do."""
        if size["listed_replies"].listed:
            return 0
        return full_pages(self.items_in_list(size), min(MOST_EXPANDED, size.page_size))

    @override
    def requests_for_list(self, size: Size) -> int:
        return size.pages(self.items_in_list(size))

    def items_in_list(self, size: Size) -> int:
        """Return how many comments the list holds, whatever they are on."""
        return size[self.path.rpartition("/")[2].replace("-", "_")].listed

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
        if self.is_incremental and self.bookmark:
            # The last run has seen none in the whole list, and this one will need all of it.
            found = any(map(is_reply, self._oldest_first(tag=tag)))
        else:
            found = self.reader.any_once(first, is_reply, go_on=_without_body)
        if not found:
            return False
        self.entry["repliesListed"] = True
        return True

    @override
    def ask_all_rows_ahead(self, *, tag: str) -> None:
        if self.entry.get("repliesListed") or not (self.is_incremental and self.bookmark):
            super().ask_all_rows_ahead(tag=tag)
        elif not self.content_filter.leaves_nothing:
            self.reader.ask_ahead_once(self._whole_list(tag=tag), further=PAGES_AHEAD)

    def _whole_list(self, *, tag: str) -> ListRequest:
        [first] = self.lists(tag=tag, bodies=False)
        return first.with_params(sort=OLDEST_FIRST)

    def _oldest_first(self, *, tag: str) -> Iterator[dict[str, Any]]:
        """Read the whole list without bodies, once a run for all streams that are made of it."""
        return self.reader.items_once(self._whole_list(tag=tag))

    def _read_threads(self) -> Iterator[Record]:
        """Read the comments that are no reply, then go through all of them for their replies.

        A reply may be newer than comments further on in the list, so the bookmark moves at the
        end only. A run that was killed before is gone on with where it was.
        """
        is_whole = bool(self.begin_whole_reads())
        self.begin_retries([self])
        start = self.reconciliation.table_start if is_whole else self.starting_point()
        self._threads_read = reading = ThreadsRead.of(self, start, is_whole=is_whole)
        once = {key.removesuffix(CHILDREN) for key in self.failed_items if key.endswith(CHILDREN)}
        wanted = Wanted(partial(is_due, start=start), once=once)
        share = ShareOfFailures()
        last: FailedItemError | None = None
        read_again: list[str] = []
        met: set[str] = set()

        def work() -> Iterator[Work]:
            nonlocal last
            if not reading.is_resumed:
                for due in self._roots_to_write(is_whole=is_whole):
                    reading.meet(self.timestamp(due.item))
                    yield due
            reading.meet(self.listed_until)
            for root, thread in self._threads(self._roots(), wanted, tag=self.name):
                share.asked += 1
                if error := self._list_unread(thread, start):
                    share.failed += 1
                    last = error
                container = {self.container_key: root[self.container_key]}
                replies = [{**container, **reply} for reply in thread.replies]
                met.update(map(self.identity, (root, *replies)))
                again = self._read_again(thread)
                read_again.extend(again)
                since = self._earliest(start, again)
                yield from self._due_replies(replies, since, is_whole=is_whole)
                yield ThreadWork(root, [])

        yield from self.write(work())
        if share.is_outage and last is not None:
            what = f"the replies to {share.failed} of {share.asked} comments"
            raise outage(self.name, what, last)
        reading.finish()
        # Not before what is in them has been written.
        for key in (*read_again, *self._gone(met)):
            self.retry_no_more(key)
        yield from self.write(self.retries())

    def _roots_to_write(self, *, is_whole: bool) -> Iterator[Work]:
        """Yield the comments that are no reply and have changed, or all of them."""
        if is_whole:
            yield from self.all_work([self])
            return
        for root in self._changes_of(self.progress()):
            if not self.is_listed(self, *self.dated(root)):
                yield Work(root, [self])

    def _roots(self) -> Iterator[dict[str, Any]]:
        """Read the comments that are no reply, oldest first, whose threads have yet to be read."""
        for root in self.wanted(filter(self.belongs, self._oldest_first(tag=self.name))):
            if is_due(self.timestamp(root), self._threads_read.until):
                yield root

    def _due_replies(
        self, replies: Iterable[dict[str, Any]], since: str | None, *, is_whole: bool
    ) -> Iterator[Work]:
        """Yield the replies that are to be written, of those that were changed since a time."""
        tell = names_left_out(self.name)
        for reply in replies:
            item_id, timestamp = self.dated(reply)
            self._threads_read.meet(timestamp)
            is_listed = self.is_listed(self, item_id, timestamp) and not is_whole
            if is_due(timestamp, since) and not is_listed:
                yield Work(reply, [self])
            elif tell and not self.bookmark:
                tell(item_id, before_start(timestamp, since))

    @override
    def judge(self, work: Work) -> None:
        if not isinstance(work, ThreadWork):
            super().judge(work)

    @override
    def written(self, work: Work) -> None:
        if isinstance(work, ThreadWork):
            self._threads_read.note(self.timestamp(work.item))
        super().written(work)

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

    def _read_again(self, thread: Thread) -> list[str]:
        """Return which lists of a thread were read that an earlier run has listed as failed."""
        before = self.failed_before[self]
        keys = (f"{comment_id}{CHILDREN}" for comment_id in thread.asked)
        return [key for key in keys if key in before]

    def _gone(self, met: Collection[str]) -> list[str]:
        """Return what an earlier run has listed as failed of comments that are gone.

        Args:
            met: The ids of those that are known to be there.
        """
        listed = [key for key in self.failed_before[self] if key.endswith(CHILDREN)]
        unmet = {key: key.removesuffix(CHILDREN) for key in listed}
        unmet = {key: comment_id for key, comment_id in unmet.items() if comment_id not in met}
        return [key for key, id_ in unmet.items() if not self._has(f"{self.path}/{id_}")]

    def _earliest(self, start: str | None, read_again: Iterable[str]) -> str | None:
        """Return from which time on comments of a thread are due.

        Args:
            start: From which time on those of all threads are.
            read_again: The lists that an earlier run has failed to read.
        """
        since = [start, *(self.failed_before[self][key] for key in read_again)]
        return None if None in since else min(filter(None, since))

    def _threads(
        self, roots: Iterable[dict[str, Any]], wanted: Wanted, *, tag: str
    ) -> Iterator[tuple[dict[str, Any], Thread]]:
        """Get the replies to each of some comments, to any depth.

        Args:
            roots: The comments.
            wanted: Which replies to get.
            tag: Under which name the requests are counted: of the stream that needs them.
        """
        [first] = self.lists(tag=tag)
        request = first.with_params(limit=MOST_REPLIES)
        client, reading = self.reader.client, self.stream_named(tag)
        questions = (Question([REPLIES], tag, params) for params in WAYS[CURRENT])
        search = RepliesSearch(
            self.reader,
            self.content_filter.content_search,
            questions,
            has_told=any(entry.get("repliesTold") for entry in self.run.bookmarks.values()),
        )
        remaining = iter(roots)
        failures = Failures()
        # Several streams go through the same comments, each of which is asked for replies once.
        name = f"comments of {self.path} without replies"
        childless: dict[str, Sequence[Record]] = self.reader.shared(name, dict)
        while some := list(itertools.islice(remaining, SEARCHED_TOGETHER)):
            ids = (str(root["id"]) for root in some)
            told = search.told(each for each in ids if each not in childless)
            if search.has_told:
                self.entry["repliesTold"] = True

            known = ChainMap(dict(told), childless)

            def call(root: dict[str, Any], known: Told = known) -> Callable[[], Thread]:
                return partial(get_replies, client, request, str(root["id"]), known, wanted)

            for root, future in self.reader.look_ahead(some, call):
                if future is None:
                    continue
                thread = self.reader.result(future)
                childless.update(dict.fromkeys(thread.childless, ()))
                self._note_unread(thread, failures, reading)
                yield root, thread

    def _note_unread(self, thread: Thread, failures: Failures, reading: ConfluenceStream) -> None:
        """Take note of the comments of a thread whose replies cannot be read."""
        for comment_id, error in thread.unread.items():
            if isinstance(error, FailedItemError):
                failures.add(error.error)
            is_gone = isinstance(error, NotFoundError)
            reading.skip(f"the replies to {comment_id}", error, is_gone=is_gone)
        if not thread.unread:
            failures.end()


def _without_body(_: ListPage, following: ListRequest) -> ListRequest:
    return lean(following)


def is_reply(comment: dict[str, Any]) -> bool:
    """Tell whether a comment is a reply to another one."""
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
