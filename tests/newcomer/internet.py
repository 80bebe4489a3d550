"""The hosts of the internet that the documents name, on loopback, behind a proxy that opens TLS.

Whoever goes through the proxy meets demo sites at `https://your-company.atlassian.net/wiki` and
`https://confluence.example.com/confluence`, with Atlassian's gateway, and nothing else.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
from typing import TYPE_CHECKING, Self

import trustme
from typing_extensions import override

from tests.demo_site import DataCenterSite, Wiki
from tests.demo_site.gateway.site import GatewaySite

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter
    from pathlib import Path

CLOUD = "your-company.atlassian.net"
DATA_CENTER = "confluence.example.com"
LONGEST_START = 30.0


class Cloud(GatewaySite):
    """A site that is known by the name that the documents give it."""

    @property
    @override
    def base_url(self) -> str:
        return f"https://{CLOUD}/wiki"

    @property
    def ports(self) -> dict[str, int]:
        """The port of each host that belongs to the site."""
        atlassian = ("api.atlassian.com", "auth.atlassian.com")
        return {CLOUD: self._port} | dict.fromkeys(atlassian, self._gateway_port)


class DataCenter(DataCenterSite):
    """A Data Center that is known by the name that the documents give it."""

    @property
    @override
    def base_url(self) -> str:
        return f"https://{DATA_CENTER}/confluence"

    @property
    def ports(self) -> dict[str, int]:
        """The port of each host that belongs to the site."""
        return {DATA_CENTER: self._port}


class Internet:
    """A proxy and what is behind it, from entering the context until leaving it.

    Args:
        folder: Where the certificate authority of the proxy is written to.
        postgres: The socket of a PostgreSQL, which is to have a port as well.

    Attributes:
        cloud: The site of the cloud.
        data_center: The other site.
        ca_bundle: The PEM file of the authority that the proxy signs with.
        proxy: The URL of the proxy.
        postgres_port: The port of the PostgreSQL.
        asked_for: The hosts that the proxy was asked for.
    """

    def __init__(self, folder: Path, postgres: Path) -> None:
        self.cloud = Cloud(Wiki.seeded(pages=40, seed=5))
        self.data_center = DataCenter(Wiki.seeded(pages=20, seed=3))
        self.ca_bundle = folder / "authorities.pem"
        self.proxy = ""
        self.postgres_port = 0
        self.asked_for: set[str] = set()
        self._postgres = postgres
        self._ports: dict[str, int] = {}
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._started = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._leave: asyncio.Event | None = None

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as opened:
            for site in (self.cloud, self.data_center):
                opened.enter_context(site)
                self._ports |= site.ports
            self._tls = self._certified()
            self._thread.start()
            opened.callback(self._end)
            assert self._started.wait(LONGEST_START)
            self._opened = opened.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def _certified(self) -> ssl.SSLContext:
        authority = trustme.CA()
        authority.cert_pem.write_to_path(self.ca_bundle)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert(*self._ports).configure_cert(context)
        return context

    def _end(self) -> None:
        if self._loop is not None and self._leave is not None:
            self._loop.call_soon_threadsafe(self._leave.set)
        self._thread.join()

    async def _serve(self) -> None:
        self._loop, self._leave = asyncio.get_running_loop(), asyncio.Event()
        proxy = await asyncio.start_server(self._tunnel, "127.0.0.1", 0)
        database = await asyncio.start_server(self._to_postgres, "127.0.0.1", 0)
        self.proxy = f"http://127.0.0.1:{proxy.sockets[0].getsockname()[1]}"
        self.postgres_port = database.sockets[0].getsockname()[1]
        self._started.set()
        await self._leave.wait()
        proxy.close()
        database.close()

    async def _tunnel(self, reader: StreamReader, writer: StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        method, target, *_ = head.decode().split(" ")
        host = target.rpartition(":")[0]
        self.asked_for.add(host)
        if method != "CONNECT" or host not in self._ports:
            writer.write(b"HTTP/1.1 502 There is no such host\r\nContent-Length: 0\r\n\r\n")
            writer.close()
            return
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await writer.start_tls(self._tls)
        await _join(reader, writer, *await asyncio.open_connection("127.0.0.1", self._ports[host]))

    async def _to_postgres(self, reader: StreamReader, writer: StreamWriter) -> None:
        await _join(reader, writer, *await asyncio.open_unix_connection(self._postgres))


async def _join(
    reader: StreamReader, writer: StreamWriter, far_reader: StreamReader, far_writer: StreamWriter
) -> None:
    """Pass on what either end sends, until both are done."""
    await asyncio.gather(_pass_on(reader, far_writer), _pass_on(far_reader, writer))


async def _pass_on(reader: StreamReader, writer: StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while sent := await reader.read(1 << 16):
            writer.write(sent)
            await writer.drain()
    writer.close()
