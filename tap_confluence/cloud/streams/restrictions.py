"""Who alone may read or update pages, blog posts, and what lies among them. Only REST v1 tells.

A search spells out the restrictions of 200 pages at a time. What it does not find is asked for one
by one.
"""

from __future__ import annotations

import logging
from abc import abstractmethod
from functools import cached_property, partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar

from typing_extensions import override

from tap_confluence.cloud.api.content_search import Expansion
from tap_confluence.cloud.filters.content_filter import ContentFilter
from tap_confluence.cloud.streams.blog_posts import BlogPosts
from tap_confluence.cloud.streams.expanded_search import (
    ExpandedSearch,
    SearchedStream,
    requests_for_search,
)
from tap_confluence.cloud.streams.hierarchy import TreeItemReadingStream
from tap_confluence.cloud.streams.pages import Pages
from tap_confluence.errors import GAVE_UP, FailedItemError, RetriesExhaustedError
from tap_confluence.rest_v1.search import CONTENT_SEARCH
from tap_confluence.schemas.restrictions import (
    BLOG_POST_RESTRICTION,
    DATABASE_RESTRICTION,
    EMBED_RESTRICTION,
    FOLDER_RESTRICTION,
    PAGE_RESTRICTION,
    WHITEBOARD_RESTRICTION,
)
from tap_confluence.streams.cost import Requests
from tap_confluence.streams.restrictions import (
    EXPAND,
    RestrictionReader,
    expanded_restrictions,
    unread,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.cloud.streams.content import ContentStream
    from tap_confluence.streams.cost import Size

logger = logging.getLogger("tap-confluence")

NOT_ANSWERED = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.METHOD_NOT_ALLOWED,
        HTTPStatus.GONE,
    }
)
"""How a site may answer that does not know a question."""

UNSUPPORTED = "unsupported"
"""What the reason begins with where a site does not tell restrictions of a kind at all."""

RESTRICTIONS = Expansion("restrictions", EXPAND, expanded_restrictions)


class RestrictionStream(SearchedStream):
    """The restrictions of all content of a kind, those in the trash left out.

    What the site does not tell the restrictions of has a marker in their place, so that it does not
    count as open.

    Attributes:
        owner_key: Under which name a record carries the id of what it restricts.
    """

    path = CONTENT_SEARCH
    scope = "read:content-details:confluence"
    selected_by_default = False
    expansion = RESTRICTIONS
    owner_key: ClassVar[str]

    @property
    @abstractmethod
    def search(self) -> ExpandedSearch:
        """What a search tells of all that can be restricted and read."""

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        single = RestrictionReader(self.reader.client, self.name)
        search = ContentFilter.of(self.run).content_search
        singly: list[str] = []
        for found in self.search.results(tag=self.name):
            rows = found["told"].get(RESTRICTIONS.name)
            if rows is None:
                singly.append(found["id"])
                continue
            single.note_read()
            yield from self._records(found["id"], rows)
        if singly:
            search.check()
        for item_id, future in self.reader.look_ahead(singly, lambda i: partial(single.get, i)):
            rows = self.reader.result(future) if future else []
            # The marker of what cannot be read is written at the end.
            if item_id not in single.unread:
                yield from self._records(item_id, rows)
        yield from self.mark_unread(single)

    def mark_unread(self, single: RestrictionReader) -> Iterator[Record]:
        """Write the markers of what the site did not tell the restrictions of.

        Raises:
            ForbiddenError: It forbids all of them.
            RetriesExhaustedError: It fails for all of them.
        """
        single.check()
        yield from self._skipped(single)

    def _skipped(self, single: RestrictionReader) -> Iterator[Record]:
        for item_id, error in single.unread.items():
            self.note_skipped(item_id, error)
            yield {self.owner_key: item_id, **unread(str(error))}

    def _records(self, item_id: str, rows: Iterable[dict[str, Any]]) -> Iterator[Record]:
        return ({self.owner_key: item_id, **row} for row in rows)


class PostRestrictionStream(RestrictionStream):
    """The restrictions of all pages or blog posts.

    Attributes:
        posts: The stream of these.
    """

    posts: ClassVar[type[ContentStream]]

    @property
    @override
    def searched(self) -> ContentStream:
        return self.stream_of(self.posts)

    @property
    @override
    def search(self) -> ExpandedSearch:
        return self.searched.search

    @override
    def requests(self, size: Size) -> Iterator[Requests]:
        amount = size[self.searched.name]
        yield self.searched.whole_list(size)
        yield requests_for_search(size, amount, self.searched.name)
        yield Requests(amount.unsearched)


class PageRestrictions(PostRestrictionStream):
    """Who alone may read or update which page."""

    name = "page_restrictions"
    primary_keys = ("pageId", "operation", "principalType", "principalId")
    schema = PAGE_RESTRICTION
    posts = Pages
    owner_key = "pageId"


class BlogPostRestrictions(PostRestrictionStream):
    """Who alone may read or update which blog post."""

    name = "blog_post_restrictions"
    primary_keys = ("blogPostId", "operation", "principalType", "principalId")
    schema = BLOG_POST_RESTRICTION
    posts = BlogPosts
    owner_key = "blogPostId"


class TreeItemRestrictionStream(RestrictionStream, TreeItemReadingStream):
    """The restrictions of what is of one type among the pages.

    That sites tell them is not documented: REST v1 takes the id of any content.
    """

    request_per = "item"

    @property
    @override
    def searched(self) -> None:
        return None

    @cached_property
    @override
    def search(self) -> ExpandedSearch:
        return ExpandedSearch(self.run, self.name, self._items, lambda: [self])

    @override
    def requests(self, size: Size) -> Iterator[Requests]:
        yield from super().requests(size)
        amount = size[f"{self.kind}s"]
        yield requests_for_search(size, amount, self.name)
        yield Requests(amount.unsearched)

    def _items(self, _: str) -> Iterator[Record]:
        return ({"id": item_id, "status": status} for item_id, status in self.statuses().items())

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        try:
            yield from super().read(context)
        except RetriesExhaustedError as error:
            # A site may have nothing better to say about what it does not know. Where it is out
            # altogether, the next stream says so.
            raise FailedItemError(error) from error
        if not ContentFilter.of(self.run).tree_discovery.is_complete:
            self.leave_incomplete()

    @override
    def mark_unread(self, single: RestrictionReader) -> Iterator[Record]:
        errors = single.unread
        statuses = {error.status for error in errors.values()}
        if single.has_read or not errors or statuses - NOT_ANSWERED - {GAVE_UP}:
            yield from super().mark_unread(single)
            return
        if GAVE_UP in statuses:
            # There may be but one of them.
            yield from self._skipped(single)
            return
        reason = f"{UNSUPPORTED}: {next(iter(errors.values()))}"
        logger.warning(
            "The site does not tell the restrictions of any %s: what lies under one counts as "
            "closed (%s)",
            self.kind,
            reason,
        )
        for item_id in errors:
            yield {self.owner_key: item_id, **unread(reason)}


class FolderRestrictions(TreeItemRestrictionStream):
    """Who alone may read or update which folder, and what lies in it."""

    name = "folder_restrictions"
    primary_keys = ("folderId", "operation", "principalType", "principalId")
    schema = FOLDER_RESTRICTION
    kind = "folder"
    owner_key = "folderId"


class WhiteboardRestrictions(TreeItemRestrictionStream):
    """Who alone may read or update which whiteboard, and what lies under it."""

    name = "whiteboard_restrictions"
    primary_keys = ("whiteboardId", "operation", "principalType", "principalId")
    schema = WHITEBOARD_RESTRICTION
    kind = "whiteboard"
    owner_key = "whiteboardId"


class DatabaseRestrictions(TreeItemRestrictionStream):
    """Who alone may read or update which database, and what lies under it."""

    name = "database_restrictions"
    primary_keys = ("databaseId", "operation", "principalType", "principalId")
    schema = DATABASE_RESTRICTION
    kind = "database"
    owner_key = "databaseId"


class EmbedRestrictions(TreeItemRestrictionStream):
    """Who alone may read or update which Smart Link, and what lies under it."""

    name = "embed_restrictions"
    primary_keys = ("embedId", "operation", "principalType", "principalId")
    schema = EMBED_RESTRICTION
    kind = "embed"
    owner_key = "embedId"
