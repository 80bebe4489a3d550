"""All content of a kind: by scan where there is one, else space by space."""

from __future__ import annotations

import contextlib
import logging
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from tap_confluence.datacenter.api.batches import (
    MOST_BARE,
    MOST_EXPANDED,
    MOST_EXPORTED,
    MOST_WITH_BODIES,
    Batch,
    Query,
    collect,
    read_by_offset,
    scan,
)
from tap_confluence.datacenter.api.paths import CONTENT
from tap_confluence.datacenter.filters import name_of
from tap_confluence.errors import (
    RefusedError,
    RetriesExhaustedError,
    ScopeError,
)
from tap_confluence.http import ListRequest, SeenItems, StuckError
from tap_confluence.http.pagination.halving import send
from tap_confluence.http.pagination.paginators import MOST_PASSED
from tap_confluence.rest_v1 import records
from tap_confluence.rest_v1.search import CONTENT_SEARCH
from tap_confluence.statuses import CURRENT
from tap_confluence.streams.failures import Failures
from tap_confluence.streams.state.state_format import CHILDREN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tap_confluence.datacenter.filters import ContentFilter, NamesOf
    from tap_confluence.http import Reader

logger = logging.getLogger("tap-confluence")

SCAN = f"{CONTENT}/scan"
COMMENT = "comment"
COMMENTED = ("page", "blogpost")


IN_SPACE = "in"
"""What the cursor of a list of one space begins with; the id of that space comes next."""


class ContentList:
    """Lists the content that is wanted.

    Scans exist since 7.18 for pages, since 8.3 for blog posts and comments. Before, pages and blog
    posts are listed space by space, and comments by the page or blog post they are on.

    Args:
        reader: Reads the site.
        tag: Under which name requests are counted.
        content_filter: What is wanted.
    """

    def __init__(self, reader: Reader, tag: str, content_filter: ContentFilter) -> None:
        self._reader = reader
        self._tag = tag
        self._content_filter = content_filter

    def batches(
        self,
        kind: str,
        statuses: Sequence[str],
        expand: tuple[str, ...],
        cursor: str | None = None,
        *,
        names: NamesOf = name_of,
    ) -> Iterator[Batch]:
        """List all content of a kind that is wanted.

        Args:
            kind: `page`, `blogpost` or `comment`.
            statuses: The statuses it may have; those that the site does not know are left out.
            expand: What to have spelled out.
            cursor: Where to go on, from a batch of an earlier run.
            names: As for `ContentFilter.filtered`.

        Yields:
            The items, in batches. Where there is no scan, the batches have no cursor.
        """
        if self._content_filter.leaves_nothing:
            return
        expand = tuple(dict.fromkeys((*expand, *self._content_filter.expansion(kind))))
        for batch in self._all(kind, statuses, expand, cursor):
            newest = max(filter(None, map(records.modified_at, batch.items)), default=None)
            wanted = self._content_filter.filtered(batch.items, stream=self._tag, names=names)
            yield replace(batch, items=[*wanted], newest=newest)

    def _all(
        self, kind: str, statuses: Sequence[str], expand: tuple[str, ...], cursor: str | None
    ) -> Iterator[Batch]:
        """List more than what is wanted, where that is cheaper."""
        walk = self._scan(self._query(SCAN, kind, statuses, expand), cursor)
        try:
            begun = _beginning(walk, kind)
        except RefusedError as error:
            if error.status not in {HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND}:
                raise
            refusal = error
        else:
            yield from begun
            yield from walk
            return
        if cursor is not None:
            # It may be the cursor that is not accepted.
            yield from self._all(kind, statuses, expand, None)
        elif len(statuses) > 1 and refusal.status == HTTPStatus.BAD_REQUEST:
            for status in statuses:
                yield from self._all(kind, [status], expand, None)
        elif kind == COMMENT:
            logger.warning("Comments on attachments are left out: only sites since 8.3 list them")
            yield from self._comments(expand, self._content_filter.statuses)
        else:
            yield from self._space_by_space(kind, statuses, expand)

    def _scan(self, query: Query, cursor: str | None) -> Iterator[Batch]:
        """Scan the whole site, or the wanted spaces one after the other if that is cheaper.

        Raises:
            RefusedError: The site cannot scan this.
        """
        name, _, rest = (cursor or "").partition(" ")
        goes_on_in_space = name == IN_SPACE
        if not goes_on_in_space and (cursor or not self._content_filter.only_space):
            walk = self._past_failures(query, cursor)
            first = next(walk)
            is_all = first.cursor is None
            if cursor or is_all or not self._content_filter.is_cheaper_by_space(query.limit):
                yield first
                yield from walk
                return
        begun, _, place = rest.partition(" ")
        spaces = [*self._content_filter.spaces()]
        ids = [str(space["id"]) for space in spaces]
        if begun in ids:
            spaces = spaces[ids.index(begun) :]
        for space, following in zip_longest(spaces, spaces[1:]):
            of_space = replace(query, params={**query.params, "spaceKey": str(space["key"])})
            here = place if str(space["id"]) == begun else None
            for batch in self._past_failures(of_space, here or None):
                if batch.cursor is not None:
                    after: str | None = f"{IN_SPACE} {space['id']} {batch.cursor}"
                else:
                    after = f"{IN_SPACE} {following['id']} " if following else None
                yield replace(batch, cursor=after)

    def _past_failures(self, query: Query, cursor: str | None) -> Iterator[Batch]:
        """Scan, past all that the site fails for.

        Raises:
            RefusedError: The site cannot scan this.
            RetriesExhaustedError: It gives no content at all any more.
        """
        seen = SeenItems()
        again = partial(scan, self._reader, query)
        stuck = yield from seen.follow(again(cursor), again)
        if stuck is None:
            return
        self._check_answers(stuck)
        for batch in self._behind(query):
            yield replace(batch, items=seen.new(batch.items), cursor=None)

    def _check_answers(self, stuck: StuckError) -> None:
        """Tell an item that the site fails for from a site that fails."""
        glance = ListRequest(CONTENT, {"limit": "1"}, self._tag, max_retries=0)
        for request in (glance.with_params(start=str(start)) for start in range(MOST_PASSED)):
            with contextlib.suppress(RefusedError, RetriesExhaustedError):
                send(self._reader.client, request)
                return
        raise RetriesExhaustedError(str(stuck)) from stuck

    def _behind(self, query: Query) -> Iterator[Batch]:
        """List what a scan cannot be followed to: by offset, where an item can be passed over."""
        params = {**query.params}
        if params["type"] == COMMENT:
            # Only a search lists comments by offset, but for those on what it does not find.
            cql = f"type={COMMENT} order by created asc"
            found = {"cql": cql, "includeArchivedSpaces": "true"}
            yield from read_by_offset(
                self._reader, replace(query, path=CONTENT_SEARCH, params=found)
            )
            hidden = [s for s in self._content_filter.statuses if s != CURRENT]
            yield from self._comments(query.expand, hidden) if hidden else ()
            return
        keys = [params["spaceKey"]] if "spaceKey" in params else self._space_keys()
        for key in keys:
            in_space = replace(query, path=CONTENT, params={**params, "spaceKey": key})
            yield from read_by_offset(self._reader, in_space)

    def _space_keys(self) -> list[str]:
        batches = self._content_filter.space_batches(self._tag)
        return [str(space["key"]) for batch in batches for space in batch.items]

    def _space_by_space(
        self, kind: str, statuses: Sequence[str], expand: tuple[str, ...]
    ) -> Iterator[Batch]:
        for key in self._space_keys():
            query = self._query(CONTENT, kind, statuses, expand)
            query = replace(query, params={**query.params, "spaceKey": key})
            try:
                yield from read_by_offset(self._reader, query)
            except RefusedError as error:
                if error.status != HTTPStatus.BAD_REQUEST or CURRENT in statuses:
                    raise
                # There is no such status on this site.
                return

    def _comments(self, expand: tuple[str, ...], statuses: Sequence[str]) -> Iterator[Batch]:
        """Ask each page and each blog post of some statuses for its comments."""
        failures = Failures()

        def call(item: dict[str, Any]) -> Callable[[], list[dict[str, Any]]]:
            path = f"{CONTENT}/{item['id']}/child/comment"
            limit = limit_for(expand, self._reader.page_size)
            query = Query(path, {"depth": "all"}, self._tag, expand, limit)
            return partial(collect, self._reader.client, query)

        for kind in COMMENTED:
            batches = self.batches(
                kind, statuses, (), names=lambda item: [f"what is on {item['id']}"]
            )
            items = (item for batch in batches for item in batch.items)
            for item, future in self._reader.look_ahead(items, call):
                if future is None:
                    continue
                try:
                    comments = self._reader.result(future)
                    yield Batch([*_on(item, kind, comments)])
                    failures.end()
                except ScopeError:
                    raise
                except RefusedError as error:
                    yield Batch([], failed=f"{item['id']}{CHILDREN}", error=error)
                except RetriesExhaustedError as error:
                    yield Batch([], failed=f"{item['id']}{CHILDREN}", error=failures.add(error))
        failures.check()

    def _query(
        self, path: str, kind: str, statuses: Sequence[str], expand: tuple[str, ...]
    ) -> Query:
        params = {"type": kind, "status": statuses}
        limit = limit_for(expand, self._reader.page_size)
        return Query(path, params, self._tag, expand, limit)


def _on(
    holder: dict[str, Any], kind: str, comments: Sequence[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Yield the comments of a page or blog post, each saying what it is on."""
    for comment in comments:
        told = records.container_type(comment) is not None
        yield comment if told else {**comment, "container": {"type": kind, **holder}}


def _beginning(walk: Iterator[Batch], kind: str) -> list[Batch]:
    """Take the batches of a list up to the first that holds anything.

    Raises:
        RefusedError: The site cannot list this kind.
    """
    begun: list[Batch] = []
    for batch in walk:
        begun.append(batch)
        if batch.items:
            break
    if all(item.get("type", kind) == kind for batch in begun for item in batch.items):
        return begun
    # An old site passes over a type that it cannot scan.
    message = "The site scans pages only"
    raise RefusedError(message, HTTPStatus.BAD_REQUEST)


def limit_for(expand: tuple[str, ...], page_size: int) -> int:
    """Return how many items to ask for: what the server gives at most, or fewer if set so.

    Args:
        expand: What is spelled out of each item; nothing leaves hardly more than its id.
        page_size: The setting.
    """
    if not expand:
        return MOST_BARE
    if "body.export_view" in expand:
        return min(MOST_EXPORTED, page_size)
    has_body = any(name.startswith("body.") for name in expand)
    return min(MOST_WITH_BODIES if has_body else MOST_EXPANDED, page_size)
