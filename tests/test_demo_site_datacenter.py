"""The demo wiki on Data Center: the same content, other manners."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import requests

from tests.datacenter.runs import ABSENT
from tests.demo_site import DataCenterSite, DemoSite, Wiki
from tests.demo_site.datacenter.client import CONTENT, SCAN, SEARCH, Client, Json
from tests.demo_site.model import Attachment

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


@pytest.fixture
def own(request: pytest.FixtureRequest) -> Iterator[Client]:
    with DataCenterSite(Wiki.seeded(40), **getattr(request, "param", {})) as site:
        yield Client(site)


def _ids(rows: list[Json]) -> set[tuple[str]]:
    return {(row["id"],) for row in rows}


@pytest.mark.parametrize(("kind", "stream"), [("page", "pages"), ("blogpost", "blog_posts")])
def test_scans_find_all_content(client: Client, kind: str, stream: str) -> None:
    found = []
    for status in ("any", "archived"):
        rows = client.linked(SCAN, type=kind, status=status, limit=70)
        nums = [int(row["id"]) for row in rows]
        assert nums == sorted(nums)
        found += rows
    assert _ids(found) == client.site.truth()[stream]


def test_scans_find_all_comments(client: Client) -> None:
    expand = "extensions.resolution,extensions.inlineProperties,ancestors,container"
    rows = client.linked(SCAN, type="comment", expand=expand, limit=200)
    truth = client.site.truth()
    for location, name in (("footer", "footer"), ("inline", "inline")):
        for holder, stream in (("page", "page"), ("blogpost", "blog_post")):
            found = [
                row
                for row in rows
                if row["extensions"]["location"] == location and row["container"]["type"] == holder
            ]
            assert _ids(found) == truth[f"{stream}_{name}_comments"]
    inline = next(row for row in rows if row["extensions"]["location"] == "inline")
    assert set(inline["extensions"]["inlineProperties"]) == {"originalSelection", "markerRef"}
    states = [row["extensions"]["resolution"] for row in rows if "resolution" in row["extensions"]]
    untouched = next(state for state in states if state["status"] == "open")
    assert untouched["lastModifiedDate"].startswith("1970-01-01T")


def test_comments_on_attachments_are_among_all_comments(own: Client) -> None:
    wiki = own.site.wiki
    on_file = next(c for c in wiki.footer_comments if isinstance(c.container, Attachment))
    on_file.container.status = "current"
    rows = own.linked(SCAN, type="comment", expand="container", limit=200)
    found = next(row for row in rows if row["id"] == on_file.id)
    assert found["container"]["id"] == on_file.container.id
    truth = own.site.truth()
    assert {stream for stream, keys in truth.items() if (on_file.id,) in keys} == {
        *("attachment_footer_comments", "content_inventory"),
    }


def test_cursors_name_the_last_id(client: Client) -> None:
    first = client.json(SCAN, limit=2)
    assert first["cursor"] == "content:false:null"
    last = first["results"][-1]["id"]
    assert first["nextCursor"] == f"content:false:{last}"
    assert first["_links"]["next"] == f"{SCAN}?cursor=content:false:{last}&limit=2"
    second = client.json(SCAN, limit=2, cursor=first["nextCursor"])
    assert client.json(SCAN, limit=2, cursor=second["prevCursor"])["results"] == first["results"]
    assert client.get(SCAN, cursor="page two").status_code == 400


def test_what_is_not_expanded_is_named(client: Client) -> None:
    row = client.json(CONTENT, limit=1)["results"][0]
    named = ("id", "type", "status", "title", "position", "extensions", "_links", "_expandable")
    assert set(row) == {*named}
    assert set(row["_links"]) == {"webui", "edit", "tinyui", "self"}
    assert row["_expandable"]["history"] == f"{CONTENT}/{row['id']}/history"
    assert (row["extensions"]["position"], row["position"]) == ("none", -1)
    full = client.json(f"{CONTENT}/{row['id']}")
    assert {"history", "space", "version"} <= set(full)
    assert isinstance(full["space"]["id"], int)
    assert full["_links"]["base"] == client.site.base_url


def test_expansion_brings_details_along(client: Client, wiki: Wiki) -> None:
    expand = (
        "ancestors,body.storage,container,history.lastUpdated,metadata.labels,metadata.properties,"
        "children.comment,children.attachment,restrictions.update.restrictions.user"
    )
    rows = client.linked(SCAN, expand=expand, limit=50)
    many = next(row for row in rows if len(wiki.pages[int(row["id"])].properties) > 25)
    properties = many["metadata"]["properties"]
    assert len(properties["_expandable"]) == len(wiki.pages[int(many["id"])].properties) - 25
    assert properties["editor-00"]["key"] == "editor-00"
    labels = {
        (row["id"], label["id"]) for row in rows for label in row["metadata"]["labels"]["results"]
    }
    current = {page.id for page in wiki.pages if page.status == "current"}
    truth = client.site.truth()
    assert labels == {key for key in truth["page_labels"] if key[0] in current}
    above = {(row["ancestors"][-1]["id"], row["id"]) for row in rows if row["ancestors"]}
    assert above == {key for key in truth["child_pages"] if key[1] in current}
    row = rows[0]
    assert row["restrictions"]["update"]["restrictions"]["user"]["limit"] == 200
    assert row["history"]["createdBy"]["userKey"]
    assert "accountId" not in row["history"]["createdBy"]
    assert row["history"]["lastUpdated"]["number"] >= 1


def test_times_carry_the_offset_of_the_user(client: Client) -> None:
    rows = client.linked(SCAN, expand="version", limit=200)
    whens = {row["version"]["when"][19:] for row in rows}
    assert {when[4:] for when in whens} == {"+10:00", "+11:00"}
    assert all(re.fullmatch(r"\.\d{3}\+1[01]:00", when) for when in whens)


@pytest.mark.parametrize("own", [{"time_zone": "Asia/Kathmandu"}], indirect=True)
def test_offsets_need_not_be_whole_hours(own: Client) -> None:
    page = own.site.wiki.pages.nth(0)
    page.created = 1_700_000_000_123
    made = own.json(f"{CONTENT}/{page.id}")["history"]["createdDate"]
    assert made == "2023-11-15T03:58:20.123+05:45"


def test_details_have_endpoints_of_their_own(client: Client, wiki: Wiki) -> None:
    truth = client.site.truth()
    many = max(wiki.pages, key=lambda page: page.version)
    path = f"/rest/experimental/content/{many.id}/version"
    numbers = {(many.id, row["number"]) for row in client.counted(path, limit=200)}
    assert numbers == {key for key in truth["page_versions"] if key[0] == many.id}
    assert client.get(f"{CONTENT}/{many.id}/version").status_code == 404
    labelled = max(wiki.pages, key=lambda page: len(page.labels))
    owner = max(wiki.pages, key=lambda page: len(page.properties))
    for page, name, stream in (
        (labelled, "label", "labels"),
        (owner, "property", "content_properties"),
    ):
        rows = client.counted(f"{CONTENT}/{page.id}/{name}", expand="version")
        assert {(page.id, row["id"]) for row in rows} == {
            key for key in truth[f"page_{stream}"] if key[0] == page.id
        }
    assert client.json(f"{CONTENT}/{many.id}/history")["lastUpdated"]["number"] == many.version
    both = client.json(f"{CONTENT}/{many.id}/restriction/byOperation")
    assert {"read", "update"} <= set(both)


def test_old_versions_have_their_own_bodies(client: Client, wiki: Wiki) -> None:
    page = max(wiki.pages, key=lambda page: page.version)
    old = client.json(
        f"{CONTENT}/{page.id}", status="historical", version=3, expand="body.storage,version"
    )
    assert (old["status"], old["version"]["number"]) == ("historical", 3)
    assert f"Revision 3 of {page.num}." in old["body"]["storage"]["value"]
    gone = client.get(f"{CONTENT}/{page.id}", status="historical", version=9999)
    assert gone.status_code == 404


def test_trashed_content_has_to_be_asked_for(client: Client, wiki: Wiki) -> None:
    page = next(page for page in wiki.pages if page.status == "trashed")
    assert client.get(f"{CONTENT}/{page.id}").status_code == 404
    assert client.json(f"{CONTENT}/{page.id}", status="trashed")["status"] == "trashed"
    assert client.get(f"{CONTENT}/{page.id}/label").ok
    client.site.faults.hide_trash = True
    assert client.get(f"{CONTENT}/{page.id}/label").status_code == 404
    key = wiki.spaces[page.space].key
    assert (page.id,) in _ids(client.linked(f"/rest/api/space/{key}/trash"))
    client.site.faults.administrator = False
    assert client.get(f"/rest/api/space/{key}/trash").status_code == 403


def test_comments_are_listed_by_depth_and_location(client: Client, wiki: Wiki) -> None:
    page = max(wiki.pages, key=lambda page: len(wiki.comments_on[page.num]))
    path = f"{CONTENT}/{page.id}/child/comment"
    roots = client.counted(path)
    every = client.counted(path, depth="all", expand="ancestors", limit=50)
    assert len(every) == len(wiki.comments_on[page.num]) > len(roots)
    assert {row["id"] for row in every if not row["ancestors"]} == {row["id"] for row in roots}
    parents = {row["id"]: row["ancestors"][-1]["id"] for row in every if row["ancestors"]}
    known = {c.id: c.parent.id for c in wiki.comments_on[page.num] if c.parent}
    assert parents == known
    inline = client.counted(path, location=["inline", "resolved"], depth="all")
    assert {row["extensions"]["location"] for row in inline} == {"inline"}


def test_attachments_keep_their_facts_in_extensions(own: Client) -> None:
    wiki = own.site.wiki
    found = []
    for content in [*wiki.pages, *wiki.blog_posts]:
        if wiki.attachments_of[content.num]:
            found += own.counted(f"{CONTENT}/{content.id}/child/attachment")
    assert _ids(found) == own.site.truth()["attachments"]
    row = found[0]
    assert {"mediaType", "fileSize"} <= set(row["extensions"])
    assert row["metadata"]["mediaType"] == row["extensions"]["mediaType"]
    assert row["_links"]["download"].startswith("/download/attachments/")


def test_tasks_stand_in_bodies(client: Client) -> None:
    found = set()
    for kind in ("page", "blogpost"):
        for status in ("any", "archived"):
            for row in client.linked(
                SCAN, type=kind, status=status, expand="body.storage", limit=50
            ):
                body = row["body"]["storage"]["value"]
                found |= {(row["id"], num) for num in re.findall(r"<ac:task-id>(\d+)<", body)}
                assert "ri:account-id" not in body
    assert found == client.site.truth()["tasks"]


def test_the_cloud_has_the_same_tasks_in_its_bodies(wiki: Wiki) -> None:
    task = next(task for task in wiki.tasks if task.container.kind == "page")
    with DemoSite(wiki) as cloud:
        url = f"{cloud.base_url}/api/v2/pages/{task.container.id}?body-format=storage"
        body = requests.get(url, auth=(cloud.email, cloud.api_token), timeout=10).json()["body"]
    assert f"<ac:task-id>{task.local_id}<" in body["storage"]["value"]


def test_spaces_have_integers_for_ids(client: Client) -> None:
    expand = "description.plain,homepage,icon,metadata.labels"
    spaces = client.counted("/rest/api/space", expand=expand, limit=3)
    truth = client.site.truth()
    assert {(str(row["id"]),) for row in spaces} == truth["spaces"]
    assert {row["type"] for row in spaces} == {"global", "personal"}
    assert {
        (str(row["id"]), label["id"])
        for row in spaces
        for label in row["metadata"]["labels"]["results"]
    } == truth["space_labels"]
    properties, permissions = set(), set()
    for row in spaces:
        path = f"/rest/api/space/{row['key']}"
        properties |= {
            (str(row["id"]), found["key"]) for found in client.counted(f"{path}/property")
        }
        for found in client.json(f"{path}/permissions"):
            subject, operation = found["subject"], found["operation"]
            kind, name = "user", subject.get("userKey")
            if subject["type"] == "group":
                kind, name = "group", subject["name"]
            permissions.add(
                (
                    str(found["spaceId"]),
                    kind,
                    name,
                    operation["operationKey"],
                    operation["targetType"],
                )
            )
        permissions |= {
            (str(found["spaceId"]), "access-class", "ANONYMOUS_USERS", *found["operation"].values())
            for found in client.json(f"{path}/permissions/anonymous")
        }
    assert properties == truth["space_properties"]
    assert permissions == truth["space_permissions"]


def test_groups_have_names_alone(client: Client) -> None:
    groups = client.counted("/rest/api/group", limit=4)
    assert {(row["name"],) for row in groups} == client.site.truth()["groups"]
    assert "id" not in groups[0]
    members = client.json("/rest/api/group/equipe-s%C3%A3o-paulo/member")["results"]
    assert {"username", "userKey"} <= set(members[0])
    assert client.get("/rest/api/group/contractors%2Fexternal/member").status_code == 400


@pytest.mark.parametrize(
    "own", [{"version": "7.19.4", "supports_scan": False, "context_path": ""}], indirect=True
)
def test_old_versions_lack_endpoints(own: Client) -> None:
    assert own.site.base_url.count("/") == 2
    for path in (SCAN, "/rest/api/server-information", "/rest/api/space/ENG/permissions"):
        assert own.get(path).status_code == 404
    assert own.json("/rest/api/user/current")["type"] == "known"


@pytest.mark.parametrize("own", [{"version": "7.19.4"}], indirect=True)
def test_scans_were_once_of_pages_alone(own: Client) -> None:
    assert own.get(SCAN, type="page").ok
    assert own.get(SCAN, type="comment").status_code == 400


def test_the_version_is_told(client: Client) -> None:
    found = client.json("/rest/api/server-information")
    assert (found["version"], found["baseUrl"]) == ("9.2.1", client.site.base_url)


def test_searches_find_what_changed(own: Client) -> None:
    wiki = own.site.wiki
    wiki.now = "2026-08-01T00:00:00Z"
    changed = [wiki.edit_page(), wiki.add_blog_post(), wiki.edit_comment(), wiki.edit_attachment()]
    # Midnight in UTC is ten in the morning in Sydney.
    cql = 'lastmodified >= "2026-08-01 10:00" order by lastmodified desc'
    found = own.counted(SEARCH, cql=cql, limit=3, includeArchivedSpaces="true")
    assert set(_ids(found)) <= {(id_,) for id_ in changed}
    assert {changed[0], changed[1]} <= {row["id"] for row in found}
    later = 'lastmodified >= "2026-08-01 10:01"'
    assert own.json(SEARCH, cql=later)["results"] == []
    own.site.faults.index_lag = 60
    assert own.json(SEARCH, cql=cql)["results"] == []


def test_searches_know_fields(client: Client, wiki: Wiki) -> None:
    def hits(cql: str, **params: Any) -> set[str]:
        return {row["id"] for row in client.counted(SEARCH, cql=cql, limit=200, **params)}

    shut = next(space for space in wiki.spaces if space.status == "archived")
    pages = {p.id: p for p in wiki.pages if p.status == "current"}
    assert hits("type=page", includeArchivedSpaces="true") == set(pages)
    assert hits("type = page") == {i for i, p in pages.items() if p.space != shut.num}
    personal = next(space for space in wiki.spaces if space.type == "personal")
    assert hits(f'type in (page) and space = "{personal.key}"') == {
        i for i, p in pages.items() if p.space == personal.num
    }
    assert hits("label = runbook and type = page", includeArchivedSpaces="true") == {
        i for i, p in pages.items() if any(wiki.labels[n].name == "runbook" for n in p.labels)
    }
    two = sorted(pages)[:2]
    assert hits(f"id in ({', '.join(two)})", includeArchivedSpaces="true") == set(two)
    for wrong in ("", "title ~ x", 'lastmodified >= "2026-08-01T10:00:00Z"', "type = folder"):
        assert client.get(SEARCH, cql=wrong).status_code == 400


def test_the_other_search_links_no_pages(client: Client) -> None:
    found = client.json("/rest/api/search", cql="type=page order by id", limit=5)
    assert found["totalSize"] > 5
    assert "next" not in found["_links"]
    assert found["results"][0]["content"]["type"] == "page"


def test_who_may_come_in(running: DataCenterSite) -> None:
    running.faults.clear()
    url = f"{running.base_url}/rest/api/user/current"
    pair = (running.username, running.password)
    me = requests.get(url, auth=pair, timeout=10).json()
    assert (me["type"], me["username"]) == ("known", running.username)
    assert me["userKey"] == running.user_keys[running.wiki.users[0].account_id]
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        refused = requests.get(url, headers=headers, timeout=10)
        assert refused.status_code == 401
        assert refused.headers["Content-Type"].startswith("text/html")
    running.faults.anonymous = True
    wrong = {"Authorization": "Bearer wrong"}
    assert requests.get(url, headers=wrong, timeout=10).json()["type"] == "anonymous"
    nothing = requests.get(f"{running.base_url}{CONTENT}", timeout=10)
    assert nothing.json()["results"] == []


def test_unknown_paths_are_null(client: Client) -> None:
    refused = client.get("/rest/api/nothing")
    assert refused.status_code == 404
    assert refused.json()["message"].startswith("null for uri: ")
    outside = client.site.base_url.removesuffix("/confluence")
    assert client.session.get(f"{outside}{CONTENT}", timeout=10).status_code == 404


def test_what_the_cloud_also_has_has_the_same_keys(wiki: Wiki, running: DataCenterSite) -> None:
    here, cloud = running.truth(), wiki.truth()
    assert set(cloud) - set(here) == ABSENT
    equal = {stream for stream in here if here[stream] == cloud[stream]}
    assert {"spaces", "pages", "page_versions", "page_labels", "blog_posts"} <= equal
    other = {"tasks", "groups", "space_properties", "space_permissions"}
    other |= {"page_restrictions", "blog_post_restrictions"}
    other |= {"users", "group_members", "page_watchers", "space_watchers", "audit_records"}
    for stream in set(here) - other:
        assert here[stream] <= cloud[stream]


def test_requests_are_counted_without_the_context(own: Client) -> None:
    own.get("/rest/api/space")
    assert own.site.count("/rest/api/space") == own.site.count("/confluence/rest/api/space") == 1
    assert own.site.requests[0].path == "/rest/api/space"
