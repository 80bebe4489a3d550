"""Whom the records of a run name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PERSON = (
    *("accountId", "authorId", "ownerId", "lastOwnerId", "spaceOwnerId"),
    *("createdBy", "assignedTo", "completedBy"),
    *("resolutionLastModifierId", "versionCreatedBy"),
)
"""Fields that hold the account id of a person; on Data Center, the user key."""

USER = "user"


def user_ids_in(record: Mapping[str, Any]) -> Iterator[str]:
    """Yield the account ids of those whom a record names outside of its body."""
    for field in PERSON:
        if isinstance(person := record.get(field), str) and person:
            yield person
    version = record.get("version")
    if isinstance(version, dict) and isinstance(author := version.get("authorId"), str):
        yield author
    principal = record.get("principal")
    if isinstance(principal, dict) and principal.get("type") == USER:
        yield from filter(None, (principal.get("id"),))
    if str(record.get("principalType")).lower() == USER:
        yield from filter(None, (record.get("principalId"),))
