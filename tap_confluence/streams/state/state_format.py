"""The state: its whole format, and whether one that a run is given can be believed.

A Singer state has one entry a stream under `bookmarks`. Whatever the size of the site, an entry is
some hundred bytes. All of it are facts about what was written, true also when the next run is
killed; so a key that is missing or cannot be read costs requests, and never a row.
"""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypedDict, cast

from tap_confluence.errors import StateError
from tap_confluence.timestamps import CLOCKS_DIFFER, format_timestamp, to_timestamp

if TYPE_CHECKING:
    from collections.abc import Mapping

logger = logging.getLogger("tap-confluence")


CHILDREN = "/children"
"""What follows the id of an item in the list of what has failed, for what is on the item."""


LISTED = re.compile(rf"\w[\w.:-]*(?:{CHILDREN})?")
"""What may stand in that list."""


class OverlapState(TypedDict, total=False):
    """What has been written of the items at and after the start of the next run.

    Attributes:
        digest: Of these items, as `OverlapDigest` dumps it.
        count: How many they are.
        until: When the latest of them was changed; None where that lies in the future.
        last: The id of the last of them, if others of the same time had yet to come.
    """

    digest: str
    count: int
    until: str | None
    last: str


class FullSyncState(TypedDict, total=False):
    """How far a first run of Data Center has come, which reads in the order of ids.

    Attributes:
        began: When it began.
        cursor: Where it goes on.
        newest: The latest change met so far, up to when it began.
        start: Where the stream started: a run with another start begins anew.
    """

    began: str
    cursor: str
    newest: str | None
    start: str | None


class ThreadsState(TypedDict, total=False):
    """How far a run has come that goes through all comments for the replies to them.

    Attributes:
        began: When the first run began that had a part in it.
        newest: The latest change met so far, up to when it began.
        start: Where the stream started: a run that starts earlier begins anew.
        until: The threads of all comments that were last changed before this time are written.
    """

    began: str
    newest: str | None
    start: str | None
    until: str


class EvidenceState(TypedDict, total=False):
    """What there was of a stream when it was listed whole.

    Attributes:
        began: When the run began that listed it.
        count: How many items there were, without those made since.
        sum: The sum of their hashes, in hexadecimal digits.
        highestId: The highest id of them.
    """

    began: str
    count: int
    sum: str
    highestId: int


class IncompleteReadState(TypedDict, total=False):
    """A whole read of a stream that lacked something, after which nothing was taken for gone.

    Attributes:
        began: When the run began that read it.
        account: A mark of the account that read it.
    """

    began: str
    account: str


class ReconciliationState(TypedDict, total=False):
    """When a stream of content was read whole, and whether it has to be.

    Attributes:
        tableStart: The time from which on the table has everything; None for all there is. A
            bookmark moves, and `lookback_days` does, but not the table.
        older: What has come into the table and may be older than that, as `MembershipDigest` dumps
            it. Where it is missing, all may be there.
        lastWholeRead: When the run began that has read the stream whole last.
        rows: How many rows that run has written.
        evidence: What the inventory has shown last that was in accord with the table.
        isDue: Whether something has happened since that has no date, or may have.
        incompleteRead: The last attempt since, which the site failed for.
        account: A mark of the account whose sight of the site that is.
    """

    tableStart: str | None
    older: str
    lastWholeRead: str
    rows: int
    evidence: EvidenceState
    isDue: bool
    incompleteRead: IncompleteReadState
    account: str


class StreamState(TypedDict, total=False):
    """The entry of a stream.

    Attributes:
        replication_key: The field that the bookmark is a value of.
        replication_key_value: The bookmark: everything at or before it has been written, but for
            what is listed as failed.
        failed: The items up to the bookmark that have not been written, or not all of them,
            because the site failed for them: when each was changed last, by its id. Each run asks
            for them once. `<id>/children` stands for what is on an item; of that, the time is the
            one from which on it is lacking. None is not known.
        filters: The fingerprint of the filters with which that was so; none without filters.
        overlap: What the next run will meet again.
        trash: The digest of what was in the trash, as `TrashDigest` dumps it.
        trashStart: Where the run started that read the trash last.
        fullRead: How far a first run of Data Center has come; gone when it is done.
        lastFullRead: When the run began that read the stream whole last, of one that need not be
            read in each run.
        threads: How far a run has come that goes through all comments for their replies; gone when
            it is done.
        repliesListed: Whether the site's lists of comments have been seen to hold replies.
        repliesTold: Whether the site's search has told of a reply, so that it is believed where it
            tells of none.
        unsearched: Since when it has been known not to pay to search for content of a status.
        types: Marks of the types of custom content that have been read.
        reconciliation: When a stream of content was read whole, and whether it has to be.
        pages: Of the tasks of Data Center, which are in the bodies of two lists: those of pages.
        blog_posts: Those of blog posts.
    """

    replication_key: str | None
    replication_key_value: str
    failed: dict[str, str | None]
    filters: str | None
    overlap: OverlapState
    trash: str
    trashStart: str | None
    fullRead: FullSyncState
    lastFullRead: str
    threads: ThreadsState
    repliesListed: bool
    repliesTold: bool
    unsearched: dict[str, str]
    types: object
    reconciliation: ReconciliationState
    pages: StreamState
    blog_posts: StreamState


Bookmarks = dict[str, Any]


PROGRESS = (
    *("replication_key_value", "fullRead", "threads"),
    *("pages", "blog_posts"),
)
"""What only the entry of a stream has of which something dated has been read."""


def is_begun(entry: StreamState) -> bool:
    """Tell whether an earlier run has read something of a stream."""
    return any(name in entry for name in PROGRESS)


def carry_over(entry: dict[str, Any], before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Put into an entry what has become of a copy of it, and leave everything else as it is.

    Args:
        entry: The entry.
        before: The copy as it was made.
        after: The copy as it is now.
    """
    for name in (*before, *after):
        if name not in after:
            entry.pop(name, None)
        elif after[name] != before.get(name):
            entry[name] = after[name]


def start_over(entry: StreamState) -> None:
    """Forget how far a stream has come, but not with which filters, nor what its table has."""
    kept, left = entry.get("filters"), without_progress(entry)
    cast("dict[str, Any]", entry).clear()
    entry.update(left)
    if kept is not None:
        entry["filters"] = kept


def without_progress(entry: StreamState) -> StreamState:
    """Return what remains of the entry of a stream that starts over: what its table has."""
    if "reconciliation" not in entry:
        return {}
    found: object = entry["reconciliation"]
    older = found.get("older") if isinstance(found, dict) else None
    kept: ReconciliationState = {"tableStart": table_start_of(entry)}
    if isinstance(older, str):
        kept["older"] = older
    return {"reconciliation": kept}


def table_start_of(entry: StreamState) -> str | None:
    """Return from when on the table of a stream has everything; None where nobody tells."""
    found: object = entry.get("reconciliation")
    return to_timestamp(found.get("tableStart")) if isinstance(found, dict) else None


def failed_of(entry: StreamState) -> dict[str, str | None]:
    """Return what the entry of a stream lists as failed, as far as it can be read."""
    found: object = entry.get("failed")
    if not isinstance(found, dict):
        return {}
    return {
        str(item_id): to_timestamp(timestamp)
        for item_id, timestamp in found.items()
        if LISTED.fullmatch(str(item_id))
    }


def all_failed(bookmarks: Bookmarks) -> set[str]:
    """Return the ids of all that the entries of a state list as failed."""
    entries = [entry for entry in bookmarks.values() if isinstance(entry, dict)]
    entries += [part for entry in entries for part in entry.values() if isinstance(part, dict)]
    return {item_id for entry in entries for item_id in failed_of(cast("StreamState", entry))}


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
                "state to start over, or set it to a time like 2024-01-31T00:00:00.000Z."
            )
            raise StateError(message)
    left = {
        name: entry if _is_past(name, entry) else without_progress(entry)
        for name, entry in bookmarks.items()
    }
    return {name: entry for name, entry in left.items() if entry or not bookmarks[name]}


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
