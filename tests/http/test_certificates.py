"""A host out of reach: what is wrong with its certificate, or which proxy refuses."""

from __future__ import annotations

import contextlib
import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
import trustme
from typing_extensions import override

from tests.http.other_sites import other_site
from tests.running import run_tap

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.running import Json, Run

PASSWORD = "pr0xy-p4ssword"  # noqa: S105 - of no proxy
CREDENTIALS = {"email": "ana@example.com", "api_token": "a-secret-token", "max_retries": 0}
YESTERDAY = datetime.now(UTC) - timedelta(days=1)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(autouse=True)
def _unproxied(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@contextlib.contextmanager
def tls_site(context: ssl.SSLContext | None, *, status: int = 404) -> Iterator[str]:
    """Serve HTTPS with a certificate, or HTTP without one, and give the host and port.

    CONNECT is answered as everything else is.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_POST(self) -> None:
            self.do_GET()

        def do_CONNECT(self) -> None:
            self.do_GET()

        @override
        def log_message(self, *args: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        @override
        def handle_error(self, *args: object) -> None:
            """Say nothing: that it is not trusted is what is wanted."""

    with Server(("127.0.0.1", 0), Handler) as server:
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"localhost:{server.server_port}"
        finally:
            server.shutdown()


def context_of(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def self_signed(authority: trustme.CA, folder: Path) -> ssl.SSLContext:
    """Use the certificate of an authority as that of a host."""
    path = folder / "own.pem"
    path.write_bytes(authority.private_key_pem.bytes() + authority.cert_pem.bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def complaint_of(run: Run) -> str:
    assert (run.exit_status, run.stdout) == (1, "")
    assert "Traceback" not in run.stderr
    assert PASSWORD not in run.stderr
    [complaint] = run.complaints
    return complaint


def contexts(authority: trustme.CA, folder: Path) -> dict[str, ssl.SSLContext]:
    valid = authority.issue_cert("localhost")
    expired = authority.issue_cert("localhost", not_after=YESTERDAY)
    return {
        "unknown": context_of(valid),
        "expired": context_of(expired),
        "another host": context_of(authority.issue_cert("wiki.example.com")),
        "self-signed": self_signed(authority, folder),
    }


FAULTS = {
    "unknown": ("comes from an authority that is not known here", "'ca_bundle'"),
    "expired": ("has expired", "Have it renewed"),
    "another host": ("is for another host", "'base_url' to the name"),
    "self-signed": ("is self-signed", "'ca_bundle' to a PEM file with this certificate"),
}


def settings_for(fault: str, authority: trustme.CA, folder: Path) -> Json:
    """Trust the authority, where that is not what is wrong."""
    if fault in {"unknown", "self-signed"}:
        return {}
    path = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    return {"ca_bundle": str(path)}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("signs_in", ["cloud", "data center"])
def test_what_is_wrong_with_the_certificate_of_the_site_is_said(
    authority: trustme.CA, tmp_path: Path, fault: str, signs_in: str
) -> None:
    credentials: Json = (
        CREDENTIALS if signs_in == "cloud" else {"personal_access_token": "a-secret-token"}
    )
    with tls_site(contexts(authority, tmp_path)[fault]) as host:
        config = {"base_url": f"https://{host}/wiki", **credentials}
        run = run_tap(config | settings_for(fault, authority, tmp_path))

    complaint = complaint_of(run)
    assert f"The certificate of {host} {FAULTS[fault][0]}" in complaint
    assert FAULTS[fault][1] in complaint


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("address", ["tenant info", "token server"])
def test_what_is_wrong_with_the_certificate_of_the_gateway_is_said(
    authority: trustme.CA, tmp_path: Path, fault: str, address: str
) -> None:
    with tls_site(contexts(authority, tmp_path)[fault]) as host:
        config: dict[str, Any] = {
            "base_url": f"https://{host}/wiki",
            "oauth_token_url": f"https://{host}/oauth/token",
            "oauth_credentials": {"client_id": "c", "client_secret": "a-secret-token"},
            "max_retries": 0,
        }
        if address == "token server":
            config["cloud_id"] = "1"
        run = run_tap(config | settings_for(fault, authority, tmp_path))

    assert f"The certificate of {host} {FAULTS[fault][0]}" in complaint_of(run)


def test_a_port_without_tls_is_said_to_have_none() -> None:
    with tls_site(None) as host:
        complaint = complaint_of(run_tap({"base_url": f"https://{host}/wiki", **CREDENTIALS}))

    assert f"Cannot speak TLS with {host}" in complaint
    assert "begins with https:// or http://" in complaint
    assert "certificate" not in complaint


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("credentials", ["", f"user:{PASSWORD}@"])
def test_a_proxy_that_wants_credentials_is_named(
    scheme: str, credentials: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    variable = f"{scheme.upper()}_PROXY"
    with tls_site(None, status=407) as host:
        monkeypatch.setenv(variable, f"http://{credentials}{host}")
        run = run_tap({"base_url": f"{scheme}://wiki.invalid/wiki", **CREDENTIALS})

    complaint = complaint_of(run)
    shown = f"http://***@{host}" if credentials else f"http://{host}"
    assert f"The proxy '{shown}' that the environment variable {variable} names" in complaint
    assert "(407)" in complaint
    assert "http://user:password@proxy.example.com:3128" in complaint


def test_a_proxy_that_wants_credentials_of_the_token_server_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with tls_site(None, status=407) as host:
        monkeypatch.setenv("HTTPS_PROXY", f"http://{host}")
        oauth = {"client_id": "c", "client_secret": "a-secret-token"}
        config = {"domain": "wiki.invalid", "cloud_id": "1", "oauth_credentials": oauth}
        complaint = complaint_of(run_tap(config))

    assert f"The proxy 'http://{host}'" in complaint
    assert "(407)" in complaint


def test_what_is_no_matter_of_certificates_is_as_it_was() -> None:
    with other_site(404) as url:
        complaint = complaint_of(run_tap({"base_url": f"{url}/wiki", **CREDENTIALS}))

    assert "There is no Confluence" in complaint
