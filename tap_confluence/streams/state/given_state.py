"""The state that a run is given, whatever it comes wrapped in."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from tap_confluence.errors import StateError

if TYPE_CHECKING:
    from collections.abc import Collection

logger = logging.getLogger("tap-confluence")

BOOKMARKS = "bookmarks"
WRAPPED = {"singer_state": "as Meltano exports it", "value": "as the STATE message that it is"}
"""Under which names a state may lie in another object, and what that is."""

RUNS = ("completed", "partial")
"""What Meltano keeps of a job: the state of its last whole run, and what runs since have added."""

NOT_OURS = ("partitions", "progress_markers")
"""What the SDK reads of an entry as a tap would have written it that leaves its bookmarks to it."""


def unwrapped(given: dict[str, Any]) -> dict[str, Any]:
    """Return the state that lies in what a run is given, itself if it lies in nothing.

    Args:
        given: A state, a STATE message, or what Meltano exports or keeps.

    Raises:
        StateError: There is no state in it.
    """
    if not given or BOOKMARKS in given:
        return given
    runs = [given[name] for name in RUNS if isinstance(given.get(name), dict)]
    if runs:
        parts = [unwrapped(run) for run in runs]
        merged: dict[str, Any] = {}
        for part in parts:
            bookmarks = part.get(BOOKMARKS, {})
            # What is no object is found where the bookmarks are read.
            merged = {**merged, **bookmarks} if isinstance(bookmarks, dict) else bookmarks
        return {BOOKMARKS: merged}
    for name, words in WRAPPED.items():
        if isinstance(given.get(name), dict):
            logger.info("The state is read %s", words)
            return unwrapped(given[name])
    shown = ", ".join(f"'{name}'" for name in sorted(given)[:5])
    message = (
        f"The state has no 'bookmarks', but {shown}. Pass the state of an earlier run of this tap, "
        "or none."
    )
    raise StateError(message)


def without_foreign_parts(bookmarks: dict[str, Any]) -> dict[str, Any]:
    """Return the entry of each stream without what no run of this tap writes."""
    return {
        stream: {name: value for name, value in entry.items() if name not in NOT_OURS}
        for stream, entry in bookmarks.items()
    }


def warn_of_foreign(bookmarks: dict[str, Any], streams: Collection[str]) -> None:
    """Say that a state is another tap's, if it has entries and none of a stream of this one.

    Args:
        bookmarks: The entries.
        streams: The streams there are.
    """
    if bookmarks and not bookmarks.keys() & set(streams):
        logger.warning(
            "The state has bookmarks of no stream of this tap, only of %s: every stream starts "
            "over. Is it the state of another tap?",
            ", ".join(f"'{name}'" for name in sorted(bookmarks)[:5]),
        )
