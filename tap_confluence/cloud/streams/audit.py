"""The audit log of Confluence. Only REST v1 has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tap_confluence.streams.audit import Answer, AuditStream, epoch_ms_of, moment_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from singer_sdk.helpers.types import Record


class AuditRecords(AuditStream):
    """The audit log of the site."""

    path = "/rest/api/audit"
    scope = "read:audit-log:confluence"

    @override
    def answers(self, first: str | None, last: str) -> Iterator[Answer]:
        # It gives up to 1,000 at once, four times as many as other lists.
        limit = 4 * self.reader.page_size
        params = {"endDate": str(epoch_ms_of(last)), "limit": str(limit)}
        if first is not None:
            params["startDate"] = str(epoch_ms_of(first))
        start, before = 0, None
        while True:
            params["start"] = str(start)
            page = self.reader.page(self.reader.first_page(self.path, params, tag=self.name))
            # A list that does not heed `start` would go on for ever.
            rows = [] if page.items == before else page.items
            more = bool(rows) and (page.next is not None or len(rows) >= limit)
            yield Answer([audit_record(row) for row in rows], more)
            if not more:
                return
            start, before = start + len(rows), rows


def audit_record(row: dict[str, Any]) -> Record:
    """Turn a row of the log into a record without an id."""
    author = row.get("author")
    account_id = author.get("accountId") if isinstance(author, dict) else None
    rest = {key: value for key, value in row.items() if key != "creationDate"}
    return {**rest, "createdAt": moment_of(row.get("creationDate")), "authorId": account_id}
