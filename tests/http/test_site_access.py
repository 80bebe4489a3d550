"""A certificate and headers open a site behind a proxy, and nobody but the site gets them."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import trustme
from cryptography.hazmat.primitives import serialization

from tests.datacenter import runs
from tests.demo_site import DemoSite, GatewaySite, Wiki
from tests.demo_site.datacenter import DataCenterSite
from tests.forked import run_forked
from tests.http.other_sites import other_site
from tests.running import run_tap, settings_of, settings_through
from tests.waits import waits_skipped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.running import Run

PASSPHRASE = "open-the-key"  # noqa: S105 - of keys made for a test
COOKIE = "session=c00kie-of-the-proxy; theme=dark-side-of-it"
HEADERS = {"Cookie": COOKIE, "X-Proxy-Token": "t0ken-of-the-proxy"}
SIGN_ON = {name.lower(): value for name, value in HEADERS.items()}
SECRETS = ("c00kie-of-the-proxy", "dark-side-of-it", "t0ken-of-the-proxy")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


class Papers:
    """What certifies a site and those who read it."""

    def __init__(self) -> None:
        self.authority, self.of_readers = trustme.CA(), trustme.CA()
        self.reader = self.of_readers.issue_cert("reader@example.com")
        self.expired = self.of_readers.issue_cert("old@example.com", not_after=LONG_AGO)
        self.stranger = trustme.CA().issue_cert("stranger@example.com")

    def server(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.verify_mode = ssl.CERT_REQUIRED
        self.of_readers.configure_trust(context)
        self.authority.issue_cert("127.0.0.1").configure_cert(context)
        return context


def pem(certificate: trustme.LeafCert) -> str:
    return certificate.private_key_and_cert_chain_pem.bytes().decode()


def key_of(certificate: trustme.LeafCert, passphrase: str = "") -> str:
    text = certificate.private_key_pem.bytes()
    if not passphrase:
        return text.decode()
    key = serialization.load_pem_private_key(text, None)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(passphrase.encode()),
    ).decode()


def chain_of(certificate: trustme.LeafCert) -> str:
    return "".join(part.bytes().decode() for part in certificate.cert_chain_pems)


@pytest.fixture(scope="module")
def papers() -> Papers:
    return Papers()


@pytest.fixture
def ca_bundle(papers: Papers, tmp_path: Path) -> str:
    papers.authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    return str(tmp_path / "authority.pem")


@pytest.fixture(params=[DemoSite, DataCenterSite], ids=["cloud", "data_center"])
def guarded(request: pytest.FixtureRequest, papers: Papers) -> Iterator[DemoSite | DataCenterSite]:
    """A site that lets in who has a certificate."""
    site = request.param(Wiki.seeded(pages=12, seed=7))
    site.tls = papers.server()
    with site:
        yield site


def settings(site: DemoSite | DataCenterSite, **more: Any) -> dict[str, Any]:
    own = settings_of(site) if isinstance(site, DemoSite) else runs.settings_of(site)
    return {**own, "max_retries": 1, **more}


def read(site: DemoSite | DataCenterSite, **more: Any) -> Run:
    with waits_skipped():
        return run_tap(settings(site, **more), streams=("groups",))


def complaint_of(run: Run) -> str:
    assert (run.exit_status, run.stdout) == (1, "")
    assert "Traceback" not in run.stderr
    [complaint] = run.complaints
    return complaint


@pytest.mark.each_value
@pytest.mark.parametrize("way", ["text", "one line", "path", "key apart", "encrypted", "paths"])
def test_a_certificate_opens_the_site(
    guarded: DemoSite | DataCenterSite, papers: Papers, ca_bundle: str, tmp_path: Path, way: str
) -> None:
    whole, chain = pem(papers.reader), chain_of(papers.reader)
    for name, text in {"whole": whole, "chain": chain, "key": key_of(papers.reader)}.items():
        (tmp_path / name).write_text(text)
    ways = {
        "text": {"client_certificate": whole},
        "one line": {"client_certificate": whole.replace("\n", "\\n")},
        "path": {"client_certificate": str(tmp_path / "whole")},
        "key apart": {
            "client_certificate": chain,
            "client_certificate_key": key_of(papers.reader),
        },
        "encrypted": {
            "client_certificate": chain,
            "client_certificate_key": key_of(papers.reader, PASSPHRASE),
            "client_certificate_passphrase": PASSPHRASE,
        },
        "paths": {
            "client_certificate": str(tmp_path / "chain"),
            "client_certificate_key": str(tmp_path / "key"),
        },
    }

    run = read(guarded, ca_bundle=ca_bundle, **ways[way])

    assert run.exit_status == 0, run.stderr
    assert set(run.keys("groups")) == guarded.truth()["groups"]


@pytest.mark.parametrize(
    ("which", "why"),
    [
        ("none", "a client certificate: set 'client_certificate'"),
        ("stranger", "'client_certificate': it"),
    ],
)
@pytest.mark.parametrize("release", ["TLSv1_2", "TLSv1_3"])
def test_a_site_that_refuses_a_certificate_is_understood(
    papers: Papers, ca_bundle: str, release: str, which: str, why: str
) -> None:
    own = {} if which == "none" else {"client_certificate": pem(getattr(papers, which))}
    tls = papers.server()
    tls.minimum_version = tls.maximum_version = ssl.TLSVersion[release]

    with other_site(200, "{}", tls=tls) as url, waits_skipped():
        run = run_tap(
            {
                "base_url": url,
                "personal_access_token": "a-token-of-mine",
                "ca_bundle": ca_bundle,
                **own,
            }
        )

    complaint = complaint_of(run)
    assert why in complaint
    assert "127.0.0.1" in complaint


@pytest.mark.parametrize("which", ["none", "stranger"])
def test_one_that_only_hangs_up_may_want_a_certificate(
    guarded: DemoSite | DataCenterSite, papers: Papers, ca_bundle: str, which: str
) -> None:
    own = {} if which == "none" else {"client_certificate": pem(getattr(papers, which))}

    complaint = complaint_of(read(guarded, ca_bundle=ca_bundle, **own))

    assert "client certificate" in complaint or "'client_certificate'" in complaint


def test_what_cannot_be_used_is_said_before_anything_is_asked(
    papers: Papers, tmp_path: Path
) -> None:
    chain, encrypted = chain_of(papers.reader), key_of(papers.reader, PASSPHRASE)
    base = {"base_url": "https://wiki.example.com", "personal_access_token": "a-token-of-mine"}
    missing = str(tmp_path / "missing.pem")
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"client_certificate": missing}, "missing.pem"),
        ({"client_certificate": str(tmp_path)}, "the path of a file that can be read"),
        ({"client_certificate": chain}, "holds no private key"),
        ({"client_certificate": "-----BEGIN CERTIFICATE-----\nnonsense\n"}, "holds no private key"),
        (
            {"client_certificate": chain, "client_certificate_key": key_of(papers.stranger)},
            "The key of 'client_certificate_key' is not that of 'client_certificate'",
        ),
        (
            {"client_certificate": chain, "client_certificate_key": encrypted},
            "is encrypted: set 'client_certificate_passphrase'",
        ),
        (
            {
                "client_certificate": chain,
                "client_certificate_key": encrypted,
                "client_certificate_passphrase": "not-that-one",
            },
            "'client_certificate_passphrase' may be wrong",
        ),
        ({"client_certificate_key": encrypted}, "needs 'client_certificate'"),
        (
            {"client_certificate": pem(papers.expired)},
            "The certificate of 'client_certificate' expired on 2020-01-01",
        ),
        ({"client_certificate": 5}, "must be of type string"),
        (
            {"client_certificate": pem(papers.reader), "base_url": "http://wiki.example.com"},
            "needs a site that is reached by https",
        ),
    ]
    for given, why in wrong:
        complaint = complaint_of(run_tap({**base, **given}))

        assert why in complaint, given
        assert "not-that-one" not in complaint
        assert not any(line in complaint for line in encrypted.splitlines()[1:-1])


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"Cookie": "a=1\r\nX-Forged: 2"}, "contains a line break"),
        ({"Cookie": "a=\u20ac"}, "another character that no header can have"),
        ({"Cookie": ""}, "is empty"),
        ({"Authorization": "Bearer of-another"}, "which the tap itself sends"),
        ({"hOST": "evil.example.com"}, "which the tap itself sends"),
        ({"Accept-Encoding": "br"}, "which the tap itself sends"),
        ({"Content-Length": "0"}, "which the tap itself sends"),
        ({"User-Agent": "mine"}, "set 'user_agent' instead"),
        ({"a b": "x-value"}, "names a header that cannot be one"),
        ({"X\nY": "x-value"}, "names a header that cannot be one"),
        ({"": "x-value"}, "names a header that cannot be one"),
        ({"Cookie": "a=x-value", "cookie": "b=x-value"}, "more than once"),
        ({"Cookie": 5_000_011}, "must be of type string"),
        ("Cookie: x-value", "must be of type object"),
    ],
)
def test_a_header_that_cannot_be_sent_is_refused_without_being_shown(
    site: DemoSite, headers: Any, why: str
) -> None:
    complaint = complaint_of(run_tap(settings_of(site, extra_headers=headers)))

    assert "extra_headers" in complaint
    assert why in complaint
    assert not any(secret in complaint for secret in ("x-value", "Forged", "evil", "5000011"))
    assert site.requests == []


@pytest.mark.parametrize("kind", [DemoSite, DataCenterSite], ids=["cloud", "data_center"])
def test_headers_open_a_site_behind_a_proxy(kind: Any, tmp_path: Path) -> None:
    wiki = Wiki.seeded(pages=12, seed=7)
    for file in wiki.attachments:
        file.size = 500
    with kind(wiki) as site:
        site.faults.sign_on = SIGN_ON
        assert "redirects" in complaint_of(read(site))

        run = run_tap(
            settings(site, extra_headers=HEADERS, attachment_download_dir=str(tmp_path)),
            streams=("groups", "attachments"),
        )

        assert run.exit_status == 0, run.stderr
        assert set(run.keys("groups")) == site.truth()["groups"]
        assert [r for r in run.records["attachments"] if r.get("filePath")]
        elsewhere = [r for r in site.requests if r.through == "media"]
        assert bool(elsewhere) == (kind is DemoSite)
        assert not any(SIGN_ON.keys() & r.headers.keys() for r in elsewhere)


@pytest.mark.parametrize("signs_in_by", ["a token with scopes", "OAuth"])
def test_nobody_but_the_site_gets_them(signs_in_by: str) -> None:
    with GatewaySite(Wiki.seeded(pages=12, seed=7)) as site:
        client = {"client_id": site.client_id, "client_secret": site.client_secret}
        config = settings_through(site)
        if signs_in_by == "OAuth":
            config = {
                "base_url": site.base_url,
                "api_gateway_url": site.gateway_url,
                "oauth_token_url": site.oauth_token_url,
                "oauth_credentials": client,
            }
        run = run_tap({**config, "extra_headers": HEADERS}, streams=("groups",))

        assert run.exit_status == 0, run.stderr
        own = [r for r in site.requests if r.through == "site"]
        others = [r for r in site.requests if r.through != "site"]
        assert own
        assert all(r.headers["cookie"] == COOKIE for r in own)
        assert any(r.path == "/oauth/token" for r in others) == (signs_in_by == "OAuth")
        assert not any(SIGN_ON.keys() & r.headers.keys() for r in others)


def test_no_redirect_takes_them_along(tmp_path: Path) -> None:
    wiki = Wiki.seeded(pages=12, seed=7)
    with DataCenterSite(wiki) as other, DataCenterSite(wiki) as site:
        site.faults.redirect("/download/attachments/", other.base_url.removesuffix("/confluence"))
        run_tap(
            settings(site, extra_headers=HEADERS, attachment_download_dir=str(tmp_path)),
            streams=("attachments",),
        )

        assert other.requests
        assert not any(SIGN_ON.keys() & r.headers.keys() for r in other.requests)


def test_their_values_are_shown_nowhere(site: DemoSite) -> None:
    run = run_forked(
        settings_of(site, extra_headers=HEADERS, space_keys=[*SECRETS]),
        environment={"TAP_CONFLUENCE_LOGLEVEL": "DEBUG"},
    )

    assert run.exit_status == 1
    assert "***" in run.stderr
    assert not any(secret in run.stderr for secret in SECRETS)


def test_they_are_read_from_the_environment(site: DemoSite) -> None:
    site.faults.sign_on = {"cookie": COOKIE}
    run = run_forked(
        None,
        "--config=ENV",
        environment={
            "TAP_CONFLUENCE_BASE_URL": site.base_url,
            "TAP_CONFLUENCE_EMAIL": site.email,
            "TAP_CONFLUENCE_API_TOKEN": site.api_token,
            "TAP_CONFLUENCE_SPACE_KEYS": '["ENG"]',
            "TAP_CONFLUENCE_ANCHOR_DATE": "2000-01-01",
            "TAP_CONFLUENCE_EXTRA_HEADERS": f'{{"Cookie": "{COOKIE}\\n"}}',
        },
    )

    assert run.exit_status == 0, run.stderr
    assert run.keys("pages")
