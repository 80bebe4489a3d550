"""Readings that are begun before their turn, side by side and all in one thread.

A run reads one list after the other, and most of that is waiting: for the list, then for what is
asked for because of it. While one reading waits, another one can go on, up to where its first item
is written. That is the part of greenlets, which are switched here and nowhere else: whoever waits
for an answer lets the others go on, so that no two run at the same moment and nothing has to be
guarded.
"""

from __future__ import annotations

import itertools
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar

from greenlet import getcurrent, greenlet
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tap_confluence.http.threads.stop_flag import StopFlag

T = TypeVar("T")

POLL_SECONDS = 0.2
"""How soon a stop is noticed while nothing else happens."""


class EarlyStart(greenlet, Generic[T]):
    """A reading that is begun before its turn; its rows, when the turn has come.

    Attributes:
        main: What it goes back to while it waits.
        has_turn: Whether its turn has come.
        done: Its first row is there; to come.

    Args:
        starts: What it is one of.
        read: Makes the rows.
    """

    def __init__(self, starts: EarlyStarts, read: Callable[[], Iterable[T]]) -> None:
        current = getcurrent()
        self.main: greenlet = current.main if isinstance(current, EarlyStart) else current
        super().__init__(parent=self.main)
        self.has_turn = False
        self.done: Future[None] = Future()
        self._starts = starts
        self._read = read
        self._rows: Iterator[T] = iter(())

    @override
    def run(self) -> None:
        """Read up to the first row."""
        self._rows = with_first(self._read)
        self.done.set_result(None)

    def let_others_go_on(self) -> None:
        """Go back to the reading that has its turn, until that is waited for again."""
        self.main.switch()

    def __iter__(self) -> Iterator[T]:
        """Yield the rows: the reading has its turn.

        Raises:
            ConfluenceError: What the reading raised, in its place.
        """
        self._starts.finish(self)
        return self._rows


class EarlyStarts:
    """Switches between readings while they wait.

    Args:
        stop: Ends every wait when the run is asked to stop.
    """

    def __init__(self, stop: StopFlag) -> None:
        self._stop = stop
        self._ready: SimpleQueue[EarlyStart[Any] | None] = SimpleQueue()

    def begin(self, read: Callable[[], Iterable[T]]) -> EarlyStart[T]:
        """Have a reading begin as soon as the one that has its turn waits.

        Args:
            read: Makes the rows. It may not write anything before `wait_for_turn`.
        """
        start = EarlyStart(self, read)
        self._ready.put(start)
        return start

    def wait(self, future: Future[Any]) -> None:
        """Wait for a result while others go on.

        Raises:
            StoppedError: The run was asked to stop.
        """
        current = getcurrent()
        if isinstance(current, EarlyStart):
            while not future.done():
                future.add_done_callback(lambda _: self._ready.put(current))
                current.let_others_go_on()
            self._stop.check()
            return
        self._stop.check()
        while not self._ready.empty():
            self._go_on()
        if not future.done():
            future.add_done_callback(lambda _: self._ready.put(None))
        while not future.done():
            self._go_on()

    def wait_for_turn(self) -> None:
        """Wait until the reading that calls this has its turn."""
        current = getcurrent()
        while isinstance(current, EarlyStart) and not current.has_turn:
            current.let_others_go_on()

    def finish(self, start: EarlyStart[Any]) -> None:
        """Give a reading its turn, and wait until it has its first row.

        Raises:
            StoppedError: The run was asked to stop.
        """
        start.has_turn = True
        self._ready.put(start)
        self.wait(start.done)

    def _go_on(self) -> None:
        """Have one reading go on that can, if there is one within a moment."""
        self._stop.check()
        try:
            start = self._ready.get(timeout=POLL_SECONDS)
        except Empty:
            return
        if start is not None and not start.dead:
            start.switch()


def with_first(read: Callable[[], Iterable[T]]) -> Iterator[T]:
    """Read the first of some rows now; an error is raised where that is asked for."""
    try:
        rows = iter(read())
        first = [*itertools.islice(rows, 1)]
    except Exception as error:  # noqa: BLE001 - raised again in its turn
        return _raising(error)
    return itertools.chain(first, rows)


def _raising(error: Exception) -> Iterator[NoReturn]:
    yield from ()
    raise error
