"""Who alone may read or update pages and blog posts. Only REST v1 tells.

A search spells out the restrictions of 200 pages at a time. It is asked for pages by their ids,
which come from the lists of REST v2: so nothing is missed that its index does not have, be it
archived or written a moment ago. What it does not find is asked for one by one.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar

from typing_extensions import override

from tap_confluence import schemas
from tap_confluence.client import FEW_AHEAD, ListRequest, get_page
from tap_confluence.errors import NotFoundError, RefusedError, RetriesExhaustedError
from tap_confluence.streams.base import ConfluenceStream
from tap_confluence.streams.restrictions import EXPAND, get_restrictions, restrictions_that_ride

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.client import Client

    Found = dict[str, list[dict[str, Any]]]

SEARCH = "/rest/api/content/search"

MOST_EXPANDED = 200
"""Items that a search gives at most with anything spelled out."""

CURRENT = "current"
ARCHIVED = "archived"

IN_ARCHIVED_SPACES = {"includeArchivedSpaces": "true"}
ARCHIVED_ITSELF = {**IN_ARCHIVED_SPACES, "cqlcontext": '{"contentStatuses":["archived"]}'}
"""How to search for what a search passes over. Whether a site heeds it is not certain."""

FEW = 4
"""Items that are rather asked for one by one than searched for once more."""

RETRIES_OF_A_BATCH = 1
"""How often a batch is repeated before it is halved, to find out what is wrong with it."""


class RestrictionStream(ConfluenceStream):
    """The restrictions of all pages or blog posts, those in the trash left out.

    Attributes:
        list_path: What lists the pages or blog posts.
        statuses: The statuses of those that can be restricted and read.
        owner_key: Under which name a record carries the id of what it restricts.
    """

    path = SEARCH
    scope = "read:content-details:confluence"
    selected_by_default = False
    list_path: ClassVar[str]
    statuses: ClassVar[tuple[str, ...]]
    owner_key: ClassVar[str]

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        archived: list[str] = []
        missing = yield from self._search(self._current(archived), {})
        singly = yield from self._try(missing, IN_ARCHIVED_SPACES)
        singly += yield from self._try(archived, ARCHIVED_ITSELF)

        def call(item: dict[str, Any]) -> Callable[[], list[dict[str, Any]]]:
            return partial(get_restrictions, self.reader.client, item["id"], tag=self.name)

        for item, rows in self.each(({"id": item_id} for item_id in singly), call):
            yield from self._records(item["id"], rows)

    def _current(self, archived: list[str]) -> Iterator[str]:
        """List the ids of all that is current, and keep those of what is archived."""
        wanted = [status for status in self.statuses if status in self.config["content_statuses"]]
        if not wanted:
            return
        whole = self.reader.first_page(self.list_path, {"status": wanted}, tag=self.name)
        for request in self._tap.selection.space_lists(whole):
            for item in self._tap.selection.filtered(self.reader.items(request)):
                if item.get("status") == ARCHIVED:
                    archived.append(str(item["id"]))
                else:
                    yield str(item["id"])

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
            request = ListRequest(SEARCH, params, self.name, RETRIES_OF_A_BATCH)
            return partial(find_restrictions, self.reader.client, request, some)

        batches = _in_batches(ids, self._batch_size)
        for some, future in self.reader.look_ahead(batches, call, per_worker=FEW_AHEAD):
            found = self.reader.result(future) if future else {}
            for item_id in some:
                if item_id in found:
                    yield from self._records(item_id, found[item_id])
                else:
                    missing.append(item_id)
        return missing

    def _records(self, item_id: str, rows: Iterable[dict[str, Any]]) -> Iterator[Record]:
        return ({self.owner_key: item_id, **row} for row in rows)

    @property
    def _batch_size(self) -> int:
        return min(MOST_EXPANDED, self.reader.page_size)


class PageRestrictions(RestrictionStream):
    """Who alone may read or update which page."""

    name = "page_restrictions"
    primary_keys = ("pageId", "operation", "principalType", "principalId")
    schema = schemas.PAGE_RESTRICTION
    list_path = "/api/v2/pages"
    statuses = (CURRENT, ARCHIVED)
    owner_key = "pageId"


class BlogPostRestrictions(RestrictionStream):
    """Who alone may read or update which blog post."""

    name = "blog_post_restrictions"
    primary_keys = ("blogPostId", "operation", "principalType", "principalId")
    schema = schemas.BLOG_POST_RESTRICTION
    list_path = "/api/v2/blogposts"
    statuses = (CURRENT,)
    owner_key = "blogPostId"


def find_restrictions(client: Client, request: ListRequest, ids: list[str]) -> Found:
    """Search for items by their ids, in the calling thread.

    One item that the site fails for makes it fail for all that are asked for with it, and too many
    take it too long: then they are halved.

    Args:
        client: The site.
        request: How to search, but for the query.
        ids: The items.

    Returns:
        All restrictions of each item that is found, by id.

    Raises:
        RetriesExhaustedError: The site fails for one item, however it is asked for.
    """
    try:
        return _find(client, request, ids)
    except RefusedError as error:
        if error.status == HTTPStatus.BAD_REQUEST:
            # It does not understand the question.
            return {}
        if not isinstance(error, NotFoundError):
            raise
    except RetriesExhaustedError:
        if len(ids) == 1:
            return {ids[0]: get_restrictions(client, ids[0], tag=request.tag)}
    if len(ids) == 1:
        return {}
    half = len(ids) // 2
    halves = (ids[:half], ids[half:])
    return {k: v for some in halves for k, v in find_restrictions(client, request, some).items()}


def _find(client: Client, request: ListRequest, ids: list[str]) -> Found:
    params = {
        **request.params,
        "cql": f"id in ({','.join(ids)})",
        "expand": ",".join(EXPAND),
        "limit": str(len(ids)),
    }
    following: ListRequest | None = replace(request, params=params)
    seen: set[str] = set()
    found: Found = {}
    while following is not None and len(seen) < len(ids):
        page = get_page(client, following)
        rows = {str(item.get("id")): restrictions_that_ride(item) for item in page.items}
        if rows.keys() <= seen:
            # It may lead on for ever without a result.
            break
        seen |= rows.keys()
        found |= {item_id: row for item_id, row in rows.items() if row is not None}
        following = page.next
    return found


def _in_batches(ids: Iterable[str], size: int) -> Iterator[list[str]]:
    source = iter(ids)
    while batch := list(itertools.islice(source, size)):
        yield batch
