"""Replies to comments, where the list of comments leaves them out."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from tap_confluence.http import ListRequest, collect

if TYPE_CHECKING:
    from tap_confluence.http import Client


def get_replies(
    client: Client, path: str, comment_id: str, params: dict[str, Any], *, tag: str
) -> list[dict[str, Any]]:
    """Get the replies to a comment, and to those, parents before children.

    Args:
        client: The site.
        path: The list of comments the comment is from.
        comment_id: The comment.
        params: Query parameters, such as the body format.
        tag: Under which name the requests are counted.
    """
    replies: dict[str, dict[str, Any]] = {}
    unasked = deque([comment_id])
    while unasked:
        parent = unasked.popleft()
        children = ListRequest(f"{path}/{parent}/children", {**params, "limit": "250"}, tag)
        for reply in collect(client, children):
            reply_id = str(reply["id"])
            if reply_id not in replies:
                replies[reply_id] = {
                    **reply,
                    "parentCommentId": reply.get("parentCommentId") or parent,
                }
                unasked.append(reply_id)
    return list(replies.values())
