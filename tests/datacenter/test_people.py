"""People on Data Center: by user key, listed or met, and watchers for administrators."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.datacenter.runs import ClockedDataCenter, only, sync, truth_of
from tests.demo_site import Wiki
from tests.demo_site.datacenter.people import user_key
from tests.demo_site.people_seed import FORMER

if TYPE_CHECKING:
    from collections.abc import Iterator

LIST = "/rest/api/user/list"
LOOK_UP = "/rest/api/user"
MEMBERS = "/rest/api/group/"
SLASHED = "contractors/external"


@pytest.fixture
def old_site() -> Iterator[ClockedDataCenter]:
    """A site that is too old to list its users."""
    with ClockedDataCenter(Wiki.seeded(pages=20, seed=5), version="7.19.0") as site:
        yield site


def look_ups(site: ClockedDataCenter) -> int:
    return sum(request.path == LOOK_UP for request in site.requests)


def members_of(site: ClockedDataCenter) -> set[str]:
    people = site.wiki.people
    return {
        user_key(member)
        for group in people.groups
        if group.name != SLASHED
        for member in people.members(group)
    }


def test_everyone_is_listed_once_without_a_look_up(site: ClockedDataCenter) -> None:
    run = sync(site, catalog=only("pages", "users", "group_members"))

    assert run.exit_status == 0
    assert set(run.keys("users")) == truth_of(site)["users"]
    assert len(run.keys("users")) == len(set(run.keys("users")))
    assert look_ups(site) == 0


def test_of_records_alone_those_come_whom_they_name(site: ClockedDataCenter) -> None:
    run = sync(site, catalog=only("blog_posts", "users"), user_sources=["records"])

    named = {row["authorId"] for row in run.rows("blog_posts")}
    named |= {row["version"]["authorId"] for row in run.rows("blog_posts")}
    assert {account for (account,) in run.keys("users")} == named
    assert not any(request.path.endswith("/user/list") for request in site.requests)


def test_users_bear_the_ids_by_which_pages_name_them(site: ClockedDataCenter) -> None:
    run = sync(site, catalog=only("pages", "users"))

    rows = {row["accountId"]: row for row in run.rows("users")}
    assert {row["authorId"] for row in run.rows("pages")} <= rows.keys()
    former = {rows[user_key(site.wiki.accounts[place])]["accountStatus"] for place in FORMER}
    assert former == {"inactive"}
    assert {row["email"] for row in rows.values()} == {None}
    assert all(row["username"] and row["displayName"] for row in rows.values())


def test_where_users_are_not_listed_those_in_groups_are_read_and_those_met_looked_up(
    old_site: ClockedDataCenter,
) -> None:
    run = sync(old_site, catalog=only("pages", "users"))

    assert run.exit_status == 0
    met = {row["authorId"] for row in run.rows("pages")}
    met |= {row["version"]["authorId"] for row in run.rows("pages")}
    assert {account for (account,) in run.keys("users")} >= members_of(old_site) | met
    assert met - members_of(old_site)
    assert look_ups(old_site) <= len(met)


def test_one_who_is_unknown_by_now_is_left_out(old_site: ClockedDataCenter) -> None:
    old_site.faults.forbid("/rest/api/user", 404)

    run = sync(old_site, catalog=only("pages", "users"))

    assert run.exit_status == 0
    assert {account for (account,) in run.keys("users")} == members_of(old_site)
    assert any("Skipping" in line and "'users'" in line for line in run.log)


def test_members_of_a_group_with_a_slash_in_its_name_are_left_out_with_a_note(
    site: ClockedDataCenter,
) -> None:
    run = sync(site, catalog=only("group_members"))

    assert run.exit_status == 0
    assert set(run.keys("group_members")) == truth_of(site)["group_members"]
    assert run.activated == {"group_members"}
    assert any(SLASHED in line and "slash" in line for line in run.log)
    assert not [request for request in site.requests if "%2f" in request.path.lower()]


def test_groups_that_only_administrators_may_look_into_are_named(site: ClockedDataCenter) -> None:
    site.faults.forbid("/rest/api/group/.+", 403)

    run = sync(site, catalog=only("group_members", "groups", "users"))

    assert run.exit_status == 1
    [complaint] = run.complaints
    assert "'group_members'" in complaint
    assert "'users'" not in complaint
    assert set(run.keys("groups")) == truth_of(site)["groups"]


@pytest.mark.parametrize("stream", ["page_watchers", "space_watchers"])
def test_watchers_are_complete_for_administrators(site: ClockedDataCenter, stream: str) -> None:
    run = sync(site, catalog=only(stream))

    assert run.exit_status == 0
    assert set(run.keys(stream)) == truth_of(site)[stream]
    assert len(run.keys(stream)) == len(set(run.keys(stream)))
    assert run.activated == {stream}


@pytest.mark.parametrize("stream", ["page_watchers", "space_watchers"])
def test_watchers_are_named_as_refused_to_others(site: ClockedDataCenter, stream: str) -> None:
    site.faults.administrator = False

    run = sync(site, catalog=only(stream, "groups"))

    assert run.exit_status == 1
    [complaint] = run.complaints
    assert f"'{stream}'" in complaint
    assert set(run.keys("groups")) == truth_of(site)["groups"]


def test_a_space_that_one_does_not_administer_is_not_asked_for_page_by_page() -> None:
    with ClockedDataCenter(Wiki.seeded(pages=200, seed=5)) as site:
        [space] = [space for space in site.wiki.spaces if space.key == "ENG"]
        pages = [p.id for p in site.wiki.pages if p.space == space.num and p.status != "trashed"]
        site.faults.forbid(f"/rest/api/content/({'|'.join(pages)})/watchers", 403)
        # All that is asked ahead is on the way before the first refusal comes.
        site.faults.latency = 0.05

        run = sync(site, catalog=only("page_watchers"))

        assert run.exit_status == 0
        expected = {key for key in truth_of(site)["page_watchers"] if key[0] not in pages}
        assert set(run.keys("page_watchers")) == expected
        assert run.activated == set()
        refused = [request for request in site.requests if request.status == 403]
        most_under_way = 8
        assert len(refused) <= most_under_way < len(pages)
        told = f"Skipped {len(pages)} of 'page_watchers': {len(pages)} forbidden"
        assert [line for line in run.log if told in line]
