"""Lists that are paged by offset are read to their end, though they move and deceive."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest
import requests_mock

from tap_confluence.datacenter.api.batches import Query, collect
from tap_confluence.errors import ForbiddenError, RetriesExhaustedError
from tap_confluence.http import (
    Bearer,
    Client,
    ListRequest,
    OverlappingOffsetPaginator,
    RateLimit,
    StopFlag,
)
from tap_confluence.http.client import Answer

ROOT = "https://confluence.example.com"


def page(*ids: int, limit: int = 3, more: bool = False) -> dict[str, Any]:
    links = {"next": "/rest/api/x?start=1000"} if more else {}
    return {"results": [{"id": str(n)} for n in ids], "limit": limit, "_links": links}


def ids(rows: list[dict[str, Any]]) -> list[int]:
    return [int(row["id"]) for row in rows]


class Reading:
    """A list that is read by what its site answers.

    Attributes:
        following: What is to be asked for next.
    """

    def __init__(self, limit: int = 3) -> None:
        self._paginator = OverlappingOffsetPaginator()
        first = ListRequest("/rest/api/content", {"limit": str(limit)}, "content")
        self.following: ListRequest | None = self._paginator.first_page(first)

    @property
    def start(self) -> int | None:
        """Where the next page begins."""
        return None if self.following is None else int(str(self.following.params["start"]))

    def take(self, answer: dict[str, Any]) -> list[dict[str, Any]]:
        """Return what the paginator makes of an answer."""
        assert self.following is not None
        found = self._paginator.take(self._paginator.page(self.following, Answer(answer)))
        self.following = found.next
        return found.items


def test_each_page_begins_with_the_last_item_of_the_one_before() -> None:
    reading = Reading()

    assert ids(reading.take(page(1, 2, 3, more=True))) == [1, 2, 3]
    assert reading.start == 2
    assert ids(reading.take(page(3, 4, 5, more=True))) == [4, 5]
    assert reading.start == 4
    assert ids(reading.take(page(5, 6))) == [6]
    assert reading.following is None


@pytest.mark.parametrize("name", ["accountId", "userKey"])
def test_people_are_told_apart_by_their_ids_whatever_else_is_said_of_them(name: str) -> None:
    def people(*names: str) -> dict[str, Any]:
        rows = [{name: each[0], "displayName": each} for each in names]
        return {"results": rows, "limit": 3, "_links": {"next": "/rest/api/x?start=1000"}}

    reading = Reading()
    reading.take(people("a", "b", "c"))

    found = reading.take(people("c, who has another name by now", "d", "e"))

    assert [row["displayName"] for row in found] == ["d", "e"]
    assert reading.start == 4


def test_a_short_page_with_a_next_link_is_not_the_last() -> None:
    reading = Reading()

    reading.take(page(1, 2, limit=50, more=True))

    assert reading.following is not None


def test_a_full_page_without_a_next_link_is_not_the_last() -> None:
    reading = Reading()

    reading.take(page(1, 2, 3))

    assert reading.following is not None


@pytest.mark.parametrize("following", [(), (2, 3), (3,)])
def test_a_list_that_never_ends_is_left_when_nothing_new_comes(following: tuple[int, ...]) -> None:
    reading = Reading()
    reading.take(page(1, 2, 3, more=True))

    for _ in range(3):
        if reading.following is not None:
            assert reading.take(page(*following, more=True)) == []

    assert reading.following is None


def test_a_list_that_begins_anew_is_not_taken_for_whole() -> None:
    reading = Reading()
    reading.take(page(1, 2, 3, more=True))

    with pytest.raises(RetriesExhaustedError, match="the same items at each offset"):
        reading.take(page(1, 2, 3, more=True))


@pytest.mark.parametrize(("size", "moved"), [(2, 1), (3, 1), (3, 2), (4, 3)])
@pytest.mark.parametrize("pages", [1, 2])
@pytest.mark.parametrize("count", range(4, 12))
def test_what_was_read_first_may_be_changed_and_move_to_the_end(
    size: int, moved: int, pages: int, count: int
) -> None:
    site = [*range(1, count + 1)]
    reading, found = Reading(size), []
    for number in range(1, 100):
        if (start := reading.start) is None:
            break
        rows = site[start : start + size]
        more = start + size < len(site)
        found += ids(reading.take(page(*rows, limit=size, more=more)))
        if number == pages:
            site = [*site[moved:], *site[:moved]]

    assert sorted(found) == [*range(1, count + 1)]


def test_it_goes_back_for_items_that_slipped_into_what_was_read() -> None:
    site = [*range(1, 10)]
    reading, found = Reading(), []
    while (start := reading.start) is not None:
        rows = site[start : start + 3]
        found += ids(reading.take(page(*rows, more=start + 3 < len(site))))
        if found == [1, 2, 3]:
            # One that was read is edited and moves to the end; two more are gone.
            site = [4, 5, 6, 7, 8, 9, 1]

    assert sorted(set(found)) == [*range(1, 10)]
    assert len(found) == len(set(found))


def test_items_without_an_id_are_told_apart() -> None:
    rows = [{"name": "a"}, {"name": "b"}, {"number": 1}, {"number": 2}, {"key": "k"}, {"x": 1}]

    assert Reading().take({"results": rows, "limit": 50}) == rows


def test_a_next_link_that_skips_rows_is_not_followed() -> None:
    with requests_mock.Mocker() as mock:
        pages = [page(1, 2, more=True, limit=2), page(2, 3, limit=2), page(3, limit=2)]
        mock.get(f"{ROOT}/rest/api/x", [{"json": answer} for answer in pages])
        client = Client(ROOT, Bearer("token"), RateLimit(), StopFlag())

        assert ids(collect(client, Query("/rest/api/x", {}, "x", limit=200))) == [1, 2, 3]
        assert [request.qs["start"] for request in mock.request_history] == [["0"], ["1"], ["2"]]


@pytest.mark.parametrize(("headers", "requests"), [({"Retry-After": "1"}, 2), ({}, 1)])
def test_a_403_is_a_rate_limit_only_if_it_says_when_to_come_back(
    headers: dict[str, str], requests: int
) -> None:
    with requests_mock.Mocker() as mock:
        refusal = {"status_code": 403, "headers": headers, "json": {"message": "Forbidden"}}
        mock.get(f"{ROOT}/rest/api/x", [refusal, {"json": page(1)}])
        client = Client(ROOT, Bearer("token"), RateLimit(sleep=lambda _: None), StopFlag())

        with nullcontext() if headers else pytest.raises(ForbiddenError):
            client.get("/rest/api/x", tag="x")

        assert mock.call_count == requests
