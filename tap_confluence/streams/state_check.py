"""The bookmarks that a run is given: whether they can be understood and believed."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

from tap_confluence.errors import StateError
from tap_confluence.timestamps import CLOCKS_DIFFER, format_timestamp, to_timestamp

logger = logging.getLogger("tap-confluence")

Bookmarks = dict[str, Any]


def bookmarks_of(state: dict[str, Any]) -> Bookmarks:
    """Return the entry of each stream in a state, without those that cannot be true.

    Args:
        state: As an earlier run has written it.

    Raises:
        StateError: It is no state of this tap.
    """
    bookmarks = state.get("bookmarks", {})
    if not isinstance(bookmarks, dict) or not all(
        isinstance(entry, dict) for entry in bookmarks.values()
    ):
        message = (
            "The state is not a Singer state with 'bookmarks' by stream. Pass the state of an "
            "earlier run of this tap, or none."
        )
        raise StateError(message)
    for name, entry in bookmarks.items():
        value = entry.get("replication_key_value")
        if value is not None and to_timestamp(value) is None:
            message = (
                f"The bookmark {value!r} of '{name}' is not a time stamp. Remove it from the "
                "state to start over, or set it to a moment like 2024-01-31T00:00:00.000Z."
            )
            raise StateError(message)
    return {name: entry for name, entry in bookmarks.items() if _is_past(name, entry)}


def _is_past(name: str, entry: dict[str, Any]) -> bool:
    """Tell whether a run can have read as far as the bookmarks of a stream say."""
    parts = [entry, *(part for part in entry.values() if isinstance(part, dict))]
    timestamps = [to_timestamp(part.get("replication_key_value")) for part in parts]
    latest = max(filter(None, timestamps), default="")
    if latest <= format_timestamp(datetime.now(UTC) + CLOCKS_DIFFER):
        return True
    # To go on from there would pass over changes.
    logger.warning(
        "The bookmark %s of '%s' lies in the future: the stream starts over", latest, name
    )
    return False
