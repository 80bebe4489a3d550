"""Threads that send requests, so that the one thread that writes never waits on the network."""

from __future__ import annotations

import contextlib
import ctypes
import threading
import weakref
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar

from tap_confluence.http.threads.early_start import EarlyStarts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from tap_confluence.http.threads.stop_flag import StopFlag

    _Call = tuple[Future[Any], Callable[[], Any]]

FIRST_CALLS = 16
"""Calls about the items of a list that come before those about the later items of others."""

MOST_AHEAD = 16 * 1024 * 1024
"""Characters of the bodies of all items ahead together: some 1,600 common ones."""

P = ParamSpec("P")
T = TypeVar("T")
Item = TypeVar("Item")

M_ARENA_MAX = -8
"""Number of the option of mallopt(3), from glibc's malloc.h."""


def _share_memory_arenas() -> None:
    """Have all threads share two arenas of memory, where the C library is glibc.

    Otherwise each thread that ever reads a large answer keeps room for another one: 82 MB instead
    of 69 MB after 10,000 pages, and more than after 1,000.
    """
    with contextlib.suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 2)


class ThreadPool:
    """A fixed number of threads that run calls in the order they were handed in.

    Those come before the others that more waits for: the pages of lists, and what is asked for
    about the first items of one. So no short list waits for a long one.

    The threads are daemons, unlike those of `concurrent.futures`: a process that was asked to
    stop does not wait for an answer that may take minutes. A thread is started only when all
    others are busy, because each keeps memory of its own. They end when no one has the workers
    any more; what was not begun by then is not run.

    Attributes:
        early_starts: The readings that go on while others wait for results.

    Args:
        size: Calls that run at the same time.
        stop: Looked at while results are awaited.
    """

    def __init__(self, size: int, stop: StopFlag) -> None:
        self.size = size
        self.early_starts = EarlyStarts(stop)
        self._load = _Load()
        self._threads = 0
        _share_memory_arenas()
        weakref.finalize(self, self._load.end)

    def submit(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have a call run in a thread.

        Returns:
            Its result to come. Await it with `result`.
        """
        return self._submit(self._load.others, lambda: call(*args, **kwargs))

    def submit_first(self, call: Callable[[], T]) -> Future[T]:
        """Have a call run in a thread, before those that were not handed in here."""
        return self._submit(self._load.first, call)

    def _submit(self, calls: deque[_Call], call: Callable[[], T]) -> Future[T]:
        future: Future[T] = Future()
        with self._load.lock:
            self._load.unfinished += 1
            if self._threads < min(self._load.unfinished, self.size):
                self._threads += 1
                threading.Thread(target=self._load.run, name="confluence", daemon=True).start()
        calls.append((future, call))
        self._load.waiting.put(1)
        return future

    def together(self, calls: Sequence[Callable[[], T]]) -> list[T]:
        """Run calls in a thread of the pool, with the help of others that have nothing to do.

        What no other has begun by then is run by the thread that asks, so that none ever waits for
        a call that waits itself.
        """
        first, *others = calls
        futures = [self.submit_first(call) for call in others]
        results = [first()]
        for call, future in zip(others, futures, strict=True):
            results.append(call() if future.cancel() else future.result())
        return results

    def result(self, future: Future[T]) -> T:
        """Wait for the result of a call.

        Raises:
            StoppedError: The run was asked to stop.
        """
        self.early_starts.wait(future)
        return future.result()


@dataclass
class _Load:
    """The calls that are to be run: all that the threads know of the workers.

    Attributes:
        first: Those that come before all others, each with its result to come.
        others: The others.
        waiting: 1 for each call that no thread has begun, and 0 after the last.
        unfinished: How many there are, those included that a thread has begun.
        lock: Held while `unfinished` is changed.
    """

    first: deque[_Call] = field(default_factory=deque)
    others: deque[_Call] = field(default_factory=deque)
    waiting: SimpleQueue[int] = field(default_factory=SimpleQueue)
    unfinished: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self) -> None:
        """Run calls, one after the other, until there is an end of them."""
        while self.waiting.get():
            future, call = self._next()
            if future.set_running_or_notify_cancel():
                try:
                    result = call()
                except BaseException as error:  # noqa: BLE001 - raised again where it is awaited
                    self._finish()
                    future.set_exception(error)
                else:
                    self._finish()
                    future.set_result(result)
                    del result
            else:
                self._finish()
            # While it waits, a thread must not keep what the reader has already let go.
            del future, call
        self.waiting.put(0)

    def _next(self) -> _Call:
        try:
            return self.first.popleft()
        except IndexError:
            return self.others.popleft()

    def end(self) -> None:
        """Have all threads end, each after the call that it has begun."""
        with contextlib.suppress(Empty):
            while True:
                self.waiting.get_nowait()
        self.waiting.put(0)

    def _finish(self) -> None:
        with self.lock:
            self.unfinished -= 1


class LookAhead(Generic[Item, T]):
    """Runs a call for each of the next items while earlier ones are dealt with, in order.

    Args:
        thread_pool: The threads that run the calls.
        items: Read only as far ahead as the window reaches.
        call: What to run for an item. None for an item for which there is nothing to run.
        window: Items ahead at most, which bounds memory.
        size_of: Returns how many characters the body of an item has. Where there are more than
            `MOST_AHEAD`, fewer items are ahead, but always one.
        size_of_result: Returns the same of a result. What is still to come is taken to have as many
            as the largest of those that came last. So two are on the way at first, and more with
            each that is small.
    """

    def __init__(  # noqa: PLR0913
        self,
        thread_pool: ThreadPool,
        items: Iterable[Item],
        call: Callable[[Item], Callable[[], T] | None],
        *,
        window: int,
        size_of: Callable[[Item], int] = lambda _: 0,
        size_of_result: Callable[[T], int] | None = None,
    ) -> None:
        self._thread_pool = thread_pool
        self._items = iter(items)
        self._call = call
        self._window = window
        self._size_of = size_of
        self._size = 0
        self._size_of_result = size_of_result
        self._expected = MOST_AHEAD // 2
        self._ahead: deque[tuple[Item, Future[T] | None]] = deque()
        self._calls = 0

    def __iter__(self) -> Iterator[tuple[Item, Future[T] | None]]:
        """Yield each item with its call's result to come, in the order of the items.

        An error in reading the items is raised once the items before it have been yielded,
        where a serial run would meet it.
        """
        failure: Exception | None = None
        try:
            while failure is None or self._ahead:
                failure = failure or self._fill()
                if self._ahead:
                    item, future = self._ahead.popleft()
                    self._size -= self._size_of(item)
                    yield item, future
                    if self._size_of_result and future is not None:
                        self._expected = max(self._expected // 2, self._size_if_there(future))
                    del item, future
            if not isinstance(failure, StopIteration):
                raise failure
        finally:
            for _, future in self._ahead:
                if future is not None:
                    future.cancel()
            self._ahead.clear()

    def _fill(self) -> Exception | None:
        """Run calls for the next items; return what ended the items, if anything did."""
        while not self._ahead or (len(self._ahead) < self._window and self._held() < MOST_AHEAD):
            try:
                item = next(self._items)
            except Exception as error:  # noqa: BLE001 - raised again in its turn
                return error
            future = None
            if call := self._call(item):
                is_first = self._calls < FIRST_CALLS
                submit = self._thread_pool.submit_first if is_first else self._thread_pool.submit
                future = submit(call)
                self._calls += 1
            self._ahead.append((item, future))
            self._size += self._size_of(item)
        return None

    def _held(self) -> int:
        """Return how many characters are in memory, or soon will be."""
        if self._size_of_result is None:
            return self._size
        futures = [future for _, future in self._ahead if future is not None]
        return self._size + sum(
            self._size_if_there(future) if future.done() else self._expected for future in futures
        )

    def _size_if_there(self, future: Future[T]) -> int:
        is_there = future.done() and not future.cancelled() and future.exception() is None
        return self._size_of_result(future.result()) if self._size_of_result and is_there else 0
