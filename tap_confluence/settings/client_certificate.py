"""The certificate with which the tap shows a site who it is: as paths or as text, in PEM."""

from __future__ import annotations

import os
import re
import ssl
import tempfile
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tap_confluence.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CERTIFICATE = "client_certificate"
KEY = "client_certificate_key"
PASSPHRASE = "client_certificate_passphrase"  # noqa: S105 - the name of a setting
PEM_SETTINGS = (CERTIFICATE, KEY)
"""The settings that are the path of a PEM file, or what is in one."""

BEGINNING = "-----BEGIN "
"""How each part of a PEM file begins."""


_FIRST = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
_TIME = rb"(?:\x17\x0d\d{12}Z|\x18\x0f\d{14}Z)"
_VALIDITY = re.compile(rb"\x30[\x1e-\x22]" + _TIME + rb"(?:\x17\x0d(\d{12}Z)|\x18\x0f(\d{14}Z))")
"""From when to when a certificate holds, in DER: a sequence of two times."""


def is_pem(value: object) -> bool:
    """Tell what is in a PEM file from the path of one."""
    return isinstance(value, str) and BEGINNING in value


def pem_text(value: str) -> str:
    """Return what is in a PEM file. In a variable, a line may end with backslash and n."""
    return value.replace("\\n", "\n")


def load_client_certificate(context: ssl.SSLContext, config: Mapping[str, Any]) -> None:
    """Have connections of a context show the certificate of the settings, if there is one.

    Raises:
        SettingsError: It cannot be used; the message says why.
    """
    if not config.get(CERTIFICATE):
        return
    with _file(config, CERTIFICATE) as certificate, _file(config, KEY) as key:
        try:
            # Without a passphrase, the library would ask for one at the terminal.
            context.load_cert_chain(certificate, key or None, password=config.get(PASSPHRASE) or "")
        except ssl.SSLError as error:
            raise SettingsError(_why_unusable(error, Path(key or certificate), config)) from None
        if (end := _end_of(Path(certificate))) and end < datetime.now(UTC):
            message = f"The certificate of '{CERTIFICATE}' expired on {end:%Y-%m-%d}: renew it."
            raise SettingsError(message)


def client_certificate_problems(config: Mapping[str, Any]) -> Iterator[str]:
    """Say what is wrong with the certificate, if there is one."""
    if not all(isinstance(config.get(name), str | None) for name in (*PEM_SETTINGS, PASSPHRASE)):
        return
    if not config.get(CERTIFICATE):
        yield from (
            f"Setting '{name}' needs '{CERTIFICATE}', whose key it is about."
            for name in (KEY, PASSPHRASE)
            if config.get(name)
        )
        return
    if urlsplit(str(config.get("base_url") or "https:")).scheme == "http":
        yield f"Setting '{CERTIFICATE}' needs a site that is reached by https."
        return
    try:
        load_client_certificate(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), config)
    except SettingsError as error:
        yield str(error)


@contextmanager
def _file(config: Mapping[str, Any], name: str) -> Iterator[str]:
    """Give the path of a PEM file, for as long as it takes to read it.

    Raises:
        SettingsError: It cannot be read.
    """
    value = config.get(name)
    if not value:
        yield ""
        return
    if not is_pem(value):
        path = Path(value).expanduser()
        try:
            path.read_bytes()
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else error
            message = (
                f"Setting '{name}' is neither PEM text nor the path of a file that can be read, "
                f"'{value}': {why}."
            )
            raise SettingsError(message) from None
        yield str(path)
        return
    # The library reads files only. This one is for its owner alone, and gone at once.
    handle, temporary = tempfile.mkstemp(suffix=".pem")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(pem_text(value))
        yield temporary
    finally:
        Path(temporary).unlink()


def _end_of(certificate: Path) -> datetime | None:
    """Return when the first certificate of a PEM file ends, if that can be read."""
    found = _FIRST.search(certificate.read_text(encoding="latin-1"))
    validity = _VALIDITY.search(ssl.PEM_cert_to_DER_cert(found[0])) if found else None
    if validity is None:
        return None
    # With two digits, it is of this century until 2049 (RFC 5280, section 4.1.2.5.1).
    short, long = validity[1], validity[2]
    text = long.decode() if long else f"20{short.decode()}"
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def _why_unusable(error: ssl.SSLError, key: Path, config: Mapping[str, Any]) -> str:
    """Say why a certificate and its key cannot be used, with nothing of what is in them."""
    name = KEY if config.get(KEY) else CERTIFICATE
    if error.reason == "KEY_VALUES_MISMATCH":
        return f"The key of '{name}' is not that of '{CERTIFICATE}'."
    text = key.read_text(encoding="latin-1")
    if "PRIVATE KEY" not in text:
        return (
            f"Setting '{name}' holds no private key. It is a PEM file, or its text, with "
            f"certificate and key, or with the certificate alone where '{KEY}' has the key."
        )
    if "ENCRYPTED" in text and not config.get(PASSPHRASE):
        return f"The key of '{name}' is encrypted: set '{PASSPHRASE}'."
    if "ENCRYPTED" in text:
        return f"The key of '{name}' cannot be read: '{PASSPHRASE}' may be wrong."
    return f"Setting '{CERTIFICATE}' is no certificate in PEM, or its key is none."
