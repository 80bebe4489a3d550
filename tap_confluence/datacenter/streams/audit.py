"""The audit log of Confluence Data Center."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tap_confluence.errors import NotFoundError, RetriesExhaustedError
from tap_confluence.http import CircleGuard, CursorPaginator, ListRequest
from tap_confluence.streams.audit import AuditStream
from tap_confluence.timestamps import format_timestamp, to_timestamp

if TYPE_CHECKING:
    from singer_sdk.helpers.types import Record

    from tap_confluence.errors import RefusedError
    from tap_confluence.http.client import Answer

MOST_A_PAGE = 200
MARGIN = timedelta(milliseconds=1)
"""Whether the ends of a span belong to it is not documented: it is asked for with these."""

USER = "user"


class AuditRecords(AuditStream):
    """The audit log of the site, as far as its coverage is set."""

    path = "/rest/auditing/1.0/events"
    most_a_page = MOST_A_PAGE

    @override
    def needed(self, error: RefusedError) -> str:
        if isinstance(error, NotFoundError):
            return "a release that has an audit log to be read over REST"
        return super().needed(error)

    @override
    def request(self, first: str | None, last: str) -> ListRequest:
        limit = str(min(self.reader.page_size, MOST_A_PAGE))
        params = {"to": format_timestamp(datetime.fromisoformat(last) + MARGIN), "limit": limit}
        if first is not None:
            params["from"] = format_timestamp(datetime.fromisoformat(first) - MARGIN)
        return ListRequest(self.path, params, self.name)

    @override
    def paginator(self) -> AuditPaginator:
        return AuditPaginator()


class AuditPaginator(CursorPaginator):
    """Follows the log, whose records have no ids: two of them may be alike."""

    parameter = "pageCursor"

    def __init__(self) -> None:
        super().__init__(CircleGuard(most_repeats=None, ends=True))

    @override
    def rows(self, request: ListRequest, body: dict[str, Any]) -> list[Record]:
        if not isinstance(body.get("entities"), list):
            message = f"{request.path} answered without 'entities': is this Confluence?"
            raise RetriesExhaustedError(message)
        return [audit_record(event) for event in _dicts(body["entities"])]

    @override
    def cursor(self, answer: Answer) -> str | None:
        paging = answer.body.get("pagingInfo")
        paging = paging if isinstance(paging, dict) else {}
        cursor = paging.get("nextPageCursor")
        return str(cursor) if cursor and not paging.get("lastPage") else None


def audit_record(event: dict[str, Any]) -> Record:
    """Turn an event into a record as Cloud has it; what Cloud does not have is added."""
    kind = event.get("type") or event.get("auditType")
    kind = kind if isinstance(kind, dict) else {}
    author = event.get("author")
    author = author if isinstance(author, dict) else {}
    affected = [_object(each) for each in _dicts(event.get("affectedObjects"))]
    return {
        "createdAt": to_timestamp(event.get("timestamp")),
        "authorId": author.get("id") if author.get("type") == USER else None,
        "author": {"type": author.get("type"), "displayName": author.get("name")},
        "remoteAddress": event.get("source"),
        "category": kind.get("category"),
        "summary": kind.get("action"),
        "description": None,
        "affectedObject": affected[0] if affected else None,
        "associatedObjects": affected[1:],
        "changedValues": [_change(each) for each in _dicts(event.get("changedValues"))],
        "extraAttributes": _dicts(event.get("extraAttributes")),
        "method": event.get("method"),
    }


def _object(affected: dict[str, Any]) -> dict[str, Any]:
    same = {key: affected.get(key) for key in ("id", "name", "uri")}
    return {**same, "objectType": affected.get("type")}


def _change(change: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": change.get("key"),
        "oldValue": change.get("from"),
        "newValue": change.get("to"),
    }


def _dicts(value: object) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
