"""What old releases of Data Center and Server lack, and what is read of them in its place.

A release before 8.4 does not tell its number. So it is asked for what came with later ones.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from tap_confluence.datacenter.api.paths import CONTENT, USER
from tap_confluence.errors import RefusedError, RetriesExhaustedError
from tap_confluence.http import SERVER_INFORMATION

if TYPE_CHECKING:
    from tap_confluence.http import Client

TAG = "check"

SCAN = f"{CONTENT}/scan"
AUDIT = "/rest/auditing/1.0/events"

FIRST_WITH_SCANS = "7.18"
FIRST_WITH_A_NUMBER = "8.4"

ASKED_FOR: tuple[tuple[str, str], ...] = (
    (SCAN, "scans, so that pages and blog posts are listed space by space"),
    (AUDIT, "the audit log (`audit_records`)"),
    (f"{USER}/list", "a list of users, so that those come who are in a group or met"),
)
"""What is asked for, and what is lacking where it is not there."""

LACKED_BY_ALL = (
    "comments on files (`attachment_footer_comments`, since 8.3)",
    "permissions in spaces (`space_permissions`, since 9.1)",
)
"""What hardly a release has that does not tell its number."""


def lacking(client: Client) -> str | None:
    """Say in one line what the release of a site lacks; None where it tells its number."""
    if not _lacks(client, SERVER_INFORMATION):
        return None
    missing = {path: what for path, what in ASKED_FOR if _lacks(client, path)}
    later = FIRST_WITH_SCANS if SCAN in missing else FIRST_WITH_A_NUMBER
    return (
        f"This release is older than {later}. What it can tell is read; it lacks "
        f"{'; '.join([*missing.values(), *LACKED_BY_ALL])}"
    )


def _lacks(client: Client, path: str) -> bool:
    """Tell whether a site does not know a path, whatever else it says of it."""
    try:
        client.get(path, {"limit": "1"}, tag=TAG, max_retries=0)
    except RefusedError as error:
        return error.status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
    except RetriesExhaustedError:
        return False
    return False
