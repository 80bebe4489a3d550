"""Waits that are written down instead of waited for."""

from __future__ import annotations

import contextlib
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from tap_confluence.http.rate_limit.governor import RateLimit

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class Waits:
    """Seconds that the tap would have waited.

    Attributes:
        pauses: Because of the site's rate limit, or for the next request's turn.
        retries: Before a failed request was repeated.
    """

    pauses: list[float] = field(default_factory=list)
    retries: list[float] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _passed: float = 0.0

    def clock(self) -> float:
        """Tell the time as if the pauses had passed."""
        return time.monotonic() + self._passed

    def pause(self, seconds: float) -> None:
        """Let a pause pass."""
        with self._lock:
            self.pauses.append(seconds)
            self._passed += seconds


@contextlib.contextmanager
def waits_skipped() -> Iterator[Waits]:
    """Skip whatever a run in this process waits for, but the site's answers."""
    waits = Waits()
    make = RateLimit.__init__

    def make_in_a_hurry(pace: RateLimit, **settings: Any) -> None:
        make(pace, **{**settings, "clock": waits.clock, "sleep": waits.pause})

    with (
        patch.object(RateLimit, "__init__", make_in_a_hurry),
        patch("time.sleep", waits.retries.append),
    ):
        yield waits
