"""A clock that stands still while anybody works, and jumps when all of them sleep."""

from __future__ import annotations

import heapq
import itertools
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class SimulatedTime:
    """Time for threads that do nothing but sleep, told without waiting for it.

    One thread runs at a time, the one that is to wake up first, so that a simulation comes to the
    same result whenever it is run.
    """

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []
        self._order = itertools.count()
        self._sleepers: list[tuple[float, int, threading.Semaphore]] = []

    def clock(self) -> float:
        """Tell the time in seconds."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let the others go on until so much time has passed."""
        self.slept.append(seconds)
        turn = self._line_up(seconds)
        self._wake_next()
        turn.acquire()

    def run(self, workers: Sequence[Callable[[], object]]) -> None:
        """Run workers side by side until the last one returns."""
        lined_up = [(self._line_up(0), worker) for worker in workers]
        threads = [threading.Thread(target=self._work, args=entry) for entry in lined_up]
        for thread in threads:
            thread.start()
        self._wake_next()
        for thread in threads:
            thread.join()

    def _line_up(self, seconds: float) -> threading.Semaphore:
        turn = threading.Semaphore(0)
        heapq.heappush(self._sleepers, (self.now + max(seconds, 0), next(self._order), turn))
        return turn

    def _wake_next(self) -> None:
        if self._sleepers:
            self.now, _, turn = heapq.heappop(self._sleepers)
            turn.release()

    def _work(self, turn: threading.Semaphore, worker: Callable[[], object]) -> None:
        turn.acquire()
        try:
            worker()
        finally:
            self._wake_next()
