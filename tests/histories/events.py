"""What happens in a history: what people do, and runs, few of which nothing happens to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from random import Random

    from tests.histories.deployments import Deployment

WHOLE, KILLED, TARGET_CLOSED, STOPPED, OUTAGE = (
    "to its end",
    "killed, of its messages in percent",
    "left by its target, after bytes",
    "stopped by SIGTERM, at request",
    "given up in an outage, from request",
)
FAULTS = (
    *("429", "429-retry-after", "500", "503", "503-retry-after"),
    *("reset", "cut-off", "not-json", "bad-json", "wrong-shape"),
)
FAULT_RATES = (0.0, 0.0, 0.03, 0.15, 0.4)

RUNS, POISONS, HEALS = 0.3, 0.1, 0.05
"""The shares of what happens."""

MOST_POISONED = 4
"""What a site fails to give at a time: more may be taken for an outage."""


@dataclass(frozen=True)
class Deed:
    """Something that somebody does between two runs."""

    name: str


@dataclass(frozen=True)
class Poison:
    """Something that the site fails to give from then on."""

    name: str


@dataclass(frozen=True)
class Heal:
    """The site gives everything again."""


@dataclass(frozen=True)
class Sync:
    """A run.

    Attributes:
        end: How it ends.
        at: And when, in the unit that this says.
        deeds: What people do while it is under way, by the number of the request before whose
            answer they do it.
        lag: Seconds by which the search is behind.
        fault_rate: The share of requests that fail for once.
        fault_seed: What decides which ones, and how.
    """

    end: str = WHOLE
    at: int = 0
    deeds: Mapping[int, str] = field(default_factory=dict)
    lag: float = 0.0
    fault_rate: float = 0.0
    fault_seed: int = 0

    @property
    def is_disturbed(self) -> bool:
        """Whether the run may end badly."""
        return self.end in {TARGET_CLOSED, STOPPED, OUTAGE} or self.fault_rate > 0


Event = Deed | Poison | Heal | Sync


def events(deployment: Deployment, dice: Random) -> Iterator[Event]:
    """Make up a history."""
    deeds, poisons = sorted(deployment.deeds), sorted(deployment.poisons)
    poisoned = 0
    for _ in range(dice.randint(10, 24)):
        chance = dice.random()
        if chance < RUNS:
            yield some_sync(deployment, deeds, dice)
        elif chance < RUNS + POISONS and poisoned < MOST_POISONED:
            poisoned += 1
            yield Poison(dice.choice(poisons))
        elif chance > 1 - HEALS and poisoned:
            poisoned = 0
            yield Heal()
        else:
            yield Deed(dice.choice(deeds))
    yield Heal()


def some_sync(deployment: Deployment, names: Sequence[str], dice: Random) -> Sync:
    """Make up a run, while which some of these deeds are done."""
    ends = {
        WHOLE: 0,
        KILLED: dice.randint(0, 100),
        TARGET_CLOSED: round(10 ** dice.uniform(3, 6)),
        STOPPED: dice.randint(1, 120),
        OUTAGE: dice.randint(1, 120),
    }
    end = dice.choice([WHOLE, KILLED, *ends])
    return Sync(
        end,
        ends[end],
        {dice.randint(0, 100): dice.choice(names) for _ in range(dice.randint(0, 6))},
        dice.choice(deployment.lags),
        dice.choice(FAULT_RATES),
        dice.randint(1, 10**6),
    )
