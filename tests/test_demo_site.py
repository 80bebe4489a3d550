"""The demo site behaves as Confluence Cloud does."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.demo_site import DemoSite, Wiki
from tests.demo_site.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Iterator

CALENDAR = "com.atlassian.confluence.extra.team-calendars:calendar-content-type"
DRAWIO = "ac:com.mxgraph.confluence.plugins.diagramly:drawio-diagram"
ALL_PAGES = {"status": "current,archived,trashed"}
SORTED_LISTS = [
    ("pages", ["id", "created-date", "modified-date", "title"]),
    ("blogposts", ["id", "created-date", "modified-date"]),
    ("attachments", ["created-date", "modified-date"]),
    ("footer-comments", ["created-date", "modified-date"]),
    ("inline-comments", ["created-date", "modified-date"]),
    ("spaces", ["id", "key", "name"]),
    ("labels", ["id", "name", "created-date"]),
    (f"custom-content?type={DRAWIO}", ["id", "created-date", "modified-date", "title"]),
]
SORTS = [
    (path, f"{sign}{order}")
    for path, orders in SORTED_LISTS
    for order in orders
    for sign in ("", "-")
]


@pytest.fixture
def site() -> Iterator[DemoSite]:
    with DemoSite(Wiki.seeded(120)) as running:
        yield running


@pytest.fixture
def reader(site: DemoSite) -> Reader:
    return Reader(site)


@pytest.fixture(scope="module")
def still() -> Iterator[Reader]:
    """A reader of a site that no test changes."""
    with DemoSite(Wiki.seeded(300)) as running:
        yield Reader(running)


def test_signs_in_with_basic_only(reader: Reader) -> None:
    assert reader.get("/rest/api/user/current").json()["type"] == "known"
    reader.session.auth = None
    reader.session.headers["Authorization"] = f"Bearer {reader.site.api_token}"
    assert reader.get("/rest/api/user/current").status_code == 403


def test_bad_credentials_are_404_in_v2_and_403_in_v1(reader: Reader) -> None:
    reader.session.auth = (reader.site.email, "wrong")
    lists = reader.get("/api/v2/pages")
    assert lists.status_code == 404
    assert lists.json()["errors"][0] == {
        "status": 404,
        "code": "NOT_FOUND",
        "title": "Not Found",
        "detail": None,
    }
    user = reader.get("/rest/api/user/current")
    assert user.status_code == 403
    assert user.json()["message"] == "Current user not permitted to use Confluence"


def test_a_site_open_to_strangers_answers_them_with_nothing(reader: Reader) -> None:
    reader.site.faults.anonymous = True
    reader.session.auth = (reader.site.email, "wrong")
    assert reader.get("/rest/api/user/current").json()["type"] == "anonymous"
    assert reader.object("pages")["results"] == []
    assert reader.get("/rest/api/group").json()["results"] == []


@pytest.mark.parametrize(("path", "sort"), SORTS)
def test_every_order_visits_each_id_once_and_in_order(still: Reader, path: str, sort: str) -> None:
    params = ALL_PAGES if path == "pages" else {}
    rows = still.rows(path, sort=sort, limit=29, **params)
    ids = [row["id"] for row in rows]
    assert len(set(ids)) == len(ids) == len(still.ids(path, limit=250, **params))
    keys = [(_sort_key(row, sort.removeprefix("-")), _number(row["id"])) for row in rows]
    if sort not in {"created-date", "-created-date"}:
        assert keys == sorted(keys, reverse=sort.startswith("-"))


def _sort_key(row: dict[str, Any], field: str) -> Any:
    if field == "modified-date":
        return row["version"]["createdAt"]
    return _number(row["id"]) if field == "id" else row.get(field)


def _number(id_: str) -> int:
    return int(id_.removeprefix("att"))


@pytest.mark.parametrize("limit", [1, 7, 250])
@pytest.mark.parametrize(
    ("path", "stream", "params"),
    [
        ("pages", "pages", ALL_PAGES),
        ("blogposts", "blog_posts", {"status": ["current", "trashed"]}),
        ("attachments", "attachments", ALL_PAGES),
        ("tasks", "tasks", {}),
        ("spaces", "spaces", {}),
    ],
)
def test_lists_hold_the_truth(
    reader: Reader, path: str, stream: str, params: dict[str, Any], limit: int
) -> None:
    ids = reader.ids(path, limit=limit, **params)
    assert sorted((id_,) for id_ in ids) == sorted(reader.site.truth()[stream])


def test_default_statuses_leave_the_trash_out(still: Reader) -> None:
    assert {row["status"] for row in still.rows("pages", limit=250)} == {"current", "archived"}
    assert {row["status"] for row in still.rows("blogposts", limit=250)} == {"current"}
    assert {row["status"] for row in still.rows("attachments")} == {"current", "archived"}


def test_comments_and_replies_make_up_the_truth(reader: Reader) -> None:
    truth = reader.site.truth()
    rows = reader.rows("footer-comments", limit=40) + reader.rows("inline-comments", limit=40)
    on_pages = {(row["id"],) for row in rows if "pageId" in row}
    on_posts = {(row["id"],) for row in rows if "blogPostId" in row}
    assert on_pages == truth["page_footer_comments"] | truth["page_inline_comments"]
    assert on_posts == truth["blog_post_footer_comments"] | truth["blog_post_inline_comments"]
    assert any("parentCommentId" in row for row in rows)
    assert any("attachmentId" in row for row in rows)
    assert any("customContentId" in row for row in rows)


def test_replies_can_be_left_to_the_children_lists(reader: Reader) -> None:
    everything = set(reader.ids("inline-comments", limit=250))
    reader.site.replies_in_lists = False
    rows = reader.rows("inline-comments", limit=250)
    assert not any("parentCommentId" in row for row in rows)
    seen = {row["id"] for row in rows}
    left = sorted(seen)
    while left:
        replies = reader.rows(f"inline-comments/{left.pop()}/children")
        assert not any("pageId" in reply for reply in replies)
        left += [reply["id"] for reply in replies]
        seen |= {reply["id"] for reply in replies}
    assert seen == everything


def test_lists_of_a_page_have_roots_only(still: Reader) -> None:
    comments = still.rows("footer-comments", limit=250)
    row = next(r for r in comments if {"parentCommentId", "pageId"} <= set(r))
    rows = still.rows(f"pages/{row['pageId']}/footer-comments")
    assert rows
    assert row["id"] not in {root["id"] for root in rows}
    assert not any("parentCommentId" in root for root in rows)


@pytest.mark.parametrize("sort", ["id", "-modified-date"])
def test_a_walk_survives_what_happens_meanwhile(reader: Reader, sort: str) -> None:
    before = {id_ for (id_,) in reader.site.truth()["pages"]}
    walk = reader.pages("pages", sort=sort, limit=10, **ALL_PAGES)
    ids: list[str] = []
    for page in walk:
        ids += [row["id"] for row in page]
        reader.site.wiki.add_page()
    assert before <= set(ids)
    assert len(ids) == len(set(ids))


def test_a_lowered_limit_is_not_announced(reader: Reader) -> None:
    reader.site.faults.lower_limit(50)
    sizes = [len(page) for page in reader.pages("pages", limit=250, **ALL_PAGES)]
    assert sizes == [50, 50, 20]


def test_empty_pages_come_with_a_next_link(reader: Reader) -> None:
    reader.site.empty_pages = True
    sizes = [len(page) for page in reader.pages("pages", limit=50, **ALL_PAGES)]
    assert sizes == [50, 0, 50, 20]
    assert [len(page) for page in reader.pages("spaces", limit=250)] == [6]


def test_a_repeated_cursor_never_ends(reader: Reader) -> None:
    reader.site.repeat_cursor("/api/v2/pages")
    walk = reader.pages("pages", limit=10)
    first, second, third = next(walk), next(walk), next(walk)
    assert first != second
    assert second == third


def test_the_next_link_comes_twice_and_with_raw_padding(still: Reader) -> None:
    links = []
    for path in ("pages?limit=5", "pages?sort=title&limit=9", "tasks?limit=3", "labels?limit=4"):
        response = still.get(f"/api/v2/{path}")
        links.append(response.json()["_links"]["next"])
        assert f'<{links[-1]}>; rel="next"' in response.headers["Link"]
        assert response.json()["_links"]["base"] == still.site.base_url
        assert "Date" in response.headers
    assert any(re.search(r"cursor=[\w-]+=", link) for link in links)
    assert "next" not in still.object("spaces")["_links"]


def test_cursors_are_keys_into_the_order(still: Reader) -> None:
    found = still.object("pages", sort="-modified-date", limit=5)
    encoded = re.search(r"cursor=([^&]+)", found["_links"]["next"])
    assert encoded
    cursor = json.loads(base64.urlsafe_b64decode(encoded[1]))
    assert cursor["id"] == found["results"][-1]["id"]
    assert cursor["contentOrder"] == "-modified-date"
    assert isinstance(cursor["contentOrderValue"], int)


@pytest.mark.parametrize(
    "path",
    [
        "pages?limit=251",
        "pages?limit=0",
        "pages?status=draft",
        "pages?sort=age",
        "pages?cursor=nonsense",
        "pages?cursor=eyJpZCI6IjEifQ==",
        "pages?colour=red",
        "tasks?sort=id",
        "custom-content",
        "custom-content?type=unheard-of",
        "blogposts?status=archived",
        "pages/abc",
    ],
)
def test_nonsense_is_refused(still: Reader, path: str) -> None:
    response = still.get(f"/api/v2/{path}")
    assert response.status_code == 400
    assert response.json()["errors"][0]["status"] == 400


def test_missing_objects_are_named_and_unknown_paths_are_html(still: Reader) -> None:
    response = still.get("/api/v2/pages/1/labels")
    assert response.status_code == 404
    assert response.json()["errors"][0]["title"] == "Cannot find a page with id [1]"
    response = still.get("/api/v2/folders/1/children")
    assert response.status_code == 404
    assert response.headers["Content-Type"].startswith("text/html")


def test_filters_take_ids_repeated_or_with_commas(still: Reader) -> None:
    ids = still.ids("pages", limit=250)[:4]
    assert still.ids("pages", id=ids) == ids
    assert still.ids("pages", id=",".join(ids)) == ids
    space = still.object("pages")["results"][0]["spaceId"]
    assert {row["spaceId"] for row in still.rows("pages", space_id=space)} == {space}


@pytest.mark.parametrize(
    ("kind", "detail"),
    [
        ("pages", "labels"),
        ("pages", "properties"),
        ("pages", "versions"),
        ("blogposts", "labels"),
        ("attachments", "labels"),
        ("attachments", "versions"),
        ("attachments", "properties"),
        ("spaces", "labels"),
        ("spaces", "permissions"),
        ("spaces", "properties"),
    ],
)
def test_includes_stop_at_fifty_and_go_on_from_their_cursor(
    still: Reader, kind: str, detail: str
) -> None:
    key = "number" if detail == "versions" else "id"
    for id_ in still.ids(kind, limit=250):
        part = still.object(f"{kind}/{id_}", **{f"include-{detail}": "true"})[detail]
        assert part["_links"]["self"] == f"/api/v2/{kind}/{id_}/{detail}"
        if part["meta"]["hasMore"]:
            break
    else:
        pytest.fail("nothing has more than fifty")
    assert len(part["results"]) == 50
    rest = still.rows(f"{kind}/{id_}/{detail}", cursor=part["meta"]["cursor"], limit=250)
    found = [row[key] for row in [*part["results"], *rest]]
    assert len(found) > 50
    assert sorted(found) == sorted(r[key] for r in still.rows(f"{kind}/{id_}/{detail}", limit=9))


def test_labels_lead_to_what_carries_them_whatever_its_status(reader: Reader) -> None:
    truth = reader.site.truth()
    pairs = {
        (content, label)
        for label in reader.ids("labels", limit=250)
        for content in reader.ids(f"labels/{label}/pages", limit=250)
    }
    contents = [*reader.site.wiki.pages]
    assert pairs == {(page.id, str(label)) for page in contents for label in page.labels}
    assert pairs > truth["page_labels"], "what is in the trash carries some"
    reader.site.faults.label_side_statuses = ["current"]
    label = next(iter(truth["page_labels"]))[1]
    rows = reader.rows(f"labels/{label}/pages")
    assert {row["status"] for row in rows} <= {"current"}


def test_bodies_come_when_asked_for(still: Reader) -> None:
    assert still.object("pages")["results"][0]["body"] == {}
    stored = still.object("pages", body_format="storage")["results"][0]["body"]["storage"]
    assert stored["representation"] == "storage"
    assert stored["value"].startswith("<h1>")
    adf = still.object("pages", body_format="atlas_doc_format")["results"][0]["body"]
    assert json.loads(adf["atlas_doc_format"]["value"])["type"] == "doc"
    bodies = [row["body"]["storage"]["value"] for row in still.rows("pages", body_format="storage")]
    assert "" in bodies
    assert len(set(bodies)) == len(bodies)


def test_bodies_can_have_an_exact_size() -> None:
    with DemoSite(Wiki.seeded(30, body_bytes=5_000)) as site:
        rows = Reader(site).rows("pages", body_format="storage")
    sizes = {len(row["body"]["storage"]["value"].encode()) for row in rows}
    assert sizes == {0, 5_000}


def test_groups_are_paged_by_offset(still: Reader) -> None:
    found = still.get("/rest/api/group", limit=4).json()
    ids = [group["id"] for group in found["results"]]
    while "next" in found["_links"]:
        assert found["_links"]["next"].startswith("/rest/api/group?next=true&limit=4&start=")
        found = still.get(found["_links"]["next"]).json()
        ids += [group["id"] for group in found["results"]]
    assert sorted((id_,) for id_ in ids) == sorted(still.site.truth()["groups"])


def test_a_bogus_type_makes_search_name_all_types(still: Reader) -> None:
    response = still.get("/rest/api/search", cql="type=bogustype")
    assert response.status_code == 400
    assert CALENDAR in response.json()["message"]
    assert DRAWIO in response.json()["message"]


def test_tasks_are_filtered_by_date_inclusively(still: Reader) -> None:
    dates = sorted(task.created for task in still.site.wiki.tasks)
    first, last = dates[10], dates[20]
    rows = still.rows("tasks", created_at_from=first, created_at_to=last, limit=250)
    assert len(rows) == sum(first <= date <= last for date in dates)
