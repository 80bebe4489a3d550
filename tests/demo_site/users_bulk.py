"""`POST /api/v2/users-bulk`: people by their account ids, asked for in the body of a request."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.demo_site.api_v2 import Reply
from tests.demo_site.errors import v2_envelope

if TYPE_CHECKING:
    from tests.demo_site.model import Row, User
    from tests.demo_site.store import Store

PATH = "/api/v2/users-bulk"
MOST = 250


def users_bulk(wiki: Store, sent: bytes, base_url: str) -> Reply:
    """Answer with those whom the wiki knows, without a word about the others."""
    try:
        asked = json.loads(sent)["accountIds"]
    except (ValueError, KeyError, TypeError):
        return _refusal("accountIds must not be null")
    if not isinstance(asked, list) or not 1 <= len(asked) <= MOST:
        return _refusal(f"accountIds must have 1 to {MOST} elements")
    with wiki.lock:
        found = [_row(user, wiki) for user in wiki.users if user.account_id in asked]
    return Reply(200, {"results": found, "_links": {"base": base_url}}, points=1 + 2 * len(found))


def _refusal(title: str) -> Reply:
    return Reply(400, v2_envelope(400, title))


def _row(user: User, wiki: Store) -> Row:
    key = "~" + user.account_id.replace(":", "").replace("-", "")
    own = next((str(space.num) for space in wiki.spaces if space.key == key), None)
    return {
        "displayName": user.name,
        "timeZone": user.time_zone,
        "personalSpaceId": own,
        "isExternalCollaborator": user.is_guest,
        "accountStatus": user.status,
        "accountId": user.account_id,
        "email": user.email,
        "accountType": user.account_type,
        "publicName": user.name,
        "profilePicture": {
            "path": f"/wiki/aa-avatar/{user.account_id}",
            "width": 48,
            "height": 48,
            "isDefault": False,
        },
    }
