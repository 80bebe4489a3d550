"""What lies among the pages: finding folders, whiteboards, databases and embeds without a list."""

from __future__ import annotations

import json
import logging
import re
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Protocol

from tap_confluence.cloud.api.descendants import PATHS, TREE_ITEMS, descendants
from tap_confluence.cloud.api.incremental_list import in_stable_order
from tap_confluence.errors import (
    FailedItemError,
    RefusedError,
    RetriesExhaustedError,
)
from tap_confluence.filters.left_out import names_left_out
from tap_confluence.http import get_item
from tap_confluence.rest_v1.search import CONTENT_SEARCH, counts, in_spaces
from tap_confluence.statuses import ARCHIVED, CURRENT, TRASHED
from tap_confluence.streams.failures import Failures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from tap_confluence.filters.settings import Filters
    from tap_confluence.http import ListRequest, Reader

    Row = dict[str, Any]
    Place = tuple[str, str]

logger = logging.getLogger("tap-confluence")

TAG = "tree items"

STATUSES = (CURRENT, ARCHIVED)
KNOWN_TYPES = "Supported values"
"""What comes before the types that a site knows when it refuses one that it does not know."""

DESCENDANTS = "the list of descendants"
ERRS_BY = 20
"""One in how many a search may count too much: what it counts is an estimate."""

MOST_FOUND = "1000"
"""Rows of a search without anything spelled out that sites give at once."""


class ContentFilter(Protocol):
    """What is asked of the filter, which itself has what is discovered here."""

    @property
    def kinds_in_trees(self) -> Mapping[str, str]:
        """The kind of all that lies in the trees asked for, such as `folder`, by id."""

    def spaces(self) -> Iterable[Row]:
        """Read the wanted spaces, as the API lists them."""

    def space_lists(self, request: ListRequest) -> list[ListRequest]:
        """Restrict a list that takes `space-id` to the wanted spaces, where that is cheaper."""

    def has_space_id(self, space_id: str) -> bool:
        """Tell whether a space is wanted."""


class TreeDiscovery:
    """The folders, whiteboards, databases and embeds of the wanted spaces.

    No endpoint lists them. They are found in three ways, of which each misses something: pages
    name what they lie under, but not what has no page under it; the lists of descendants reach
    what is under a page or a known item, but not the top of a space; and a search knows all that
    is current, but not what was made a moment ago, and what is archived on some sites only.

    Attributes:
        is_complete: Whether no way of finding them was refused.
        statuses: The status of those that are wanted, by type and id, once they have been read.

    Args:
        reader: Reads the site.
        content_filter: What is wanted of the site.
        filters: The filters it is made of.
    """

    def __init__(self, reader: Reader, content_filter: ContentFilter, filters: Filters) -> None:
        self.is_complete = True
        self.statuses: dict[str, dict[str, str | None]] = {}
        self._reader = reader
        self._content_filter = content_filter
        self._filters = filters
        self._types: dict[str, str] = {}
        self._reached: set[str] = set()
        self._records: dict[str, Row] = {}
        self._searched: set[str] = set()

    def ids_of(self, kind: str) -> list[str]:
        """Return the ids of all items of a type, such as `folder`.

        Raises:
            RefusedError: The token may not look for them in any way.
        """
        return [item_id for item_id, type_ in self._found.items() if type_ == kind]

    def get(self, kind: str, item_id: str) -> Row:
        """Get an item, unless that was done already. Runs in a worker thread."""
        known = self._records.pop(item_id, None)
        return known or get_item(self._reader.client, f"{PATHS[kind]}/{item_id}", tag=TAG)

    def keep(self, item: Row) -> None:
        """Keep an item for who gets it next, once."""
        self._records[str(item["id"])] = item

    @cached_property
    def _found(self) -> dict[str, str]:
        if self._filters.root_page_ids:
            # All that is wanted lies under these.
            return dict(self._content_filter.kinds_in_trees)
        tops: list[Place] = []
        ways: dict[str, Callable[[], None]] = {
            "the list of pages": lambda: tops.extend(self._ask_pages()),
            "a search": self._search,
            DESCENDANTS: lambda: self._descend(tops or self._homepages()),
        }
        refusals = {way: error for way, call in ways.items() if (error := _refusal(call))}
        if len(refusals) == len(ways):
            raise next(iter(refusals.values()))
        lost = self._climb()
        if DESCENDANTS not in refusals and (error := _refusal(lambda: self._descend(lost))):
            refusals[DESCENDANTS] = error
        for way, error in refusals.items():
            self.is_complete = False
            logger.warning(
                "Folders, whiteboards, databases and embeds that only %s would tell of are not "
                "read, for the site refuses it: %s (%d)",
                way,
                error,
                error.status,
            )
        return self._types

    def _ask_pages(self) -> Iterator[Place]:
        """Take from all pages what they lie under.

        Yields:
            The pages that lie under nothing.
        """
        # Where that is what the settings want, it is the list that other streams read.
        wanted = (TRASHED,) if TRASHED in self._filters.statuses else ()
        params = {"status": (*STATUSES, *wanted)}
        whole = self._reader.first_page(PATHS["page"], params, tag=TAG)
        for request in self._content_filter.space_lists(whole):
            for page in self._reader.items_once(in_stable_order(request)):
                if page.get("status") == TRASHED or not self._takes_space(page.get("spaceId")):
                    continue
                if page.get("parentId") is None:
                    yield "page", str(page["id"])
                elif page.get("parentType") in TREE_ITEMS:
                    self._types[str(page["parentId"])] = str(page["parentType"])

    def _homepages(self) -> list[Place]:
        homepages = (space.get("homepageId") for space in self._content_filter.spaces())
        return [("page", str(page_id)) for page_id in homepages if page_id is not None]

    def _search(self) -> None:
        types = self._take_known_types()
        if not self._lacks_hits(types):
            return
        # A search may end early. Smaller ones reach farther.
        for kind in types:
            self._take_hits([kind])
        for space in self._content_filter.spaces():
            self._take_hits(types, space)
        if self._lacks_hits(types):
            self.is_complete = False
            logger.warning(
                "The search for folders, whiteboards, databases and embeds ends before all of "
                "them: what only it would tell of may be missing, and none is taken for deleted"
            )

    def _lacks_hits(self, types: Sequence[str]) -> bool:
        """Tell whether a search counts more than it has given, by far more than it may err."""
        try:
            [count] = counts(self._reader, _of_types(types), tag=TAG)
        except (RefusedError, RetriesExhaustedError):
            return False
        return count is not None and len(self._searched) < count - count // ERRS_BY

    def _take_known_types(self) -> Sequence[str]:
        """Take what a search finds of those types that the site knows, and return these."""
        try:
            self._take_hits(TREE_ITEMS)
        except RefusedError as error:
            # A site that does not know one of the types refuses all of them, and names those that
            # it knows.
            named = set(re.findall(r"[\w:.-]+", error.said.partition(KNOWN_TYPES)[2]))
            known = [name for name in TREE_ITEMS if name in named]
            if not known:
                raise
            self._take_hits(known)
            return known
        return TREE_ITEMS

    def _take_hits(self, types: Sequence[str], space: Row | None = None) -> None:
        for row in self._reader.items(self._search_request(types, space)):
            self._searched.add(str(row["id"]))
            told = row.get("space")
            space_id = told.get("id") if isinstance(told, dict) else None
            kind = str(row.get("type"))
            if kind in TREE_ITEMS and self._takes_space(space_id):
                self._types[str(row["id"])] = kind
            elif kind in TREE_ITEMS and (tell := names_left_out(f"{kind}s")):
                tell(row["id"], f"in space {space_id}, which is not wanted")

    def _takes_space(self, space_id: object) -> bool:
        return space_id is None or self._content_filter.has_space_id(str(space_id))

    def _search_request(self, types: Sequence[str], space: Row | None) -> ListRequest:
        cql = _of_types(types)
        params = {
            "cql": cql if space is None else f"{cql} and {in_spaces([str(space['key'])])}",
            "cqlcontext": json.dumps({"contentStatuses": STATUSES}),
            "includeArchivedSpaces": "true",
            "limit": MOST_FOUND,
        }
        if self._filters.by_space:
            params["expand"] = "space"
        return self._reader.first_page(CONTENT_SEARCH, params, tag=TAG)

    def _descend(self, tops: Iterable[Place]) -> None:
        """Take all that is under some pages and items, at any depth."""
        rows = descendants(self._reader, tops, tag=TAG, on_refused=self._note_refused)
        for row in rows:
            item_id, type_ = str(row["id"]), str(row.get("type"))
            if type_ in TREE_ITEMS:
                self._types[item_id] = type_
                self._reached.add(item_id)

    def _note_refused(self, place: Place, error: RefusedError) -> None:
        if self.is_complete or isinstance(error, FailedItemError):
            line = "What lies under %s %s is not read, for the site refuses it: %s (%d)"
            logger.warning(line, *place, error, error.status)
        self.is_complete = False

    def _climb(self) -> list[Place]:
        """Take what the items lie under that no list of descendants had.

        Returns:
            The topmost of them.
        """
        lost: set[str] = set()
        topmost: set[str] = set()
        while wave := [i for i in self._types if i not in self._reached and i not in lost]:
            lost.update(wave)
            topmost.update(wave)
            for item_id, (type_, parent_id) in self._parents(wave):
                self._types.setdefault(parent_id, type_)
                if parent_id not in self._reached:
                    topmost.discard(item_id)
        return [(type_, item_id) for item_id, type_ in self._types.items() if item_id in topmost]

    def _parents(self, item_ids: Iterable[str]) -> Iterator[tuple[str, Place]]:
        """Get the parents of those items that lie under another."""

        def call(item_id: str) -> Callable[[], Row]:
            return partial(self.get, self._types[item_id], item_id)

        failures = Failures()
        for item_id, future in self._reader.look_ahead(item_ids, call):
            try:
                item = self._reader.result(future) if future else {}
            except RefusedError:
                # Its own stream, if it is selected, says so.
                failures.end()
                continue
            except RetriesExhaustedError as error:
                failures.add(error)
                self.is_complete = False
                continue
            failures.end()
            self.keep({**item, "id": item_id})
            if item.get("parentType") in TREE_ITEMS and item.get("parentId") is not None:
                yield item_id, (str(item["parentType"]), str(item["parentId"]))


def _of_types(types: Sequence[str]) -> str:
    return f"type in ({','.join(types)})"


def _refusal(call: Callable[[], None]) -> RefusedError | None:
    """Do something; return the refusal if the site refuses."""
    try:
        call()
    except RefusedError as error:
        return error
    return None
