"""Rows that several streams need are asked for once, and kept in bounded memory."""

from __future__ import annotations

import itertools
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tap_confluence.errors import GAVE_UP, RefusedError
from tap_confluence.http import Client, FailedItem, ListRequest, Reader, StopFlag, ThreadPool
from tap_confluence.http.lists.kept_rows import ROWS_A_BLOCK, KeptRows
from tests.http.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from requests_mock import Mocker

PLENTY = 10**6
ROWS: list[dict[str, Any]] = [
    {"id": str(number), "title": f"Käse «{number}»", "size": Decimal("2.50"), "is": [None, True]}
    for number in range(2 * ROWS_A_BLOCK + 7)
]


def test_rows_come_back_as_they_were() -> None:
    kept = KeptRows(PLENTY)
    for row in ROWS:
        kept.add(row)

    assert [*kept] == [*kept] == ROWS
    assert not kept.is_full
    assert 0 < kept.size < len(str(ROWS)) // 4


def test_what_a_reader_makes_of_a_row_is_not_kept(
    client: Client, workers: ThreadPool, stop: StopFlag
) -> None:
    reader = Reader(client, workers, stop, page_size=2)
    for row in reader.once("rows", iter([{"id": "1"}]), tag="pages"):
        row["modifiedAt"] = "now"

    assert [*reader.once("rows", iter([]), tag="pages")] == [{"id": "1"}]


def test_too_many_rows_are_not_kept(client: Client, workers: ThreadPool, stop: StopFlag) -> None:
    kept = KeptRows(100)
    for row in ROWS:
        kept.add(row)

    assert kept.is_full
    assert len([*kept]) <= ROWS_A_BLOCK
    reader = Reader(client, workers, stop, page_size=2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tap_confluence.http.reader.MOST_KEPT", 100)
        first = [*reader.once("rows", iter(ROWS), tag="pages")]
        second = [*reader.once("rows", iter(ROWS[:3]), tag="pages")]
    assert (first, second) == (ROWS, ROWS[:3])


def test_rows_that_nobody_has_read_to_their_end_are_not_kept(
    client: Client, workers: ThreadPool, stop: StopFlag
) -> None:
    reader = Reader(client, workers, stop, page_size=2)
    assert [*itertools.islice(reader.once("rows", iter(ROWS), tag="pages"), 2)] == ROWS[:2]

    assert [*reader.once("rows", iter(ROWS[:5]), tag="pages")] == ROWS[:5]
    assert [*reader.once("rows", iter([]), tag="pages")] == ROWS[:5]


def test_who_reads_kept_rows_is_told_of_what_the_site_failed_for(
    client: Client, workers: ThreadPool, stop: StopFlag
) -> None:
    reader = Reader(client, workers, stop, page_size=2)
    told: list[str] = []
    reader.on_failed = lambda failed: told.append(failed.request.tag)
    failed = FailedItem(ListRequest("/list", {}, "pages"), RefusedError("broken", GAVE_UP))

    def rows() -> Iterator[dict[str, Any]]:
        yield ROWS[0]
        reader.tell(failed)
        yield ROWS[1]

    for tag in ("pages", "page_labels", "child_pages"):
        assert [*reader.once("rows", rows(), tag=tag)] == ROWS[:2]

    assert told == ["pages", "page_labels", "child_pages"]


def test_a_list_is_the_same_however_its_parameters_are_held(
    client: Client, workers: ThreadPool, stop: StopFlag, requests_mock: Mocker
) -> None:
    requests_mock.get(f"{ROOT}/list", json={"results": [{"id": "1"}]})
    reader = Reader(client, workers, stop, page_size=2)
    sequences: list[Any] = [("current", "archived"), ["current", "archived"]]

    read = [
        [*reader.items_once(ListRequest("/list", {"status": statuses}, "test"))]
        for statuses in sequences
    ]

    assert read == [[{"id": "1"}]] * 2
    assert requests_mock.call_count == 1
