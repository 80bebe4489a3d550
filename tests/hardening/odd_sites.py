"""Sites that answer what no Confluence should."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from tests.demo_site import DemoSite
from tests.demo_site.datacenter import DataCenterSite
from tests.demo_site.loopback import LoopbackSite
from tests.hardening.distortion import Answer
from tests.running import settings_of

if TYPE_CHECKING:
    from aiohttp import web

    from tests.hardening.distortion import Distortion

# What the server says of lines too long for it is not of the tap.
logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL + 1)

MOST_REQUESTS = 4000
"""A run that asks for more of a wiki of 12 pages would never end."""

SIGN_IN = ("/rest/api/user/current", "/rest/api/server-information")


class DistortedSite(LoopbackSite):
    """A site some of whose answers are distorted on their way out.

    Attributes:
        distortion: Which, and how; None leaves all as they are.
        distorts_sign_in: Whether that goes for the check of the connection, too.
    """

    distortion: Distortion | None = None
    distorts_sign_in = False

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        answer = await super()._handle(request)
        path = self._inside(request, request.raw_path)
        spared = path.startswith(SIGN_IN) and not self.distorts_sign_in
        if self.distortion is None or spared or not hasattr(answer, "body"):
            return answer
        body = answer.body if isinstance(answer.body, bytes) else b""
        headers = {"Content-Type": answer.headers.get("Content-Type", ""), **answer.headers}
        made = self.distortion.of(path, Answer(answer.status, headers, body))
        _send(request, made)
        return answer


def _send(request: web.BaseRequest, answer: Answer) -> None:
    """Write an answer to the wire as it is, also where no library would, and hang up."""
    transport = request.transport
    if transport is None:
        return
    headers = {k: v for k, v in answer.headers.items() if k.lower() not in FRAMING}
    head = [f"HTTP/1.1 {answer.status} Odd", "Connection: close"]
    head += [f"{name}: {value}" for name, value in headers.items()]
    body = answer.body if answer.ends_at is None else answer.body[: answer.ends_at]
    if answer.ends_at is not None and answer.ends_at % 2:
        head.append("Transfer-Encoding: chunked")
        body = f"{len(answer.body):x}\r\n".encode() + body
    else:
        head.append(f"Content-Length: {len(answer.body)}")
    transport.write("\r\n".join([*head, "", ""]).encode("latin-1") + body)
    transport.close()


FRAMING = {"content-length", "transfer-encoding", "connection"}


class OddCloud(DistortedSite, DemoSite):
    """Such a site of the cloud."""


class OddDataCenter(DistortedSite, DataCenterSite):
    """Such a site that is self-hosted."""


def settings_for(site: OddCloud | OddDataCenter, **more: Any) -> dict[str, Any]:
    """Return the settings of a run that is quick also where most of it fails."""
    limits = {"max_retries": 0, "max_rate_limit_wait": 0.01, "request_timeout": 5}
    impatient = {**limits, "page_size": 5, "anchor_date": "2000-01-01", **more}
    if isinstance(site, OddCloud):
        return settings_of(site, **impatient)
    token = {"personal_access_token": site.personal_access_token, "deployment": "datacenter"}
    return {"base_url": site.base_url, **token, **impatient}
