"""The wrong site or account ends the run before its first record, in one line that helps."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING, Any

import pytest

from tests.forked import run_forked
from tests.http.other_sites import other_site
from tests.running import run_tap, settings_of
from tests.waits import waits_skipped

if TYPE_CHECKING:
    from tests.demo_site import DemoSite
    from tests.running import Run

CREDENTIALS = {"email": "ana@example.com", "api_token": "secret-token"}
HTML = "<html><head><title>Welcome</title></head><body>Buy shoes</body></html>"


def complaint_of(run: Run) -> str:
    """Return the one line that says why a run failed before it wrote anything."""
    assert run.exit_status == 1
    assert run.stdout == ""
    assert "Traceback" not in run.stderr
    assert "secret-token" not in run.stderr
    [complaint] = run.complaints
    return complaint


def run_at(base_url: str) -> Run:
    with waits_skipped():
        return run_tap({"base_url": base_url, **CREDENTIALS, "max_retries": 1})


def test_a_wrong_token_is_refused(site: DemoSite) -> None:
    complaint = complaint_of(run_tap(settings_of(site, **CREDENTIALS)))

    assert site.base_url in complaint
    assert "does not accept the credentials" in complaint
    assert len(site.requests) == 1


def test_a_site_that_is_open_to_all_does_not_pass_for_signed_in(site: DemoSite) -> None:
    site.faults.anonymous = True

    complaint = complaint_of(run_tap(settings_of(site, **CREDENTIALS)))

    assert "does not accept the credentials" in complaint


def test_as_a_command_it_writes_one_line_to_stderr_and_nothing_to_stdout(site: DemoSite) -> None:
    complaint = complaint_of(run_forked(settings_of(site, **CREDENTIALS)))

    assert "does not accept the credentials" in complaint


def test_a_token_without_the_scope_to_ask_who_it_is_may_still_read(site: DemoSite) -> None:
    site.faults.deny_scope("/rest/api/user")

    run = run_tap(settings_of(site), streams=("pages",))

    assert run.exit_status == 0
    assert set(run.keys("pages")) == site.truth()["pages"]


def test_the_context_path_may_be_left_out(site: DemoSite) -> None:
    config = settings_of(site, base_url=site.base_url.removesuffix("/wiki"))

    run = run_tap(config, streams=("pages",))

    assert run.exit_status == 0
    assert set(run.keys("pages")) == site.truth()["pages"]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed_to_another_host(site: DemoSite, status: int) -> None:
    location = f"{site.base_url.replace('127.0.0.1', 'localhost')}/rest/api/user/current"
    with other_site(status, Location=location) as url:
        complaint = complaint_of(run_at(f"{url}/wiki"))

    assert "redirects" in complaint
    assert "localhost" in complaint
    assert site.requests == []


def test_a_web_site_that_is_no_confluence_is_named(site: DemoSite) -> None:
    del site
    with other_site(200, HTML) as url:
        complaint = complaint_of(run_at(url))

    assert url in complaint
    assert "does not answer as Confluence does" in complaint
    assert "shoes" not in complaint


def test_a_site_that_does_not_exist_is_named() -> None:
    with other_site(404, HTML) as url:
        complaint = complaint_of(run_at(url))

    assert f"There is no Confluence at {url}/wiki" in complaint
    assert "'base_url'" in complaint


@pytest.mark.parametrize("body", [{}, {"type": "known"}, {"results": []}])
def test_an_answer_that_names_no_account_is_no_sign_in(body: dict[str, Any]) -> None:
    with other_site(200, json.dumps(body), "application/json") as url:
        complaint_of(run_at(f"{url}/wiki"))


def test_a_host_that_does_not_answer_is_named_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]

    with waits_skipped() as waits:
        run = run_tap({"base_url": f"http://127.0.0.1:{port}", **CREDENTIALS})

    assert f"Cannot reach 127.0.0.1:{port}" in complaint_of(run)
    assert waits.retries == []


def test_a_host_whose_name_is_unknown_is_named_at_once() -> None:
    with waits_skipped() as waits:
        run = run_tap({"base_url": "http://confluence.invalid/wiki", **CREDENTIALS})

    assert "Cannot reach confluence.invalid" in complaint_of(run)
    assert waits.retries == []


def test_a_certificate_that_cannot_be_verified_is_said_to_be_so(site: DemoSite) -> None:
    run = run_at(site.base_url.replace("http://", "https://"))

    assert "127.0.0.1" in complaint_of(run)


def test_a_site_that_is_out_of_order_is_tried_again_first(site: DemoSite) -> None:
    site.faults.fail_next(2, "503", "/rest/api/user/current")

    with waits_skipped() as waits:
        run = run_tap(settings_of(site), streams=("groups",))

    assert run.exit_status == 0
    assert len(waits.retries) == 2


def test_a_site_that_stays_out_of_order_is_said_to_be_so(site: DemoSite) -> None:
    site.faults.fail_next(1000, "503")

    with waits_skipped():
        complaint = complaint_of(run_tap(settings_of(site, max_retries=1)))

    assert "503" in complaint
