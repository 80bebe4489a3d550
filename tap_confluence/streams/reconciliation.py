"""When a stream of content is read whole, so that what is gone goes, and what came back is back."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, cast

from typing_extensions import override

from tap_confluence.streams.base import ConfluenceStream
from tap_confluence.streams.inventory import InventoryStream
from tap_confluence.streams.state.digest import MembershipDigest
from tap_confluence.streams.state.evidence import Evidence, Sightings, is_made_since
from tap_confluence.streams.state.state_format import all_failed, is_begun, table_start_of
from tap_confluence.timestamps import CLOCKS_DIFFER, is_due, to_timestamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from singer_sdk import Stream
    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.streams.state.state_format import ReconciliationState, StreamState

AT_THE_LATEST = 7
"""After so many intervals a stream is read whole, whatever the inventory shows: what was made,
written and purged between two of them leaves nothing to be seen."""

AT_ONCE = timedelta(hours=24)
"""What stands for an interval of 0 there."""

EARLY = 16
"""The part of an interval by which a run may begin too early: no daily job begins to the second,
and the day on which clocks go forward has 23 hours."""

ALL_MAY_GO = 100
"""The percentage of rows that lets anything happen."""

FEW_ROWS = 50
"""So many rows may go at once, whatever share of the stream they are."""

PLACES = (
    *("status", "subtype", "spaceId", "parentId", "parentType", "position"),
    *("ownerId", "lastOwnerId", "pageId", "blogPostId", "attachmentId", "customContentId"),
    *("parentCommentId", "resolutionStatus"),
)
"""The fields that may change without a new version, of which each stream has some."""


class ReconciledStream(ConfluenceStream):
    """A stream whose table is brought into accord with the site, by reading the list whole.

    That is done when the inventory has shown that something happened which has no date, though
    not too often, and after some time in any case.

    Attributes:
        undated: The fields that may change without a new date.
    """

    undated: ClassVar[tuple[str, ...]] = PLACES

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reconciliation = Reconciliation(self)

    @property
    @override
    def anchor(self) -> str | None:
        return self.reconciliation.anchor

    @override
    def starting_point(self) -> str | None:
        start, first = super().starting_point(), self.reconciliation.table_start
        if start is None or first is None or not self.reconciliation.has_rows:
            return start
        # What is older than the table is not in it, and so is not gone from it either.
        return max(start, first)

    @override
    def new_version(self) -> int | None:
        # In each run: what a run has written that began later is not deleted by a longer one.
        is_kept = self.is_incremental and self.run.has_versions
        return self.run.locks.version if is_kept else super().new_version()

    @property
    @override
    def tells_deletions(self) -> bool:
        return super().tells_deletions and self.reconciliation.tells_deletions

    @override
    def post_process(self, row: Record, context: Context | None = None) -> Record | None:
        found = super().post_process(row, context)
        if found is not None:
            self.reconciliation.count(found)
        return found

    @property
    def evidence(self) -> Evidence | None:
        """What there was when the table was last known to be in accord with it."""
        return self.reconciliation.evidence

    @property
    def sightings(self) -> Sightings | None:
        """What this run has seen of the stream, if that was all there is."""
        inventory = self.run.streams[InventoryStream.name]
        if not isinstance(inventory, InventoryStream) or not inventory.is_complete:
            return None
        return inventory.sightings.get(self.name)


class Reconciliation:
    """Decides whether a run reads a stream whole, and keeps in the state what that takes.

    Attributes:
        has_read_whole: Whether this run has written, or is writing, all that the table is to have.

    Args:
        stream: The stream.
    """

    def __init__(self, stream: ReconciledStream) -> None:
        self.has_read_whole = False
        self._stream = stream
        self._has_begun = False
        self._is_first = False
        self._decision: bool | None = None
        self._whole_before: str | None = None
        self._rows = self._new_rows = 0
        self._rows_lacking: set[str] = set()
        self._older_rows = MembershipDigest()

    @property
    def table_start(self) -> str | None:
        """The time from which on the table has everything; None for all there is."""
        return table_start_of(self._entry) if self._stream.is_incremental else None

    @property
    def has_older(self) -> bool:
        """Whether the table may have something that is older."""
        return self.table_start is not None and (self._older is None or bool(self._older))

    def has(self, item_id: str, timestamp: str | None) -> bool:
        """Tell whether the table may have an item of a time, or is to have it."""
        return is_due(timestamp, self._start) or self._older is None or item_id in self._older

    def take_in(self, item_ids: Iterable[str]) -> bool:
        """Take note of items that are about to be written, however old they are.

        Returns:
            Whether the state has to tell of them before that: a run may be killed behind a row.
        """
        older = self._older
        if older is None:
            return False
        before = older.dump()
        for item_id in item_ids:
            older.add(item_id)
        if (after := older.dump()) == before:
            return False
        self._keep(older=after)
        return True

    @cached_property
    def _start(self) -> str | None:
        return self.table_start

    @cached_property
    def _older(self) -> MembershipDigest | None:
        return MembershipDigest.load(self._state.get("older"))

    @property
    def has_rows(self) -> bool:
        """Whether an earlier run has read something of the stream, which may be in its table."""
        return is_begun(self._entry)

    @property
    def anchor(self) -> str | None:
        """Where the stream starts without a bookmark: never later than its table does."""
        anchor = self._stream.run.anchor
        if not self._state:
            return anchor
        start = table_start_of(self._entry)
        return None if start is None else min(start, anchor)

    @property
    def evidence(self) -> Evidence | None:
        """What there was when the table was last known to be in accord with it."""
        return Evidence.load(self._state.get("evidence"))

    def begin(self) -> bool:
        """Take note of from when on the table is, and of any doubt, before anything is written.

        Returns:
            Whether the state has to tell of it before that: what a killed run has written may be
            undone without a trace before the next one looks.
        """
        before = dict(self._state)
        if not self._has_begun:
            self._has_begun = True
            self._begin()
        seen = self._stream.sightings
        if not self.has_read_whole and self._stream.run.reconciles and self._is_in_doubt(seen):
            self._keep(isDue=True)
        self._whole_before = self.last_whole
        return self._state != before

    def _begin(self) -> None:
        if not self._stream.is_incremental:
            self.has_read_whole = True
            return
        has_rows = self.has_rows
        if not self._state and not has_rows:
            # Until this run has come to its end, nobody knows what happens meanwhile.
            self._is_first = self.has_read_whole = True
            older = MembershipDigest().dump()
            self._keep(tableStart=self.anchor, older=older, isDue=True)
            self._keep(lastWholeRead=self._now, **self._account)
        elif not self._state:
            self._keep(tableStart=None)
        elif not has_rows:
            # What is older is not among the changes, and comes behind them.
            self.has_read_whole = self.last_whole is None and not self.has_older
            self._keep(tableStart=self.anchor)

    @property
    def is_due(self) -> bool:
        """Whether this run is to read the stream whole, beside what changed: decided once."""
        if self._decision is None:
            self._decision = self._is_due()
        return self._decision and not self._stream.is_denied

    def begin_whole_read(self) -> None:
        """Count the rows from here on: all of them come."""
        if not self.has_read_whole:
            self.has_read_whole = True
            self._rows = self._new_rows = 0

    def count(self, record: Record) -> None:
        """Count a row of a stream that is read whole, and note any that is older than the table."""
        if not is_due(record.get("modifiedAt"), self._start):
            self._older_rows.add(str(record["id"]))
        if self.has_read_whole:
            self._rows += 1
            since = self._whole_before
            self._new_rows += since is not None and is_made_since(record, since)

    @property
    def tells_deletions(self) -> bool:
        """Whether what this run has not written is to be taken for gone.

        Without a state, nobody knows how many rows that would be, nor whose.
        """
        return self.has_read_whole and (not self._is_first or self._most_percent >= ALL_MAY_GO)

    def note_row(self, item_id: str) -> None:
        """Take note of an item that is written though the site fails to give all of it."""
        if self.has_read_whole:
            self._rows_lacking.add(item_id)

    @property
    def lists_failed(self) -> bool:
        """Whether the state lists items that this run has left out, and that may be there."""
        listed = all_failed({self._stream.name: self._entry})
        return self._stream.is_incremental and not listed <= self._rows_lacking

    def too_many_gone(self) -> str | None:
        """Say how many rows would go, if so many are no deletion but a right that was lost."""
        before = self._state.get("rows")
        if not isinstance(before, int) or not self.tells_deletions:
            return None
        gone = before - (self._rows - self._new_rows)
        if gone <= FEW_ROWS or gone * 100 <= before * self._most_percent:
            return None
        return f"{gone} of {before}"

    @property
    def _most_percent(self) -> float:
        return float(self._stream.config["reconcile_max_deleted_percent"])

    def end(self, *, is_told: bool, is_put_off: bool) -> None:
        """Keep what this run has found, now that everything is written that it has.

        Args:
            is_told: Whether the stream was complete, and targets know what is gone.
            is_put_off: Whether they do not although the site gave everything, so that the next run
                is to tell them.
        """
        stream = self._stream
        seen = stream.sightings
        if self.has_read_whole and is_told:
            start = {} if stream.is_incremental else {"tableStart": None}
            older = self._older_rows.dump()
            evidence = {} if seen is None else {"evidence": seen.evidence.dump()}
            whole = {"lastWholeRead": self._now, "rows": self._rows}
            self._keep(**start, older=older, **whole, **evidence, **self._account)
            self._state.pop("isDue", None)
            self._state.pop("incompleteRead", None)
            return
        if self.has_read_whole and stream.is_incremental and not is_put_off:
            self._keep(incompleteRead={"began": self._now, **self._account})
        if seen is not None and not self._is_in_doubt(seen):
            self._keep(evidence=seen.evidence.dump())

    def end_of_share(self) -> bool:
        """Keep what this run has seen of a site of which it does not tell what is gone.

        Returns:
            Whether something has happened that has no date.
        """
        seen = self._stream.sightings
        if seen is None:
            return False
        differs = self.evidence is not None and seen.differs
        self._keep(evidence=seen.evidence.dump())
        return differs

    def _is_due(self) -> bool:
        stream = self._stream
        if self.has_read_whole or not stream.is_incremental or not stream.run.reconciles:
            return False
        seen = stream.sightings
        is_in_doubt = self._is_in_doubt(seen)
        if is_in_doubt:
            self._keep(isDue=True)
        interval = stream.run.reconcile_interval
        if self._is_waiting(interval if is_in_doubt else interval or AT_ONCE):
            return False
        last = self.last_whole
        if last is None or self._differs_from_account(self._state):
            return True
        age = self._age(last)
        if age < -CLOCKS_DIFFER:
            return True
        longest = AT_THE_LATEST * (interval or AT_ONCE)
        return age >= _early(longest) or (is_in_doubt and age >= _early(interval))

    def _is_waiting(self, interval: timedelta) -> bool:
        """Tell whether the site failed for a whole read a short while ago.

        What it fails for may stay broken for weeks, and is not worth a whole read in each run.
        """
        found: object = self._state.get("incompleteRead")
        if not interval or not isinstance(found, dict) or self._differs_from_account(found):
            return False
        began = to_timestamp(found.get("began"))
        return began is not None and -CLOCKS_DIFFER <= self._age(began) < _early(interval)

    def _age(self, timestamp: str) -> timedelta:
        return datetime.fromisoformat(self._now) - datetime.fromisoformat(timestamp)

    def _is_in_doubt(self, seen: Sightings | None) -> bool:
        return bool(self._state.get("isDue")) or (seen is not None and seen.differs)

    def _differs_from_account(self, read: Mapping[str, Any]) -> bool:
        """Tell whether another account than that of this run has read something."""
        known, now = read.get("account"), self._account.get("account")
        return known is not None and now is not None and known != now

    @property
    def _account(self) -> dict[str, str]:
        account = self._stream.run.account
        return {} if account is None else {"account": account}

    @property
    def last_whole(self) -> str | None:
        """When the run began that has read the stream whole last."""
        return to_timestamp(self._state.get("lastWholeRead"))

    @property
    def _now(self) -> str:
        return self._stream.run.began

    @property
    def _entry(self) -> StreamState:
        return cast("StreamState", self._stream.stream_state)

    @property
    def _state(self) -> ReconciliationState:
        found: object = self._entry.get("reconciliation")
        return cast("ReconciliationState", found) if isinstance(found, dict) else {}

    def _keep(self, **facts: Any) -> None:
        kept = cast("ReconciliationState", {**self._state, **facts})
        self._entry["reconciliation"] = kept


def _early(interval: timedelta) -> timedelta:
    return interval - interval / EARLY


def begin_reconciliation(streams: Iterable[ReconciledStream]) -> None:
    """Take note of from when on the tables of some streams are, before anything is written."""
    begun = [stream for stream in streams if stream.reconciliation.begin()]
    if begun:
        begun[0].run.write_state()


def reconciled(streams: Iterable[Stream]) -> Sequence[ReconciledStream]:
    """Return those of some streams whose tables are brought into accord with the site."""
    return [stream for stream in streams if isinstance(stream, ReconciledStream)]
