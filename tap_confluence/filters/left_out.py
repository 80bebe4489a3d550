"""What is left out of a stream, named in the log for who looks for it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from tap_confluence.filters.settings import Verdicts

logger = logging.getLogger("tap-confluence")

TellLeftOut: TypeAlias = Callable[[object, str], None]
"""Logs that an item is left out, by its id, and why."""

NOWHERE = "what it is on, which is gone or not visible"
"""What does not pass where the container of something cannot be found."""

UNLISTED = "a space that is not listed"
"""The same where the account does not see the space of something."""

UNREAD = "labels that cannot be read"
"""The same where it cannot be told that something may be read."""


def names_left_out(stream: str) -> TellLeftOut | None:
    """Return what names each item that is left out of a stream.

    Args:
        stream: The name of the stream; empty where the items are for none.

    Returns:
        None where nobody listens: then nothing is to be found out about what is left out.
    """
    return partial(_tell, stream) if stream and logger.isEnabledFor(logging.DEBUG) else None


def failing(verdicts: Verdicts) -> str:
    """Name the filters that something does not pass."""
    return f"does not pass {', '.join(name for name, passes in verdicts.items() if not passes)}"


def together(*verdicts: Verdicts) -> Verdicts:
    """Put verdicts on something and on what it is on together: both have to pass."""
    names = dict.fromkeys(name for each in verdicts for name in each)
    return {name: all(each.get(name, True) for each in verdicts) for name in names}


def before_start(timestamp: str | None, start: str | None) -> str:
    """Say that something is older than what a stream reads that has no bookmark."""
    return f"changed {timestamp}, before {start}, where the stream starts"


def _tell(stream: str, item_id: object, reason: str) -> None:
    logger.debug("Leaving out %s of '%s': %s", item_id, stream, reason)
