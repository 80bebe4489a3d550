"""Days of a wiki with a run each night, after which every table of content equals the site."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from statistics import mean, median
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tests import running
from tests.demo_site.clock import DAY_MS, epoch_ms, iso
from tests.histories.deployments import HOUR_MS
from tests.histories.events import WHOLE, Heal, Poison, Sync, some_sync
from tests.histories.history import FULL_READ, NEVER, History
from tests.histories.places import LINKS, UNDATED
from tests.histories.truth import ticked_of_late
from tests.incremental.runs import INVENTORY
from tests.incremental.warehouse import Warehouse, latest_on

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.demo_site import Wiki
    from tests.demo_site.model import Content
    from tests.demo_site.wiki import Keys
    from tests.histories.deployments import Deployment
    from tests.running import Json, Key, Run

MINUTE_MS = 60_000
MORNING_MS, NIGHT_MS = 8 * HOUR_MS, 26 * HOUR_MS
"""When people begin to work, and when the run begins, from the beginning of a day on."""

QUIET, EDITS, MOVES = "quiet", "edits", "moves"
"""The kinds of days: nothing happens, nothing but what has a date, or also what has none."""

KINDS = {QUIET: 2, EDITS: 4, MOVES: 6}
"""How often they come."""

BAD_NIGHTS, ONLY_BAD, BUSY_NIGHTS, NOONS, POISONED, HEALED = 0.2, 0.5, 0.05, 0.3, 0.03, 0.4
"""The shares of nights in which a run ends badly, and of these of such without another run; of
nights while which people work; of days with a run at noon, where an interval has to pass; of days
from which on the site fails for an item, and to which it did."""

FAULT_RATE, SEEN_AGAIN = 0.1, 0.2

TIDIED: dict[str, Callable[[Wiki], bool]] = {
    "regain sight of a space": lambda w: bool(w.out_of_sight) and w.dice.random() < SEEN_AGAIN,
    "delete a space": lambda w: len(w.spaces) > 5,
    "purge a page from the trash": lambda w: len([*filter(is_trashed, w.pages)]) > 10,
    "purge a page": lambda w: len(w.pages) > 40,
    "purge a blog post": lambda w: len(w.blog_posts) > 10,
    "purge a file": lambda w: len(w.attachments) > 16,
}
"""What is done when, so that a wiki stays as small as it is."""

BETWEEN_WHOLE_READS, EARLY, HOURS_EARLY = 7 * 24, 11, 2
"""Hours, at least, after which a stream is read whole without any evidence, and by how many a run
may be early: of these, and of a day."""


def is_trashed(content: Content) -> bool:
    """Tell whether a content is in the trash."""
    return content.status == "trashed"


PAGE_SIZE = 250
TASKS = "tasks"

EVERYTHING, FROM_AN_ANCHOR = "everything", "from an anchor"
WANTED: dict[str, Json] = {
    EVERYTHING: {},
    FROM_AN_ANCHOR: {},
    "without a space": {"exclude_space_keys": ["OPS"]},
    "without a label": {"exclude_labels": ["draft"]},
}
"""What is wanted of a site: settings, by words for them."""


@dataclass
class Figures:
    """What some days have shown.

    Attributes:
        days: How many they were.
        checked: After how many the tables were compared with the site.
        undated: The days on which something without a date happened to a stream, over all streams.
        whole: How often a stream was read whole by a run that nothing disturbed.
        due: How many of these were because the last such read was long ago.
        spurious: How many of these nothing had happened for.
        requests: What the runs cost that nothing disturbed, by kind of day.
        states: The sizes of the states in bytes.
    """

    days: int = 0
    checked: int = 0
    undated: int = 0
    whole: int = 0
    due: int = 0
    spurious: int = 0
    requests: dict[str, list[int]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    states: list[int] = field(default_factory=list)

    @property
    def largest_states(self) -> tuple[int, int]:
        """The largest state of the first half of the days, and of the second."""
        half = len(self.states) // 2
        return max(self.states[:half]), max(self.states[half:])

    def __str__(self) -> str:
        part = max(1, len(self.states) // 10)
        first, last = median(self.states[:part]), median(self.states[-part:])
        cost = ", ".join(f"{k} {mean(found):.1f}" for k, found in self.requests.items() if found)
        return (
            f"{self.days} days, {self.checked} checked; of streams, {self.undated} days with "
            f"something undated, {self.whole} whole reads, {self.due} of them by time and "
            f"{self.spurious} for nothing; state {first:.0f} bytes first and {last:.0f} last, "
            f"{max(self.states)} at most; requests: {cost}"
        )


class Days(History):
    """Plays days one after the other, and looks at the tables after each.

    Args:
        deployment: Where.
        seed: What chance starts from.
        interval_hours: The setting `reconcile_interval_hours`.
        wanted: What is wanted of the site, one of `WANTED`.

    Attributes:
        figures: What has been seen so far.
    """

    def __init__(
        self, deployment: Deployment, seed: int, *, interval_hours: int, wanted: str
    ) -> None:
        super().__init__(deployment, seed)
        self.figures = Figures()
        self._interval_hours, self._wanted = interval_hours, wanted
        self._deeds = {**deployment.deeds, **deployment.unseen}
        names = {QUIET: (), EDITS: deployment.edits, MOVES: self._deeds}
        self._names = {kind: sorted(deeds) for kind, deeds in names.items()}
        self._streams = (*deployment.content, TASKS, INVENTORY)
        wiki = self.site.wiki
        anchor = sorted(page.modified for page in wiki.pages)[len(wiki.pages) // 2]
        self._anchor = {"anchor_date": iso(anchor)} if wanted == FROM_AN_ANCHOR else {}
        wiki.tick_ms = 20 * MINUTE_MS
        self._day_ms = wiki.now_ms // DAY_MS * DAY_MS
        self._done, self._read_at = 0, -1
        self._now: dict[str, dict[Key, Json]] = {}
        self._expected: dict[str, dict[Key, Json]] = {}
        self._looked_ms = 0
        self._seen: set[str] = set()
        self._whole_ms: dict[str, int] = {}
        self._read_ms: dict[str, int] = {}
        self._lacking_ms: dict[str, int] = {}
        self._may_differ = set(deployment.content)
        self._is_plain = False
        self._cost = 0

    @override
    def __str__(self) -> str:
        name = f"{self.deployment.name}-{self._interval_hours}-{self._wanted.replace(' ', '_')}"
        return f"make days DAYS={self.figures.days} SEED={self._seed} ARGS='-k {name}'"

    def pass_days(self, count: int) -> None:
        """Let days pass."""
        for _ in range(count):
            self.figures.days += 1
            self._day_ms += DAY_MS
            self._pass_time(self._day_ms + MORNING_MS)
            kind = self._dice.choices(list(KINDS), list(KINDS.values()))[0]
            self._tell(f"Day {self.figures.days}: {kind}")
            self._is_plain = self._is_plain and kind != MOVES
            self._work(kind)
            if self._interval_hours and self._dice.random() < NOONS:
                self._sync_and_look(Sync(), kind)
            jitter = self._dice.randint(-30, 30) * MINUTE_MS
            self._pass_time(self._day_ms + NIGHT_MS + jitter)
            self._pass_night(kind)
            # What the site remembers is to be no more than a day.
            self.site.requests.clear()

    def _pass_time(self, until_ms: int) -> None:
        self.site.wiki.now_ms = max(self.site.wiki.now_ms, until_ms)

    def _work(self, kind: str) -> None:
        if names := self._names[kind]:
            for _ in range(self._dice.randint(1, 4)):
                self._do(self._dice.choice(names))
        for deed, is_time in TIDIED.items():
            if kind == MOVES and is_time(self.site.wiki):
                self._do(deed)
        if kind == MOVES and self._wanted == EVERYTHING:
            if self._is_poisoned and self._dice.random() < HEALED:
                self._let_happen(Heal())
            elif self._dice.random() < POISONED:
                self._let_happen(Poison(self._dice.choice(sorted(self.deployment.poisons))))

    def _pass_night(self, kind: str) -> None:
        if self._dice.random() < BAD_NIGHTS:
            self._is_plain = False
            began_ms = self.site.wiki.now_ms
            run = self._sync(self._some_bad_sync())
            self._note_disturbed(run, began_ms)
            if self._dice.random() < ONLY_BAD:
                return
        names = self._names[MOVES]
        is_busy = self._dice.random() < BUSY_NIGHTS and self._wanted == EVERYTHING
        meanwhile = {self._dice.randint(0, 40): self._dice.choice(names)} if is_busy else {}
        self._sync_and_look(Sync(deeds=meanwhile), kind)

    def _some_bad_sync(self) -> Sync:
        event = some_sync(self.deployment, self._names[MOVES], self._dice)
        rate = FAULT_RATE if event.end == WHOLE else self._dice.choice((0.0, FAULT_RATE))
        deeds = event.deeds if self._wanted == EVERYTHING else {}
        return replace(event, fault_rate=rate, deeds=deeds)

    def _sync_and_look(self, event: Sync, kind: str) -> None:
        """Run the tap without disturbing it, and compare."""
        began_ms, goes_on = self.site.wiki.now_ms, FULL_READ in json.dumps(self._state)
        is_plain = self._is_plain and not event.deeds and not self._may_differ
        is_plain = is_plain and not self._are_tasks_due
        is_whole_due = any(began_ms - at >= self._most_ms for at in self._whole_ms.values())
        cost_without = self._cost_without() if is_plain and not is_whole_due else None
        run = self._sync(event)
        self.figures.states.append(len(json.dumps(self._state)))
        if self._is_poisoned:
            self._may_differ = set(self.deployment.content)
            self._note_disturbed(run, began_ms)
            return
        if not event.deeds:
            self.figures.requests[kind].append(self._cost)
        self._look()
        self._seen |= {row["id"] for row in run.records.get(INVENTORY, [])}
        self._count_whole(run, began_ms)
        if not event.deeds:
            self._may_differ -= run.activated
        self._is_plain = not event.deeds
        if event.deeds or goes_on:
            return
        assert cost_without in {None, self._cost}
        wrong = [line for stream in self._streams for line in self._wrong(stream, began_ms)]
        assert not wrong, "\n".join(wrong)
        self.figures.checked += 1

    def _note_disturbed(self, run: Run, began_ms: int) -> None:
        """Note what a run has read whole, or has tried to, that need not have everything."""
        self._read_ms |= dict.fromkeys(run.activated, began_ms)
        for stream in self._streams:
            read = self._reconciliation(stream).get("incompleteRead")
            if read is not None and epoch_ms(read["began"]) >= began_ms:
                last = self._lacking_ms.get(stream, 0)
                assert began_ms - last >= self._least_ms, f"{stream} is tried too often"
                self._lacking_ms[stream] = began_ms

    def _reconciliation(self, stream: str) -> Json:
        """Return what the state keeps of the reconciliation of a stream."""
        entry = ((self._state or {}).get("bookmarks") or {}).get(stream) or {}
        found: Json = entry.get("reconciliation", {})
        return found

    @property
    def _are_tasks_due(self) -> bool:
        """Whether an earlier run has put off to read the tasks whole: of them no look is taken."""
        return "isDue" in self._reconciliation(TASKS)

    @property
    def _most_ms(self) -> int:
        """How old the last whole read of a stream may become, less what runs may be early."""
        return (max(7 * self._interval_hours, BETWEEN_WHOLE_READS) - EARLY) * HOUR_MS

    @property
    def _least_ms(self) -> int:
        """How old it has to be before there is another one, less what runs may be early."""
        return max(self._interval_hours - HOURS_EARLY, 0) * HOUR_MS

    @override
    def _do(self, name: str, prefix: str = "") -> None:
        super()._do(name, prefix)
        self._done += 1

    @override
    def _run(self, event: Sync) -> Run:
        before = len(self.site.requests)
        began_ms = self.site.wiki.now_ms
        run = super()._run(event)
        # The first run that brings anything has all there is, and tells of nothing that is gone.
        if any(run.records.values()):
            self._read_ms = self._read_ms or dict.fromkeys(self._streams, began_ms)
        self._cost = len(self.site.requests) - before
        return run

    def _cost_without(self) -> int:
        """Return what a run would cost that is never to read a stream whole again."""
        before = len(self.site.requests)
        settings = {**self._settings(), "reconcile_interval_hours": NEVER}
        run = running.run_tap(settings, self._state, self._catalog())
        assert run.exit_status == 0, run.complaints
        return len(self.site.requests) - before

    def _count_whole(self, run: Run, began_ms: int) -> None:
        if TASKS in run.activated:
            self._whole_ms[TASKS] = self._read_ms[TASKS] = began_ms
        for stream in self.deployment.content:
            if stream not in run.activated:
                continue
            self.figures.whole += 1
            last = self._read_ms.get(stream)
            if last == began_ms and stream not in self._whole_ms:
                # The first run.
                self._whole_ms[stream] = began_ms
                continue
            assert last is None or began_ms - last >= self._least_ms, f"{stream} is read too often"
            if stream not in self._may_differ:
                is_due = last is not None and began_ms - last >= self._most_ms
                self.figures.due += is_due
                self.figures.spurious += not is_due
                self._tell(f"  {stream} was read whole {'by time' if is_due else 'for nothing'}")
            self._whole_ms[stream] = self._read_ms[stream] = began_ms

    @override
    def read_anew(self) -> Run:
        faults = self.site.faults
        # It is the same with fewer requests.
        faults.caps, few = dict.fromkeys(faults.caps, PAGE_SIZE), faults.caps
        run = running.run_tap({**self._settings(), "page_size": PAGE_SIZE}, catalog=self._catalog())
        faults.caps = few
        assert run.exit_status == 0, run.complaints
        return run

    def _tables_now(self) -> dict[str, dict[Key, Json]]:
        """Return what the tables ought to have: what is read of the site anew."""
        if self._read_at != self._done:
            anew = Warehouse()
            anew.load(self.read_anew())
            self._now, self._read_at = anew.tables, self._done
        return self._now

    def _look(self) -> None:
        """Note which streams something undated has happened to since the last look."""
        now = self._tables_now()
        for stream in self.deployment.content:
            after = now[stream]
            before = self._expected.get(stream, after)
            rows = ((key, before.get(key), after.get(key)) for key in before | after)
            if before is not after and any(self._is_undated(*row) for row in rows):
                self.figures.undated += 1
                self._tell(f"  something undated has happened to {stream}")
                self._may_differ.add(stream)
        self._expected, self._looked_ms = now, self.site.wiki.now_ms
        if self._wanted == EVERYTHING:
            there = self.deployment.truth(self.site)
            for stream in self._streams:
                assert now[stream].keys() == there[stream], (
                    stream,
                    now[stream].keys() ^ there[stream],
                )

    def _is_undated(self, key: Key, before: Json | None, after: Json | None) -> bool:
        """Tell whether a row went, came back, or became another one without a later date."""
        if after is None:
            return True
        if before is None:
            created: int = self.site.wiki.content(key[0]).created
            return created <= self._looked_ms
        columns: Any = before.keys() | after.keys()
        if before["modifiedAt"] != after["modifiedAt"]:
            columns = (*UNDATED, *LINKS)
        return any(before.get(c) != after.get(c) for c in columns if c != "body")

    def _wrong(self, stream: str, began_ms: int) -> Iterator[str]:
        """Say of each row of a table what is wrong with it."""
        table, expected = self.warehouse.tables.get(stream, {}), self._expected[stream]
        last = max(read.get(stream, 0) for read in (self._read_ms, self._lacking_ms))
        is_fresh = began_ms - last < self._interval_hours * HOUR_MS
        if is_fresh and stream in {*self._may_differ, TASKS}:
            return
        for key in expected.keys() - table.keys():
            yield f"{stream} misses {key}"
        extra = table.keys() - expected.keys()
        if self._wanted == FROM_AN_ANCHOR:
            # What came into the trash since, or was archived, may be older.
            extra -= self.deployment.truth(self.site)[stream]
        for key in extra:
            row = table[key]
            content_id = (
                row.get("pageId") or row.get("blogPostId") if stream == TASKS else row["id"]
            )
            # What was made, written and purged between two inventories goes with time.
            if content_id in self._seen or self._whole_ms.get(stream) == began_ms:
                yield f"{stream} keeps {key}"
        ticked = ticked_of_late(self.site.wiki)
        for key in expected.keys() & table.keys():
            row, right = table[key], expected[key]
            for column in row.keys() | right.keys():
                is_, not_ = row.get(column), right.get(column)
                if is_ != not_ and not (column == "body" and key[0] in ticked):
                    yield f"{stream} {key}: {column} is {is_!r}, not {not_!r}"
        if stream in self.deployment.content:
            yield from self._outdated(stream)

    def _outdated(self, stream: str) -> Iterator[str]:
        """Say which rows are not as the wiki has them, whatever a run has read."""
        on_site, latest = latest_on(self.site.wiki, stream), self.warehouse.latest(stream)
        for id_ in latest.keys() & on_site.keys():
            if latest[id_] != on_site[id_]:
                yield f"{stream} {id_}: is {latest[id_]}, not {on_site[id_]}"

    @override
    def _settings(self) -> Json:
        return {**super()._settings(), **WANTED[self._wanted], **self._anchor}

    @override
    def _catalog(self) -> Json | None:
        details = [name for name in self.deployment.details if name == "page_versions"]
        return self.deployment.only(*self._streams, *details)

    @override
    def _there(self) -> dict[str, Keys]:
        streams = (*self._streams, "page_versions")
        there = self.deployment.truth(self.site)
        if self._wanted in {EVERYTHING, FROM_AN_ANCHOR}:
            return {stream: there[stream] for stream in streams}
        now = self._tables_now()
        return {stream: there[stream] & now[stream].keys() for stream in streams}
