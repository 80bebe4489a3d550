"""What is awkward about Data Center, and that it can be switched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.demo_site import DataCenterSite, Wiki
from tests.demo_site.datacenter.client import CONTENT, SCAN, SEARCH, Client

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def wiki() -> Wiki:
    return Wiki.seeded(300)


@pytest.fixture(scope="module")
def running(wiki: Wiki) -> Iterator[DataCenterSite]:
    with DataCenterSite(wiki) as site:
        yield site


@pytest.fixture
def client(running: DataCenterSite) -> Client:
    running.faults.clear()
    return Client(running)


@pytest.mark.parametrize(("expand", "most"), [("", 500), ("space", 200), ("body.storage", 50)])
def test_limits_are_lowered_without_a_word(client: Client, expand: str, most: int) -> None:
    page = client.json(SCAN, type="comment", limit=1000, expand=expand)
    assert page["size"] == page["limit"] == most


def test_next_links_skip_rows(client: Client, wiki: Wiki) -> None:
    every = {page.id for page in wiki.pages if page.status == "current"}
    assert len(client.linked(CONTENT, expand="space", limit=220)) < len(every)
    assert {r["id"] for r in client.counted(CONTENT, expand="space", limit=220)} == every
    client.site.faults.next_skips_rows = False
    assert {r["id"] for r in client.linked(CONTENT, expand="space", limit=220)} == every


def test_lists_may_never_end(client: Client) -> None:
    assert client.json(CONTENT, start=5000)["results"] == []
    client.site.faults.endless_paging = True
    beyond = client.json(CONTENT, start=5000)
    assert beyond["size"] == 25
    assert "next" in beyond["_links"]


def test_short_pages_need_not_be_the_last(client: Client) -> None:
    client.site.faults.short_pages = True
    first = client.json(CONTENT, limit=30)
    assert (first["size"], first["limit"]) == (20, 30)
    assert len(client.linked(CONTENT, limit=30)) == len(client.counted(CONTENT, limit=30))
    assert client.json(SCAN, limit=30)["nextCursor"]


def test_attachments_may_have_one_page_only(client: Client, wiki: Wiki) -> None:
    client.site.faults.attachment_paging_fails = True
    page = next(page for page in wiki.pages if wiki.attachments_of[page.num])
    path = f"{CONTENT}/{page.id}/child/attachment"
    assert client.get(path).ok
    assert client.get(path, start=50).status_code == 400


def test_one_poisonous_content_spoils_its_batch(client: Client) -> None:
    rows = client.json(CONTENT, limit=5)["results"]
    bad = rows[2]["id"]
    for status in (500, 404):
        client.site.faults.poison(bad, status)
        for path in (CONTENT, SCAN):
            assert client.get(path, expand="version", limit=5).status_code == status
            assert client.get(path, limit=5).ok
        cql = f"id in ({bad}, {rows[0]['id']})"
        assert client.get(SEARCH, cql=cql, expand="version").status_code == status
        assert client.get(f"{CONTENT}/{bad}", expand="version").status_code == status
    assert client.get(CONTENT, expand="version", limit=2).ok
    assert client.get(CONTENT, expand="version", limit=2, start=3).ok
    after = f"content:false:{bad}"
    assert client.get(SCAN, expand="version", limit=2, cursor=after).ok
    client.site.faults.cure(bad)
    assert client.get(CONTENT, expand="version", limit=5).ok


def test_limits_of_rate_are_told(client: Client) -> None:
    client.site.faults.requests_per_second = 2
    answers = [client.get("/rest/api/user/current") for _ in range(4)]
    assert answers[0].headers["X-RateLimit-Limit"] == "2"
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.json() == {"message": "Rate limit exceeded."}
    assert refused.headers["X-RateLimit-Remaining"] == "0"
    assert refused.headers["X-RateLimit-Interval-Seconds"] == "1"
    assert "Retry-After" not in refused.headers


def test_endpoints_may_be_blocked_for_good(client: Client) -> None:
    client.site.faults.block("/rest/api/group")
    refused = client.get("/rest/api/group")
    assert refused.status_code == 429
    assert refused.headers["X-RateLimit-Limit"] == "0"
    assert refused.headers["Retry-After"] == "9223372036854775807"


def test_troubles_speak_the_language_of_the_site(client: Client) -> None:
    client.site.faults.fail_next(1, "503-retry-after", CONTENT)
    refused = client.get(CONTENT)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
    assert refused.json()["statusCode"] == 503
    client.site.faults.forbid("/rest/api/space/ENG", 403)
    assert client.get("/rest/api/space/ENG").status_code == 403


def test_nested_lists_are_capped(client: Client, wiki: Wiki) -> None:
    page = max(wiki.pages, key=lambda page: len(wiki.attachments_of[page.num]))
    client.site.faults.nested_caps |= {"children": 1, "labels": 2}
    labelled = max(wiki.pages, key=lambda page: len(page.labels))
    children = client.json(f"{CONTENT}/{page.id}", expand="children.attachment")["children"]
    assert children["attachment"]["size"] == children["attachment"]["limit"] == 1
    labels = client.json(f"{CONTENT}/{labelled.id}", expand="metadata.labels")["metadata"]["labels"]
    assert labels["_links"]["next"] == f"{CONTENT}/{labelled.id}/label?limit=2&start=2"
    assert len(client.json(labels["_links"]["next"])["results"]) == 2


def test_permissions_are_for_administrators(client: Client) -> None:
    assert client.get("/rest/api/space", expand="permissions").ok
    client.site.faults.administrator = False
    assert client.get("/rest/api/space", expand="permissions").status_code == 500
    assert client.get("/rest/api/space/ENG/permissions").status_code == 500
