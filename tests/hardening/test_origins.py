"""All requests of a run go to the site of the settings, wherever its answers point."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from typing_extensions import override

from tests.demo_site import Wiki
from tests.hardening.distortion import Answer, Distortion
from tests.hardening.odd_sites import OddCloud, OddDataCenter, settings_for
from tests.running import everything, run_tap

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Elsewhere(ThreadingHTTPServer):
    """Another host, which remembers what it was asked and with which headers."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Elsewhere)
        self.asked: list[tuple[str, dict[str, str]]] = []

    @property
    def url(self) -> str:
        return f"http://localhost:{self.server_port}"


class _Elsewhere(BaseHTTPRequestHandler):
    server: Elsewhere

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_POST = do_GET  # noqa: N815

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Keep silent."""


class Luring(Distortion):
    """Points with everything it answers to another host."""

    def of(self, target: str, answer: Answer) -> Answer:  # noqa: ARG002 - it lures everywhere
        body = answer.body
        for name in (b'"next":"', b'"base":"', b'"self":"', b'"download":"', b'"context":"'):
            body = body.replace(name, name + self.under.encode())
        headers = dict(answer.headers)
        if "Link" in headers:
            headers["Link"] = headers["Link"].replace("</", f"<{self.under}/")
        return Answer(answer.status, headers, body)


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    with Elsewhere() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(params=["cloud", "data center"])
def site(request: pytest.FixtureRequest) -> Iterator[OddCloud | OddDataCenter]:
    kind = OddCloud if request.param == "cloud" else OddDataCenter
    with kind(Wiki.seeded(pages=12, seed=7)) as site:
        yield site


def test_links_to_another_host_are_followed_on_the_site_itself(
    site: OddCloud | OddDataCenter, elsewhere: Elsewhere
) -> None:
    site.distortion = Luring(0, 1.0, (), elsewhere.url)
    run = run_tap(settings_for(site), catalog=everything())
    assert {id_ for (id_,) in run.keys("pages")} == {id_ for (id_,) in site.truth()["pages"]}
    assert elsewhere.asked == []


def test_no_redirect_of_an_answer_in_json_is_followed(
    site: OddCloud | OddDataCenter, elsewhere: Elsewhere
) -> None:
    site.faults.redirect("/", elsewhere.url)
    run = run_tap(settings_for(site), catalog=everything())
    assert run.exit_status == 1
    assert elsewhere.asked == []


def test_a_file_that_is_kept_elsewhere_is_fetched_without_credentials(
    site: OddCloud | OddDataCenter, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    place = "/rest/api/content/" if isinstance(site, OddCloud) else "/download/"
    site.faults.redirect(place, elsewhere.url)
    run_tap(
        settings_for(site, attachment_download_dir=str(tmp_path)),
        streams=("attachments",),
    )
    assert elsewhere.asked
    for _, headers in elsewhere.asked:
        assert {"authorization", "cookie"}.isdisjoint(map(str.lower, headers))
