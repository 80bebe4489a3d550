"""The site itself: HTTP on loopback in a thread of its own."""

from __future__ import annotations

import asyncio
import base64
import json
import threading
from typing import TYPE_CHECKING, Self

from aiohttp import web

from tests.demo_site import api_v1, api_v2, control, queries
from tests.demo_site.api_v1 import ApiV1
from tests.demo_site.api_v2 import ApiV2, Reply
from tests.demo_site.errors import NOT_FOUND_PAGE, NoSuchPath, v1_envelope, v2_envelope
from tests.demo_site.faults import Faults
from tests.demo_site.recorder import Recorded, Requests
from tests.demo_site.troubles import compact, failing_reply, json_bytes, json_reply

if TYPE_CHECKING:
    from types import TracebackType

    from tests.demo_site.wiki import Keys, Wiki

EMAIL = "ana@example.com"
API_TOKEN = "demo-token-for-the-demo-site"  # noqa: S105 - opens nothing but the demo site


class DemoSite:
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

    def __init__(
        self,
        wiki: Wiki,
        *,
        latency: float = 0.0,
        replies_in_lists: bool = True,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.wiki = wiki
        self.faults = Faults(latency, replies_in_lists=replies_in_lists)
        self.requests = Requests()
        self._host = host
        self._port = port
        self._control = control.Control(wiki, self.faults, self.requests)
        self._started = threading.Event()
        self._failure: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._leave: asyncio.Event | None = None
        self._thread: threading.Thread | None = None
        secret = base64.b64encode(f"{EMAIL}:{API_TOKEN}".encode()).decode()
        self._authorization = f"Basic {secret}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def base_url(self) -> str:
        """The URL of the site with its context path."""
        return f"http://{self._host}:{self._port}/wiki"

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

    def truth(self) -> dict[str, Keys]:
        """Get the primary keys that each stream has to deliver."""
        return self.wiki.truth()

    def count(self, path_prefix: str = "") -> int:
        """Count the recorded requests whose path, without `/wiki`, starts with a prefix."""
        return self.requests.under(path_prefix)

    def start(self) -> None:
        """Start serving; returns once the site answers.

        Raises:
            OSError: The port is taken.
        """
        self._thread = threading.Thread(target=self._run, name="demo-site", daemon=True)
        self._thread.start()
        self._started.wait()
        if self._failure is not None:
            raise self._failure

    def stop(self) -> None:
        """Stop serving and free the port."""
        if self._loop is not None and self._leave is not None:
            self._loop.call_soon_threadsafe(self._leave.set)
        if self._thread is not None:
            self._thread.join()
        self._loop = self._thread = None

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except OSError as error:
            self._failure = error
            self._started.set()

    async def _serve(self) -> None:
        self._loop, self._leave = asyncio.get_running_loop(), asyncio.Event()
        runner = web.ServerRunner(web.Server(self._handle, access_log=None), shutdown_timeout=0.1)
        await runner.setup()
        try:
            site = web.TCPSite(runner, self._host, self._port, backlog=512)
            await site.start()
            self._port = runner.addresses[0][1]
            self._v2 = ApiV2(self.wiki, self.faults, self.base_url)
            self._v1 = ApiV1(self.wiki, self.base_url, EMAIL)
            self._started.set()
            await self._leave.wait()
        finally:
            await runner.cleanup()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        path, _, raw_query = request.raw_path.partition("?")
        if path.startswith(control.ROOT):
            return await self._steer(request, path)
        path = path.removeprefix("/wiki") if path.startswith("/wiki/") else f"/..{path}"
        recorded = Recorded(request.method, path, queries.split(raw_query))
        self.requests.append(recorded)
        hook = self.faults.before_request
        if hook is not None:
            hook(len(self.requests) - 1, path)
        if self.faults.latency:
            await asyncio.sleep(self.faults.latency)
        trouble = self.faults.trouble_for(path)
        if trouble is not None and trouble.kind == "slow":
            await asyncio.sleep(trouble.delay)
            trouble = None
        if trouble is not None:
            response = failing_reply(trouble, request)
            recorded.status = 0 if trouble.kind in {"reset", "cut-off"} else response.status
            return response
        response = self._respond(request, path, raw_query)
        recorded.status = response.status
        return response

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
        known = request.headers.get("Authorization") == self._authorization
        refusal = self._refusal(path, known=known)
        if refusal is not None:
            return refusal
        try:
            if request.method == "GET" and path.startswith(api_v1.ROOT):
                return self._v1.answer(path, raw_query, anonymous=not known)
            if request.method == "GET" and path.startswith(api_v2.ROOT):
                return self._v2.answer(path, raw_query, anonymous=not known)
        except NoSuchPath:
            pass
        return None

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

    async def _steer(self, request: web.BaseRequest, path: str) -> web.Response:
        sent = await request.read()
        status, payload = self._control.answer(
            request.method, path, json.loads(sent) if sent else {}
        )
        return json_reply(status, payload)
