"""The Cloud site."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from aiohttp import web

from tests.demo_site import api_v1, api_v2, permission_check, users_bulk
from tests.demo_site.api_v1 import ApiV1
from tests.demo_site.api_v2 import ApiV2, Reply
from tests.demo_site.chance import uuid_of
from tests.demo_site.errors import NOT_FOUND_PAGE, NoSuchPath, v1_envelope, v2_envelope
from tests.demo_site.faults import Faults
from tests.demo_site.loopback import SENT, LoopbackSite
from tests.demo_site.media import Media
from tests.demo_site.troubles import compact, json_bytes, json_reply

if TYPE_CHECKING:
    from tests.demo_site.wiki import Wiki

EMAIL = "ana@example.com"
API_TOKEN = "demo-token-for-the-demo-site"  # noqa: S105 - opens nothing but the demo site
TENANT_INFO = "/_edge/tenant_info"


class DemoSite(LoopbackSite):
    """A Confluence Cloud site on loopback, from entering the context until leaving it.

    Args:
        wiki: What the site shows.
        latency: Seconds that every answer takes at least.
        replies_in_lists: Whether the site-wide lists of comments have replies in them.
        host: The address to listen on.
        port: The port to listen on; 0 takes a free one.
    """

    email = EMAIL
    api_token = API_TOKEN
    cloud_id = uuid_of(3)

    def __init__(
        self,
        wiki: Wiki,
        *,
        latency: float = 0.0,
        replies_in_lists: bool = True,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.faults = Faults(latency, replies_in_lists=replies_in_lists)
        super().__init__(wiki, self.faults, context_path="/wiki", host=host, port=port)
        self.media = Media(wiki, self.faults)
        self._media_port = 0
        self.renew_token(API_TOKEN)

    def revoke_token(self) -> None:
        """Know nobody any more by the credentials that were good so far."""
        self._authorization = ""

    def renew_token(self, token: str) -> None:
        """Take a token, and no longer the one that was good so far."""
        self.api_token = token
        secret = base64.b64encode(f"{EMAIL}:{token}".encode()).decode()
        self._authorization = f"Basic {secret}"

    @property
    def empty_pages(self) -> bool:
        """Whether each list of several pages has an empty one after the first."""
        return self.faults.empty_pages

    @empty_pages.setter
    def empty_pages(self, value: bool) -> None:
        self.faults.empty_pages = value

    @property
    def replies_in_lists(self) -> bool:
        """Whether the site-wide lists of comments have replies in them."""
        return self.faults.replies_in_lists

    @replies_in_lists.setter
    def replies_in_lists(self, value: bool) -> None:
        self.faults.replies_in_lists = value

    def repeat_cursor(self, path: str) -> None:
        """From its second page on, make a list answer with the same next link for ever."""
        self.faults.repeat_cursor(path)

    async def _open(self, runner: web.ServerRunner) -> None:
        self._v2 = ApiV2(self.wiki, self.faults, self.base_url)
        self._v1 = ApiV1(self.wiki, self.faults, self.base_url, EMAIL)
        self._media_port = await self._listen(runner, 0)
        self.media.url = f"http://{self._host}:{self._media_port}"

    def _through(self, request: web.BaseRequest) -> str:
        return "media" if self._port_of(request) == self._media_port else "site"

    def _inside(self, request: web.BaseRequest, path: str) -> str:
        return path if self._through(request) == "media" else super()._inside(request, path)

    async def _answer(
        self, request: web.BaseRequest, path: str, raw_query: str
    ) -> web.StreamResponse:
        if self._through(request) == "media":
            return await self.media.answer(request, path, raw_query)
        return await super()._answer(request, path, raw_query)

    def _respond(self, request: web.BaseRequest, path: str, raw_query: str) -> web.Response:
        faults = self.faults
        if faults.bucket is not None and not faults.bucket.take():
            headers = {"Retry-After": "1"} if faults.send_retry_after else {}
            return json_reply(429, v2_envelope(429, "Too many requests"), headers)
        quota = faults.points
        if quota is not None and quota.exhausted():
            headers = {
                **quota.headers(),
                "RateLimit-Reason": "confluence-quota-tenant-based",
                "Retry-After": str(quota.seconds_left()),
            }
            return json_reply(429, v2_envelope(429, "Quota spent"), headers)
        if path == f"/..{TENANT_INFO}":
            return json_reply(200, {"cloudId": self.cloud_id})
        reply = self._reply(request, path, raw_query)
        if reply is None:
            return web.Response(status=404, text=NOT_FOUND_PAGE, content_type="text/html")
        headers = dict(reply.headers)
        if quota is not None:
            quota.spend(reply.points)
            headers.update(quota.headers())
        body = self.wiki.bodies.written(compact(reply.payload))
        return json_bytes(reply.status, body, headers)

    def _reply(self, request: web.BaseRequest, path: str, raw_query: str) -> Reply | None:
        """Answer; None means an unknown path."""
        known = self._knows(request)
        refusal = self._refusal(path, known=known)
        if refusal is not None:
            return refusal
        of_file = self.media.reply(path, raw_query) or self.media.legacy_reply(path)
        if of_file is not None:
            return of_file
        try:
            if request.method == "GET" and path.startswith(api_v1.ROOT):
                return self._v1.answer(path, raw_query, anonymous=not known)
            if request.method == "POST":
                return self._reply_to_question(path, request[SENT], known=known)
            if request.method == "GET" and path.startswith(api_v2.ROOT):
                return self._v2.answer(path, raw_query, anonymous=not known)
        except NoSuchPath:
            pass
        return None

    def _reply_to_question(self, path: str, sent: bytes, *, known: bool) -> Reply:
        """Answer what is asked for in the body of a request.

        Raises:
            NoSuchPath: There is no such endpoint.
        """
        if path == users_bulk.PATH:
            return users_bulk.users_bulk(self.wiki, sent, self.base_url)
        if content := permission_check.PATH.fullmatch(path):
            may_ask = known and self.faults.is_administrator
            return permission_check.permission_check(
                self.wiki, content["id"], sent, self.base_url, is_administrator=may_ask
            )
        raise NoSuchPath

    def _knows(self, request: web.BaseRequest) -> bool:
        """Whether the credentials of a request are good."""
        return request.headers.get("Authorization") == self._authorization

    def _refusal(self, path: str, *, known: bool) -> Reply | None:
        """Refuse what sign-in, scopes and permissions do not allow."""
        v1 = path.startswith(api_v1.ROOT)
        if not known and not self.faults.anonymous:
            if v1:
                message = "Current user not permitted to use Confluence"
                return Reply(403, v1_envelope(403, message))
            return Reply(404, v2_envelope(404, "Not Found"))
        if self.faults.scope_missing(path):
            return Reply(401, {"code": 401, "message": "Unauthorized; scope does not match"})
        status = self.faults.forbidden(path)
        if status is None:
            return None
        message = f"Cannot find [content] at [{path}]" if status == 404 else "Not permitted"
        return Reply(status, (v1_envelope if v1 else v2_envelope)(status, message))
