"""Calls that run ahead of the one thread that uses their results."""

from __future__ import annotations

import gc
import itertools
import threading
from typing import TYPE_CHECKING

import pytest

from tap_confluence.errors import StoppedError
from tap_confluence.http import MANY_AHEAD, LookAhead, Reader, StopFlag, ThreadPool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tap_confluence.http import Client

SIZE = 4
WINDOW = 2 * SIZE
SIGTERM = 15


class Gate:
    """Calls that do not return before they are let through, in any order."""

    def __init__(self) -> None:
        self.entered: list[int] = []
        self._doors: dict[int, threading.Event] = {}

    def call(self, number: int) -> Callable[[], int]:
        self._doors[number] = threading.Event()

        def wait() -> int:
            self.entered.append(number)
            self._doors[number].wait(10)
            return number

        return wait

    def open(self, *numbers: int) -> None:
        for number in numbers or list(self._doors):
            self._doors[number].set()


def test_results_come_in_the_order_of_the_items_not_of_the_answers(workers: ThreadPool) -> None:
    gate = Gate()
    ahead = LookAhead(workers, range(SIZE), gate.call, window=SIZE)
    iterator = iter(ahead)
    first = next(iterator)
    gate.open(3, 2, 1, 0)

    results = [(item, future and workers.result(future)) for item, future in (first, *iterator)]

    assert results == [(0, 0), (1, 1), (2, 2), (3, 3)]


def test_items_are_read_ahead_no_further_than_the_window(workers: ThreadPool) -> None:
    read: list[int] = []

    def items() -> Iterator[int]:
        for number in range(100):
            read.append(number)
            yield number

    ahead = iter(LookAhead(workers, items(), lambda item: lambda: item, window=WINDOW))

    for place in range(50):
        item, _ = next(ahead)
        assert item == place
        assert len(read) <= place + WINDOW


def test_a_call_that_is_late_does_not_hold_up_the_others(
    client: Client, stop: StopFlag, workers: ThreadPool
) -> None:
    late, finished = threading.Event(), threading.Semaphore(0)

    def call(item: int) -> Callable[[], object]:
        return finished.release if item else lambda: late.wait(30)

    ahead = iter(Reader(client, workers, stop, 2).look_ahead(range(100), call))
    next(ahead)

    assert all(finished.acquire(timeout=10) for _ in range(MANY_AHEAD * SIZE - 1))
    late.set()
    assert sum(1 for _ in ahead) == 99


def test_no_more_calls_run_at_the_same_time_than_there_are_workers(workers: ThreadPool) -> None:
    running = 0
    most = 0
    lock = threading.Lock()
    all_busy = threading.Barrier(SIZE)

    def call() -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        all_busy.wait(10)
        with lock:
            running -= 1

    futures = [workers.submit(call) for _ in range(5 * SIZE)]
    for future in futures:
        workers.result(future)

    assert most == SIZE


def test_an_item_without_a_call_keeps_its_place(workers: ThreadPool) -> None:
    ahead = LookAhead(
        workers, range(4), lambda item: (lambda: item) if item % 2 else None, window=WINDOW
    )

    found = [(item, None if future is None else workers.result(future)) for item, future in ahead]

    assert found == [(0, None), (1, 1), (2, None), (3, 3)]


def test_an_error_of_a_call_is_raised_where_its_result_is_awaited(workers: ThreadPool) -> None:
    def call(item: int) -> Callable[[], int]:
        return lambda: 10 // (2 - item)

    futures = [future for _, future in LookAhead(workers, range(4), call, window=WINDOW) if future]

    assert [workers.result(future) for future in futures[:2]] == [5, 10]
    with pytest.raises(ZeroDivisionError):
        workers.result(futures[2])
    assert workers.result(futures[3]) == -10


def test_an_error_of_the_list_is_raised_after_the_items_before_it(workers: ThreadPool) -> None:
    def items() -> Iterator[int]:
        yield from (1, 2, 3)
        message = "no more pages"
        raise ConnectionError(message)

    ahead = iter(LookAhead(workers, items(), lambda item: lambda: item, window=WINDOW))

    assert [item for item, _ in itertools.islice(ahead, 3)] == [1, 2, 3]
    with pytest.raises(ConnectionError, match="no more pages"):
        next(ahead)


def test_a_timeout_of_a_call_is_not_taken_for_a_result_that_is_not_there_yet(
    workers: ThreadPool,
) -> None:
    def call() -> None:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        workers.result(workers.submit(call))


def test_a_stop_ends_the_wait_for_a_result() -> None:
    stop, gate = StopFlag(), Gate()
    workers = ThreadPool(1, stop)
    future = workers.submit(gate.call(0))

    stop.set(SIGTERM)

    with pytest.raises(StoppedError) as raised:
        workers.result(future)
    gate.open()
    assert raised.value.signal_number == SIGTERM


def test_a_stop_ends_a_pause() -> None:
    stop = StopFlag()
    threading.Timer(0.01, stop.set, [SIGTERM]).start()

    with pytest.raises(StoppedError):
        stop.sleep(3600)


def test_calls_ahead_are_not_made_any_more_when_the_reader_leaves() -> None:
    gate = Gate()
    workers = ThreadPool(1, StopFlag())
    ahead = iter(LookAhead(workers, range(WINDOW), gate.call, window=WINDOW))
    _, first = next(ahead)

    ahead.close()  # type: ignore[attr-defined]  # a generator
    gate.open()
    assert first is not None
    workers.result(first)
    workers.result(workers.submit(lambda: None))

    assert gate.entered == [0]


def test_threads_end_when_no_one_has_the_workers_any_more() -> None:
    begun, go_on, before = threading.Semaphore(0), threading.Event(), set(threading.enumerate())

    def call() -> bool:
        begun.release()
        return go_on.wait(10)

    workers = ThreadPool(SIZE, StopFlag())
    futures = [workers.submit(call) for _ in range(SIZE + 1)]
    threads = set(threading.enumerate()) - before
    assert all(begun.acquire(timeout=10) for _ in range(SIZE))

    del workers
    gc.collect()
    go_on.set()
    for thread in threads:
        thread.join(10)

    assert len(threads) == SIZE
    assert not any(thread.is_alive() for thread in threads)
    assert [future.done() for future in futures] == [True] * SIZE + [False]
