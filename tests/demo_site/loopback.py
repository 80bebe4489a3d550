"""HTTP on loopback in a thread of its own: what every site of a wiki has in common."""

from __future__ import annotations

import asyncio
import json
import threading
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Self

from aiohttp import web

from tests.demo_site import control, queries, unbounded
from tests.demo_site.errors import v2_envelope
from tests.demo_site.recorder import Recorded, Requests
from tests.demo_site.troubles import failing_reply, json_reply, spelled

if TYPE_CHECKING:
    import ssl
    from types import TracebackType
    from typing import ClassVar

    from tests.demo_site.faults import Faults
    from tests.demo_site.model import Row
    from tests.demo_site.wiki import Keys, Wiki

SENT = web.RequestKey("sent", bytes)
"""Under which key a request keeps what was sent with it."""


class LoopbackSite(ABC):
    """A server on loopback, from entering the context until leaving it.

    Args:
        wiki: What the site shows.
        faults: The switches of the site.
        context_path: What stands before every path of the site.
        host: The address to listen on.
        port: The port to listen on; 0 takes a free one.
    """

    _thread_name: ClassVar[str] = "demo-site"

    tls: ssl.SSLContext | None = None
    """How the site speaks TLS, if it does; to be set before it starts."""

    def __init__(
        self, wiki: Wiki, faults: Faults, *, context_path: str, host: str, port: int
    ) -> None:
        self.wiki = wiki
        self.requests = Requests()
        self._site_faults = faults
        self._context_path = context_path
        self._host = host
        self._port = port
        self._control = control.Control(wiki, faults, self.requests, self.truth)
        self._started = threading.Event()
        self._failure: BaseException | None = None
        self._own_errors: list[Exception] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._leave: asyncio.Event | None = None
        self._thread: threading.Thread | None = None

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
        scheme = "http" if self.tls is None else "https"
        return f"{scheme}://{self._host}:{self._port}{self._context_path}"

    def truth(self) -> dict[str, Keys]:
        """Get the primary keys that each stream has to deliver."""
        return self.wiki.truth()

    def count(self, path_prefix: str = "") -> int:
        """Count the recorded requests whose path, without the context, starts with a prefix."""
        if self._context_path:
            path_prefix = path_prefix.removeprefix(self._context_path)
        return self.requests.under(path_prefix)

    def start(self) -> None:
        """Start serving; returns once the site answers.

        Raises:
            OSError: The port is taken.
        """
        self._thread = threading.Thread(target=self._run, name=self._thread_name, daemon=True)
        self._thread.start()
        self._started.wait()
        if self._failure is not None:
            raise self._failure

    def stop(self) -> None:
        """Stop serving and free the port.

        Raises:
            ExceptionGroup: The site has failed to answer by a fault of its own, of which whoever
                asked knows no more than that.
        """
        if self._loop is not None and self._leave is not None:
            self._loop.call_soon_threadsafe(self._leave.set)
        if self._thread is not None:
            self._thread.join()
        self._loop = self._thread = None
        if errors := self._own_errors:
            self._own_errors = []
            message = "the demo site failed to answer"
            raise ExceptionGroup(message, errors)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except OSError as error:
            self._failure = error
            self._started.set()

    async def _serve(self) -> None:
        self._loop, self._leave = asyncio.get_running_loop(), asyncio.Event()
        server = web.Server(self._handle_and_note, access_log=None)
        runner = web.ServerRunner(server, shutdown_timeout=0.1)
        await runner.setup()
        try:
            self._port = await self._listen(runner, self._port, self.tls)
            await self._open(runner)
            self._started.set()
            await self._leave.wait()
        finally:
            await runner.cleanup()

    async def _listen(
        self, runner: web.ServerRunner, port: int, tls: ssl.SSLContext | None = None
    ) -> int:
        """Listen on one more port and return which it is."""
        site = web.TCPSite(runner, self._host, port, backlog=512, ssl_context=tls)
        await site.start()
        found: int = runner.addresses[-1][1]
        return found

    @abstractmethod
    async def _open(self, runner: web.ServerRunner) -> None:
        """Make ready what needs to know the address of the site."""

    async def _handle_and_note(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer a request, and keep what goes wrong with that for when the site stops."""
        try:
            return await self._handle(request)
        except OSError:
            # Whoever asked has gone.
            raise
        except Exception as error:
            error.add_note(f"as it was asked for {request.method} {request.raw_path}")
            self._own_errors.append(error)
            raise

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        faults = self._site_faults
        path, _, raw_query = request.raw_path.partition("?")
        if path.startswith(control.ROOT):
            return await self._steer(request, path)
        path = self._inside(request, path)
        sent = request.headers.get("Authorization")
        recorded = Recorded(request.method, path, queries.split(raw_query), authorization=sent)
        recorded.through = self._through(request)
        recorded.headers = {name.lower(): value for name, value in request.headers.items()}
        number = len(self.requests)
        self.requests.append(recorded)
        request[SENT] = await request.read()
        hook = faults.before_request
        if hook is not None:
            hook(number, path)
        if faults.latency:
            await asyncio.sleep(faults.latency)
        trouble = faults.trouble_for(path)
        if trouble is not None and trouble.kind == "slow":
            await asyncio.sleep(trouble.delay)
            trouble = None
        if trouble is not None and trouble.kind in unbounded.KINDS:
            return await unbounded.unbounded_reply(trouble, request)
        if trouble is not None:
            response: web.Response = failing_reply(trouble, request, self._trouble_envelope)
            recorded.status = 0 if trouble.kind in {"reset", "cut-off"} else response.status
            return response
        if recorded.through == "site" and not faults.signed_on(recorded.headers):
            recorded.status = 302
            return web.Response(status=302, headers={"Location": "https://login.example.com/"})
        elsewhere = faults.redirected(path)
        if elsewhere is not None:
            recorded.status = 302
            return web.Response(status=302, headers={"Location": elsewhere + request.raw_path})
        answer = await self._answer(request, path, raw_query)
        recorded.status = answer.status
        if faults.spelling is not None and isinstance(answer, web.Response):
            _spell(answer, faults.spelling)
        return answer

    def _inside(self, request: web.BaseRequest, path: str) -> str:  # noqa: ARG002 - gateways need it
        """Take the context off a path; one that lies outside comes out as `/..` and itself."""
        context = self._context_path
        if path.startswith(f"{context}/"):
            return path.removeprefix(context)
        return f"/..{path}"

    def _through(self, request: web.BaseRequest) -> str:  # noqa: ARG002 - gateways need it
        """Say by which door a request came."""
        return "site"

    def _trouble_envelope(self, status: int, title: str) -> Row:
        return v2_envelope(status, title)

    def _port_of(self, request: web.BaseRequest) -> int:
        """Tell at which port a request came in."""
        transport = request.transport
        address = None if transport is None else transport.get_extra_info("sockname")
        return int(address[1]) if address else 0

    async def _answer(
        self, request: web.BaseRequest, path: str, raw_query: str
    ) -> web.StreamResponse:
        return self._respond(request, path, raw_query)

    @abstractmethod
    def _respond(self, request: web.BaseRequest, path: str, raw_query: str) -> web.Response:
        """Answer a request that no trouble befell."""

    async def _steer(self, request: web.BaseRequest, path: str) -> web.Response:
        sent = await request.read()
        status, payload = self._control.answer(
            request.method, path, json.loads(sent) if sent else {}
        )
        return json_reply(status, payload)


def _spell(answer: web.Response, way: str) -> None:
    if answer.content_type == "application/json" and isinstance(answer.body, bytes):
        answer.body = spelled(way, answer.body)
