"""Sites that tell whoever asks which credentials came, in every way that there is to answer."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import logging
from typing import TYPE_CHECKING
from unittest.mock import patch
from urllib.parse import quote, quote_plus

from aiohttp import web
from singer_sdk.logging import StructuredFormatter

from tap_confluence.redaction import Redactor
from tests.demo_site import DemoSite, GatewaySite
from tests.demo_site.datacenter import DataCenterSite
from tests.demo_site.loopback import LoopbackSite
from tests.running import run_tap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from tests.running import Run

TALKATIVE = ("tap-confluence", "urllib3")
SIGN_IN = "/rest/api/user/current"
TOKENS = "/oauth/token"


def spellings(secret: str, name: str = "") -> set[str]:
    """Return a secret as it may be written anywhere."""
    encoded = secret.encode(errors="surrogatepass")
    pair = f"{name}:{secret}".encode(errors="surrogatepass") if name else encoded
    written = {secret, repr(secret)[1:-1], json.dumps(secret)[1:-1]}
    written |= {json.dumps(secret, ensure_ascii=False)[1:-1], repr(encoded)[2:-1]}
    written |= {quote(encoded), quote(encoded, safe=""), quote_plus(encoded)}
    return written | {base64.b64encode(each).decode() for each in (encoded, pair)}


class TelltaleSite(LoopbackSite):
    """A site that is told what is secret, and takes any credentials.

    Attributes:
        secrets: What to tell, each as it is and in all its spellings.
        manner: How; None tells nothing.
        spared: What is in the paths of requests that are answered well.
    """

    secrets: frozenset[str] = frozenset()
    manner: str | None = None
    spared: tuple[str, ...] = ()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if self.manner is None or any(part in request.path for part in self.spared):
            return await super()._handle(request)
        told = " ".join(sorted({request.headers.get("Authorization", ""), *self.secrets}))
        return MANNERS[self.manner](told)


def _error(status: int) -> Callable[[str], web.Response]:
    def answer(told: str) -> web.Response:
        errors = [{"status": status, "title": told, "detail": f"No such account: {told}"}]
        body = {"message": f"Not accepted: {told}", "errors": errors, "error": told}
        return web.json_response(body, status=status)

    return answer


def _redirect(told: str) -> web.Response:
    location = f"https://example.invalid/{quote(told)}?token={quote_plus(told)}"
    return web.Response(status=302, headers={"Location": location})


def _reason(told: str) -> web.Response:
    visible = "".join(sign for sign in told if sign.isprintable() and sign.isascii())
    return web.Response(status=503, reason=visible, text=told)


MANNERS: dict[str, Callable[[str], web.Response]] = {
    **{f"error {status}": _error(status) for status in (400, 401, 403, 404, 409, 410, 500)},
    "redirect": _redirect,
    "reason": _reason,
    "not JSON": lambda told: web.Response(text=told, content_type="text/html"),
    "odd object": lambda told: web.json_response({"results": told, told: told}),
}


class TelltaleCloud(TelltaleSite, DemoSite):
    """Such a site of the cloud."""

    def _knows(self, request: web.BaseRequest) -> bool:  # noqa: ARG002 - whoever it is
        return True


class TelltaleDataCenter(TelltaleSite, DataCenterSite):
    """Such a site that is self-hosted."""

    def _refusal(
        self,
        path: str,
        headers: dict[str, str],
        *,
        known: bool,  # noqa: ARG002
    ) -> web.Response | None:
        return super()._refusal(path, headers, known=True)


class TelltaleGateway(TelltaleSite, GatewaySite):
    """Such a site behind the gateway, whose token server tells just as much."""


@contextlib.contextmanager
def whole_log() -> Iterator[io.StringIO]:
    """Capture the log for machines, with all that anybody has to say, and with no secrets yet."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(StructuredFormatter())
    loggers = [logging.getLogger(name) for name in TALKATIVE]
    levels = [logger.level for logger in loggers]
    logging.getLogger().addHandler(handler)
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    try:
        with patch("tap_confluence.redaction.REDACTOR", Redactor()):
            yield written
    finally:
        logging.getLogger().removeHandler(handler)
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def run_aloud(config: dict[str, Any], *streams: str) -> tuple[Run, str]:
    """Run the tap with the most talkative log, and return all that anybody gets to see."""
    with whole_log() as log:
        run = run_tap(config, streams=streams or ("groups", "spaces"))
    return run, run.stdout + run.stderr + log.getvalue()
