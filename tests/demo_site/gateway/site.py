"""The Cloud site with its API gateway."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from aiohttp import web

from tests.demo_site.errors import UNAUTHORIZED_PAGE
from tests.demo_site.gateway.scopes import ALL, opened_by
from tests.demo_site.gateway.tokens import Tokens
from tests.demo_site.server import API_TOKEN, DemoSite
from tests.demo_site.troubles import json_reply

if TYPE_CHECKING:
    from collections import Counter

    from tests.demo_site.wiki import Wiki

SCOPED_TOKEN = "demo-scoped-token"  # noqa: S105 - opens nothing but the demo site
TOKEN_PATH = "/oauth/token"  # noqa: S105 - a path
RESOURCES_PATH = "/oauth/token/accessible-resources"


class GatewaySite(DemoSite):
    """A Cloud site on one port, and the gateway to it with its authorization server on another.

    The site takes email and API token. The gateway takes these, too, and access tokens, and the
    scoped token as a password or a bearer token. Paths are recorded without what the gateway puts
    before them, and `through` says which way a request came.

    Args:
        wiki: What the site shows.
        latency: Seconds that every answer takes at least.
        replies_in_lists: Whether the site-wide lists of comments have replies in them.
        host: The address to listen on.

    Attributes:
        tokens: The tokens, with their lifetimes and scopes.
        scoped_token: An API token that has the scopes of `tokens` and works on the gateway alone.
    """

    scoped_token = SCOPED_TOKEN

    def __init__(
        self,
        wiki: Wiki,
        *,
        latency: float = 0.0,
        replies_in_lists: bool = True,
        host: str = "127.0.0.1",
    ) -> None:
        super().__init__(wiki, latency=latency, replies_in_lists=replies_in_lists, host=host)
        self.tokens = Tokens(scopes=set(ALL))
        self._gateway_port = 0

    @property
    def gateway_url(self) -> str:
        """The URL of the gateway without a path, as https://api.atlassian.com is."""
        return f"http://{self._host}:{self._gateway_port}"

    @property
    def gateway_base_url(self) -> str:
        """The URL of this site on the gateway, with `/wiki`."""
        return f"{self.gateway_url}/ex/confluence/{self.cloud_id}/wiki"

    @property
    def oauth_token_url(self) -> str:
        """Where tokens are handed out."""
        return f"{self.gateway_url}{TOKEN_PATH}"

    @property
    def client_id(self) -> str:
        """Who may ask for tokens."""
        return self.tokens.client_id

    @property
    def client_secret(self) -> str:
        """The password of the client."""
        return self.tokens.client_secret

    @property
    def refresh_token(self) -> str:
        """The refresh token that works now."""
        return self.tokens.refresh_token

    @property
    def token_requests(self) -> Counter[str]:
        """How many token requests there were, by grant, and how many of them were refused."""
        return self.tokens.requests

    def expire_tokens(self) -> None:
        """Make every access token that is out there invalid."""
        self.tokens.expire()

    def revoke_refresh_tokens(self) -> None:
        """Make every refresh token that is out there invalid."""
        self.tokens.revoke()

    async def _open(self, runner: web.ServerRunner) -> None:
        await super()._open(runner)
        self._gateway_port = await self._listen(runner, 0)

    def _through(self, request: web.BaseRequest) -> str:
        is_gateway = self._port_of(request) == self._gateway_port
        return "gateway" if is_gateway else super()._through(request)

    def _inside(self, request: web.BaseRequest, path: str) -> str:
        if self._through(request) != "gateway":
            return super()._inside(request, path)
        if path in {TOKEN_PATH, RESOURCES_PATH}:
            return path
        before = f"/ex/confluence/{self.cloud_id}"
        if path.startswith(f"{before}/"):
            return super()._inside(request, path.removeprefix(before))
        return f"/..{path}"

    async def _answer(
        self, request: web.BaseRequest, path: str, raw_query: str
    ) -> web.StreamResponse:
        if path == TOKEN_PATH:
            if request.method != "POST":
                return json_reply(405, {"code": 405, "message": "Method Not Allowed"})
            return json_reply(*self.tokens.answer(_form(await request.read(), request)))
        return await super()._answer(request, path, raw_query)

    def _respond(self, request: web.BaseRequest, path: str, raw_query: str) -> web.Response:
        if self._through(request) == "gateway":
            return self._pass_on(request, path, raw_query)
        if path.startswith("/..") or self._belongs_on_site(request):
            return super()._respond(request, path, raw_query)
        return web.Response(status=401, text=UNAUTHORIZED_PAGE, content_type="text/html")

    def _pass_on(self, request: web.BaseRequest, path: str, raw_query: str) -> web.Response:
        if path.startswith("/.."):
            return json_reply(404, {"code": 404, "message": "Not Found"})
        if not self._may_pass(request):
            return json_reply(401, {"code": 401, "message": "Unauthorized"})
        if path == RESOURCES_PATH:
            return json_reply(200, [self._resource()])
        needed = opened_by(path)
        if needed and not needed & self.tokens.scopes and not self._is_unscoped(request):
            return json_reply(401, {"code": 401, "message": "Unauthorized; scope does not match"})
        return super()._respond(request, path, raw_query)

    def _knows(self, request: web.BaseRequest) -> bool:
        # What comes through the gateway has been looked at there, at the cost of one use.
        return self._through(request) == "gateway" or self._is_unscoped(request)

    def _may_pass(self, request: web.BaseRequest) -> bool:
        scheme, secret = _credentials(request)
        if scheme == "basic":
            return secret in {f"{self.email}:{token}" for token in (API_TOKEN, self.scoped_token)}
        return secret == self.scoped_token or self.tokens.accepts(secret)

    def _belongs_on_site(self, request: web.BaseRequest) -> bool:
        scheme, secret = _credentials(request)
        return scheme != "bearer" and not secret.endswith(f":{self.scoped_token}")

    def _is_unscoped(self, request: web.BaseRequest) -> bool:
        return request.headers.get("Authorization") == self._authorization

    def _resource(self) -> dict[str, object]:
        return {
            "id": self.cloud_id,
            "url": self.base_url.removesuffix("/wiki"),
            "name": "demo-site",
            "scopes": sorted(self.tokens.scopes),
            "avatarUrl": f"{self.gateway_url}/240/site.png",
        }


def _credentials(request: web.BaseRequest) -> tuple[str, str]:
    """Take the credentials of a request apart: their scheme, and what they say."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            secret = base64.b64decode(secret).decode()
        except ValueError:
            secret = ""
    return scheme.lower(), secret


def _form(sent: bytes, request: web.BaseRequest) -> dict[str, object]:
    """Read a token request, which is JSON or a form."""
    if request.content_type != "application/json":
        return dict(parse_qsl(sent.decode()))
    try:
        found = json.loads(sent)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
