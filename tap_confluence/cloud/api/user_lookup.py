"""People by their account ids: 250 a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tap_confluence.http import in_chunks, rows_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tap_confluence.http import Client

USERS = "/api/v2/users-bulk"
SCOPE = "read:user:confluence"

MOST_IDS = 250
"""Account ids that one request may name."""


def look_up(client: Client, account_ids: Sequence[str], *, tag: str) -> list[dict[str, Any]]:
    """Get people by their account ids.

    Args:
        client: The site.
        account_ids: Any number of them, without repetition.
        tag: Under which name the requests are counted.

    Returns:
        The people that the site knows, in no particular order: it leaves out the others.

    Raises:
        RefusedError: The token lacks the scope, or the account the right, to see people.
        RetriesExhaustedError: The site fails, or answers without a list.
    """
    users: list[dict[str, Any]] = []
    for some in in_chunks(account_ids, MOST_IDS):
        question = {"accountIds": list(some)}
        users += rows_of(USERS, client.post(USERS, question, tag=tag).body)
    return users
