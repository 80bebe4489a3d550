"""A year of a wiki with a run each night, in the time of the wiki: what happens when.

People work from Monday to Saturday. The tap runs at half past two, by a clock on the wall, and goes
wrong in ways of its own on some days of the week. Each Monday all tables equal the site.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from typing_extensions import override

from benchmarks.measure import Watch
from tests import running
from tests.datacenter.runs import ClockedDataCenter
from tests.demo_site.clock import epoch_ms
from tests.histories.deployments import HOUR_MS
from tests.histories.events import KILLED, OUTAGE, Sync
from tests.histories.history import History
from tests.histories.truth import ticked_of_late
from tests.incremental.runs import INVENTORY
from tests.incremental.warehouse import Warehouse
from tests.running import LONGEST_RUN, Run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

    from tests.demo_site import Wiki
    from tests.demo_site.wiki import Keys
    from tests.histories.deployments import Deployment
    from tests.running import Json, Key

MINUTE_MS = 60_000
TIME_ZONE = ZoneInfo("Europe/Berlin")
FIRST_DAY, NIGHTS = date(2020, 1, 2), 365
RUN_AT, MORNING = time(2, 30), time(8)
DAYS_OF_A_WEEK = 7
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(DAYS_OF_A_WEEK)

MIGRATED = {"cloud": 10_000, "datacenter": 1_000}
"""How many pages come with one date: each is read in each night from then on."""

CALENDAR: dict[str, tuple[str, Callable[[Year], object]]] = {
    "01-02": ("the tap is installed as it was before its first release", lambda y: y.downgrade()),
    "01-15": ("it is upgraded, and takes over state and tables", lambda y: y.upgrade()),
    "02-05": ("a space is made", lambda y: y.do("add a space")),
    "02-19": ("the token expires, and nobody sees it", lambda y: y.let_token_expire()),
    "02-22": ("a new one is made", lambda y: y.renew_token()),
    "03-11": ("the clock of the site goes 5 hours fast", lambda y: y.set_clock(hours=5)),
    "03-12": ("and is set right", lambda y: y.set_clock(hours=-5)),
    "03-29": ("clocks go forward on a Sunday of work", lambda y: y.work_anyhow()),
    "04-22": ("the scope for blog posts is lost", lambda y: y.lose_scope()),
    "04-30": ("and given back", lambda y: y.give_scope_back()),
    "05-06": ("a group is made", lambda y: y.do("add a group")),
    "05-20": ("the right to see a space is lost", lambda y: y.do("lose sight of a space")),
    "06-02": ("and given back", lambda y: y.do("regain sight of a space")),
    "06-24": ("a space is no longer wanted", lambda y: y.want(exclude_space_keys=["OPS"])),
    "07-15": ("nor is a label", lambda y: y.want(exclude_labels=["draft"])),
    "08-05": ("everything is wanted again", lambda y: y.want()),
    "08-12": ("a space is made", lambda y: y.do("add a space")),
    "08-19": ("a space is deleted", lambda y: y.do("delete a space")),
    "09-16": ("the clock of the site goes 3 hours slow", lambda y: y.set_clock(hours=-3)),
    "09-17": ("and is set right", lambda y: y.set_clock(hours=3)),
    "10-07": ("nobody runs the tap for nine days", lambda y: y.leave_alone(nights=9)),
    "10-25": ("clocks go back on a Sunday of work", lambda y: y.work_anyhow()),
    "11-25": ("another wiki is migrated, all pages dated alike", lambda y: y.migrate()),
}
"""What happens in the morning of a day. The tap runs in the night after it."""

EVERY = {"killed": (TUESDAY, 2), "doubled": (WEDNESDAY, 3), "skipped": (THURSDAY, 4)}
EVERY |= {"amid work": (FRIDAY, 2), "in an outage": (SATURDAY, 5)}
"""What runs go through, on which day of the week and in each of how many weeks."""

PURGES = (
    *("purge a page from the trash", "purge a blog post from the trash"),
    *("purge a file from the trash", "purge a page", "delete a comment"),
)
"""What is tidied up on each Saturday."""


BLOG_POSTS = "/api/v2/blogposts"

RARE = frozenset(
    (
        *("add a space", "delete a space", "lose sight of a space", "regain sight of a space"),
        *("edit what is out of sight", "add a group"),
    )
)
"""What is left to the calendar, as each space and each group costs requests."""


@dataclass(frozen=True)
class Week:
    """What a Monday has shown.

    Attributes:
        day: The day.
        contents: How many contents the site has.
        requests: What the run has cost.
        state: The bytes of the state.
        memory: The most memory that the process of the run has had at a time, in MB; on the first
            Monday of a month alone, the other runs being in the process of whoever plays.
    """

    day: str
    contents: int
    requests: int
    state: int
    memory: float | None


def _open_data_center(wiki: Wiki, _dice: Random) -> ClockedDataCenter:
    return ClockedDataCenter(wiki, time_zone=TIME_ZONE.key)


class Year(History):
    """Plays the calendar.

    Args:
        deployment: Where.
        seed: What chance starts from.
        old_tap: The folder that has the package as it was before its first release.

    Attributes:
        weeks: What each Monday has shown.
        taken_over: The keys of the tables that the tap of before has left, by stream.
    """

    def __init__(self, deployment: Deployment, seed: int, old_tap: Path) -> None:
        deployment = replace(deployment, ticks_ms=(MINUTE_MS,))
        if deployment.name == "datacenter":
            deployment = replace(deployment, open=_open_data_center)
        super().__init__(deployment, seed)
        self.weeks: list[Week] = []
        self.taken_over: dict[str, Keys] = {}
        self._old_tap, self._is_old, self._is_upgraded = old_tap, False, False
        self._interval_hours = 24
        self._streams = (*deployment.complete, *deployment.content, "tasks")
        self._wanted: Json = {}
        self._deeds = {**deployment.deeds, **deployment.unseen}
        self._edits = [name for name in sorted(deployment.edits) if name not in RARE]
        self._deeds_of_a_day = [name for name in sorted(self._deeds) if name not in RARE]
        self._moved_ms = 0
        self._is_signed_in, self._left_alone = True, 0
        self._works_today = False
        self._denied: set[str] = set()
        self._seen: set[str] = set()
        self._unseen_since: dict[Key, int] = {}
        self._deeds_done, self._read_at = 0, (-1, "")
        self._now: dict[str, dict[Key, Json]] = {}

    @override
    def __str__(self) -> str:
        return f"make proof-nights SEED={self._seed} ARGS='-k year and {self.deployment.name}'"

    def pass_year(self, nights: int = NIGHTS) -> None:
        """Let it pass."""
        for place in range(nights):
            day = FIRST_DAY + timedelta(days=place)
            self._pass_until(day, MORNING)
            self._tell(f"{day:%a %d %B}")
            what, happens = CALENDAR.get(f"{day:%m-%d}", ("", None))
            if happens is not None:
                self._tell(what)
                happens(self)
            self._work(day)
            self._works_today = False
            night = day + timedelta(days=1)
            self._pass_until(night, RUN_AT)
            self._run_at_night(night)

    # What the calendar has.

    def downgrade(self) -> None:
        """Run the tap of before."""
        self._is_old = True

    def upgrade(self) -> None:
        """Run the tap of today from here on."""
        self._is_old, self._is_upgraded = False, True
        self.taken_over = {stream: self.warehouse.keys(stream) for stream in self._streams}

    def let_token_expire(self) -> None:
        """Have the site know nobody any more."""
        self.site.revoke_token()
        self._is_signed_in = False

    def renew_token(self) -> None:
        """Have it take another token, with which the tap is set."""
        self.site.renew_token(f"renewed-{self.site.wiki.now_ms}")
        self._is_signed_in = True

    def set_clock(self, *, hours: int) -> None:
        """Have the clock of the site tell another time."""
        self._moved_ms += hours * HOUR_MS
        self.site.wiki.now_ms += hours * HOUR_MS

    def work_anyhow(self) -> None:
        """Have people work though it is Sunday."""
        self._works_today = True

    def lose_scope(self) -> None:
        """Have the site keep blog posts back: a scope on Cloud, and elsewhere nothing is lost."""
        if self.deployment.name == "cloud":
            self.site.faults.deny_scope(BLOG_POSTS)
            self._denied = {s for s in self._streams if s.startswith("blog_post")}
            self._denied |= {INVENTORY, "tasks", "labels"}

    def give_scope_back(self) -> None:
        """Have it give them again."""
        if self._denied:
            self.site.faults.grant_scope(BLOG_POSTS)
            self._denied = set()

    def want(self, **filters: Any) -> None:
        """Set the tap to other filters."""
        self._wanted = filters

    def leave_alone(self, *, nights: int) -> None:
        """Have no run for some nights."""
        self._left_alone = nights

    def migrate(self) -> None:
        """Make many pages in one moment."""
        wiki = self.site.wiki
        tick, wiki.tick_ms = wiki.tick_ms, 0
        wiki.add_space("MIGRATED")
        for _ in range(MIGRATED[self.deployment.name]):
            wiki.add_page("MIGRATED")
        wiki.tick_ms = tick
        self._deeds_done += 1

    def do(self, name: str) -> None:
        """Have people do something."""
        self._do(name)

    # What each day has.

    def _pass_until(self, day: date, at: time) -> None:
        moment = datetime.combine(day, at, TIME_ZONE)
        until = epoch_ms(moment.isoformat()) + self._moved_ms
        assert self.site.wiki.now_ms <= until, "the day is too short for what happens in it"
        self.site.wiki.now_ms = until

    def _work(self, day: date) -> None:
        if day.weekday() == SUNDAY and not self._works_today:
            return
        self._do("add a page")
        for names in (self._edits, self._deeds_of_a_day):
            for _ in range(self._dice.randint(1, 3)):
                self._do(self._dice.choice(names))
        if day.weekday() == SATURDAY:
            for name in PURGES:
                self._do(name)

    @override
    def _do(self, name: str, prefix: str = "") -> None:
        super()._do(name, prefix)
        self._deeds_done += 1

    def _run_at_night(self, night: date) -> None:
        if self._left_alone:
            self._left_alone -= 1
            self._tell("  nobody runs the tap")
        elif not self._is_signed_in:
            self._run_in_vain()
        elif self._is_old:
            self._run_as_process({"PYTHONPATH": str(self._old_tap)})
        elif night.weekday() == MONDAY or self._is_upgraded:
            before, memory = len(self.site.requests), None
            if night.day <= DAYS_OF_A_WEEK or self._is_upgraded:
                memory = self._run_as_process({})
            else:
                self._sync(Sync())
            self._is_upgraded = False
            self._check(night, len(self.site.requests) - before, memory)
        else:
            self._run_with(night)
        self.site.requests.clear()

    def _run_with(self, night: date) -> None:
        """Run the tap, and let happen to that what the day of the week has."""
        week, dice = night.isocalendar().week, self._dice
        what = next((w for w, each in EVERY.items() if _is_time(night.weekday(), week, each)), "")
        self._tell(f"  {what or 'to its end'}")
        match what:
            case "killed":
                self._sync(Sync(KILLED, dice.randint(0, 100)))
            case "doubled":
                before = self._state
                self._sync(Sync())
                self._state = before
                self._sync(Sync())
            case "skipped":
                pass
            case "amid work":
                deeds = {dice.randint(0, 60): dice.choice(self._edits) for _ in range(3)}
                # What filters leave is read of the site, which cannot answer amid a request.
                self._sync(Sync(deeds={} if self._wanted else deeds))
            case "in an outage":
                self._sync(Sync(OUTAGE, dice.randint(1, 60)))
            case _:
                self._sync(Sync())

    @override
    def _run(self, event: Sync) -> Run:
        run = super()._run(event)
        self._note_inventory(run)
        return run

    @override
    def _is_as_expected(self, run: Run) -> bool:
        if not self._denied:
            return super()._is_as_expected(run)
        [complaint] = run.complaints
        return run.exit_status == 1 and "'blog_posts' needs the scope" in complaint

    def _run_in_vain(self) -> None:
        run = running.run_tap(self._settings(), self._state, self._catalog())
        assert run.exit_status == 1
        assert not run.records
        assert len(run.complaints) == 1, run.complaints

    def _run_as_process(self, environment: dict[str, str]) -> float:
        """Run the tap as a command, and return the most memory that it had, in MB."""
        held = {} if self._is_old else self._held()
        run, memory = _measured(
            self._settings(),
            self._state,
            None if self._is_old else self._catalog(),
            environment,
        )
        assert self._is_as_expected(run), run.stderr[-2000:]
        self.warehouse.load(run)
        self._state = run.states[-1] if run.states else self._state
        self._note_inventory(run)
        if held:
            self._assert_nothing_taken_for_gone(held, Sync())
        return memory

    def _note_inventory(self, run: Run) -> None:
        self._seen |= {row["id"] for row in run.records.get(INVENTORY, [])}

    # What has to be so.

    @override
    def read_anew(self) -> Run:
        # Whoever compares has all scopes.
        denied = bool(self._denied)
        if denied:
            self.site.faults.grant_scope(BLOG_POSTS)
        run = super().read_anew()
        if denied:
            self.site.faults.deny_scope(BLOG_POSTS)
        return run

    def _check(self, night: date, requests: int, memory: float | None) -> None:
        wrong = [line for stream in self._streams for line in self._wrong(stream)]
        assert not wrong, "\n".join(wrong[:40])
        contents = sum(map(len, self.site.wiki.contents()))
        size = len(json.dumps(self._state))
        self.weeks.append(Week(f"{night:%Y-%m-%d}", contents, requests, size, memory))
        self._tell(f"  {self.weeks[-1]}")

    def _wrong(self, stream: str) -> Iterator[str]:
        """Say of each row of a table what is wrong with it."""
        if stream in self._denied:
            return
        table, expected = self.warehouse.tables.get(stream, {}), self._tables_now()[stream]
        for key in expected.keys() - table.keys():
            yield f"{stream} misses {key}"
        if self._denied and stream not in self.deployment.complete:
            # Without a whole inventory nothing tells of what has no date.
            return
        for key in table.keys() - expected.keys():
            # What was made, written and purged between two inventories goes with time.
            since = self._unseen_since.setdefault(key, self.site.wiki.now_ms)
            if str(key[0]) in self._seen or self.site.wiki.now_ms - since > 8 * 24 * HOUR_MS:
                yield f"{stream} keeps {key}"
        ticked = ticked_of_late(self.site.wiki)
        for key in expected.keys() & table.keys():
            row, right = table[key], expected[key]
            for column in sorted(row.keys() | right.keys()):
                if row.get(column, _NONE) != right.get(column, _NONE) and not (
                    column == "body" and key[0] in ticked
                ):
                    is_, not_ = row.get(column, _NONE), right.get(column, _NONE)
                    yield f"{stream} {key}: {column} is {is_!r}, not {not_!r}"

    def _tables_now(self) -> dict[str, dict[Key, Json]]:
        """Return what the tables ought to have: what is read of the site anew."""
        at = (self._deeds_done, str(sorted(self._wanted.items())))
        if self._read_at != at:
            anew, before = Warehouse(), len(self.site.requests)
            anew.load(self.read_anew())
            del self.site.requests[before:]
            self._now, self._read_at = anew.tables, at
        return self._now

    @override
    def _there(self) -> dict[str, Keys]:
        there = self.deployment.truth(self.site)
        streams = {s for s in self._streams if s not in self._denied}
        if self._wanted:
            now = self._tables_now()
            return {stream: there[stream] & now[stream].keys() for stream in streams}
        return {stream: there[stream] for stream in streams}

    @override
    def _settings(self) -> Json:
        large = {"page_size": 250, "max_concurrency": 4}
        settings = {**super()._settings(), **large, **self._wanted}
        if self._is_old:
            new = [name for name in settings if name.startswith("reconcile_")]
            settings = {k: v for k, v in settings.items() if k not in new}
        return settings

    @override
    def _catalog(self) -> Json | None:
        return self.deployment.only(*self._streams)

    def dump(self) -> Json:
        """Return what the year has shown, for a chart."""
        return {"deployment": self.deployment.name, "weeks": [asdict(week) for week in self.weeks]}


_NONE = "no such column"


def _is_time(weekday: int, week: int, each: tuple[int, int]) -> bool:
    return weekday == each[0] and week % each[1] == 0


def _measured(
    settings: Json, state: Json | None, catalog: Json | None, environment: dict[str, str]
) -> tuple[Run, float]:
    """Run the tap as a command, and return with that its peak of memory in MB."""
    given = {"config": settings, "state": state, "catalog": catalog}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = {name: value for name, value in given.items() if value is not None}
        stdout, stderr = folder / "stdout", folder / "stderr"
        with stdout.open("wb") as out, stderr.open("wb") as err:
            process = subprocess.Popen(  # noqa: S603 - the command is ours
                running.command(folder, **files),
                stdout=out,
                stderr=err,
                cwd=folder,
                env=running.clean_environment(environment),
            )
            watch = Watch(process.pid)
            watch.start()
            try:
                status = process.wait(LONGEST_RUN)
            finally:
                process.kill()
                process.wait()
                watch.join()
        run = Run(stdout.read_text(), stderr.read_text(), status)
    return run, round(watch.peak_kb * 1024 / 1e6, 1)
