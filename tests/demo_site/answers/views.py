"""How often pages and blog posts were viewed, by REST v1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.demo_site import queries
from tests.demo_site.api_v2 import Reply
from tests.demo_site.clock import epoch_ms
from tests.demo_site.errors import ApiError
from tests.demo_site.usage import in_use, in_use_with

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.demo_site.answers import Keys
    from tests.demo_site.model import Content
    from tests.demo_site.store import Store


def answer(wiki: Store, _: str, path: str, raw_query: str) -> Reply | None:
    """Answer how many views or viewers something had."""
    match path.split("/"):
        case ["analytics", "content", id_, "views" | "viewers" as what]:
            return _views(wiki, id_, what, raw_query)
    return None


def _views(wiki: Store, id_: str, what: str, raw_query: str) -> Reply:
    query = queries.read(raw_query, {"fromDate": queries.text})
    try:
        since = epoch_ms(query.get("fromDate", "1970-01-01T00:00:00.000Z"))
    except ValueError as error:
        raise ApiError(400, "fromDate is no date") from error
    content = in_use_with(wiki, id_)
    if content.num in wiki.usage.unviewable:
        return Reply(403, {"reason": "ViewAnalyticsRestricted"})
    views, viewers = wiki.usage.views.get(content.num, (0, 0))
    count = views if what == "views" else viewers
    return Reply(200, {"id": content.num, "count": count if since < content.modified else 0})


def truth(wiki: Store) -> dict[str, Keys]:
    """Get the keys: what is in the trash is not told of, nor what may not be seen."""

    def seen(contents: Iterable[Content]) -> Keys:
        return {(c.id,) for c in in_use(contents) if c.num not in wiki.usage.unviewable}

    return {"page_views": seen(wiki.pages), "blog_post_views": seen(wiki.blog_posts)}
