"""What a site says cannot pass for another line of the log, nor steer a terminal."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from tap_confluence.redaction import guard_log
from tests.demo_site import DemoSite, Wiki
from tests.demo_site.datacenter import DataCenterSite
from tests.demo_site.loopback import LoopbackSite
from tests.hardening.telltale import whole_log
from tests.running import run_tap, settings_of
from tests.test_check import check

if TYPE_CHECKING:
    from collections.abc import Iterator

FORGERIES = (
    '\n{"level":"error","message":"forged"}',
    "\r2024-01-01 | ERROR | forged",
    "\x1b[2J\x1b[31mforged",
    "\u2028forged",
    "\u202eforged",
    "\x85forged\x9b0m",
    "\x07\x08forged\x00",
)
FORGED = "".join(FORGERIES)
RAW = {sign for sign in FORGED if not sign.isprintable()}


class ForgingSite(LoopbackSite):
    """A site that forges whatever it says: names, reasons, and what is wrong."""

    refuses: str | None = None

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if self.refuses is not None and self.refuses in request.path:
            errors = [{"title": f"Not permitted{FORGED}", "detail": FORGED}]
            return web.json_response({"message": FORGED, "errors": errors}, status=403)
        answer = await super()._handle(request)
        if isinstance(answer, web.Response) and isinstance(answer.body, bytes):
            body = json.loads(answer.body)
            forged = json.dumps(_forge(body)).encode()
            answer = web.Response(
                status=answer.status, body=forged, content_type="application/json"
            )
        return answer


def _forge(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: f"{each}{FORGED}" if name in NAMED and isinstance(each, str) else _forge(each)
            for name, each in value.items()
        }
    return [_forge(each) for each in value] if isinstance(value, list) else value


NAMED = {"displayName", "publicName", "name", "title", "version"}


class ForgingCloud(ForgingSite, DemoSite):
    """Such a site of the cloud."""


class ForgingDataCenter(ForgingSite, DataCenterSite):
    """Such a site that is self-hosted."""


@pytest.fixture(params=[ForgingCloud, ForgingDataCenter])
def site(request: pytest.FixtureRequest) -> Iterator[ForgingCloud | ForgingDataCenter]:
    with request.param(Wiki.seeded(pages=12, seed=7)) as site:
        yield site


def settings_at(site: ForgingCloud | ForgingDataCenter) -> dict[str, Any]:
    if isinstance(site, ForgingCloud):
        return settings_of(site, max_retries=0)
    token = {"personal_access_token": site.personal_access_token, "deployment": "datacenter"}
    return {"base_url": site.base_url, **token, "max_retries": 0}


def raw_in(text: str) -> set[str]:
    """Return what a text has of the forged controls, the ends of its lines apart."""
    return RAW & set(text.replace("\n", ""))


@pytest.mark.parametrize("refuses", [None, "/group", "/space"])
def test_no_line_of_the_log_is_forged(
    site: ForgingCloud | ForgingDataCenter, refuses: str | None
) -> None:
    site.refuses = refuses
    with whole_log() as log:
        run = run_tap(settings_at(site), streams=("spaces", "groups"))

    assert not raw_in(run.stderr)
    assert not any(line.startswith(("{", "forged")) for line in run.stderr.splitlines())
    entries = [json.loads(line) for line in log.getvalue().splitlines()]
    assert "forged" in str(entries)
    assert not any(raw_in(entry["message"]) or "\n" in entry["message"] for entry in entries)


def test_a_record_has_what_the_site_has(site: ForgingCloud | ForgingDataCenter) -> None:
    run = run_tap(settings_at(site), streams=("groups",))

    messages = [json.loads(line) for line in run.stdout.split("\n") if line]
    names = [message["record"]["name"] for message in messages if message["type"] == "RECORD"]
    assert names
    # No target takes a null character.
    assert all(name.endswith(FORGED.replace("\0", "")) for name in names)


def test_what_the_check_prints_is_not_forged(
    site: ForgingCloud | ForgingDataCenter,
) -> None:
    site.refuses = "/group"
    done = check(settings_at(site))

    assert "forged" in done.stdout
    assert not raw_in(done.stdout + done.stderr)
    assert not any(line.startswith(("{", "forged")) for line in done.stdout.splitlines())


def test_the_words_of_an_unexpected_error_are_not_forged() -> None:
    guard_log()
    logger = logging.getLogger("tap-confluence")
    with whole_log() as log:
        try:
            raise_forged()
        except LookupError:
            logger.exception(f"Oh: {FORGED}")  # noqa: G004 - as others may log

    [line] = log.getvalue().splitlines()
    entry = json.loads(line)
    assert not raw_in(entry["message"])
    assert not raw_in(str(entry["exception"]["message"]))
    assert entry["exception"]["type"] == "LookupError"
    assert entry["exception"]["cause"]["type"] == "KeyError"
    assert [frame["function"] for frame in entry["exception"]["traceback"]][-1] == "raise_forged"


def raise_forged() -> None:
    nothing: dict[str, str] = {}
    try:
        nothing[FORGED]
    except KeyError as error:
        raise LookupError(FORGED) from error
