"""From which size on a body is read piece by piece, and from which on it is not read at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

MEGABYTE: Final = 1 << 20

LARGE: Final = MEGABYTE
"""Characters of a body that is read piece by piece. What a parser makes of a whole one takes 3 to
20 times its size, which matters for few: one in thousands has a megabyte."""

MOST: Final = 64 * MEGABYTE
"""Characters of the largest body that is read. One table of nothing but short numbers takes ten
times its size, until all of it has been read."""

MOST_AT_ONCE: Final = 16 * MEGABYTE
"""Bytes of the largest part of a body in markup that is read as a whole, such as a macro with all
that stands in it: it may take 300 MB."""


class TooLargeError(Exception):
    """A body is too large to be read, or a part of it that can only be read as a whole."""


def check(body: str | bytes) -> None:
    """Make sure that a body is not too large.

    Raises:
        TooLargeError: It is.
    """
    if len(body) > MOST:
        message = (
            f"it has {in_megabytes(len(body))}, and more than {in_megabytes(MOST)} are not read"
        )
        raise TooLargeError(message)


def in_megabytes(size: int) -> str:
    """Write a size for people."""
    return f"{size / MEGABYTE:.0f} MB"


def body_size(item: Mapping[str, Any] | None) -> int:
    """Return how many characters the bodies of an item have, as its list has it."""
    bodies = (item or {}).get("body")
    if not isinstance(bodies, dict):
        return 0
    values = (part.get("value") for part in bodies.values() if isinstance(part, dict))
    return sum(len(value) for value in values if isinstance(value, str))
