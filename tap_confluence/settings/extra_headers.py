"""Headers of the settings, such as the cookies of a proxy that signs people on."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, MutableMapping

EXTRA_HEADERS = "extra_headers"

NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""A name of a header (RFC 9110, section 5.6.2)."""

OF_THE_TAP = frozenset(
    {
        *("accept", "accept-encoding", "authorization", "connection", "content-encoding"),
        *("content-length", "content-type", "expect", "host", "keep-alive", "proxy-authorization"),
        *("range", "te", "trailer", "transfer-encoding", "upgrade"),
    }
)
"""Headers that the tap sends, or that say how a request is to be read."""

USER_AGENT = "user-agent"
COOKIE = "cookie"


def drop_white_space_of_headers(config: MutableMapping[str, Any]) -> None:
    """Take the white space off the ends of values, where it means nothing in a header."""
    headers = config.get(EXTRA_HEADERS)
    if isinstance(headers, dict):
        config[EXTRA_HEADERS] = {
            name: value.strip() if isinstance(value, str) else value
            for name, value in headers.items()
        }


def secrets_in_headers(headers: object) -> Iterator[object]:
    """Yield what is secret in headers: each value, and each cookie by itself."""
    if not isinstance(headers, dict):
        yield headers
        return
    for name, value in headers.items():
        yield value
        if str(name).lower() == COOKIE:
            pairs = str(value).split(";")
            yield from (cookie for pair in pairs if (cookie := pair.partition("=")[2].strip()))
        else:
            # A scheme, and then what is secret.
            yield from (word for word in str(value).split()[1:])


def extra_header_problems(config: Mapping[str, Any]) -> Iterator[str]:
    """Say what cannot be sent as a header, without showing it."""
    headers = config.get(EXTRA_HEADERS)
    if not isinstance(headers, dict):
        return
    spellings = Counter(str(name).lower() for name in headers)
    for name, value in headers.items():
        lower = str(name).lower()
        if not NAME.fullmatch(str(name)):
            yield f"Setting '{EXTRA_HEADERS}' names a header that cannot be one: {str(name)!r}."
        elif lower == USER_AGENT:
            yield f"Setting '{EXTRA_HEADERS}' has '{name}': set 'user_agent' instead."
        elif lower in OF_THE_TAP:
            yield f"Setting '{EXTRA_HEADERS}' has '{name}', which the tap itself sends or needs."
        elif spellings[lower] > 1:
            yield f"Setting '{EXTRA_HEADERS}' has '{name}' more than once."
        elif isinstance(value, str) and not _is_sendable(value):
            yield (
                f"The header '{name}' of setting '{EXTRA_HEADERS}' is empty, or contains a line "
                "break or another character that no header can have."
            )


def _is_sendable(value: str) -> bool:
    if not value:
        return False
    try:
        value.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return all(character == "\t" or character.isprintable() for character in value)
