"""The states that people give pages and blog posts, by REST v1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.demo_site import queries
from tests.demo_site.api_v2 import Reply
from tests.demo_site.clock import iso
from tests.demo_site.errors import ApiError
from tests.demo_site.queries import one_of
from tests.demo_site.usage import in_use, in_use_with

if TYPE_CHECKING:
    from tests.demo_site.answers import Keys
    from tests.demo_site.model import Row
    from tests.demo_site.store import Store

STATUSES = ("current", "draft", "archived")


def answer(wiki: Store, _: str, path: str, raw_query: str) -> Reply | None:
    """Answer which state something is in."""
    match path.split("/"):
        case ["content", id_, "state"]:
            return Reply(200, _state(wiki, id_, raw_query))
    return None


def _state(wiki: Store, id_: str, raw_query: str) -> Row:
    query = queries.read(raw_query, {"status": one_of(*STATUSES)})
    content = in_use_with(wiki, id_)
    if content.status != query.get("status", "current"):
        raise ApiError(404, f"No {query.get('status')} content found with id: {id_}")
    state, since = wiki.usage.states.get(content.num, (None, None))
    if state is None or since is None:
        return {"contentState": None}
    return {"contentState": state, "lastUpdated": iso(since).replace("Z", "+00:00")}


def truth(wiki: Store) -> dict[str, Keys]:
    """Get the keys: what is in the trash has no state."""
    contents = in_use([*wiki.pages, *wiki.blog_posts])
    return {"content_states": {(c.id,) for c in contents if c.num in wiki.usage.states}}
