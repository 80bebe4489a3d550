"""Replies to comments, where the list of comments leaves them out.

REST v2 has them comment by comment. A search of REST v1 spells out which replies there are to 200
comments at a time, and when each was changed: only those comments are asked that have a reply to be
written. What the search does not tell of a comment is asked of that comment.
"""

from __future__ import annotations

import itertools
from collections import deque
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from tap_confluence.cloud.api.content_search import MOST_EXPANDED, Expansion
from tap_confluence.errors import RefusedError, ScopeError
from tap_confluence.http import FEW_AHEAD, collect, in_chunks
from tap_confluence.rest_v1 import records
from tap_confluence.streams.parents import read_section

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Mapping, Sequence

    from tap_confluence.cloud.api.content_search import ContentSearch, Question
    from tap_confluence.http import Client, ListRequest, Reader

    Row = dict[str, Any]
    Told = Mapping[str, Sequence[Row]]
    """The replies to comments that a search tells of, by the id of the comment."""


@dataclass(frozen=True)
class Thread:
    """The replies to a comment.

    Attributes:
        replies: All that could be read.
        asked: The ids of the comments that have been asked, and have answered.
        unread: Why those to some comments could not be, by the id of the comment.
    """

    replies: list[Row]
    asked: set[str]
    unread: dict[str, RefusedError]

    @property
    def childless(self) -> set[str]:
        """The ids of those that have answered that there is no reply to them."""
        return self.asked - {reply["parentCommentId"] for reply in self.replies}


@dataclass(frozen=True)
class Wanted:
    """Which replies are to be read.

    Attributes:
        is_due: Tells by the date of a reply whether it is to be read as REST v2 has it.
        takes_told: Whether of the others is taken what a search tells; else they are left out.
        once: The comments of which requests that fail are not repeated; they are asked in any case.
    """

    is_due: Callable[[str | None], bool]
    takes_told: bool = False
    once: Container[str] = field(default=())


def get_replies(
    client: Client, request: ListRequest, comment_id: str, told: Told, wanted: Wanted
) -> Thread:
    """Get the replies to a comment, and to those, parents before children.

    Args:
        client: The site.
        request: The list of comments that the comment is from.
        comment_id: The comment.
        told: What a search tells of the replies to it, and to those.
        wanted: Which replies to get.

    Raises:
        ScopeError: The token may not read replies.
    """
    replies: dict[str, Row] = {}
    thread = Thread([], set(), {})
    unasked, seen = deque([comment_id]), {comment_id}
    # What is below those that an earlier run has failed to ask may be lacking, whatever its date.
    lacking: set[str] = set()
    while unasked:
        parent = unasked.popleft()
        is_listed = parent in wanted.once or parent in lacking
        below = told.get(parent)
        found = below if wanted.takes_told else ()
        if below is None or is_listed or _any_due(below, wanted):
            children = replace(request, path=f"{request.path}/{parent}/children")
            read = partial(collect, client, children)
            asked = read_section(client.once, read) if parent in wanted.once else read_section(read)
            if isinstance(asked, ScopeError):
                raise asked
            if isinstance(asked, RefusedError):
                thread.unread[parent] = asked
                continue
            thread.asked.add(parent)
            below = found = asked
        for reply in found or ():
            replies[str(reply["id"])] = {
                **reply,
                "parentCommentId": reply.get("parentCommentId") or parent,
            }
        new = [reply_id for reply in below if (reply_id := str(reply["id"])) not in seen]
        seen.update(new)
        unasked.extend(new)
        lacking.update(new if is_listed else ())
    thread.replies.extend(replies.values())
    return thread


def _any_due(replies: Iterable[Row], wanted: Wanted) -> bool:
    return any(wanted.is_due(reply["version"]["createdAt"]) for reply in replies)


def _told_replies(comment: Mapping[str, Any]) -> list[Row] | None:
    found = records.expanded_comments(comment)
    return None if found is None else [records.told_comment(reply) for reply in found]


REPLIES = Expansion("replies", ("children.comment.version",), _told_replies)


class RepliesSearch:
    """Asks a search for the replies to comments.

    Whether a search spells them out is not certain. It is believed that there is no reply to a
    comment once it has told of one to another comment.

    Attributes:
        has_told: Whether it has ever told of a reply.

    Args:
        reader: Reads the site.
        search: Its search.
        questions: How to search; each where the ones before do not find anything.
        has_told: Whether it has told of one in an earlier run.
    """

    def __init__(
        self,
        reader: Reader,
        search: ContentSearch,
        questions: Iterable[Question],
        *,
        has_told: bool,
    ) -> None:
        self.has_told = has_told
        self._reader = reader
        self._search = search
        self._questions = list(questions)

    def told(self, comment_ids: Iterable[str]) -> Told:
        """Search for the replies to some comments, and to those.

        Returns:
            The replies to each comment of which all are told.
        """
        told: dict[str, Sequence[Row]] = {}
        wave = list(comment_ids)
        seen = {*wave}
        while wave and self._questions:
            found = self._find(wave)
            told |= found
            replies = (str(reply["id"]) for rows in found.values() for reply in rows)
            wave = [reply_id for reply_id in replies if reply_id not in seen]
            seen.update(wave)
        self.has_told = self.has_told or any(told.values())
        return told if self.has_told else {}

    def _find(self, ids: Sequence[str]) -> Told:
        size = min(MOST_EXPANDED, self._reader.page_size)
        first, *others = in_chunks(ids, size)
        found = self._find_way(first)
        rest = others if self._questions else []
        find = partial(partial, self._search.find)
        asked = self._reader.look_ahead(
            rest, lambda some: find(self._questions[0], some), per_worker=FEW_AHEAD
        )
        answers = (self._reader.result(future) for _, future in asked if future)
        told = (each.items() for each in (found, *answers))
        return {
            comment_id: rows
            for comment_id, expanded in itertools.chain.from_iterable(told)
            if (rows := expanded[REPLIES.name]) is not None
        }

    def _find_way(self, ids: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        """Search for the first comments, and leave out the ways in which none is found."""
        while self._questions:
            answer = self._reader.start(self._search.find, self._questions[0], ids)
            if found := self._reader.result(answer):
                return found
            if self.has_told:
                break
            del self._questions[0]
        return {}
