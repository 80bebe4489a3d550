"""Classes of access, such as all who have a licence: one spelling, whatever the site's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tap_confluence.streams.access_classes import IN_ASSIGNMENTS, IN_PERMISSIONS, spelled_alike
from tests.demo_site import DemoSite, Wiki
from tests.running import run_tap, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

SPELLINGS = ("ALL_LICENSED_USERS", "ALL-LICENSED-USERS", "all_licensed_users", "all-licensed-users")


@pytest.fixture
def wiki() -> Wiki:
    return Wiki.seeded(pages=12, seed=3)


@pytest.fixture
def site(wiki: Wiki) -> Iterator[DemoSite]:
    with DemoSite(wiki) as site:
        yield site


@pytest.mark.parametrize("kind", ["access-class", "access_class", "ACCESS_CLASS", "ACCESS-CLASS"])
@pytest.mark.parametrize("holder", SPELLINGS)
def test_each_list_spells_them_in_its_own_way(kind: str, holder: str) -> None:
    for spelling in (IN_PERMISSIONS, IN_ASSIGNMENTS):
        spelled = spelled_alike(kind, holder, spelling=spelling)
        assert spelled == (spelling, "ALL_LICENSED_USERS")


@pytest.mark.parametrize("kind", ["user", "USER", "group", "role", None])
def test_other_holders_stay_as_they_are(kind: str | None) -> None:
    assert spelled_alike(kind, "a-b", spelling=IN_PERMISSIONS) == (kind, "a-b")


def test_permissions_of_spaces_name_them_as_real_sites_do(site: DemoSite, wiki: Wiki) -> None:
    space = next(iter(wiki.spaces))
    for kind, holder in zip(("access_class", "ACCESS_CLASS"), SPELLINGS[1:], strict=False):
        wiki.permit(space, holder, kind)

    rows = run_tap(settings_of(site), streams=("space_permissions",)).records["space_permissions"]

    classes = {
        (row["principal"]["type"], row["principal"]["id"])
        for row in rows
        if row["principal"]["type"] not in {"user", "group", "role"}
    }
    assert classes == {
        ("access-class", "ALL_LICENSED_USERS"),
        ("access-class", "ALL_PRODUCT_ADMINS"),
        ("access-class", "ANONYMOUS_USERS"),
        ("access-class", "AUTHENTICATED_USERS"),
    }


def test_assignments_of_roles_name_each_once(site: DemoSite) -> None:
    run = run_tap(settings_of(site), streams=("space_role_assignments",))

    keys = run.keys("space_role_assignments")
    assert len(keys) == len(set(keys))
    assert {key[3] for key in keys if key[2] == "ACCESS_CLASS"} == {
        "ALL_LICENSED_USERS",
        "ALL_PRODUCT_ADMINS",
        "ANONYMOUS_USERS",
    }
