"""What those may read on Data Center who are not signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.demo_site import DataCenterSite, Wiki
from tests.running import run_tap
from tests.waits import waits_skipped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.running import Json, Run

STREAM = "space_permissions"
GLOBAL = "/rest/api/permissions/anonymous"
IN_SPACE = "/rest/api/space/{key}/permissions/anonymous"


@pytest.fixture
def wiki() -> Wiki:
    return Wiki.seeded(pages=12, seed=3)


@pytest.fixture
def site(wiki: Wiki) -> Iterator[DataCenterSite]:
    with DataCenterSite(wiki) as site:
        yield site


def read(site: DataCenterSite) -> Run:
    settings: Json = {
        "base_url": site.base_url,
        "personal_access_token": site.personal_access_token,
        "max_retries": 1,
    }
    with waits_skipped():
        run = run_tap(settings, streams=(STREAM,))
    assert run.exit_status == 0, run.complaints
    assert run.activated == {STREAM}
    return run


def anonymous(run: Run) -> list[Json]:
    return [row for row in run.records[STREAM] if row["principal"]["type"] == "access-class"]


def open_spaces(wiki: Wiki) -> set[str]:
    return {
        str(space.num)
        for space in wiki.spaces
        if any(p.principal_id == "ANONYMOUS_USERS" for p in space.permissions)
    }


def test_what_a_space_permits_to_them_is_a_permission_like_others(
    site: DataCenterSite, wiki: Wiki
) -> None:
    rows = anonymous(read(site))

    assert {row["spaceId"] for row in rows} == open_spaces(wiki) != set()
    assert {row["id"] for row in rows} == {"access-class:ANONYMOUS_USERS:read:space"}
    assert all(row["principal"]["id"] == "ANONYMOUS_USERS" for row in rows)
    assert all(row["operation"] == {"key": "read", "targetType": "space"} for row in rows)


def test_it_costs_a_request_a_space_and_one_for_the_site(site: DataCenterSite, wiki: Wiki) -> None:
    read(site)

    paths = [request.path for request in site.requests if "permissions" in request.path]
    assert len([path for path in paths if path.endswith(GLOBAL)]) == 1
    assert len(paths) == 1 + 2 * len(wiki.spaces)


def test_it_is_named_once_where_a_space_lists_it_as_well(site: DataCenterSite, wiki: Wiki) -> None:
    site.faults.lists_anonymous = True

    rows = anonymous(read(site))

    assert sorted(row["spaceId"] for row in rows) == sorted(open_spaces(wiki))


@pytest.mark.parametrize("lists_anonymous", [False, True])
def test_it_does_not_count_where_they_may_not_use_the_site(
    site: DataCenterSite, wiki: Wiki, *, lists_anonymous: bool
) -> None:
    wiki.people.anonymous_use = False
    site.faults.lists_anonymous = lists_anonymous

    run = read(site)

    assert not anonymous(run)
    assert set(run.records[STREAM][0]) >= {"spaceId", "id"}
    assert not any(
        r.path.endswith("/permissions/anonymous") for r in site.requests if "space" in r.path
    )


@pytest.mark.parametrize("status", [403, 404, 500])
def test_where_the_site_does_not_tell_they_may_read_nothing(
    site: DataCenterSite, status: int
) -> None:
    site.faults.forbid(GLOBAL, status)
    site.faults.lists_anonymous = True

    run = read(site)

    assert not anonymous(run)
    assert run.stderr.count("Who is not signed in counts as if they might read nothing") == 1


@pytest.mark.parametrize("status", [403, 404, 500])
def test_where_a_space_does_not_tell_they_may_read_nothing_there(
    site: DataCenterSite, status: int
) -> None:
    site.faults.forbid("/rest/api/space/[^/]+/permissions/anonymous", status)

    run = read(site)

    assert not anonymous(run)
    assert run.stderr.count("permit to anonymous users counts as nothing") == 1
