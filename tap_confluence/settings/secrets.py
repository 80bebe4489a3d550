"""The settings that sign in: read as they are meant, and known as secrets to what is shown."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from tap_confluence.redaction import keep_secret
from tap_confluence.settings.client_certificate import PEM_SETTINGS, is_pem, pem_text
from tap_confluence.settings.extra_headers import EXTRA_HEADERS, secrets_in_headers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, MutableMapping

OAUTH = "oauth_credentials"

NAMES = ("email", "username")
"""The settings that are sent together with a secret, as Basic credentials."""

SIGNS_IN = (*NAMES, "api_token", "personal_access_token", "user_agent")
"""The settings in which white space at the ends is never meant."""

OAUTH_SIGNS_IN = ("client_id", "client_secret", "refresh_token", "access_token")
"""The same in `oauth_credentials`."""

UNSENDABLE = ("Cc", "Cs")
"""The categories of the characters that are in no header and no text: controls and surrogates."""


def drop_white_space(config: MutableMapping[str, Any]) -> None:
    """Take the white space off the ends of what signs in; a file that holds a secret ends a line.

    A password may begin or end with spaces, and keeps them; only line ends are taken off it.

    Args:
        config: The settings. What is no text stays as it is, for `check_settings` to find.
    """
    _strip(config, SIGNS_IN)
    if isinstance(config.get("password"), str):
        config["password"] = config["password"].rstrip("\r\n")
    if isinstance(config.get(OAUTH), dict):
        config[OAUTH] = dict(config[OAUTH])
        _strip(config[OAUTH], OAUTH_SIGNS_IN)


def _strip(settings: MutableMapping[str, Any], names: tuple[str, ...]) -> None:
    for name in names:
        if isinstance(settings.get(name), str):
            settings[name] = settings[name].strip()


def keep_secrets(config: Mapping[str, Any], schema: Mapping[str, Any]) -> None:
    """Have the values of all settings that are marked as secret masked in whatever is shown.

    Args:
        config: The settings.
        schema: The JSON schema of all settings.
    """
    oauth = config.get(OAUTH)
    client = oauth.get("client_id") if isinstance(oauth, dict) else None
    names = [str(name) for name in (*map(config.get, NAMES), client) if name]
    for value in _secrets(config, schema):
        keep_secret(value, names)


def _secrets(settings: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[object]:
    for name, setting in schema.get("properties", {}).items():
        value = settings.get(name)
        if value is None:
            continue
        if name == EXTRA_HEADERS:
            yield from secrets_in_headers(value)
        elif name in PEM_SETTINGS:
            # A path is none.
            if is_pem(value):
                yield value
                yield from _lines_of(pem_text(value))
        elif setting.get("secret"):
            yield value
        elif isinstance(value, dict):
            yield from _secrets(value, setting)
        elif any(part.get("secret") for part in setting.get("properties", {}).values()):
            # What should be an object with secrets is something else, and may hold them.
            yield value


def _lines_of(pem: str) -> Iterator[str]:
    """Yield the lines of what is in a PEM file that are more than a frame."""
    return (line for line in map(str.strip, pem.splitlines()) if line and "-----" not in line)


def sending_problems(config: Mapping[str, Any]) -> Iterator[str]:
    """Say what cannot be sent as it is, without showing it.

    Basic credentials may be any text without control characters (RFC 7617), and a name has no
    colon; a token by itself is visible ASCII (RFC 6750).
    """
    oauth = config.get(OAUTH)
    parts = oauth if isinstance(oauth, dict) else {}
    sent = {name: config.get(name) for name in (*SIGNS_IN, "password")}
    sent |= {f"{OAUTH}.{name}": parts.get(name) for name in OAUTH_SIGNS_IN}
    tokens = {"personal_access_token", f"{OAUTH}.access_token"}
    if not config.get("email"):
        tokens.add("api_token")
    for name, value in sent.items():
        if not isinstance(value, str):
            continue
        if not value and name in {f"{OAUTH}.client_id", f"{OAUTH}.client_secret"}:
            yield f"Setting '{name}' is empty."
        elif any(unicodedata.category(character) in UNSENDABLE for character in value):
            yield f"Setting '{name}' contains a line break or another control character."
        elif name in tokens and not (value.isascii() and value.isprintable() and " " not in value):
            yield (
                f"Setting '{name}' contains a space or a character that is not ASCII, which no "
                "token has. It may have been copied with a quote around it, or in part."
            )
        elif name == "user_agent" and not _is_latin_1(value):
            yield f"Setting '{name}' contains a character that no header can have (not Latin-1)."
        elif name in NAMES and ":" in value:
            yield f"Setting '{name}' contains a colon, which ends the name in Basic credentials."


def _is_latin_1(text: str) -> bool:
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True
