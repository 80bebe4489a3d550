"""Replies to comments, where the list of comments leaves them out."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from tap_confluence.errors import RefusedError, ScopeError
from tap_confluence.http import ListRequest, collect
from tap_confluence.streams.parents import read_section

if TYPE_CHECKING:
    from collections.abc import Container

    from tap_confluence.http import Client


@dataclass(frozen=True)
class Thread:
    """The replies to a comment.

    Attributes:
        replies: All that could be read.
        unread: Why those to some comments could not be, by the id of the comment.
    """

    replies: list[dict[str, Any]]
    unread: dict[str, RefusedError]


def get_replies(  # noqa: PLR0913
    client: Client,
    path: str,
    comment_id: str,
    params: dict[str, Any],
    *,
    tag: str,
    once: Container[str] = (),
) -> Thread:
    """Get the replies to a comment, and to those, parents before children.

    Args:
        client: The site.
        path: The list of comments the comment is from.
        comment_id: The comment.
        params: Query parameters, such as the body format.
        tag: Under which name the requests are counted.
        once: The comments of which requests that fail are not repeated.

    Raises:
        ScopeError: The token may not read replies.
    """
    replies: dict[str, dict[str, Any]] = {}
    unread: dict[str, RefusedError] = {}
    unasked = deque([comment_id])
    while unasked:
        parent = unasked.popleft()
        children = ListRequest(f"{path}/{parent}/children", {**params, "limit": "250"}, tag)
        read = partial(collect, client, children)
        found = read_section(client.once, read) if parent in once else read_section(read)
        if isinstance(found, ScopeError):
            raise found
        if isinstance(found, RefusedError):
            unread[parent] = found
            continue
        for reply in found:
            reply_id = str(reply["id"])
            if reply_id not in replies:
                replies[reply_id] = {
                    **reply,
                    "parentCommentId": reply.get("parentCommentId") or parent,
                }
                unasked.append(reply_id)
    return Thread(list(replies.values()), unread)
