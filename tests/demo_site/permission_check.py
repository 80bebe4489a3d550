"""`POST /rest/api/content/{id}/permission/check`: whether somebody may read something."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from tests.demo_site.api_v2 import Reply
from tests.demo_site.errors import v1_envelope
from tests.demo_site.readers import ANONYMOUS, READABLE, readers_of

if TYPE_CHECKING:
    from tests.demo_site.model import Row
    from tests.demo_site.store import Store

PATH = re.compile(r"/rest/api/content/(?P<id>[^/]+)/permission/check")
NEEDS_ADMINISTRATOR = "User does not have permission to check the content permissions"


def permission_check(
    wiki: Store, id_: str, sent: bytes, base_url: str, *, is_administrator: bool
) -> Reply:
    """Answer whether a user may read a page or a blog post.

    Args:
        wiki: The wiki.
        id_: The id of the content.
        sent: The question, as JSON.
        base_url: What `_links.base` says.
        is_administrator: Whether the one who asks may ask about others.
    """
    try:
        asked = json.loads(sent)
        operation, kind = asked["operation"], asked["subject"]["type"]
        account = asked["subject"]["identifier"]
    except (ValueError, KeyError, TypeError):
        return _refusal(400, "subject and operation must be provided")
    with wiki.lock:
        if operation != "read" or kind != "user":
            return _refusal(400, "this site answers about users who read")
        if not is_administrator and account != wiki.users[0].account_id:
            return _refusal(403, NEEDS_ADMINISTRATOR)
        num = int(id_) if id_.isdecimal() else 0
        content = wiki.pages.get(num) or wiki.blog_posts.get(num)
        if content is None or content.status not in READABLE:
            return _refusal(404, f"No content found with id: {id_}")
        known = {user.account_id for user in wiki.users}
        if account != ANONYMOUS and account not in known:
            return _refusal(400, f"Cannot find user with account id: {account}")
        may = (content.id, account) in readers_of(wiki, [content])
    return Reply(200, {**_answer(may=may), "_links": {"base": base_url, "context": "/wiki"}})


def _answer(*, may: bool) -> Row:
    why = "User does not have permission to the content"
    errors = [] if may else [{"translation": why, "args": []}]
    return {"hasPermission": may, "errors": errors}


def _refusal(status: int, message: str) -> Reply:
    return Reply(status, v1_envelope(status, message))
