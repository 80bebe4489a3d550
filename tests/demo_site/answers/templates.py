"""Templates of the site and of its spaces, by REST v1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.demo_site import queries
from tests.demo_site.api_v2 import Reply
from tests.demo_site.errors import ApiError

if TYPE_CHECKING:
    from tests.demo_site.answers import Keys
    from tests.demo_site.model import Row
    from tests.demo_site.queries import Query
    from tests.demo_site.store import Store

MOST_TEMPLATES = 25
_PAGING = {"start": queries.number, "limit": queries.number, "next": queries.flag}


def answer(wiki: Store, base_url: str, path: str, raw_query: str) -> Reply | None:
    """Answer which templates or blueprints there are."""
    match path.split("/"):
        case ["template", "page" | "blueprint" as kind]:
            return _templates(wiki, base_url, kind, path, raw_query)
    return None


def truth(wiki: Store) -> dict[str, Keys]:
    """Get the keys."""
    lists = (*wiki.usage.templates.values(), *wiki.usage.blueprints.values())
    return {"templates": {(template["templateId"],) for each in lists for template in each}}


def _templates(wiki: Store, base_url: str, kind: str, path: str, raw_query: str) -> Reply:
    params = {**_PAGING, "spaceKey": queries.text, "expand": queries.texts}
    query = queries.read(raw_query, params)
    key = query.get("spaceKey", "")
    spaces = {space.key: space for space in wiki.spaces}
    if key and (key not in spaces or key in wiki.usage.private):
        raise ApiError(403, f"No space with key: {key}")
    usage = wiki.usage
    lists = usage.blueprints if kind == "blueprint" else usage.templates
    rows = [(template, key) for template in lists.get(key, ())]
    if kind == "blueprint" and key:
        # A space has those of the site as well.
        rows = [*((template, "") for template in usage.blueprints.get("", ())), *rows]
    found = [_template(wiki, base_url, template, owner, query) for template, owner in rows]
    return Reply(200, _page(base_url, path, query, found))


def _template(wiki: Store, base_url: str, template: Row, key: str, query: Query) -> Row:
    row = {**template, "_links": {"self": f"{base_url}/rest/api/template/x"}}
    if key:
        num = next(space.num for space in wiki.spaces if space.key == key)
        row["space"] = {"id": num, "key": key, "type": "global"}
    text = f"<p>{template['name']} <at:var at:name='who' /></p>"
    body: Row = {"value": text, "representation": "storage", "embeddedContent": []}
    if "body" in query.get("expand", ()):
        return {**row, "body": {"storage": {**body, "_expandable": {"content": ""}}}}
    return {**row, "_expandable": {"body": ""}}


def _page(base_url: str, path: str, query: Query, rows: list[Any]) -> Row:
    start, asked = query.get("start", 0), query.get("limit", MOST_TEMPLATES)
    limit = min(asked, MOST_TEMPLATES)
    shown = rows[start : start + limit]
    links = {
        "base": base_url,
        "context": "/wiki",
        "self": f"{base_url}/rest/api/{path}",
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
