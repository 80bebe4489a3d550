"""A history of a wiki and of the runs over it, with all that a warehouse has got of these."""

from __future__ import annotations

import json
import os
import signal
from random import Random
from typing import TYPE_CHECKING, Any, Self

from tests import running
from tests.demo_site.clock import DAY_MS
from tests.histories.deeds import busy_wiki, do
from tests.histories.events import (
    FAULTS,
    KILLED,
    OUTAGE,
    STOPPED,
    TARGET_CLOSED,
    Deed,
    Event,
    Heal,
    Poison,
    Sync,
    events,
)
from tests.histories.places import Places
from tests.histories.poison import heal
from tests.incremental.runs import killed_after, last_state
from tests.incremental.warehouse import Warehouse
from tests.waits import waits_skipped

if TYPE_CHECKING:
    from types import TracebackType

    from tests.demo_site.wiki import Keys
    from tests.histories.deployments import Deployment
    from tests.running import Json, Run

HISTORIES = "TAP_CONFLUENCE_TEST_HISTORIES"
"""The variable that says how many histories are played on each deployment, or from which seed to
which: `200`, `1000-1199`."""

NEVER = 24 * 365 * 10
"""Hours between whole reads that no history has."""

LONG_MS = 8 * DAY_MS
"""After so long, each stream is read whole once more."""

FULL_READ = "fullRead"
"""Where the state of Data Center tells how far a first run has come."""

GRANTS = frozenset(("group_members", "space_permissions", "space_roles", "space_role_assignments"))
"""The streams of which what could not be read is taken for gone."""


class History:
    """Plays what chance has decided.

    Attributes:
        deployment: Where it is played.
        steps: What has happened so far, a line each.
        site: The site, while the context is entered.
        warehouse: What the runs have brought.
        places: Where each content has been.
    """

    def __init__(self, deployment: Deployment, seed: int) -> None:
        dice = Random(f"{deployment.name} {seed}")
        wiki = busy_wiki(
            dice.choice((8, 14, 20)), seed=seed + 1, tick_ms=dice.choice(deployment.ticks_ms)
        )
        self.site: Any = deployment.open(wiki, dice)
        self.steps: list[str] = []
        self.warehouse = Warehouse()
        self.places = Places(wiki)
        self.deployment, self._seed = deployment, seed
        self._deeds = deployment.deeds
        self._dice = dice
        self._interval_hours = (0, 24, NEVER)[seed % 3]
        self._state: Json | None = None
        self._is_poisoned = False

    def __enter__(self) -> Self:
        self.site.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        how = "\n".join(["What happened:", *self.steps, f"Play it again: {self}"])
        if error is not None:
            error.add_note(how)
        try:
            self.site.stop()
        except ExceptionGroup as failure:
            if error is None:
                failure.add_note(how)
            raise

    def __str__(self) -> str:
        seeds, name = f"{self._seed}-{self._seed}", self.deployment.name
        return f"make histories HISTORIES={seeds} ARGS='-k {name}'"

    def play(self) -> None:
        """Let everything happen, and then a run that nothing happens to.

        If that is busy with the rest of a first run, changes are for another one.
        """
        for event in events(self.deployment, self._dice):
            self._let_happen(event)
        if FULL_READ in json.dumps(self._state):
            self._sync(Sync())
        self._sync(Sync())

    def let_time_pass(self) -> None:
        """Let so much time pass that each stream is due to be read whole, and run the tap."""
        self._tell("Time passes")
        self.site.wiki.now_ms += LONG_MS
        self._interval_hours = 0
        self._sync(Sync())

    def read_anew(self) -> Run:
        """Read the whole site as if for the first time."""
        run = running.run_tap(self._settings(), catalog=self._catalog())
        assert run.exit_status == 0, run.complaints
        return run

    def _let_happen(self, event: Event) -> None:
        match event:
            case Deed(name):
                self._do(name)
            case Poison(name):
                self._tell(str(event), do(self.site, self.deployment.poisons[name]))
                self._is_poisoned = True
            case Heal():
                self._tell(str(event))
                heal(self.site)
                self._is_poisoned = False
            case Sync():
                self._sync(event)

    def _do(self, name: str, prefix: str = "") -> None:
        self._tell(f"{prefix}{name}", do(self.site.wiki, self._deeds[name]))
        self.places.look()

    def _tell(self, step: str, was_done: bool = True) -> None:  # noqa: FBT001, FBT002 - reads well
        self.steps.append(step if was_done else f"{step}: nothing is there")

    def _sync(self, event: Sync) -> Run:
        """Run the tap while people work, and load what is left of what it has written."""
        self._tell(str(event))
        faults, before = self.site.faults, len(self.site.requests)
        held = self._held()

        def disturb(number: int, _path: str) -> None:
            place = number - before
            if place in event.deeds:
                self._do(event.deeds[place], "  meanwhile: ")
                for stream, keys in self._there().items():
                    held[stream] &= keys
            if event.end == OUTAGE and place == event.at:
                faults.fail_rate(1, FAULTS[2:4])
            if event.end == STOPPED and place == event.at:
                os.kill(os.getpid(), signal.SIGTERM)

        faults.index_lag = event.lag
        faults.fail_rate(event.fault_rate, FAULTS, event.fault_seed)
        faults.before_request = disturb
        run = self._run(event)
        faults.before_request = None
        faults.fail_rate(0, ())
        faults.index_lag = 0.0

        assert event.is_disturbed or self._is_as_expected(run), run.complaints
        messages = len(run.messages)
        left = killed_after(run, messages * event.at // 100) if event.end == KILLED else run
        self._tell(
            f"  status {run.exit_status}, {len(left.messages)} of {messages} messages left "
            f"{run.complaints}"
        )
        self.warehouse.load(left)
        self._state = last_state(left) or self._state
        self._assert_nothing_taken_for_gone(held, event)
        return left

    def _is_as_expected(self, run: Run) -> bool:
        """Tell whether a run has ended as one does that nothing disturbs."""
        return run.exit_status == 0

    def _run(self, event: Sync) -> Run:
        # A signal that comes when the run has ended already ends nothing.
        previous = signal.signal(signal.SIGTERM, signal.SIG_IGN)
        try:
            with waits_skipped():
                return running.run_tap(
                    self._settings(),
                    self._state,
                    self._catalog(),
                    target_takes=event.at if event.end == TARGET_CLOSED else None,
                )
        finally:
            signal.signal(signal.SIGTERM, previous)

    def _settings(self) -> Json:
        return self.deployment.settings(
            self.site,
            reconcile_interval_hours=self._interval_hours,
            # To delete a space takes most of so small a wiki.
            reconcile_max_deleted_percent=100,
        )

    def _catalog(self) -> Json | None:
        return None

    def _there(self) -> dict[str, Keys]:
        """Return the keys of all that the site has."""
        return self.deployment.truth(self.site)

    def _held(self) -> dict[str, Keys]:
        """Return what the warehouse has of what the site has."""
        there = self._there()
        return {stream: keys & self.warehouse.keys(stream) for stream, keys in there.items()}

    def _assert_nothing_taken_for_gone(self, held: dict[str, Keys], event: Sync) -> None:
        for stream, keys in held.items():
            may_fail = event.is_disturbed or self._is_poisoned
            if not (stream in GRANTS and may_fail):
                lost = keys - self.warehouse.keys(stream)
                assert not lost, f"{stream} has had deleted {lost}"
