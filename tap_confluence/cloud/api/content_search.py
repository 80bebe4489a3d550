"""What a search spells out of content that is asked for by its ids: 200 items a request.

Only REST v1 does. The ids come from the lists of REST v2, so that nothing is missed that the index
of the search does not have, be it archived or written a moment ago: what is not found is known. The
index tells which items there are; what is spelled out of them is what the site has at that moment.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from http import HTTPStatus
from threading import Lock
from typing import TYPE_CHECKING, Any

from tap_confluence.errors import (
    FailedItemError,
    ForbiddenError,
    NotFoundError,
    RefusedError,
    RetriesExhaustedError,
    ScopeError,
)
from tap_confluence.http import CircleGuard, ListRequest, UndividedPaginator, read_pages
from tap_confluence.rest_v1.search import CONTENT_SEARCH

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tap_confluence.http import Client

    Rows = list[dict[str, Any]]
    Told = dict[str, Rows | None]
    """What an item expands to, by the name of the expansion; None where not all of it was told."""

logger = logging.getLogger("tap-confluence")

MOST_EXPANDED = 200
"""Items that a search gives at most with anything spelled out."""

RETRIES_OF_A_BATCH = 1
"""How often a batch is repeated before it is halved, to find out what is wrong with it."""

MOST_FAILED = 10
FIRST_FAILED = 3
"""Items in a row that a search may fail for one by one; the latter, before it has answered at all.
Behind them it is taken to fail for all."""

ATTACHMENT_PREFIX = "att"
"""What the ids of attachments begin with. Whether CQL takes it is not documented."""

SCOPES = "the scope search:confluence or read:content-details:confluence"


@dataclass(frozen=True)
class Expansion:
    """Something that a search spells out of an item.

    Attributes:
        name: What it is called among all that is told of an item.
        expand: What REST v1 calls it.
        rows: Returns what an item of the answer has of it; None where some or all is missing.
    """

    name: str
    expand: tuple[str, ...]
    rows: Callable[[Mapping[str, Any]], Rows | None]


@dataclass(frozen=True)
class Question:
    """How to search, but for the ids.

    Attributes:
        expansions: What to have spelled out.
        tag: Under which name the requests are counted.
        params: Query parameters beside those.
        is_numeric: Whether to name attachments by the numbers in their ids.
    """

    expansions: Sequence[Expansion]
    tag: str
    params: Mapping[str, str] = field(default_factory=dict)
    is_numeric: bool = False


class ContentSearch:
    """The search of one site, in one run. Calls may come from any thread.

    Attributes:
        refusal: Why it is not asked any more: this account may not search, or it fails for all.

    Args:
        client: The site.
    """

    def __init__(self, client: Client) -> None:
        self.refusal: RefusedError | None = None
        self._client = client
        self._has_answered = False
        self._failed_in_a_row = 0
        self._lock = Lock()

    def find(self, question: Question, ids: Sequence[str]) -> dict[str, Told]:
        """Search for items by their ids.

        One item that the site fails for makes it fail for all that are asked for with it, and too
        many take it too long: then they are halved.

        Args:
            question: How to search.
            ids: The items, 200 at most.

        Returns:
            What is told of each item that is found, by id.
        """
        if self.refusal is not None:
            return {}
        try:
            found = self._ask(question, ids)
        except RefusedError as error:
            if error.status == HTTPStatus.BAD_REQUEST:
                # It does not understand the question.
                return {}
            self._judge(error, question, ids[0])
            if len(ids) == 1:
                self._note_failure(error)
        except RetriesExhaustedError as error:
            if len(ids) == 1:
                self._note_failure(FailedItemError(error))
        else:
            self._note_answer()
            return found
        halves = (ids[: len(ids) // 2], ids[len(ids) // 2 :]) if len(ids) > 1 else ()
        return {k: told for some in halves for k, told in self.find(question, some).items()}

    def _ask(self, question: Question, ids: Sequence[str]) -> dict[str, Told]:
        names = {_number_of(each) if question.is_numeric else each: each for each in ids}
        params = {
            **question.params,
            "cql": f"id in ({','.join(names)})",
            "expand": ",".join(name for each in question.expansions for name in each.expand),
            "limit": str(len(ids)),
        }
        request = ListRequest(CONTENT_SEARCH, params, question.tag, RETRIES_OF_A_BATCH)
        # Where it leads round in circles, what it has not found is asked for in another way.
        guard = CircleGuard(lambda item: str(item.get("id")), most_repeats=0, ends=True)
        found: dict[str, Told] = {}
        for page in read_pages(self._client, request, UndividedPaginator(guard)):
            for item in page.items:
                told = {each.name: each.rows(item) for each in question.expansions}
                item_id = str(item.get("id"))
                found[names.get(item_id, item_id)] = told
            if len(found) >= len(ids):
                break
        return found

    def _judge(self, error: RefusedError, question: Question, item_id: str) -> None:
        """Find out whether it is to search at all that is refused, or one of the items.

        Args:
            error: How a search for some items was refused.
            question: How they were searched for.
            item_id: One of them.
        """
        if not isinstance(error, NotFoundError | ForbiddenError):
            self._give_up(error)
        elif not self._has_answered:
            params = {**question.params, "cql": f"id={item_id}"}
            try:
                self._client.get(CONTENT_SEARCH, params, tag=question.tag)
            except RefusedError as refusal:
                self._give_up(refusal)
            else:
                self._note_answer()

    def _note_answer(self) -> None:
        with self._lock:
            self._has_answered = True
            self._failed_in_a_row = 0

    def _note_failure(self, error: RefusedError) -> None:
        with self._lock:
            self._failed_in_a_row += 1
            most = MOST_FAILED if self._has_answered else FIRST_FAILED
            is_out = self._failed_in_a_row >= most
        if is_out:
            self._give_up(error)

    def _give_up(self, refusal: RefusedError) -> None:
        with self._lock:
            if self.refusal is not None:
                return
            self.refusal = refusal
        needed = f"; to search takes {SCOPES}" if _is_of_rights(refusal) else ""
        logger.info(
            "What a search would tell of 200 items a request is read label by label or item by "
            "item, for the site refuses it (%s)%s",
            refusal,
            needed,
        )

    def check(self) -> None:
        """Make sure that the account may search.

        Raises:
            RefusedError: The token lacks the scope, or the account the right.
        """
        if self.refusal is not None and _is_of_rights(self.refusal):
            raise self.refusal


def is_of_attachment(content_id: str) -> bool:
    """Tell whether an id has before its number what those of attachments have."""
    return content_id.startswith(ATTACHMENT_PREFIX)


def _number_of(content_id: str) -> str:
    return content_id.removeprefix(ATTACHMENT_PREFIX)


def _is_of_rights(refusal: RefusedError) -> bool:
    return isinstance(refusal, ScopeError | ForbiddenError)
