"""Whatever a secret is made of, and whatever a site does with it, nobody gets to see it.

`HYPOTHESIS_MAX_EXAMPLES=500` tries more than the few that are tried each time.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from tap_confluence.redaction import MASK
from tap_confluence.settings import SETTINGS
from tests.demo_site import Wiki
from tests.hardening.telltale import (
    MANNERS,
    SIGN_IN,
    TOKENS,
    TelltaleCloud,
    TelltaleDataCenter,
    TelltaleGateway,
    TelltaleSite,
    run_aloud,
    spellings,
)
from tests.waits import waits_skipped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SOME = settings(
    max_examples=int(os.environ.get("HYPOTHESIS_MAX_EXAMPLES", "8")),
    deadline=None,
    derandomize="HYPOTHESIS_MAX_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

LEAST = 8
"""Characters; what is shorter may be anywhere by chance."""

PIECES = ('"', "'", "\\", "%2F", "%", "\\u0022", "\x1b[31m", "\u2028", "“", "é", "&lt;", "+/=", " ")

VALUES = st.one_of(
    st.text(min_size=LEAST, max_size=40),
    st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=LEAST, max_size=40),
    st.lists(st.sampled_from((*PIECES, "s3cr", "Xq9")), min_size=4).map("".join),
)

NAME = "ana@example.com"
IMPATIENT = {"max_retries": 0, "request_timeout": 5, "max_rate_limit_wait": 0.01}

OAUTH = SETTINGS["properties"]["oauth_credentials"]["properties"]
SECRET_PARTS = [name for name, setting in OAUTH.items() if setting.get("secret")]
SECRET = [name for name, setting in SETTINGS["properties"].items() if setting.get("secret")]


@pytest.fixture(scope="module")
def wiki() -> Wiki:
    return Wiki.seeded(pages=12, seed=7)


@pytest.fixture(scope="module")
def cloud(wiki: Wiki) -> Iterator[TelltaleCloud]:
    with TelltaleCloud(wiki) as site:
        yield site


@pytest.fixture(scope="module")
def data_center(wiki: Wiki) -> Iterator[TelltaleDataCenter]:
    with TelltaleDataCenter(wiki) as site:
        yield site


@pytest.fixture(scope="module")
def gateway(wiki: Wiki) -> Iterator[TelltaleGateway]:
    with TelltaleGateway(wiki) as site:
        yield site


def check(
    site: TelltaleSite,
    config: dict[str, Any],
    secret: str,
    manner: str | None,
    *,
    name: str = NAME,
) -> None:
    """Run, and look for the secret in all that is left of it."""
    sent = secret.rstrip("\r\n") if "password" in config else secret.strip()
    assume(len(sent.strip()) >= LEAST and not set(sent.strip()) <= set(MASK))
    told = {secret, *spellings(sent, name)}
    site.manner, site.secrets = manner, frozenset(told)
    with waits_skipped():
        _, shown = run_aloud({**IMPATIENT, **config})
    assert shown
    found = [each for each in told if each in shown]
    assert not found


def test_every_secret_is_tried_below() -> None:
    of_certificate = {f"client_certificate{part}" for part in ("", "_key", "_passphrase")}
    signing_in = {"api_token", "personal_access_token", "password"}
    assert set(SECRET) == {*signing_in, "extra_headers", *of_certificate}
    assert set(SECRET_PARTS) == {"client_secret", "refresh_token", "access_token"}


@SOME
@given(value=VALUES, manner=st.sampled_from([None, *MANNERS]), spares=st.booleans())
@example(value="pass: wörd“ 'x' \"y\"", manner="error 400", spares=True)
@example(value="line\r\nbreak-in-it", manner="error 403", spares=False)
@example(value="secret-of-a-file\r\n", manner="error 409", spares=False)
def test_an_api_token_is_shown_nowhere(
    cloud: TelltaleCloud, value: str, manner: str | None, *, spares: bool
) -> None:
    cloud.spared = (SIGN_IN,) if spares else ()
    config = {"base_url": cloud.base_url, "email": NAME, "api_token": value}
    check(cloud, config, value, manner)


@SOME
@given(value=VALUES, manner=st.sampled_from([None, *MANNERS]), spares=st.booleans())
@example(value="token-with-“quotes”", manner=None, spares=True)
@example(value="token/of+a/file==\n", manner="error 404", spares=True)
@example(value="token%2Fescaped%22", manner="redirect", spares=True)
def test_a_personal_access_token_is_shown_nowhere(
    data_center: TelltaleDataCenter, value: str, manner: str | None, *, spares: bool
) -> None:
    data_center.spared = (SIGN_IN,) if spares else ()
    config = {"base_url": data_center.base_url, "personal_access_token": value}
    check(data_center, config, value, manner, name="")


@SOME
@given(value=VALUES, manner=st.sampled_from([None, *MANNERS]))
@example(value="session=abcdefgh; theme=dark-mode", manner="error 400")
@example(value="line\r\nbreak-in-it", manner=None)
def test_an_extra_header_is_shown_nowhere(
    data_center: TelltaleDataCenter, value: str, manner: str | None
) -> None:
    config = {
        "base_url": data_center.base_url,
        "personal_access_token": "another-token-altogether",
        "extra_headers": {"X-Signed-On": value},
    }
    check(data_center, config, value, manner, name="")


@SOME
@given(value=VALUES, setting=st.sampled_from(["client_certificate_key", "client_certificate"]))
@example(value="MIIEvQIBADANBgkqhkiG9w0B", setting="client_certificate_key")
def test_what_is_in_a_certificate_is_shown_nowhere(
    data_center: TelltaleDataCenter, value: str, setting: str
) -> None:
    config = {
        "base_url": data_center.base_url,
        "personal_access_token": "another-token-altogether",
        "client_certificate": "missing.pem",
        "client_certificate_passphrase": value,
        setting: f"-----BEGIN PRIVATE KEY-----\n{value}\n-----END PRIVATE KEY-----\n",
    }
    check(data_center, config, value, None, name="")


@SOME
@given(value=VALUES, manner=st.sampled_from([None, *MANNERS]), spares=st.booleans())
@example(value="  spaces are part of it  ", manner="error 400", spares=True)
def test_a_password_is_shown_nowhere(
    data_center: TelltaleDataCenter, value: str, manner: str | None, *, spares: bool
) -> None:
    data_center.spared = (SIGN_IN,) if spares else ()
    config = {"base_url": data_center.base_url, "username": NAME, "password": value}
    check(data_center, config, value, manner)


@SOME
@given(VALUES, st.sampled_from(SECRET_PARTS), st.sampled_from([None, *MANNERS]))
@example("refresh-token-of-a-file\n", "refresh_token", "error 400")
@example("access\ntoken-in-two", "access_token", "error 401")
@example("client'secret\\u0022", "client_secret", "error 403")
def test_no_part_of_the_credentials_of_oauth_is_shown_anywhere(
    gateway: TelltaleGateway, tmp_path: Path, value: str, part: str, manner: str | None
) -> None:
    gateway.spared = ()
    credentials = {
        "client_id": gateway.client_id,
        "client_secret": gateway.client_secret,
        "refresh_token": gateway.refresh_token,
        "token_file": str(tmp_path / "token.json"),
        part: value,
    }
    config = {
        "base_url": gateway.base_url,
        "cloud_id": gateway.cloud_id,
        "api_gateway_url": gateway.gateway_url,
        "oauth_token_url": gateway.oauth_token_url,
        "oauth_credentials": credentials,
    }
    check(gateway, config, value, manner, name=gateway.client_id)


@pytest.mark.parametrize("before", [270, 285, 295])
def test_nothing_is_left_of_a_secret_where_an_answer_is_cut_short(
    cloud: TelltaleCloud, before: int
) -> None:
    secret = "0123456789abcdef" * 2
    cloud.manner, cloud.spared = "error 409", (SIGN_IN,)
    cloud.secrets = frozenset({f"{'x' * before}{secret}"})

    _, shown = run_aloud(
        {**IMPATIENT, "base_url": cloud.base_url, "email": NAME, "api_token": secret}
    )

    assert "xxx" in shown
    assert "0123" not in shown


def test_what_opens_a_signed_address_is_shown_nowhere(cloud: TelltaleCloud) -> None:
    opener = "eyJhbGciOi.J9-_~"
    cloud.manner, cloud.spared = "error 409", (SIGN_IN,)
    cloud.secrets = frozenset({f"https://media.example.com/file?client=1&token={opener}&x=1"})

    _, shown = run_aloud(
        {**IMPATIENT, "base_url": cloud.base_url, "email": NAME, "api_token": "an-api-token"}
    )

    assert "media.example.com/file" in shown
    assert opener not in shown


def test_the_tokens_that_a_run_is_given_are_secrets_too(
    gateway: TelltaleGateway, tmp_path: Path
) -> None:
    gateway.spared = (TOKENS,)
    gateway.manner, gateway.secrets = "error 409", frozenset()
    config = {
        "base_url": gateway.base_url,
        "cloud_id": gateway.cloud_id,
        "api_gateway_url": gateway.gateway_url,
        "oauth_token_url": gateway.oauth_token_url,
        "oauth_credentials": {
            "client_id": gateway.client_id,
            "client_secret": gateway.client_secret,
            "refresh_token": gateway.refresh_token,
            "token_file": str(tmp_path / "token.json"),
        },
    }

    run, shown = run_aloud({**IMPATIENT, **config})

    assert run.exit_status == 1
    assert "Not accepted" in shown
    assert "demo-access" not in shown
    assert gateway.refresh_token not in shown
