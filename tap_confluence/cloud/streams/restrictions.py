"""Who alone may read or update pages, blog posts, and what lies among them. Only REST v1 tells.

A search spells out the restrictions of 200 pages at a time. It is asked for pages by their ids,
which come from the lists of REST v2: so nothing is missed that its index does not have, be it
archived or written a moment ago. What it does not find is asked for one by one.
"""

from __future__ import annotations

import itertools
import logging
from abc import abstractmethod
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar

from typing_extensions import override

from tap_confluence.cloud.filters.content_filter import ContentFilter
from tap_confluence.cloud.streams.hierarchy import TreeItemReadingStream
from tap_confluence.errors import (
    GAVE_UP,
    FailedItemError,
    ForbiddenError,
    NotFoundError,
    RefusedError,
    RetriesExhaustedError,
)
from tap_confluence.http import FEW_AHEAD, CircleGuard, LinkPaginator, ListRequest, read_pages
from tap_confluence.rest_v1.search import CONTENT_SEARCH
from tap_confluence.schemas.restrictions import (
    BLOG_POST_RESTRICTION,
    DATABASE_RESTRICTION,
    EMBED_RESTRICTION,
    FOLDER_RESTRICTION,
    PAGE_RESTRICTION,
    WHITEBOARD_RESTRICTION,
)
from tap_confluence.statuses import ARCHIVED, CURRENT
from tap_confluence.streams.base import ConfluenceStream
from tap_confluence.streams.restrictions import (
    EXPAND,
    RestrictionReader,
    expanded_restrictions,
    unread,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.http import Client

    Found = dict[str, list[dict[str, Any]]]

logger = logging.getLogger("tap-confluence")

MOST_EXPANDED = 200
"""Items that a search gives at most with anything spelled out."""

IN_ARCHIVED_SPACES = {"includeArchivedSpaces": "true"}
ARCHIVED_ITSELF = {**IN_ARCHIVED_SPACES, "cqlcontext": '{"contentStatuses":["archived"]}'}
"""How to search for what a search passes over. Whether a site heeds it is not certain."""

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

FEW = 4
"""Items that are rather asked for one by one than searched for once more."""

RETRIES_OF_A_BATCH = 1
"""How often a batch is repeated before it is halved, to find out what is wrong with it."""


class RestrictionStream(ConfluenceStream):
    """The restrictions of all content of a kind, those in the trash left out.

    What the site does not tell the restrictions of has a marker in their place, so that it does not
    count as open.

    Attributes:
        owner_key: Under which name a record carries the id of what it restricts.
    """

    path = CONTENT_SEARCH
    scope = "read:content-details:confluence"
    selected_by_default = False
    owner_key: ClassVar[str]

    _single: RestrictionReader

    @abstractmethod
    def listed(self, archived: list[str]) -> Iterator[str]:
        """List the ids of all that can be restricted and read.

        Args:
            archived: Where to put those that a search hides for being archived, instead.
        """

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        self._single = RestrictionReader(self.reader.client, self.name)
        archived: list[str] = []
        missing = yield from self._search(self.listed(archived), {})
        singly = yield from self._try(missing, IN_ARCHIVED_SPACES)
        singly += yield from self._try(archived, ARCHIVED_ITSELF)
        for item_id, future in self.reader.look_ahead(singly, lambda i: partial(self._get, i)):
            yield from self._records(item_id, self.reader.result(future) if future else ())
        yield from self.mark_unread(self._single)

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

    def _get(self, item_id: str) -> Iterable[dict[str, Any]]:
        """Get the restrictions of one item; none of those whose marker is written at the end."""
        rows = self._single.get(item_id)
        return [] if item_id in self._single.unread else rows

    def _try(self, ids: list[str], params: Mapping[str, str]) -> Generator[Record, None, list[str]]:
        """Search in a way that a site may not heed; if it finds nothing at first, not any more.

        Returns:
            The ids of what is left.
        """
        if len(ids) <= FEW:
            return ids
        first, rest = ids[: self._batch_size], ids[self._batch_size :]
        missing = yield from self._search(first, params)
        if len(missing) < len(first):
            rest = yield from self._search(rest, params)
        return missing + rest

    def _search(
        self, ids: Iterable[str], params: Mapping[str, str]
    ) -> Generator[Record, None, list[str]]:
        """Read the restrictions of what a search finds.

        Returns:
            The ids of what it does not find, or does not tell all of.
        """
        missing: list[str] = []

        def call(some: list[str]) -> Callable[[], Found]:
            request = ListRequest(CONTENT_SEARCH, params, self.name, RETRIES_OF_A_BATCH)
            return partial(find_restrictions, self.reader.client, request, some, self._single)

        batches = _in_batches(ids, self._batch_size)
        for some, future in self.reader.look_ahead(batches, call, per_worker=FEW_AHEAD):
            found = self.reader.result(future) if future else {}
            for item_id in some:
                if item_id in found:
                    yield from self._records(item_id, found[item_id])
                elif item_id in self._single.unread:
                    continue
                else:
                    missing.append(item_id)
        return missing

    def _records(self, item_id: str, rows: Iterable[dict[str, Any]]) -> Iterator[Record]:
        return ({self.owner_key: item_id, **row} for row in rows)

    @property
    def _batch_size(self) -> int:
        return min(MOST_EXPANDED, self.reader.page_size)


class PostRestrictionStream(RestrictionStream):
    """The restrictions of all pages or blog posts.

    Attributes:
        list_path: What lists the pages or blog posts.
        statuses: The statuses of those that can be restricted and read.
    """

    cost = (
        "Cloud: 4 for their list and 5 for their restrictions, and one for each archived "
        "page where the search does not find these; Data Center: 5"
    )
    list_path: ClassVar[str]
    statuses: ClassVar[tuple[str, ...]]

    @override
    def listed(self, archived: list[str]) -> Iterator[str]:
        wanted = [status for status in self.statuses if status in self.config["content_statuses"]]
        if not wanted:
            return
        whole = self.reader.first_page(self.list_path, {"status": wanted}, tag=self.name)
        content_filter = ContentFilter.of(self.run)
        for request in content_filter.space_lists(whole):
            for item in content_filter.filtered(self.reader.items(request), stream=self.name):
                if item.get("status") == ARCHIVED:
                    archived.append(str(item["id"]))
                else:
                    yield str(item["id"])


class PageRestrictions(PostRestrictionStream):
    """Who alone may read or update which page."""

    name = "page_restrictions"
    primary_keys = ("pageId", "operation", "principalType", "principalId")
    schema = PAGE_RESTRICTION
    list_path = "/api/v2/pages"
    statuses = (CURRENT, ARCHIVED)
    owner_key = "pageId"


class BlogPostRestrictions(PostRestrictionStream):
    """Who alone may read or update which blog post."""

    name = "blog_post_restrictions"
    primary_keys = ("blogPostId", "operation", "principalType", "principalId")
    schema = BLOG_POST_RESTRICTION
    list_path = "/api/v2/blogposts"
    statuses = (CURRENT,)
    owner_key = "blogPostId"


class TreeItemRestrictionStream(RestrictionStream, TreeItemReadingStream):
    """The restrictions of what is of one type among the pages.

    That sites tell them is not documented: REST v1 takes the id of any content.
    """

    request_per = "item"
    cost = (
        "5, and one for each item that the search does not find, which may be all; without "
        "`folders` and the like also what these cost"
    )

    @override
    def listed(self, archived: list[str]) -> Iterator[str]:
        for item_id, status in self.statuses().items():
            if status == ARCHIVED:
                archived.append(item_id)
            else:
                yield item_id
        if not ContentFilter.of(self.run).tree_discovery.is_complete:
            self.leave_incomplete()

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        try:
            yield from super().read(context)
        except RetriesExhaustedError as error:
            # A site may have nothing better to say about what it does not know. Where it is out
            # altogether, the next stream says so.
            raise FailedItemError(error) from error

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


def find_restrictions(
    client: Client, request: ListRequest, ids: list[str], single: RestrictionReader
) -> Found:
    """Search for items by their ids, in the calling thread.

    One item that the site fails for makes it fail for all that are asked for with it, and too many
    take it too long: then they are halved.

    Args:
        client: The site.
        request: How to search, but for the query.
        ids: The items.
        single: Reads those of the item that the search fails for.

    Returns:
        All restrictions of each item that is found, by id.

    Raises:
        RetriesExhaustedError: The site fails for every item, however it is asked for.
    """
    try:
        found = _find(client, request, ids)
    except RefusedError as error:
        if error.status == HTTPStatus.BAD_REQUEST:
            # It does not understand the question.
            return {}
        if not isinstance(error, NotFoundError | ForbiddenError):
            raise
        if isinstance(error, ForbiddenError):
            # Is it an item that is forbidden, or to search?
            client.get(CONTENT_SEARCH, {**request.params, "cql": f"id={ids[0]}"}, tag=request.tag)
    except RetriesExhaustedError:
        if len(ids) == 1:
            rows = single.get(ids[0])
            return {} if ids[0] in single.unread else {ids[0]: rows}
    else:
        if found:
            single.note_read()
        return found
    if len(ids) == 1:
        return {}
    half = len(ids) // 2
    halves = (ids[:half], ids[half:])
    return {
        k: v for some in halves for k, v in find_restrictions(client, request, some, single).items()
    }


def _find(client: Client, request: ListRequest, ids: list[str]) -> Found:
    params = {
        **request.params,
        "cql": f"id in ({','.join(ids)})",
        "expand": ",".join(EXPAND),
        "limit": str(len(ids)),
    }
    # Where it leads round in circles, what it has not found is read one by one.
    guard = CircleGuard(lambda item: str(item.get("id")), most_repeats=0, ends=True)
    seen: set[str] = set()
    found: Found = {}
    for page in read_pages(client, replace(request, params=params), LinkPaginator(guard)):
        rows = {str(item.get("id")): expanded_restrictions(item) for item in page.items}
        seen |= rows.keys()
        found |= {item_id: row for item_id, row in rows.items() if row is not None}
        if len(seen) >= len(ids):
            break
    return found


def _in_batches(ids: Iterable[str], size: int) -> Iterator[list[str]]:
    source = iter(ids)
    while batch := list(itertools.islice(source, size)):
        yield batch
