"""Which content of a Data Center site is wanted, by the filters of the settings."""

from __future__ import annotations

import logging
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from typing_extensions import override

from tap_confluence.datacenter.api.batches import (
    MOST_BARE,
    MOST_EXPANDED,
    Batch,
    Query,
    collect,
    read_by_offset,
)
from tap_confluence.datacenter.api.paths import CONTENT, SPACES
from tap_confluence.errors import (
    ForbiddenError,
    NotFoundError,
    RefusedError,
    RetriesExhaustedError,
)
from tap_confluence.filters.left_out import (
    NOWHERE,
    UNLISTED,
    UNREAD,
    failing,
    names_left_out,
    together,
)
from tap_confluence.filters.settings import check_roots, warn_of_excluded
from tap_confluence.http import FailedItem, ListRequest, in_chunks
from tap_confluence.rest_v1 import records, search
from tap_confluence.run import ContentFilter as AnyContentFilter
from tap_confluence.statuses import TRASHED
from tap_confluence.streams.failures import Failures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Future

    from tap_confluence.errors import FailedItemError
    from tap_confluence.filters.settings import Filters, Verdicts
    from tap_confluence.http import Reader

    Row = dict[str, Any]
    NamesOf = Callable[[Row], Iterable[str]]

T = TypeVar("T")

logger = logging.getLogger("tap-confluence")

TAG = "filters"

# Never with permissions, which fail for all who are no administrators
# (https://jira.atlassian.com/browse/CONFSERVER-99908).
SPACE_EXPAND = ("description.plain", "homepage", "icon", "metadata.labels")

STATUSES = ("current", "archived", "trashed")

MOST_KEYS = 50
"""Keys of spaces in one request, whose address may not grow too long."""

ASKED_IN_VAIN = 4
"""Requests by which the choice between the whole site and a few spaces is made."""

ON_OTHERS = frozenset({"comment", records.ATTACHMENT})
"""Types of content that is on other content."""


def name_of(item: Row) -> Iterable[str]:
    """Return the id of an item, by which the log names it."""
    return [str(item["id"])]


class ContentFilter(AnyContentFilter):
    """What is wanted of a site.

    Everything is asked for when it is first needed and once a run. Without filters nothing is.

    Args:
        reader: Reads the site.
        filters: The filters.
    """

    def __init__(self, reader: Reader, filters: Filters) -> None:
        self._reader = reader
        self._filters = filters
        self._space_verdicts: dict[str, Verdicts] = {}
        self._failures: list[Batch] = []
        self._untold: set[str] = set()
        self._failures_of_items: dict[str, FailedItemError] = {}
        self._unanswered = Failures()
        self._asked: dict[str, Row | None] = {}
        self._asked_labels: dict[str, list[Row] | None] = {}

    @override
    def check(self) -> None:
        """Make sure of what the settings name before anything is read.

        Raises:
            SettingsError: A space or a page does not exist or is not visible.
        """
        if self._filters.by_space:
            self.spaces()
        check_roots(self._missing_pages(self._filters.root_page_ids))
        for page_id in self._missing_pages(self._filters.exclude_page_ids):
            warn_of_excluded(page_id)

    @property
    def statuses(self) -> list[str]:
        """Return the statuses that pages and blog posts may have."""
        return [status for status in STATUSES if status in self._filters.statuses]

    def space_batches(self, tag: str, expand: tuple[str, ...] = ()) -> Iterable[Batch]:
        """List the wanted spaces.

        Args:
            tag: Under which name requests are counted that are made for this list alone.
            expand: What to have spelled out at least, part of `SPACE_EXPAND`.
        """
        if self._filters.by_space:
            return [Batch([*self.spaces()]), *self._failures]
        limit = MOST_EXPANDED if expand else MOST_BARE
        return read_by_offset(self._reader, Query(SPACES, {}, tag, expand, limit))

    @override
    def spaces(self) -> Sequence[Row]:
        """Return the wanted spaces in the order of their ids, in which new ones come last."""
        return self._spaces

    def verdicts_on_space(self, key: str) -> Verdicts:
        """Tell which filters a space passes."""
        if not self._filters.by_space:
            return {}
        _ = self._spaces
        if key.lower() not in self._space_verdicts and not self._filters.space_keys:
            # It was made since the spaces were listed.
            self._judge(self._list([key]))
        unlisted = "space_keys" if self._filters.space_keys else UNLISTED
        return self._space_verdicts.setdefault(key.lower(), {unlisted: False})

    def is_cheaper_by_space(self, limit: int) -> bool:
        """Tell whether to list the wanted spaces one by one costs less than the whole site.

        Args:
            limit: Items in one answer.
        """
        if not self._filters.by_space:
            return False
        count = len(self._spaces)
        is_most = self._filters.takes_most(count, len(self._space_verdicts))
        if not count or (is_most and count > MOST_KEYS):
            return False
        wanted, whole = self._sizes
        asked_in_vain = ASKED_IN_VAIN + count // MOST_KEYS
        return count + wanted / limit + asked_in_vain < whole / limit

    @property
    def only_space(self) -> Row | None:
        """The wanted space, if there is but one: to list that is never dearer."""
        return self._spaces[0] if self._filters.by_space and len(self._spaces) == 1 else None

    @property
    @override
    def lacks_verdicts(self) -> bool:
        """Whether something was left out of which it could not be told whether it is wanted."""
        return (
            None in self._asked_labels.values()
            or bool(self._untold)
            or bool(self._failures_of_items)
        )

    @property
    def leaves_nothing(self) -> bool:
        """Whether no space is wanted."""
        return self._filters.by_space and not self._spaces

    def narrowed(self, cql: str) -> str:
        """Narrow a search to the wanted spaces, where these can be named."""
        if not self._filters.by_space or not 0 < len(self._spaces) <= MOST_KEYS:
            return cql
        return f"{cql} and {search.in_spaces(str(space['key']) for space in self._spaces)}"

    def expansion(self, kind: str) -> tuple[str, ...]:
        """Return what to have spelled out of content, so that it can be judged."""
        names = [
            *(["ancestors"] if self._filters.by_tree and kind != "blogpost" else []),
            *(["metadata.labels"] if self._filters.by_label else []),
        ]
        if kind not in ON_OTHERS:
            return tuple(names)
        on = ["container"] if self._filters.by_anything else []
        return (*on, *(f"container.{name}" for name in names))

    def filtered(
        self, items: Iterable[Row], *, stream: str, names: NamesOf = name_of
    ) -> Iterator[Row]:
        """Yield what is wanted of pages, blog posts, comments or attachments, in their order.

        Args:
            items: The items, as the API has them.
            stream: The name of the stream they are for, whose log names those that are left out.
            names: What is left out with an item, by id or in words, if not the item itself.
        """
        if not self._filters.by_anything:
            yield from items
            return
        tell = names_left_out(stream)
        for item in items:
            failed = next(
                (each for each in self._verdicts_in_turn(item) if not all(each.values())), None
            )
            if failed is None:
                yield item
            elif (error := self._failure_to_judge(item)) is not None:
                # It is asked for again by its id.
                self._reader.tell(FailedItem(ListRequest(CONTENT, {}, stream), error, item))
            elif self._is_untold(item):
                self._note_untold(str(item["id"]))
            elif tell:
                for name in names(item):
                    tell(name, failing(failed))

    @cached_property
    def _spaces(self) -> list[Row]:
        found: list[Row] = []
        if self._filters.space_keys:
            # Whether the site minds how a key is spelled is not documented.
            named = self._filters.named_keys
            keys = sorted({*named, *map(str.lower, named), *map(str.upper, named)})
            for some in in_chunks(keys, MOST_KEYS):
                found += self._list(some)
        if not self._filters.space_keys or self._filters.missing_keys(found):
            found = [*self._list(())]
        self._filters.check_keys(found)
        self._filters = self._filters.with_keys_for_aliases(found)
        self._judge(found)
        by_key = {str(space["key"]).lower(): space for space in found}
        wanted = (space for key, space in by_key.items() if all(self._space_verdicts[key].values()))
        return sorted(wanted, key=lambda space: int(space["id"]))

    def _list(self, keys: Sequence[str]) -> Iterator[Row]:
        params = {"spaceKey": keys} if keys else {}
        query = Query(SPACES, params, TAG, SPACE_EXPAND, MOST_EXPANDED)
        for batch in read_by_offset(self._reader, query):
            if batch.failed is not None:
                self._failures.append(batch)
            yield from batch.items

    def _judge(self, spaces: Iterable[Row]) -> None:
        tell = names_left_out("spaces")
        for space in spaces:
            verdicts = self._filters.verdicts_on_space(space)
            self._space_verdicts[str(space["key"]).lower()] = verdicts
            if tell and not all(verdicts.values()):
                tell(space["id"], failing(verdicts))

    @cached_property
    def _sizes(self) -> tuple[int, int]:
        """How many pages there are in the wanted spaces, and in all; zeros if nobody tells."""
        cql = "type=page"
        keys = [str(space["key"]) for space in self._spaces]
        parts = (f"{cql} and {search.in_spaces(some)}" for some in in_chunks(keys, MOST_KEYS))
        try:
            whole, *wanted = search.counts(self._reader, cql, *parts, tag=TAG)
        except RefusedError:
            return 0, 0
        return sum(size or 0 for size in wanted), whole or 0

    def _missing_pages(self, page_ids: Iterable[str]) -> list[str]:
        ids = sorted(page_ids)
        rows = self._reader.look_ahead(ids, lambda page_id: lambda: self._get(page_id))
        found = {page_id: self._reader.result(future) for page_id, future in rows if future}
        return [page_id for page_id in ids if (found.get(page_id) or {}).get("type") != "page"]

    def _failure_to_judge(self, item: Row) -> FailedItemError | None:
        """Return how the site fails to tell whether something is wanted, if it does."""
        row: object = item
        passed: set[str] = set()
        while isinstance(row, dict) and (item_id := str(row.get("id"))) not in passed:
            passed.add(item_id)
            if item_id in self._failures_of_items:
                return self._failures_of_items[item_id]
            row = row.get("container") or (self._asked.get(item_id) or {}).get("container")
        return None

    def _answer_of(self, item_id: str, call: Future[T]) -> T | None:
        """Return what a request about one item gives; None if the site fails for it.

        Raises:
            RetriesExhaustedError: It has failed for many in a row.
        """
        try:
            answer = self._reader.result(call)
        except RetriesExhaustedError as error:
            self._failures_of_items[item_id] = self._unanswered.add(error)
            return None
        self._unanswered.end()
        return answer

    def _is_untold(self, item: Row) -> bool:
        """Tell whether something is there of which the site does not say what it is on."""
        if item.get("type") not in ON_OTHERS or self.container_of(item) is not None:
            return False
        return self.ask(str(item["id"])) is not None

    def _note_untold(self, item_id: str) -> None:
        if not self._untold:
            logger.warning(
                "Leaving out %s, and any other like it: the site does not say what it is on, so "
                "that no filter can judge it",
                item_id,
            )
        self._untold.add(item_id)

    def verdicts(self, item: Row) -> Verdicts:
        """Tell which filters something passes, itself and what it is on.

        Args:
            item: As in `filtered`.
        """
        return together(*self._verdicts_in_turn(item)) if self._filters.by_anything else {}

    def _verdicts_in_turn(self, item: Row) -> Iterator[Verdicts]:
        """Yield verdicts, the dearest last: behind one that fails nothing need be asked for."""
        if item.get("type") == records.ATTACHMENT:
            yield self._filters.verdicts_on_status(item.get("status"))
        post = self._post_of(item)
        if post is not None and self._leaves_open(post):
            post = self.ask(str(post["id"]))
        if post is None:
            yield {NOWHERE: False}
            return
        yield self._filters.verdicts_on_status(post.get("status"))
        yield self.verdicts_on_space(str(records.space_key(post)))
        yield self._filters.verdicts_on_path(self._path_of(post))
        if self._filters.by_label:
            yield self._verdicts_on_labels(post)

    def _post_of(self, item: Row) -> Row | None:
        """Return the page or blog post that something is, or is on at any depth."""
        post: object = item
        passed: set[str] = set()
        while isinstance(post, dict) and str(post.get("type")) in ON_OTHERS:
            if str(post.get("id")) in passed:
                # It is said to be on itself, or on what is on it.
                return None
            passed.add(str(post.get("id")))
            post = self.container_of(post)
        return post if isinstance(post, dict) and "id" in post else None

    def container_of(self, item: Row) -> Row | None:
        """Return what a comment or an attachment is on; None where nobody tells.

        Where it did not come along, the item is asked for by itself.
        """
        told = item.get("container") or (self.ask(str(item.get("id"))) or {}).get("container")
        return told if isinstance(told, dict) else None

    def _leaves_open(self, post: Row) -> bool:
        """Tell whether more has to be known of a page or blog post to judge it."""
        lacks_path = post.get("type") == "page" and not isinstance(post.get("ancestors"), list)
        return (
            (self._filters.by_space and records.space_key(post) is None)
            or (self._filters.by_status and post.get("status") is None)
            or (self._filters.by_tree and post.get("status") != TRASHED and lacks_path)
        )

    def _path_of(self, post: Row) -> frozenset[str]:
        """Return the ids of a page and of all that it lies under; a blog post lies in no tree."""
        if not self._filters.by_tree or post.get("type") == "blogpost":
            return frozenset()
        # What is in the trash lies under nothing.
        above = [] if post.get("status") == TRASHED else post.get("ancestors") or []
        return frozenset(str(row["id"]) for row in (*above, post))

    def _verdicts_on_labels(self, post: Row) -> Verdicts:
        labels = records.expanded_labels(post)
        if labels is None:
            labels = self._ask_labels(str(post["id"]))
        if labels is None:
            # Without an answer it cannot be told that it may be read.
            return {UNREAD: False}
        return self._filters.verdicts_on_labels(
            frozenset(str(label.get("name")).lower() for label in labels)
        )

    def ask(self, item_id: str) -> Row | None:
        """Ask for what did not come along with something; None if it is gone."""
        if item_id not in self._asked:
            call = self._reader.start(self._get, item_id)
            self._asked[item_id] = self._answer_of(item_id, call)
        return self._asked[item_id]

    def _get(self, item_id: str) -> Row | None:
        """Get content of any status, with all that it may be judged by."""
        expand = "space,container,ancestors,metadata.labels"
        path = f"{CONTENT}/{quote(item_id, safe='')}"
        try:
            params = {"status": "any", "expand": expand}
            return self._reader.client.get(path, params, tag=TAG).body
        except (NotFoundError, ForbiddenError):
            return None
        except RefusedError as error:
            if error.status != HTTPStatus.BAD_REQUEST:
                raise
            # It is no id at all.
            return None

    def _ask_labels(self, item_id: str) -> list[Row] | None:
        if item_id not in self._asked_labels:
            query = Query(f"{CONTENT}/{item_id}/label", {}, TAG, limit=MOST_EXPANDED)
            call = self._reader.start(collect, self._reader.client, query)
            try:
                self._asked_labels[item_id] = self._answer_of(item_id, call)
            except (NotFoundError, ForbiddenError):
                self._asked_labels[item_id] = None
        return self._asked_labels[item_id]
