"""How REST v1 of Cloud answers for views, states, templates and the audit log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.demo_site import queries
from tests.demo_site.api_v2 import Reply
from tests.demo_site.audit import cloud_answer
from tests.demo_site.clock import epoch_ms, iso
from tests.demo_site.errors import ApiError, NoSuchPath
from tests.demo_site.queries import one_of

if TYPE_CHECKING:
    from tests.demo_site.model import Content, Row
    from tests.demo_site.queries import Query
    from tests.demo_site.store import Store

STATE_STATUSES = ("current", "draft", "archived")
MOST_TEMPLATES = 25
_PAGING = {"start": queries.number, "limit": queries.number, "next": queries.flag}


def is_about_usage(path: str) -> bool:
    """Tell whether a path behind `/rest/api/` is answered here."""
    return path.startswith(("analytics/", "template/", "audit")) or path.endswith("/state")


class UsageApi:
    """Answers requests for what people make of content.

    Args:
        wiki: The wiki.
        base_url: What `_links.base` says.
    """

    def __init__(self, wiki: Store, base_url: str) -> None:
        self._wiki = wiki
        self._base_url = base_url

    def answer(self, path: str, raw_query: str) -> Reply:
        """Answer a request, by what stands behind `/rest/api/` in its path.

        Raises:
            NoSuchPath: It is not about usage.
        """
        with self._wiki.lock:
            match path.split("/"):
                case ["analytics", "content", id_, "views" | "viewers" as what]:
                    return self._views(id_, what, raw_query)
                case ["audit"]:
                    return Reply(200, cloud_answer(self._wiki, raw_query, self._base_url))
                case ["content", id_, "state"]:
                    return Reply(200, self._state(id_, raw_query))
                case ["template", "page" | "blueprint" as kind]:
                    return self._templates(kind, path, raw_query)
        raise NoSuchPath

    def _views(self, id_: str, what: str, raw_query: str) -> Reply:
        query = queries.read(raw_query, {"fromDate": queries.text})
        try:
            since = epoch_ms(query.get("fromDate", "1970-01-01T00:00:00.000Z"))
        except ValueError as error:
            raise ApiError(400, "fromDate is no date") from error
        content = self._content(id_)
        usage = self._wiki.usage
        if content.num in usage.unviewable:
            return Reply(403, {"reason": "ViewAnalyticsRestricted"})
        views, viewers = usage.views.get(content.num, (0, 0))
        count = views if what == "views" else viewers
        return Reply(200, {"id": content.num, "count": count if since < content.modified else 0})

    def _state(self, id_: str, raw_query: str) -> Row:
        query = queries.read(raw_query, {"status": one_of(*STATE_STATUSES)})
        content = self._content(id_)
        if content.status != query.get("status", "current"):
            raise ApiError(404, f"No {query.get('status')} content found with id: {id_}")
        state, since = self._wiki.usage.states.get(content.num, (None, None))
        if state is None or since is None:
            return {"contentState": None}
        return {"contentState": state, "lastUpdated": iso(since).replace("Z", "+00:00")}

    def _content(self, id_: str) -> Content:
        """Find a page or a blog post that is not in the trash."""
        try:
            content = self._wiki.content(id_)
        except (KeyError, ValueError) as error:
            raise ApiError(404, f"No content found with id: {id_}") from error
        if content.status == "trashed":
            raise ApiError(404, f"No content found with id: {id_}")
        return content

    def _templates(self, kind: str, path: str, raw_query: str) -> Reply:
        params = {**_PAGING, "spaceKey": queries.text, "expand": queries.texts}
        query = queries.read(raw_query, params)
        key = query.get("spaceKey", "")
        spaces = {space.key: space for space in self._wiki.spaces}
        if key and (key not in spaces or key in self._wiki.usage.private):
            raise ApiError(403, f"No space with key: {key}")
        usage = self._wiki.usage
        lists = usage.blueprints if kind == "blueprint" else usage.templates
        rows = [(template, key) for template in lists.get(key, ())]
        if kind == "blueprint" and key:
            # A space has those of the site as well.
            rows = [*((template, "") for template in usage.blueprints.get("", ())), *rows]
        found = [self._template(template, owner, query) for template, owner in rows]
        return Reply(200, self._page(path, query, found))

    def _template(self, template: Row, key: str, query: Query) -> Row:
        row = {**template, "_links": {"self": f"{self._base_url}/rest/api/template/x"}}
        if key:
            num = next(space.num for space in self._wiki.spaces if space.key == key)
            row["space"] = {"id": num, "key": key, "type": "global"}
        text = f"<p>{template['name']} <at:var at:name='who' /></p>"
        body: Row = {"value": text, "representation": "storage", "embeddedContent": []}
        if "body" in query.get("expand", ()):
            return {**row, "body": {"storage": {**body, "_expandable": {"content": ""}}}}
        return {**row, "_expandable": {"body": ""}}

    def _page(self, path: str, query: Query, rows: list[Any]) -> Row:
        start, asked = query.get("start", 0), query.get("limit", MOST_TEMPLATES)
        limit = min(asked, MOST_TEMPLATES)
        shown = rows[start : start + limit]
        links = {
            "base": self._base_url,
            "context": "/wiki",
            "self": f"{self._base_url}/rest/api/{path}",
        }
        if start + limit < len(rows):
            links["next"] = f"/rest/api/{path}?next=true&limit={limit}&start={start + limit}"
        return {
            "results": shown,
            "start": start,
            "limit": limit,
            "size": len(shown),
            "_links": links,
        }
