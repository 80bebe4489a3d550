"""The walk over what changed goes where the change is, and gives it out oldest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from tap_confluence.cloud.api.incremental_list import (
    MOST_PAGES_NEWEST_FIRST,
    PAGES_KEPT,
    IncrementalList,
)
from tap_confluence.http import ListPage, ListRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tap_confluence.http import Reader
    from tap_confluence.http.pagination.paginators import GoOn

PAGE_SIZE = 2


class ListOfItems:
    """Stands in for a reader of one list, whose items are known by when they were modified."""

    def __init__(self, *moments: str) -> None:
        self.moments = list(moments)
        self.asked: list[ListRequest] = []
        self.before_page: Callable[[], None] = lambda: None

    def page(self, request: ListRequest) -> ListPage:
        self.asked.append(request)
        self.before_page()
        newest_first = request.params["sort"] == "-modified-date"
        ranked = sorted(self.moments, reverse=newest_first)
        cursor = str(request.params.get("cursor", ""))
        if cursor:
            ranked = [m for m in ranked if (m < cursor if newest_first else m > cursor)]
        moments, rest = ranked[:PAGE_SIZE], ranked[PAGE_SIZE:]
        items = [{"modifiedAt": moment} for moment in moments]
        if not rest:
            return ListPage(request, items, None)
        params = {**request.params, "cursor": moments[-1]}
        return ListPage(request, items, ListRequest(request.path, params, "test"))

    def again(self, request: ListRequest, count: int, **params: str) -> Iterator[dict[str, Any]]:
        yield from self.page(request.with_params(**params)).items[:count]

    def tell(self, failed: object) -> None:
        assert failed is None

    def pages(
        self, request: ListRequest, *, ahead: int = 0, go_on: GoOn | None = None
    ) -> Iterator[ListPage]:
        del ahead
        following: ListRequest | None = request
        while following is not None:
            page = self.page(following)
            following = go_on(page, page.next) if go_on and page.next else page.next
            yield page

    @property
    def asked_with_bodies(self) -> list[str]:
        return [str(r.params.get("cursor")) for r in self.asked if "body-format" in r.params]

    @property
    def directions(self) -> list[str]:
        return [str(request.params["sort"]) for request in self.asked]


def walk(reader: ListOfItems, *, start: str | None, bookmarked: bool) -> IncrementalList:
    request = ListRequest("/api/v2/pages", {"body-format": "storage"}, "test")
    return IncrementalList(
        cast("Reader", reader), [request], moment_of, start=start, bookmarked=bookmarked
    )


def moment_of(item: dict[str, Any]) -> str:
    return str(item["modifiedAt"])


def moments_of(items: IncrementalList) -> list[str]:
    return [moment_of(item) for item in items]


def numbered(count: int) -> list[str]:
    return [f"{number:04}" for number in range(count)]


def test_without_a_bookmark_it_begins_with_the_oldest() -> None:
    reader = ListOfItems(*numbered(5))

    assert moments_of(walk(reader, start=None, bookmarked=False)) == numbered(5)

    assert set(reader.directions) == {"modified-date"}


def test_with_a_bookmark_it_goes_back_no_further_than_needed() -> None:
    reader = ListOfItems(*numbered(100))

    assert moments_of(walk(reader, start="0097", bookmarked=True)) == ["0097", "0098", "0099"]

    assert reader.directions == ["-modified-date"] * 2


def test_when_much_has_changed_it_begins_with_the_oldest_after_all() -> None:
    many = numbered((MOST_PAGES_NEWEST_FIRST + 1) * PAGE_SIZE)
    reader = ListOfItems(*many)

    assert moments_of(walk(reader, start="0001", bookmarked=True)) == many[1:]

    assert reader.directions.count("-modified-date") == MOST_PAGES_NEWEST_FIRST
    assert reader.directions[-1] == "modified-date"


def test_it_reads_a_list_to_its_end_that_is_just_short_enough() -> None:
    many = numbered(MOST_PAGES_NEWEST_FIRST * PAGE_SIZE)
    reader = ListOfItems(*many)

    assert moments_of(walk(reader, start="0000", bookmarked=True)) == many

    assert set(reader.directions) == {"-modified-date"}


def test_it_asks_again_for_pages_it_did_not_keep() -> None:
    pages = PAGES_KEPT + 3
    reader = ListOfItems(*numbered(pages * PAGE_SIZE))

    assert moments_of(walk(reader, start="0000", bookmarked=True)) == numbered(pages * PAGE_SIZE)

    cursors = [request.params.get("cursor") for request in reader.asked]
    assert cursors[pages:] == [*reversed(cursors[PAGES_KEPT:pages])]


def test_what_changes_while_it_goes_back_comes_in_order_or_not_at_all() -> None:
    reader = ListOfItems(*numbered(20))

    def edit_the_oldest() -> None:
        if len(reader.asked) == PAGES_KEPT + 1:
            reader.moments.remove("0004")
            reader.moments.append("0099")

    reader.before_page = edit_the_oldest
    found = moments_of(walk(reader, start="0003", bookmarked=True))

    assert found == [m for m in numbered(20)[3:] if m != "0004"]
    assert max(found) < "0099", "so that the bookmark stays before it"


def test_what_changes_while_it_goes_forward_comes_at_the_end() -> None:
    reader = ListOfItems(*numbered(6))

    def edit_a_page_ahead() -> None:
        if len(reader.asked) == 2:
            reader.moments.remove("0005")
            reader.moments.append("0099")

    reader.before_page = edit_a_page_ahead

    assert moments_of(walk(reader, start=None, bookmarked=False)) == [*numbered(5), "0099"]


def test_after_the_first_page_no_body_is_read_before_the_start() -> None:
    reader = ListOfItems(*numbered(10))

    assert moments_of(walk(reader, start="0005", bookmarked=False)) == numbered(10)[5:]

    assert reader.asked_with_bodies == ["None", "0003", "0005", "0007"]


def test_no_page_is_read_twice_where_the_first_one_reaches_the_start() -> None:
    reader = ListOfItems(*numbered(10))

    assert moments_of(walk(reader, start="0001", bookmarked=False)) == numbered(10)[1:]

    assert reader.asked_with_bodies == ["None", "0001", "0003", "0005", "0007"]
    assert len(reader.asked) == 5


@pytest.mark.parametrize("bookmarked", [True, False])
@pytest.mark.parametrize(("start", "everything"), [("0000", True), ("0001", False)])
def test_it_knows_whether_it_left_anything_out(
    start: str, *, everything: bool, bookmarked: bool
) -> None:
    changes = walk(ListOfItems(*numbered(5)), start=start, bookmarked=bookmarked)

    next(iter(changes))

    assert changes.everything is everything


@pytest.mark.parametrize("bookmarked", [True, False])
def test_an_empty_list_has_no_changes(*, bookmarked: bool) -> None:
    assert moments_of(walk(ListOfItems(), start="0001", bookmarked=bookmarked)) == []
