"""Lists and the ways in which a site leads from one page of them to the next."""

from __future__ import annotations

import collections
import itertools
import re
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import pytest

from tap_confluence.errors import ForbiddenError, RetriesExhaustedError
from tap_confluence.http import (
    CircleGuard,
    LinkPaginator,
    ListRequest,
    OffsetPaginator,
    Reader,
    StuckError,
    ThreadPool,
    collect,
)
from tap_confluence.http.pagination.paginators import MOST_EMPTY, PageWalk
from tests.http.conftest import ROOT

if TYPE_CHECKING:
    from requests_mock import Mocker

    from tap_confluence.http import Client, StopFlag

PATH = "/api/v2/pages"
FIRST = ListRequest(PATH, {"limit": "2", "status": ("current", "archived")}, "pages")


def items(*ids: int) -> list[dict[str, Any]]:
    return [{"id": str(number)} for number in ids]


def ids(found: list[dict[str, Any]]) -> list[int]:
    return [int(item["id"]) for item in found]


def page(*ids: int, next_link: str | None = None) -> dict[str, Any]:
    links = {} if next_link is None else {"next": next_link}
    return {"json": {"results": items(*ids), "_links": links}}


def walk_by_offset(
    workers: ThreadPool, client: Client, request: ListRequest
) -> list[dict[str, Any]]:
    walk = PageWalk(workers, client, request, paginator=OffsetPaginator())
    return [item for page in walk for item in page.items]


def settle(one: ThreadPool) -> None:
    """Wait until a single worker has nothing left to do but what follows from five calls."""
    for _ in range(5):
        one.result(one.submit(int))


@pytest.mark.parametrize(
    "next_link",
    [
        "/wiki/api/v2/pages?limit=2&cursor=abc",
        "/api/v2/pages?cursor=abc&limit=2",
        "https://acme.example.com/wiki/api/v2/pages?cursor=abc",
        "https://api.atlassian.com/ex/confluence/1/wiki/api/v2/pages?cursor=abc",
        "?cursor=abc",
    ],
    ids=["host", "context", "absolute", "another host", "query"],
)
def test_the_next_page_is_asked_at_the_same_place_wherever_its_link_points(
    client: Client, requests_mock: Mocker, next_link: str
) -> None:
    requests_mock.get(f"{ROOT}{PATH}", [page(1, 2, next_link=next_link), page(3)])

    assert ids(collect(client, FIRST)) == [1, 2, 3]
    assert requests_mock.request_history[1].hostname == "acme.example.com"
    assert requests_mock.request_history[1].qs["cursor"] == ["abc"]


def test_what_was_asked_first_is_asked_of_every_page(client: Client, requests_mock: Mocker) -> None:
    requests_mock.get(f"{ROOT}{PATH}", [page(1, 2, next_link="?cursor=abc"), page(3)])

    collect(client, FIRST)

    [_, second] = requests_mock.request_history
    assert second.qs["status"] == ["current", "archived"]
    assert second.qs["limit"] == ["2"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("eyJpZCI6IjEifQ==", "eyJpZCI6IjEifQ%3D%3D"),
        ("a+b/c==", "a%2Bb%2Fc%3D%3D"),
        ("a%2Bb%2Fc%3D%3D", "a%2Bb%2Fc%3D%3D"),
    ],
    ids=["equals signs", "plus sign", "encoded"],
)
def test_a_cursor_comes_back_as_it_was_meant_encoded_or_not(
    client: Client, requests_mock: Mocker, written: str, meant: str
) -> None:
    link = f"/wiki/api/v2/pages?cursor={written}&limit=2"
    requests_mock.get(f"{ROOT}{PATH}", [page(1, 2, next_link=link), page(3)])

    collect(client, FIRST)

    sent = re.search(r"cursor=([^&]*)", requests_mock.request_history[1].url)
    assert sent is not None
    assert sent[1] == meant


def test_a_plus_sign_in_what_was_asked_for_is_a_space(
    client: Client, requests_mock: Mocker
) -> None:
    link = "/rest/api/content/search?next=true&cursor=a&cql=type+in+%28folder%2Cembed%29"
    requests_mock.get(f"{ROOT}{PATH}", [page(1, next_link=link), page(2)])

    collect(client, FIRST)

    assert requests_mock.request_history[1].qs["cql"] == ["type in (folder,embed)"]


def test_an_empty_page_is_not_the_end_if_there_is_a_next_one(
    client: Client, requests_mock: Mocker
) -> None:
    requests_mock.get(
        f"{ROOT}{PATH}",
        [page(1, 2, next_link="?cursor=a"), page(next_link="?cursor=b"), page(3)],
    )

    assert ids(collect(client, FIRST)) == [1, 2, 3]


def test_a_short_page_is_not_the_end_if_there_is_a_next_one(
    client: Client, requests_mock: Mocker
) -> None:
    requests_mock.get(
        f"{ROOT}{PATH}",
        [page(1, 2, next_link="?cursor=a"), page(3, next_link="?cursor=b"), page(4, 5)],
    )

    assert ids(collect(client, FIRST)) == [1, 2, 3, 4, 5]


def test_a_link_header_alone_leads_on(client: Client, requests_mock: Mocker) -> None:
    header = {"Link": '</wiki/api/v2/pages?cursor=abc>; rel="next", </wiki>; rel="base"'}
    requests_mock.get(
        f"{ROOT}{PATH}", [{"json": {"results": items(1, 2)}, "headers": header}, page(3)]
    )

    assert ids(collect(client, FIRST)) == [1, 2, 3]


def test_a_cursor_that_repeats_on_a_short_page_ends_the_list(
    client: Client, requests_mock: Mocker
) -> None:
    requests_mock.get(
        f"{ROOT}{PATH}",
        [page(1, 2, next_link="?cursor=a"), page(3, next_link="?cursor=a")],
    )

    assert ids(collect(client, FIRST)) == [1, 2, 3]
    assert requests_mock.call_count == 2


def test_a_cursor_that_repeats_on_a_full_page_is_an_error(
    client: Client, workers: ThreadPool, requests_mock: Mocker
) -> None:
    requests_mock.get(
        f"{ROOT}{PATH}",
        [page(1, 2, next_link="?cursor=a"), page(3, 4, next_link="?cursor=a")],
    )

    with pytest.raises(RetriesExhaustedError, match="/api/v2/pages gives the same cursor"):
        collect(client, FIRST)
    with pytest.raises(RetriesExhaustedError, match="/api/v2/pages gives the same cursor"):
        list(PageWalk(workers, client, FIRST, ahead=1))


@pytest.mark.parametrize("body", [{}, {"results": None}, {"results": "none"}, {"errors": []}])
def test_an_answer_without_results_is_no_empty_list(
    client: Client, requests_mock: Mocker, body: dict[str, Any]
) -> None:
    requests_mock.get(f"{ROOT}{PATH}", json=body)

    with pytest.raises(RetriesExhaustedError, match="/api/v2/pages answered without 'results'"):
        collect(client, FIRST)


def test_links_that_are_no_links_end_the_list(client: Client, requests_mock: Mocker) -> None:
    requests_mock.get(f"{ROOT}{PATH}", json={"results": items(1), "_links": ["next"]})

    assert ids(collect(client, FIRST)) == [1]


@pytest.mark.parametrize("ahead", [0, 1, 3])
def test_pages_come_in_order_however_far_they_are_asked_for_ahead(
    client: Client, workers: ThreadPool, requests_mock: Mocker, ahead: int
) -> None:
    pages = [page(n, n + 1, next_link=f"?cursor={n}") for n in range(1, 20, 2)]
    requests_mock.get(f"{ROOT}{PATH}", [*pages, page(21)])

    walk = PageWalk(workers, client, FIRST, ahead=ahead)
    found = [item for page in walk for item in page.items]

    assert ids(found) == list(range(1, 22))


@pytest.mark.parametrize("ahead", [0, 1, 3])
def test_no_more_pages_are_asked_for_than_may_be_ahead(
    client: Client, stop: StopFlag, requests_mock: Mocker, ahead: int
) -> None:
    one = ThreadPool(1, stop)
    endless = [page(n, n + 1, next_link=f"?cursor={n}") for n in range(1, 20, 2)]
    requests_mock.get(f"{ROOT}{PATH}", endless)

    walk = iter(PageWalk(one, client, FIRST, ahead=ahead))
    for read in range(1, 4):
        next(walk)
        settle(one)
        assert requests_mock.call_count == read + ahead


def test_a_walk_that_is_not_read_goes_ahead_by_itself(
    client: Client, stop: StopFlag, requests_mock: Mocker
) -> None:
    one = ThreadPool(1, stop)
    pages = [page(n, n + 1, next_link=f"?cursor={n}") for n in range(1, 20, 2)]
    requests_mock.get(f"{ROOT}{PATH}", [*pages, page(21)])

    walk = PageWalk(one, client, FIRST, ahead=3)
    settle(one)

    assert requests_mock.call_count == 1 + 3
    assert ids([item for page in walk for item in page.items]) == list(range(1, 22))


def test_an_error_ahead_is_met_after_the_pages_before_it(
    client: Client, workers: ThreadPool, requests_mock: Mocker
) -> None:
    refused = {"status_code": 403, "json": {"message": "no"}}
    requests_mock.get(f"{ROOT}{PATH}", [page(1, next_link="?cursor=1"), refused])

    walk = iter(PageWalk(workers, client, FIRST, ahead=3))

    assert ids(next(walk).items) == [1]
    with pytest.raises(ForbiddenError):
        next(walk)


def test_a_list_paged_by_offset_goes_on_after_what_came_not_after_what_was_asked(
    client: Client, workers: ThreadPool, requests_mock: Mocker
) -> None:
    by_limit = "/rest/api/group?limit=200&start=200"
    requests_mock.get(
        f"{ROOT}/rest/api/group",
        [page(1, 2, 3, next_link=by_limit), page(4, 5, next_link=by_limit), page(6)],
    )
    request = ListRequest("/rest/api/group", {"limit": "200"}, "groups")

    found = walk_by_offset(workers, client, request)

    assert ids(found) == [1, 2, 3, 4, 5, 6]
    assert [sent.qs["start"] for sent in requests_mock.request_history] == [["0"], ["3"], ["5"]]
    assert all(sent.qs["limit"] == ["200"] for sent in requests_mock.request_history)


def test_a_list_paged_by_offset_ends_with_an_empty_page(
    client: Client, workers: ThreadPool, requests_mock: Mocker
) -> None:
    endless = "/rest/api/group?limit=2&start=2"
    requests_mock.get(
        f"{ROOT}/rest/api/group", [page(1, 2, next_link=endless), page(next_link=endless)]
    )
    request = ListRequest("/rest/api/group", {"limit": "2"}, "groups")

    assert ids(walk_by_offset(workers, client, request)) == [1, 2]


@pytest.mark.parametrize("rows", [(1, 2), (1,)])
def test_a_list_that_gives_the_same_page_under_ever_new_cursors_ends(
    client: Client, workers: ThreadPool, requests_mock: Mocker, rows: tuple[int, ...]
) -> None:
    endless = (page(*rows, next_link=f"?cursor={n}") for n in itertools.count())
    requests_mock.get(f"{ROOT}{PATH}", json=lambda *_: next(endless)["json"])

    with pytest.raises(RetriesExhaustedError, match="the same page again and again"):
        collections.deque(PageWalk(workers, client, FIRST), maxlen=0)


def test_a_list_of_nothing_but_empty_pages_ends(
    client: Client, workers: ThreadPool, requests_mock: Mocker
) -> None:
    endless = (page(next_link=f"?cursor={n}") for n in itertools.count())
    requests_mock.get(f"{ROOT}{PATH}", json=lambda *_: next(endless)["json"])

    with pytest.raises(StuckError, match="one empty page after the other"):
        collections.deque(PageWalk(workers, client, FIRST), maxlen=0)

    assert requests_mock.call_count == MOST_EMPTY + 1


def test_a_list_paged_by_offset_that_gives_its_last_page_for_ever_ends(
    client: Client, workers: ThreadPool, requests_mock: Mocker
) -> None:
    on = "/rest/api/group?limit=2&start=2"
    pages = [page(1, 2, next_link=on), page(3, 4, next_link=on)]
    requests_mock.get(f"{ROOT}/rest/api/group", pages)
    request = ListRequest("/rest/api/group", {"limit": "2"}, "groups")

    with pytest.raises(RetriesExhaustedError, match="the same page again and again"):
        walk_by_offset(workers, client, request)


def ends_without_news() -> LinkPaginator:
    return LinkPaginator(CircleGuard(itemgetter("id"), most_repeats=0, ends=True))


@pytest.mark.parametrize("later", [(1, 2), (2,), (2, 1), ()])
def test_a_list_that_may_end_in_circles_ends_with_the_first_page_without_news(
    client: Client, requests_mock: Mocker, later: tuple[int, ...]
) -> None:
    requests_mock.get(
        f"{ROOT}{PATH}", [page(1, 2, next_link="?cursor=a"), page(*later, next_link="?cursor=b")]
    )

    assert ids(collect(client, FIRST, ends_without_news())) == [1, 2]
    assert requests_mock.call_count == 2


def test_a_list_that_may_end_in_circles_gives_each_row_once(
    client: Client, requests_mock: Mocker
) -> None:
    requests_mock.get(f"{ROOT}{PATH}", [page(1, 2, next_link="?cursor=a"), page(2, 3)])

    assert ids(collect(client, FIRST, ends_without_news())) == [1, 2, 3]


def test_a_list_that_may_end_in_circles_ends_with_a_cursor_that_repeats(
    client: Client, requests_mock: Mocker
) -> None:
    requests_mock.get(
        f"{ROOT}{PATH}",
        [page(1, 2, next_link="?cursor=a"), page(3, 4, next_link="?cursor=a")],
    )
    guard = CircleGuard(ends=True)

    assert ids(collect(client, FIRST, LinkPaginator(guard))) == [1, 2, 3, 4]
    assert guard.is_in_circles


def test_pages_that_are_alike_are_all_given_where_rows_do_not_tell(
    client: Client, requests_mock: Mocker
) -> None:
    alike = [page(1, next_link=f"?cursor={n}") for n in range(20)]
    requests_mock.get(f"{ROOT}{PATH}", [*alike, page(1)])

    found = collect(client, FIRST, LinkPaginator(CircleGuard(most_repeats=None, ends=True)))

    assert ids(found) == [1] * 21


def test_a_list_that_several_streams_read_is_asked_for_once(
    client: Client, workers: ThreadPool, stop: StopFlag, requests_mock: Mocker
) -> None:
    requests_mock.get(f"{ROOT}{PATH}", json=page(1, 2)["json"])
    reader = Reader(client, workers, stop, page_size=2)

    assert ids(list(reader.items_once(FIRST))) == ids(list(reader.items_once(FIRST))) == [1, 2]
    assert requests_mock.call_count == 1


def test_a_first_page_that_several_ask_for_ahead_is_asked_for_once(
    client: Client, stop: StopFlag, workers: ThreadPool, requests_mock: Mocker
) -> None:
    requests_mock.get(f"{ROOT}{PATH}", [page(1, next_link="?cursor=a")])
    requests_mock.get(f"{ROOT}{PATH}?cursor=a", [page(2)])
    reader = Reader(client, workers, stop, page_size=2)
    for _ in range(2):
        reader.ask_ahead(FIRST)

    assert reader.any_once(FIRST, lambda item: item["id"] == "1")
    found = [ids(list(reader.items(FIRST))) for _ in range(3)]

    assert found == [[1, 2]] * 3
    firsts = [sent for sent in requests_mock.request_history if "cursor" not in sent.qs]
    assert len(firsts) == 2, "the third reader has not asked ahead"
