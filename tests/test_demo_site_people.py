"""The demo site tells of people as the real one does, above all where it is awkward."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.demo_site import DemoSite, Wiki
from tests.demo_site.people_seed import CROWD
from tests.demo_site.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Iterator

SEARCH = "/rest/api/search/user"
EVERYONE = {"cql": "type=user", "sitePermissionTypeFilter": "all"}


@pytest.fixture
def reader() -> Iterator[Reader]:
    with DemoSite(Wiki.seeded(pages=20, seed=5)) as site:
        yield Reader(site)


def members_path(reader: Reader, place: int = 0) -> str:
    return f"/rest/api/group/{reader.site.wiki.groups[place].id}/membersByGroupId"


def test_people_do_not_change_the_wiki_they_are_planted_around() -> None:
    one, other = Wiki.seeded(pages=20, seed=5), Wiki.seeded(pages=20, seed=5)

    assert one.truth() == other.truth()
    assert len(one.users) > len(one.accounts) + CROWD


def test_members_come_200_at_a_time(reader: Reader) -> None:
    first = reader.get(members_path(reader)).json()

    assert first["limit"] == len(first["results"]) == 200
    assert "start=200" in first["_links"]["next"]
    assert first["_links"]["next"].startswith("/rest/api/group/")
    last = reader.get(members_path(reader), start=400).json()
    assert 0 < len(last["results"]) < 200
    assert "next" not in last["_links"]


@pytest.mark.parametrize("path", [SEARCH, "members"])
def test_more_than_200_are_refused(reader: Reader, path: str) -> None:
    params = EVERYONE if path == SEARCH else {}
    path = members_path(reader) if path == "members" else path

    assert reader.get(path, limit=201, **params).status_code == 400


def test_apps_show_no_address_and_no_locale(reader: Reader) -> None:
    odd = next(p for p, g in enumerate(reader.site.wiki.groups) if "+" in g.name)
    members = reader.get(members_path(reader, odd)).json()["results"]

    apps = [member for member in members if member["accountType"] == "app"]
    assert apps
    assert {app["email"] for app in apps} == {""}
    assert not [app for app in apps if "locale" in app]


def test_the_search_finds_licensed_people_and_guests_only_when_asked(reader: Reader) -> None:
    licensed = reader.get(SEARCH, cql="type=user").json()
    everyone = reader.get(SEARCH, **EVERYONE).json()

    assert not [hit for hit in licensed["results"] if hit["user"]["isGuest"]]
    assert licensed["totalSize"] < everyone["totalSize"]
    assert {hit["user"]["accountStatus"] for hit in everyone["results"]} == {"active"}


@pytest.mark.parametrize("refuses", [False, True])
def test_the_search_ends_at_its_ceiling(reader: Reader, *, refuses: bool) -> None:
    reader.site.faults.user_search_ceiling = 50
    reader.site.faults.refuses_past_ceiling = refuses

    first = reader.get(SEARCH, **EVERYONE).json()
    beyond = reader.get(SEARCH, start=50, **EVERYONE)

    assert len(first["results"]) == 50 < first["totalSize"]
    assert beyond.status_code == (400 if refuses else 200)
    assert refuses or beyond.json()["results"] == []


def test_a_site_before_roles_says_so_and_shows_none(reader: Reader) -> None:
    reader.site.wiki.people.role_mode = "PRE_ROLES"

    assert reader.object("space-role-mode") == {"mode": "PRE_ROLES"}
    assert reader.get("/api/v2/space-roles").status_code == 404
    space = next(iter(reader.site.wiki.spaces)).num
    asked = reader.object(f"spaces/{space}", include_role_assignments="true")
    assert "roleAssignments" not in asked


def test_strangers_are_told_of_nobody(reader: Reader) -> None:
    reader.site.faults.anonymous = True
    reader.session.auth = ("nobody@example.com", "nothing")

    assert reader.get(SEARCH, **EVERYONE).status_code == 404
