"""Search on Cloud, as awkward as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.demo_site.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.demo_site import DemoSite, Wiki

CONTENT = "/rest/api/content/search"
ANYTHING = "/rest/api/search"
RESTRICTIONS = (
    "restrictions.read.restrictions.user,restrictions.read.restrictions.group,"
    "restrictions.update.restrictions.user,restrictions.update.restrictions.group"
)


@pytest.fixture
def reader(site: DemoSite) -> Reader:
    return Reader(site)


def walk(reader: Reader, path: str, **params: Any) -> Iterator[dict[str, Any]]:
    """Follow the links to the next page, which are relative to the context."""
    found = reader.json(path, **params)
    yield found
    while "next" in found["_links"]:
        link = found["_links"]["next"]
        assert link.startswith(f"{path}?next=true&cursor=")
        found = reader.json(link)
        yield found


def test_a_walk_finds_all_that_is_current_and_in_a_current_space(
    reader: Reader, wiki: Wiki
) -> None:
    shut = {space.num for space in wiki.spaces if space.status == "archived"}
    pages = list(walk(reader, CONTENT, cql="type=page order by created", limit=20))

    found = [row["id"] for page in pages for row in page["results"]]
    assert len(found) == len(set(found))
    assert set(found) == {
        page.id for page in wiki.pages if page.status == "current" and page.space not in shut
    }


def test_archived_spaces_are_searched_on_request(reader: Reader, wiki: Wiki) -> None:
    params = {"cql": "type=page", "limit": 1000, "includeArchivedSpaces": "true"}
    found = {row["id"] for row in reader.json(CONTENT, **params)["results"]}

    assert found == {page.id for page in wiki.pages if page.status == "current"}


def test_archived_content_is_found_by_who_asks_for_it_on_some_sites(
    reader: Reader, site: DemoSite, wiki: Wiki
) -> None:
    archived = next(page.id for page in wiki.pages if page.status == "archived")
    params = {
        "cql": f"id={archived}",
        "cqlcontext": '{"contentStatuses":["archived"]}',
        "includeArchivedSpaces": "true",
    }
    assert not reader.json(CONTENT, **params)["results"]

    site.faults.finds_archived = True
    assert [row["id"] for row in reader.json(CONTENT, **params)["results"]] == [archived]


@pytest.mark.parametrize(
    ("expand", "limit"), [("", 1000), ("version", 200), ("version,body.storage", 50)]
)
def test_the_limit_is_lowered_without_a_word(reader: Reader, expand: str, limit: int) -> None:
    assert reader.json(CONTENT, cql="type=comment", limit=5000, expand=expand)["limit"] == limit


def test_the_index_lags_behind(reader: Reader, site: DemoSite, wiki: Wiki) -> None:
    site.faults.index_lag = 60
    made = wiki.add_page("ENG")

    assert not reader.json(CONTENT, cql=f"id={made}")["results"]


def test_restrictions_are_expanded_with_the_ids_of_the_cloud(reader: Reader, wiki: Wiki) -> None:
    page = wiki.add_page("ENG")
    wiki.restrict(page, users=[wiki.accounts[2]], groups=[wiki.groups[1].id])

    [row] = reader.json(CONTENT, cql=f"id in ({page})", expand=RESTRICTIONS)["results"]

    listed = row["restrictions"]["read"]["restrictions"]
    assert [user["accountId"] for user in listed["user"]["results"]] == [wiki.accounts[2]]
    assert [group["id"] for group in listed["group"]["results"]] == [wiki.groups[1].id]
    assert row["restrictions"]["update"]["restrictions"]["user"]["results"] == []


def test_one_operation_is_paged_by_offset(reader: Reader, wiki: Wiki) -> None:
    crowded = next(num for num, listed in wiki.restrictions.items() if len(listed) > 200)
    path = f"/rest/api/content/{crowded}/restriction/byOperation/read"
    users = {
        user["accountId"]
        for start in (0, 100, 200)
        for user in reader.json(path, start=start, limit=100)["restrictions"]["user"]["results"]
    }

    assert users == {
        each.principal_id
        for each in wiki.restrictions[crowded]
        if each.operation == "read" and each.principal_type == "user"
    }


def test_one_bad_item_fails_a_whole_answer(reader: Reader, site: DemoSite, wiki: Wiki) -> None:
    site.faults.poison(next(page.id for page in wiki.pages if page.status == "current"), 504)

    params = {"cql": "type=page", "limit": 200, "includeArchivedSpaces": "true"}
    assert reader.get(CONTENT, **params, expand="version").status_code == 504
    assert reader.get(CONTENT, **params).status_code == 200


def test_an_ancestor_in_the_trash_hides_a_whole_answer(reader: Reader, wiki: Wiki) -> None:
    child = next(page for page in wiki.pages if page.parent_type == "page" and page.parent)
    wiki.pages[child.parent or 0].status = "trashed"

    answer = reader.get(CONTENT, cql="type=page", limit=200, expand="ancestors")
    assert answer.status_code == 404


def test_the_other_search_counts_roughly_and_gives_short_pages(reader: Reader, wiki: Wiki) -> None:
    pages = list(walk(reader, ANYTHING, cql="type=comment and space=ENG", limit=50))

    assert len(pages) > 1
    assert len(pages[0]["results"]) < 50
    found = [row["content"]["id"] for page in pages for row in page["results"]]
    assert len(found) == len(set(found))
    engineering = next(space.num for space in wiki.spaces if space.key == "ENG")
    assert set(found) >= {
        comment.id
        for comment in wiki.footer_comments
        if comment.space == engineering
        and comment.status == comment.container.status == "current"
        and getattr(comment.container, "container", None) is None
    }
    assert pages[0]["totalSize"] >= len(found)


def test_what_lies_among_the_pages_is_found_by_type(reader: Reader, wiki: Wiki) -> None:
    found = reader.json(
        CONTENT, cql="type in (folder,whiteboard)", limit=1000, includeArchivedSpaces="true"
    )

    assert {row["type"] for row in found["results"]} <= {"folder", "whiteboard"}
    assert {row["id"] for row in found["results"]} == {
        item.id
        for kind in ("folder", "whiteboard")
        for item in wiki.tree_items[kind]
        if item.status == "current"
    }
