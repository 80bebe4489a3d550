"""The audit log of Confluence. Only REST v1 has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tap_confluence.http import CircleGuard, OffsetPaginator
from tap_confluence.streams.audit import AuditStream, epoch_ms_of, moment_of

if TYPE_CHECKING:
    from singer_sdk.helpers.types import Record

    from tap_confluence.http import ListRequest
    from tap_confluence.http.client import Answer, Params


class AuditRecords(AuditStream):
    """The audit log of the site."""

    path = "/rest/api/audit"
    scope = "read:audit-log:confluence"
    most_a_page = 1000

    @override
    def request(self, first: str | None, last: str) -> ListRequest:
        # It gives up to 1,000 at once, four times as many as other lists.
        limit = 4 * self.reader.page_size
        params = {"endDate": str(epoch_ms_of(last)), "limit": str(limit)}
        if first is not None:
            params["startDate"] = str(epoch_ms_of(first))
        return self.reader.first_page(self.path, params, tag=self.name)

    @override
    def paginator(self) -> AuditPaginator:
        return AuditPaginator()


class AuditPaginator(OffsetPaginator):
    """Follows the log, in which a full page may have more behind it, whatever it says.

    At an offset that is not heeded, or lies behind the end, it may repeat itself.
    """

    def __init__(self) -> None:
        super().__init__(CircleGuard(most_repeats=0, ends=True))

    @override
    def rows(self, request: ListRequest, body: dict[str, Any]) -> list[Record]:
        return [audit_record(row) for row in super().rows(request, body)]

    @override
    def next_page(
        self, request: ListRequest, answer: Answer, rows: list[dict[str, Any]]
    ) -> Params | None:
        if rows and len(rows) >= request.limit:
            return {"start": str(int(str(request.params["start"])) + len(rows))}
        return super().next_page(request, answer, rows)


def audit_record(row: dict[str, Any]) -> Record:
    """Turn a row of the log into a record without an id."""
    author = row.get("author")
    account_id = author.get("accountId") if isinstance(author, dict) else None
    rest = {key: value for key, value in row.items() if key != "creationDate"}
    return {**rest, "createdAt": moment_of(row.get("creationDate")), "authorId": account_id}
