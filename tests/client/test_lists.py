"""Lists and the ways in which a site leads from one page of them to the next."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tap_confluence.client import ListRequest, Reader, collect
from tap_confluence.client.lists import read_offsets, read_pages
from tap_confluence.errors import RetriesExhaustedError
from tests.client.conftest import ROOT

if TYPE_CHECKING:
    from requests_mock import Mocker

    from tap_confluence.client import Client, StopFlag, Workers

PATH = "/api/v2/pages"
FIRST = ListRequest(PATH, {"limit": "2", "status": ("current", "archived")}, "pages")


def items(*ids: int) -> list[dict[str, Any]]:
    return [{"id": str(number)} for number in ids]


def ids(found: list[dict[str, Any]]) -> list[int]:
    return [int(item["id"]) for item in found]


def page(*ids: int, next_link: str | None = None) -> dict[str, Any]:
    links = {} if next_link is None else {"next": next_link}
    return {"json": {"results": items(*ids), "_links": links}}


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
    client: Client, workers: Workers, requests_mock: Mocker
) -> None:
    requests_mock.get(
        f"{ROOT}{PATH}",
        [page(1, 2, next_link="?cursor=a"), page(3, 4, next_link="?cursor=a")],
    )

    with pytest.raises(RetriesExhaustedError, match="/api/v2/pages gives the same cursor"):
        collect(client, FIRST)
    with pytest.raises(RetriesExhaustedError, match="/api/v2/pages gives the same cursor"):
        list(read_pages(workers, client, FIRST, prefetch=True))


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


@pytest.mark.parametrize("prefetch", [True, False])
def test_pages_come_in_order_whether_or_not_they_are_fetched_ahead(
    client: Client, workers: Workers, requests_mock: Mocker, *, prefetch: bool
) -> None:
    pages = [page(n, n + 1, next_link=f"?cursor={n}") for n in range(1, 20, 2)]
    requests_mock.get(f"{ROOT}{PATH}", [*pages, page(21)])

    found = [
        item for p in read_pages(workers, client, FIRST, prefetch=prefetch) for item in p.items
    ]

    assert ids(found) == list(range(1, 22))


def test_without_prefetch_a_page_is_asked_for_only_when_it_is_wanted(
    client: Client, workers: Workers, requests_mock: Mocker
) -> None:
    requests_mock.get(f"{ROOT}{PATH}", [page(1, 2, next_link="?cursor=a"), page(3)])

    next(read_pages(workers, client, FIRST))

    assert requests_mock.call_count == 1


def test_a_list_paged_by_offset_goes_on_after_what_came_not_after_what_was_asked(
    client: Client, workers: Workers, requests_mock: Mocker
) -> None:
    by_limit = "/rest/api/group?limit=200&start=200"
    requests_mock.get(
        f"{ROOT}/rest/api/group",
        [page(1, 2, 3, next_link=by_limit), page(4, 5, next_link=by_limit), page(6)],
    )
    request = ListRequest("/rest/api/group", {"limit": "200"}, "groups")

    found = list(read_offsets(workers, client, request))

    assert ids(found) == [1, 2, 3, 4, 5, 6]
    assert [sent.qs["start"] for sent in requests_mock.request_history] == [["0"], ["3"], ["5"]]
    assert all(sent.qs["limit"] == ["200"] for sent in requests_mock.request_history)


def test_a_list_paged_by_offset_ends_with_an_empty_page(
    client: Client, workers: Workers, requests_mock: Mocker
) -> None:
    endless = "/rest/api/group?limit=2&start=2"
    requests_mock.get(
        f"{ROOT}/rest/api/group", [page(1, 2, next_link=endless), page(next_link=endless)]
    )
    request = ListRequest("/rest/api/group", {"limit": "2"}, "groups")

    assert ids(list(read_offsets(workers, client, request))) == [1, 2]


def test_a_list_that_several_streams_read_is_asked_for_once(
    client: Client, workers: Workers, stop: StopFlag, requests_mock: Mocker
) -> None:
    requests_mock.get(f"{ROOT}{PATH}", json=page(1, 2)["json"])
    reader = Reader(client, workers, stop, page_size=2)

    assert ids(list(reader.items_once(FIRST))) == ids(list(reader.items_once(FIRST))) == [1, 2]
    assert requests_mock.call_count == 1
