"""Access tokens that run out, and refresh tokens that work once."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

from tests.demo_site.chance import uuid_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

CLIENT_ID = "demo-client"
CLIENT_SECRET = "demo-client-secret"  # noqa: S105 - opens nothing but the demo site
GRANTS = ("refresh_token", "client_credentials")


@dataclass
class _AccessToken:
    expires_at: float
    requests_left: float


@dataclass
class Tokens:
    """Hands tokens out and checks them. All attributes may be set at any time.

    Attributes:
        client_id: Who may ask for tokens.
        client_secret: Its password.
        lifetime: Seconds that an access token handed out from now on works.
        lifetime_requests: How many requests it works for, or None for any number.
        leeway: Seconds that a refresh token still works after it was used.
        scopes: The scopes that every token has.
        refresh_token: The refresh token that works now.
        requests: How many token requests there were, by grant, and how many of them were refused.
    """

    scopes: set[str]
    client_id: str = CLIENT_ID
    client_secret: str = CLIENT_SECRET
    lifetime: float = 3600
    lifetime_requests: int | None = None
    leeway: float = 0.0
    clock: Callable[[], float] = time.monotonic
    refresh_token: str = "demo-refresh-token-0"  # noqa: S105 - opens nothing but the demo site
    requests: Counter[str] = field(default_factory=Counter)
    _access: dict[str, _AccessToken] = field(default_factory=dict)
    _used: dict[str, float] = field(default_factory=dict)
    _numbers: count[int] = field(default_factory=lambda: count(1))

    def answer(self, sent: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        """Answer a token request with a status and JSON."""
        grant = str(sent.get("grant_type"))
        self.requests[grant] += 1
        if grant not in GRANTS:
            return self._refusal(400, "unsupported_grant_type", f"Unsupported grant type: {grant}")
        client = sent.get("client_id"), sent.get("client_secret")
        if client != (self.client_id, self.client_secret):
            return self._refusal(401, "access_denied", "Unauthorized")
        payload: dict[str, Any] = {}
        if grant == "refresh_token":
            if not self._may_refresh(str(sent.get("refresh_token"))):
                return self._refusal(403, "invalid_grant", "Unknown or invalid refresh token.")
            self._used[self.refresh_token] = self.clock()
            self.refresh_token = f"demo-refresh-token-{next(self._numbers)}"
            payload["refresh_token"] = self.refresh_token
        return 200, {
            "access_token": self.issue(),
            **payload,
            "expires_in": int(self.lifetime),
            "token_type": "Bearer",
            "scope": " ".join(sorted(self.scopes)),
        }

    def issue(self) -> str:
        """Hand an access token out."""
        token = f"demo-access-{uuid_of(next(self._numbers))}"
        limit = float("inf") if self.lifetime_requests is None else self.lifetime_requests
        self._access[token] = _AccessToken(self.clock() + self.lifetime, limit)
        return token

    def accepts(self, token: str) -> bool:
        """Whether an access token works; each time it does counts as a request."""
        known = self._access.get(token)
        if known is None or self.clock() >= known.expires_at or known.requests_left < 1:
            return False
        known.requests_left -= 1
        return True

    def expire(self) -> None:
        """Make every access token that is out there invalid."""
        self._access.clear()

    def revoke(self) -> None:
        """Make every refresh token that is out there invalid."""
        self._used.clear()
        self.refresh_token = f"demo-refresh-token-{next(self._numbers)}"

    def _may_refresh(self, token: str) -> bool:
        if token == self.refresh_token:
            return True
        used_at = self._used.get(token)
        return used_at is not None and self.clock() - used_at < self.leeway

    def _refusal(self, status: int, error: str, why: str) -> tuple[int, dict[str, Any]]:
        self.requests["refused"] += 1
        return status, {"error": error, "error_description": why}
