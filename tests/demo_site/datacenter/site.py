"""The self-hosted site."""

from __future__ import annotations

import base64
import contextlib
import re
from typing import TYPE_CHECKING, ClassVar

from aiohttp import web

from tests.demo_site.datacenter.api import Api, envelope
from tests.demo_site.datacenter.asked import Asked
from tests.demo_site.datacenter.faults import DataCenterFaults
from tests.demo_site.datacenter.people import user_key, username
from tests.demo_site.datacenter.setting import FIRST_WITH_TOKENS, Setting, release_of
from tests.demo_site.datacenter.times import LocalTimes
from tests.demo_site.datacenter.truth import truth_of
from tests.demo_site.errors import NoSuchPath
from tests.demo_site.loopback import LoopbackSite
from tests.demo_site.media import LEGACY, legacy_file
from tests.demo_site.troubles import ABSURD, compact, json_bytes, json_reply

if TYPE_CHECKING:
    from tests.demo_site.model import Row
    from tests.demo_site.wiki import Keys, Wiki

PERSONAL_ACCESS_TOKEN = "demo-personal-access-token"  # noqa: S105 - opens nothing but the demo site
PASSWORD = "demo-password"  # noqa: S105 - opens nothing but the demo site
LOGIN_FAILED = (
    "<html><head><title>Unauthorized (401)</title></head><body><h2>HTTP Status 401</h2>"
    "<p>Basic Authentication Failure - Reason : AUTHENTICATED_FAILED</p></body></html>"
)
BAD_PATH = (
    "<!doctype html><html lang='en'><head><title>HTTP Status 400 – Bad Request</title></head>"  # noqa: RUF001 - as Tomcat has it
    "<body><h1>HTTP Status 400</h1></body></html>"
)
_ACCOUNT = re.compile(rb'ri:account-id=\\"([^"\\]+)\\"')


class DataCenterSite(LoopbackSite):
    """A Confluence Data Center site on loopback, from entering the context until leaving it.

    Args:
        wiki: What the site shows.
        latency: Seconds that every answer takes at least.
        context_path: What stands before every path; may be empty.
        version: The version of the product. 7.5 has the audit log, 7.9 takes personal access
            tokens, 7.18 scans pages, 8.3 scans more, 8.4 tells its version, 9.1 lists permissions.
        supports_scan: Whether content can be scanned at all.
        time_zone: The time zone of the user, in which times are written and searched for.
        host: The address to listen on.
        port: The port to listen on; 0 takes a free one.
    """

    _thread_name: ClassVar[str] = "demo-data-center"

    personal_access_token = PERSONAL_ACCESS_TOKEN
    password = PASSWORD

    def __init__(  # noqa: PLR0913 - each is a trait of some site
        self,
        wiki: Wiki,
        *,
        latency: float = 0.0,
        context_path: str = "/confluence",
        version: str = "9.2.1",
        supports_scan: bool = True,
        time_zone: str = "Australia/Sydney",
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.faults = DataCenterFaults(latency)
        super().__init__(wiki, self.faults, context_path=context_path, host=host, port=port)
        self.version = version
        self.supports_scan = supports_scan
        self.time_zone = time_zone
        self.username = username(wiki.users[0])
        pair = base64.b64encode(f"{self.username}:{PASSWORD}".encode()).decode()
        self._good = {f"Basic {pair}"}
        if release_of(version) >= FIRST_WITH_TOKENS:
            self._good.add(f"Bearer {PERSONAL_ACCESS_TOKEN}")
        self._keys = {account.encode(): key.encode() for account, key in self.user_keys.items()}

    @property
    def user_keys(self) -> dict[str, str]:
        """The key that each user has here, by the account id in the cloud."""
        return {user.account_id: user_key(user.account_id) for user in self.wiki.users}

    def revoke_token(self) -> None:
        """Know nobody any more by the credentials that were good so far."""
        self._good = set()

    def renew_token(self, token: str) -> None:
        """Take a token, and no longer what was good so far."""
        self.personal_access_token = token
        self._good = {f"Bearer {token}"}

    def truth(self) -> dict[str, Keys]:
        """Get the primary keys that each stream has to deliver; see `truth_of`."""
        return truth_of(self.wiki)

    async def _open(self, runner: web.ServerRunner) -> None:  # noqa: ARG002 - one port will do
        self._api = Api(
            Setting(
                self.wiki,
                self.faults,
                self.base_url,
                self._context_path,
                self.version,
                supports_scan=self.supports_scan,
                times=LocalTimes(self.time_zone),
            )
        )

    def _trouble_envelope(self, status: int, title: str) -> Row:
        return envelope(status, title)

    def _respond(self, request: web.BaseRequest, path: str, raw_query: str) -> web.Response:
        headers = self._limits()
        known = request.headers.get("Authorization") in self._good
        refusal = self._refusal(path, headers, known=known)
        if refusal is not None:
            return refusal
        file = legacy_file(self.wiki, path, raw_query) if path.startswith(LEGACY) else None
        if file is not None:
            return web.Response(body=file, content_type="application/octet-stream")
        reply = None
        if request.method == "GET":
            with contextlib.suppress(NoSuchPath):
                reply = self._api.answer(Asked(path, raw_query, anonymous=not known))
        if reply is None:
            nowhere = f"null for uri: {self.base_url}{path}"
            return json_reply(404, {"message": nowhere, "status-code": 404}, headers)
        body = self.wiki.bodies.written(compact(reply.payload))
        return json_bytes(reply.status, self._with_keys(body), headers)

    def _refusal(self, path: str, headers: dict[str, str], *, known: bool) -> web.Response | None:
        """Refuse what limits, sign-in and permissions do not allow."""
        faults, status = self.faults, self.faults.forbidden(path)
        refusal: web.Response | None = None
        if faults.blocked(path):
            shut = {"X-RateLimit-Limit": "0", "X-RateLimit-Remaining": "0"}
            refusal = json_reply(429, envelope(429, ""), {**shut, "Retry-After": str(ABSURD)})
        elif faults.bucket is not None and not faults.bucket.take():
            if faults.send_retry_after:
                headers["Retry-After"] = "1"
            refusal = json_reply(429, envelope(429, ""), headers)
        elif not known and not faults.anonymous:
            why = {
                "WWW-Authenticate": 'OAuth realm="demo"',
                "X-Seraph-LoginReason": "AUTHENTICATED_FAILED",
            }
            refusal = web.Response(
                status=401, text=LOGIN_FAILED, content_type="text/html", headers=why
            )
        elif "%2f" in path.lower():
            refusal = web.Response(status=400, text=BAD_PATH, content_type="text/html")
        elif status is not None:
            refusal = json_reply(status, envelope(status, "Not permitted"), headers)
        return refusal

    def _limits(self) -> dict[str, str]:
        bucket = self.faults.bucket
        if bucket is None:
            return {}
        return {
            "X-RateLimit-Limit": str(max(1, int(bucket.rate))),
            "X-RateLimit-Remaining": str(bucket.left),
            "X-RateLimit-Interval-Seconds": "1",
            "X-RateLimit-FillRate": str(int(bucket.rate)),
        }

    def _with_keys(self, body: bytes) -> bytes:
        """Mention users in bodies by their keys, as they are here."""
        return _ACCOUNT.sub(
            lambda found: b'ri:userkey=\\"%b\\"' % self._keys.get(found[1], found[1]), body
        )
