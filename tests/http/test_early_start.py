"""Readings that begin before their turn, side by side, and wait for it."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING

import pytest

from tap_confluence.errors import NotFoundError, StoppedError
from tap_confluence.http import Client, FailedItem, ListRequest, Reader, StopFlag, ThreadPool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_confluence.http.threads.early_start import EarlyStart

SIGTERM = 15


@pytest.fixture
def reader(client: Client, stop: StopFlag, workers: ThreadPool) -> Reader:
    return Reader(client, workers, stop, 2)


class Answers:
    """Results to come, each of which is there when the test says so."""

    def __init__(self, reader: Reader) -> None:
        self.asked: list[str] = []
        self._reader = reader
        self._coming: dict[str, Future[str]] = {}

    def give(self, *names: str) -> None:
        for name in names:
            self._coming[name].set_result(name)

    def ask(self, name: str) -> str:
        self.asked.append(name)
        self._coming[name] = Future()
        return self._reader.result(self._coming[name])


def let_others_go_on(reader: Reader) -> None:
    """Wait for something that is there at once, as whoever has its turn does all the time."""
    reader.result(reader.start(lambda: None))


def test_a_reading_goes_on_while_another_one_waits(reader: Reader) -> None:
    answers = Answers(reader)

    def read(name: str) -> Iterator[str]:
        yield answers.ask(f"{name} 1") + answers.ask(f", {name} 2")

    first, second = (reader.begin(lambda name=name: read(name)) for name in "ab")  # type: ignore[misc]
    let_others_go_on(reader)
    assert answers.asked == ["a 1", "b 1"]
    answers.give("b 1")
    let_others_go_on(reader)
    assert answers.asked == ["a 1", "b 1", ", b 2"]
    answers.give("a 1", ", b 2")
    let_others_go_on(reader)
    answers.give(", a 2")

    assert [*first, *second] == ["a 1, a 2", "b 1, b 2"]


def test_nothing_is_done_before_its_turn_that_has_to_wait_for_it(reader: Reader) -> None:
    done = []

    def read() -> Iterator[int]:
        done.append("read")
        reader.wait_for_turn()
        done.append("written")
        yield 1

    start = reader.begin(read)
    let_others_go_on(reader)
    assert done == ["read"]

    assert list(start) == [1]
    assert done == ["read", "written"]


def test_no_more_than_the_first_row_is_read_before_the_turn(reader: Reader) -> None:
    taken = []

    def read() -> Iterator[int]:
        for number in range(3):
            taken.append(number)
            yield number

    start = reader.begin(read)
    let_others_go_on(reader)

    assert taken == [0]
    assert list(start) == [0, 1, 2]


def test_an_error_is_raised_in_its_turn(reader: Reader) -> None:
    def read() -> Iterator[int]:
        yield from ()
        message = "no such list"
        raise NotFoundError(message, 404)

    start = reader.begin(read)
    let_others_go_on(reader)

    with pytest.raises(NotFoundError, match="no such list"):
        list(start)


def test_a_reading_may_begin_another_one_and_wait_for_it(reader: Reader) -> None:
    answers = Answers(reader)

    def inner() -> Iterator[str]:
        yield answers.ask("inner")

    def outer() -> Iterator[str]:
        begun: EarlyStart[str] = reader.begin(inner)
        yield answers.ask("outer")
        yield from begun

    start = reader.begin(outer)
    let_others_go_on(reader)
    assert answers.asked == ["outer", "inner"]
    answers.give("inner", "outer")

    assert list(start) == ["outer", "inner"]


def test_what_several_need_is_found_once_by_whoever_comes_first(reader: Reader) -> None:
    answers = Answers(reader)

    def read() -> Iterator[str]:
        yield reader.shared("types", lambda: answers.ask("types"))

    starts = [reader.begin(read) for _ in range(2)]
    let_others_go_on(reader)
    assert answers.asked == ["types"]
    answers.give("types")

    assert [row for start in starts for row in start] == ["types", "types"]
    assert reader.shared("types", lambda: answers.ask("again")) == "types"


def test_why_it_cannot_be_found_is_told_to_each(reader: Reader) -> None:
    asked = []

    def find() -> str:
        asked.append("groups")
        message = "no groups"
        raise NotFoundError(message, 404)

    for _ in range(2):
        with pytest.raises(NotFoundError, match="no groups"):
            reader.shared("groups", find)
    assert asked == ["groups"]


def test_each_hears_of_what_the_site_fails_for_in_its_own_list_only(reader: Reader) -> None:
    answers, heard = Answers(reader), {"a": list[FailedItem](), "b": list[FailedItem]()}

    def rows(name: str) -> Iterator[dict[str, str]]:
        answers.ask(name)
        error = NotFoundError(name, 404)
        reader.tell(FailedItem(ListRequest(name, {}, name), error))
        yield {"id": name}

    starts = [
        reader.begin(lambda name=name: reader.heard(rows(name), heard[name]))  # type: ignore[misc]
        for name in heard
    ]
    let_others_go_on(reader)
    answers.give("a", "b")
    for start in starts:
        list(start)

    assert [[failed.request.path for failed in of] for of in heard.values()] == [["a"], ["b"]]


def test_a_run_that_is_asked_to_stop_does_not_wait_for_a_reading(
    reader: Reader, stop: StopFlag
) -> None:
    waits = threading.Event()

    def read() -> Iterator[str]:
        waits.set()
        yield reader.result(Future[str]())

    start = reader.begin(read)
    let_others_go_on(reader)
    assert waits.is_set()
    stop.set(SIGTERM)

    with pytest.raises(StoppedError):
        list(start)
