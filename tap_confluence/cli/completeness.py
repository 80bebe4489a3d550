"""The command `tap-confluence-completeness`: why a table has as many rows as it has."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click
from typing_extensions import override

from tap_confluence.command import run_beside
from tap_confluence.errors import ConfluenceError, RefusedError, SettingsError
from tap_confluence.output.table import table
from tap_confluence.output.writer import say
from tap_confluence.streams.inventory import InventoryStream
from tap_confluence.streams.reconciliation import ReconciledStream, reconciled
from tap_confluence.tap import TapConfluence
from tap_confluence.timestamps import is_due

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from tap_confluence.sdk import ConfigInput

    Record = Mapping[str, Any]
    Note = Callable[[Record, Sequence[str]], None]

OF_SPACES = (
    *("space_keys", "exclude_space_keys", "space_types", "include_archived_spaces"),
    *("space_id_from", "space_id_below"),
)
OF_CONTENT = ("root_page_ids", "exclude_page_ids", "labels", "exclude_labels")
OF_STATUS = "content_statuses"
OF_TYPES = "custom_content_types"
NARROWING = (*OF_SPACES, *OF_CONTENT, OF_STATUS, OF_TYPES)
"""The settings that leave something out whatever its date."""

CONTAINERS = ("pageId", "blogPostId", "attachmentId", "customContentId")

WHAT_IT_IS_ON = "what it is on"
"""Why something is left out of which no setting says so by itself."""

NOT_LISTED = ("tasks",)
"""Streams of content that the inventory does not tell of."""

HEADINGS = ("stream", "status", "on the site", "left out", "too old", "rows")


@dataclass
class Count:
    """What there is of a stream in one status.

    Attributes:
        on_site: What the site lists.
        left_out: What of that the settings leave out whatever its date.
        too_old: What of the rest has not changed since the table begins.
    """

    on_site: int = 0
    left_out: int = 0
    too_old: int = 0

    @property
    def rows(self) -> int:
        """What a complete table has."""
        return self.on_site - self.left_out - self.too_old

    def __add__(self, other: Count) -> Count:
        """Return this and another count together."""
        return Count(
            self.on_site + other.on_site,
            self.left_out + other.left_out,
            self.too_old + other.too_old,
        )

    @property
    def cells(self) -> Iterator[str]:
        """The same for a table."""
        yield from (f"{n:,}" for n in (self.on_site, self.left_out, self.too_old, self.rows))


class Completeness:
    """Counts what the site has, and what of that the settings leave.

    Attributes:
        counts: By stream and status.
        reasons: By setting, and how much of each stream it leaves out.
        starts: From when on the table of each stream has everything; None for all there is.

    Args:
        tap: With the settings, the catalog and the state, if there are any.
    """

    def __init__(self, tap: TapConfluence) -> None:
        self._tap = tap
        self.counts: defaultdict[str, defaultdict[str, Count]] = defaultdict(
            lambda: defaultdict(Count)
        )
        self.reasons: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.starts = {s.name: s.anchor for s in listed(tap) if s.selected}
        self._wanted: set[str] | None = None
        self._why: dict[str, str] = {}
        self._spaces: dict[str, list[str]] = {}

    def read(self) -> int:
        """List the site, and first what the settings leave of it if they leave anything out.

        Returns:
            How many requests that took.

        Raises:
            ConfluenceError: The site cannot be read with these settings.
        """
        tap = self._tap
        whole = TapConfluence(config={k: v for k, v in tap.config.items() if k not in NARROWING})
        narrows = any(tap.config.get(name) != whole.config.get(name) for name in NARROWING)
        if narrows:
            tap.run.content_filter.check()
            wanted: set[str] = set()
            _list(tap, lambda record, _: wanted.add(str(record["id"])))
            self._wanted = wanted
            self._judge_spaces(whole)
        listed_whole = whole if narrows else tap
        select(listed_whole, self.starts)
        _list(listed_whole, self._note)
        runs = (tap.run, whole.run) if narrows else (tap.run,)
        return sum(run.client.total_usage.requests for run in runs)

    def _judge_spaces(self, whole: TapConfluence) -> None:
        """Take note of the spaces that are not wanted, by their ids, and of the settings."""
        found = [*whole.run.content_filter.spaces()]
        filters = self._tap.run.filters.with_keys_for_aliases(found)
        for space in found:
            verdicts = filters.verdicts_on_space(space)
            if failing := [name for name, passes in verdicts.items() if not passes]:
                self._spaces[str(space["id"])] = failing

    def _note(self, record: Record, names: Sequence[str]) -> None:
        item_id, status = str(record["id"]), str(record.get("status") or "current")
        is_wanted = self._wanted is None or item_id in self._wanted
        why = "" if is_wanted else self._reason(record, status)
        if why:
            self._why[item_id] = why
        for name in names:
            count = self.counts[name][status]
            count.on_site += 1
            if why:
                count.left_out += 1
                self.reasons[why][name] += 1
            elif not is_due(record.get("modifiedAt"), self.starts[name]):
                count.too_old += 1

    def _reason(self, record: Record, status: str) -> str:
        """Name the settings that leave something out."""
        config = self._tap.config
        for name in CONTAINERS:
            if (why := self._why.get(str(record.get(name)))) is not None:
                return why
        if "pageId" not in record and status not in config[OF_STATUS]:
            return OF_STATUS
        if (failing := self._spaces.get(str(record.get("spaceId")))) is not None:
            return ", ".join(failing)
        types = config.get(OF_TYPES)
        if types and ":" in str(record.get("type")) and record.get("type") not in types:
            return OF_TYPES
        if any(record.get(name) for name in CONTAINERS):
            return OF_STATUS if status not in config[OF_STATUS] else WHAT_IT_IS_ON
        return " or ".join(name for name in OF_CONTENT if config.get(name)) or WHAT_IT_IS_ON


def listed(tap: TapConfluence) -> list[ReconciledStream]:
    """Return the streams that can be counted."""
    return [s for s in reconciled(tap.streams.values()) if s.name not in NOT_LISTED]


def select(tap: TapConfluence, names: Iterable[str]) -> None:
    """Have these streams of content selected, and no others."""
    wanted = {*names}
    for stream in reconciled(tap.streams.values()):
        stream.selected = stream.name in wanted


def _list(tap: TapConfluence, note: Note) -> None:
    """Have all content noted that the settings leave, at a request for 250 of them."""
    _ = tap.run.reader
    [inventory] = (s for s in tap.streams.values() if isinstance(s, InventoryStream))
    inventory.on_seen = note
    try:
        deque(inventory.read(None), maxlen=0)
    except RefusedError as error:
        message = f"Content cannot be listed: that takes {inventory.needed(error)} ({error})."
        raise ConfluenceError(message) from error


def tell(tap: TapConfluence, tables: Mapping[str, int | None]) -> bool:
    """Say how many rows complete tables have, and what is not in them.

    Args:
        tap: With the settings, the catalog and the state, if there are any.
        tables: The streams to count, and the rows that their tables have, where that is known;
            none for all that are selected.

    Returns:
        Whether all tables that are known have as many rows.

    Raises:
        ConfluenceError: The site cannot be read with these settings.
    """
    known = {stream.name for stream in listed(tap)}
    if unknown := [name for name in tables if name not in known]:
        message = (
            f"Only streams of content can be counted, and not {', '.join(map(repr, unknown))}: "
            f"{', '.join(sorted(known))}."
        )
        raise SettingsError(message)
    if tables:
        select(tap, tables)
    found = Completeness(tap)
    requests = found.read()
    say(tap.run.signed_in, *_rows(found), *_left_out(tap, found))
    totals = {name: sum(by.values(), Count()).rows for name, by in found.counts.items()}
    is_complete = True
    for name, rows in tables.items():
        if rows is not None:
            is_complete &= rows == totals.get(name, 0)
            say(_compared(name, rows, totals.get(name, 0)))
    say(f"It took {requests:,} requests to find that out")
    return is_complete


def _rows(found: Completeness) -> list[str]:
    rows = []
    for name, by_status in sorted(found.counts.items()):
        for status, count in sorted(by_status.items()):
            rows.append((name, status, *count.cells))
        if len(by_status) > 1:
            rows.append(("", "in all", *sum(by_status.values(), Count()).cells))
    return table(HEADINGS, rows)


def _left_out(tap: TapConfluence, found: Completeness) -> Iterator[str]:
    for why, names in sorted(found.reasons.items()):
        told = ", ".join(f"{number:,} {name}" for name, number in sorted(names.items()))
        yield f"Left out by {why}: {told}"
    starts = {found.starts[name] for name, by in found.counts.items() if _too_old(by)}
    for start in sorted(filter(None, starts)):
        yield f"Too old: changed last before {start[: len('2024-01-31')]}, where the table begins"
    if starts and not (tap.config.get("anchor_date") or tap.config.get("lookback_days")):
        yield "Set 'anchor_date' to an earlier day and run with --full-refresh to have that too"


def _too_old(by_status: Mapping[str, Count]) -> int:
    return sum(count.too_old for count in by_status.values())


def _compared(name: str, rows: int, complete: int) -> str:
    if rows == complete:
        return f"{name}: your table has all {complete:,} rows"
    if rows < complete:
        return (
            f"{name}: your table has {rows:,} rows, {complete - rows:,} fewer than the site now "
            "gives. Run once more; then ask for one that is missing with "
            "tap-confluence-check --explain"
        )
    return (
        f"{name}: your table has {rows:,} rows, {rows - complete:,} more than the site now gives: "
        "count without those marked as deleted. What is gone goes with the next whole read "
        "('reconcile_interval_hours')"
    )


class Table(click.ParamType[tuple[str, int | None]]):
    """The name of a stream, and behind an equals sign the rows of its table."""

    name = "stream"

    @override
    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, int | None]:
        stream, sign, rows = str(value).partition("=")
        if sign and not rows.isdecimal():
            self.fail(f"{value!r} is no name of a stream with a number of rows behind it.")
        return stream, int(rows) if sign else None


def _invoke(
    config: ConfigInput,
    state: dict[str, Any] | None,
    catalog: dict[str, Any] | None,
    tables: Sequence[tuple[str, int | None]],
) -> None:
    tap = TapConfluence.from_files(config, state, catalog)
    sys.exit(0 if tell(tap, dict(tables)) else 1)


def cli() -> None:
    """Run the command."""
    tables = click.Argument(["tables"], type=Table(), nargs=-1, metavar="[STREAM[=ROWS]]...")
    purpose = (
        "Count what the site has by status, what of that the settings leave out, and how many rows "
        "a complete table has. With the rows of yours behind the name of a stream, such as "
        "pages=1200, say what the difference may be; ends with 1 if there is one. Lists all "
        "content, at a request for 250 of it."
    )
    options = ("config", "state", "catalog", tables)
    run_beside(TapConfluence, "tap-confluence-completeness", _invoke, options, purpose)
