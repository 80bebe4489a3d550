"""The audit log of a site: what is in it, and how each kind of site gives it out."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any

from tests.demo_site import queries
from tests.demo_site.clock import DAY_MS, epoch_ms, iso
from tests.demo_site.datacenter.people import user_key
from tests.demo_site.errors import ApiError

if TYPE_CHECKING:
    from tests.demo_site.datacenter.asked import Asked
    from tests.demo_site.model import Row
    from tests.demo_site.store import Store

FIRST = epoch_ms("2023-02-03T04:05:06.007Z")
MOST = 1000
MOST_ON_DATA_CENTER = 200
SUMMARIES = ("Space created", "User added to group", "Space permission added", "Plugin disabled")


@dataclass(frozen=True)
class Event:
    """Something that was done.

    Attributes:
        at: When, in epoch milliseconds.
        summary: What.
        author: Who, by account id; None is the system.
        object_name: What it was done to.
    """

    at: int
    summary: str
    author: str | None
    object_name: str


class AuditLog:
    """Everything that was done, in the order in which it was written."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def note(self, at: int, summary: str, author: str | None, object_name: str = "DOC") -> Event:
        """Write an event."""
        event = Event(at, summary, author, object_name)
        self.events.append(event)
        return event

    def newest_first(self, first: int, last: int) -> list[Event]:
        """Get the events of a span of time, its ends included."""
        found = [event for event in self.events if first <= event.at <= last]
        return sorted(found, key=lambda event: event.at, reverse=True)


def plant_audit_log(wiki: Store, seed: int) -> None:
    """Plant the events of some months. The dice are its own, so that the wiki stays what it is."""
    dice, log = Random(f"audit {seed}"), wiki.audit
    at = FIRST
    for _ in range(130):
        at += dice.choice((0, 0, 1, 40_000, dice.randrange(11 * DAY_MS)))
        author = dice.choice((*wiki.accounts[:4], None))
        log.note(at, dice.choice(SUMMARIES), author, dice.choice(("DOC", "ÄRZTE", "~ana")))
    for _ in range(3):
        # Nothing but their number tells these from each other.
        log.note(at + 1, "User login", wiki.accounts[0], "~ana")


def cloud_answer(wiki: Store, raw_query: str, base_url: str) -> Row:
    """Answer `/rest/api/audit` of Cloud."""
    numbers = ("startDate", "endDate", "start", "limit")
    params = {**dict.fromkeys(numbers, queries.number), "searchString": queries.text}
    query = queries.read(raw_query, {**params, "next": queries.flag})
    found = wiki.audit.newest_first(query.get("startDate", 0), query.get("endDate", 1 << 60))
    start, limit = query.get("start", 0), min(query.get("limit", MOST), MOST)
    links = {"base": base_url, "context": "/wiki", "self": f"{base_url}/rest/api/audit"}
    if start + limit < len(found):
        links["next"] = f"/rest/api/audit?next=true&limit={limit}&start={start + limit}"
    rows = [cloud_row(wiki, event) for event in found[start : start + limit]]
    page = {"start": start, "limit": limit, "size": len(rows)}
    return {"results": rows, **page, "_links": links}


def cloud_row(wiki: Store, event: Event) -> Row:
    """Write an event as Cloud does."""
    person = next((user for user in wiki.users if user.account_id == event.author), None)
    author: Row = {"type": "user", "displayName": person.name if person else "System"}
    if person:
        author |= {"accountId": person.account_id, "accountType": person.account_type}
        author |= {"publicName": person.name, "isExternalCollaborator": False, "operations": None}
    change = {"name": "Name", "oldValue": "", "newValue": event.object_name}
    return {
        "author": author,
        "remoteAddress": "203.0.113.7",
        # Some sites put it in quotes.
        "creationDate": event.at if event.at % 5 else str(event.at),
        "summary": event.summary,
        "description": "",
        "category": "Permissions",
        "sysAdmin": False,
        "superAdmin": False,
        "affectedObject": {"name": event.object_name, "objectType": "Space"},
        "changedValues": [change] if event.at % 2 else [],
        "associatedObjects": [],
    }


def data_center_answer(wiki: Store, asked: Asked) -> Row:
    """Answer `/rest/auditing/1.0/events` of Data Center, whose cursor is a place in the log."""
    try:
        first = epoch_ms(asked.text("from", "1970-01-01T00:00:00.000Z"))
        last = epoch_ms(asked.text("to", "2999-01-01T00:00:00.000Z"))
    except ValueError as error:
        raise ApiError(400, "from and to are moments in UTC") from error
    limit = min(asked.number("limit", MOST_ON_DATA_CENTER), MOST_ON_DATA_CENTER)
    found = wiki.audit.newest_first(first, last)
    cursor = asked.text("pageCursor")
    start = 0
    if cursor:
        at, _, skipped = cursor.partition(",")
        start = sum(event.at > int(at) for event in found) + int(skipped)
    shown = found[start : start + limit]
    paging: dict[str, Any] = {"lastPage": start + limit >= len(found), "size": len(shown)}
    if not paging["lastPage"]:
        at_end = shown[-1].at
        skipped_at_end = sum(event.at == at_end for event in found[: start + limit])
        paging["nextPageCursor"] = f"{at_end},{skipped_at_end}"
        paging["nextPageLink"] = f"https://elsewhere.example.com/{paging['nextPageCursor']}"
    return {"entities": [data_center_row(wiki, each) for each in shown], "pagingInfo": paging}


def data_center_row(wiki: Store, event: Event) -> Row:
    """Write an event as Data Center does."""
    person = next((user for user in wiki.users if user.account_id == event.author), None)
    name = person.name if person else "System"
    author: Row = {"id": user_key(person.account_id) if person else "-2", "name": name}
    object_: Row = {"id": "98305", "name": event.object_name, "type": "Space", "uri": ""}
    change: Row = {"key": "Name", "i18nKey": "audit.name", "from": "", "to": event.object_name}
    return {
        "timestamp": iso(event.at),
        "author": {**author, "type": "user" if person else "system", "uri": "", "avatarUri": ""},
        "type": {
            "categoryI18nKey": "audit.logging.category.permissions",
            "category": "Permissions",
            "actionI18nKey": "audit.logging.summary",
            "action": event.summary,
        },
        "affectedObjects": [object_, {**object_, "type": "Group"}],
        "changedValues": [change] if event.at % 2 else [],
        "source": "203.0.113.7",
        "system": "https://confluence.example.com",
        "method": "Browser",
        "extraAttributes": [],
    }
