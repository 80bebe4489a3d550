"""People: everyone is met once, and nobody is taken for gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from tests.demo_site import DemoSite, Wiki
from tests.demo_site.people_seed import CROWD, FORMER
from tests.running import everything, only, run_tap, settings_of
from tests.schemas.contract import Contract, HeldAgainstTheApi

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.demo_site.model import Group
    from tests.running import Json

SEARCH = "/rest/api/search/user"
LOOK_UP = "/api/v2/users-bulk"
MEMBERS = "/rest/api/group/"
OF_NO_MODEL = frozenset({"group_members"})


class TestSchemas(HeldAgainstTheApi):
    contracts: ClassVar = {
        "space_roles": Contract(("SpaceRole",)),
        "groups": Contract(
            ("Group",),
            added={
                "resourceAri": "seen in answers, not in the description",
                "_links.self": "the description leaves the links open",
            },
            api="v1",
        ),
        "users": Contract(
            ("User",),
            added={"isGuest": "as REST v1 calls it", "username": "only Data Center has it"},
        ),
    }


@pytest.fixture
def site() -> Iterator[DemoSite]:
    with DemoSite(Wiki.seeded(pages=30, seed=5)) as site:
        yield site


@pytest.fixture
def config(site: DemoSite) -> Json:
    return settings_of(site)


def group_named(site: DemoSite, name: str) -> Group:
    return next(group for group in site.wiki.groups if group.name == name)


def former(site: DemoSite) -> set[str]:
    """The authors who have left, whom no search finds and no group has."""
    return {site.wiki.accounts[place] for place in FORMER}


class TestUsers:
    """Everyone who may use the site, is in a group, or is named by a record."""

    def test_everyone_is_there_once(self, site: DemoSite, config: Json) -> None:
        run = run_tap(config)

        assert run.exit_status == 0
        assert set(run.keys("users")) == site.truth()["users"]
        assert len(run.keys("users")) == len(set(run.keys("users")))

    @pytest.mark.parametrize("others", [("groups",), ("groups", "group_members")])
    def test_of_the_site_alone_those_come_whom_it_knows(
        self, site: DemoSite, config: Json, others: tuple[str, ...]
    ) -> None:
        streams = (*others, "pages", "users")

        run = run_tap({**config, "user_sources": ["site"]}, streams=streams)

        assert run.exit_status == 0
        people = {account for (account,) in run.keys("users")}
        assert people >= {account for _, account in site.truth()["group_members"]}
        assert not people & former(site)

    def test_of_records_alone_those_come_whom_they_name(self, site: DemoSite, config: Json) -> None:
        run = run_tap({**config, "user_sources": ["records"]}, streams=("blog_posts", "users"))

        named = {
            account
            for row in run.records["blog_posts"]
            for account in (row["authorId"], row["version"]["authorId"], row.get("ownerId"))
        }
        assert {account for (account,) in run.keys("users")} == named - {None}
        assert site.count(SEARCH) == site.count(MEMBERS) == 0

    def test_authors_who_have_left_are_met_and_described(
        self, site: DemoSite, config: Json
    ) -> None:
        run = run_tap(config, streams=("pages", "users"))

        rows = {row["accountId"]: row for row in run.records["users"]}
        left = {row["authorId"] for row in run.records["pages"]} & former(site)
        assert left
        assert {rows[account]["accountStatus"] for account in left} <= set(FORMER.values())

    def test_nobody_else_is_met_where_nothing_else_is_read(
        self, site: DemoSite, config: Json
    ) -> None:
        run = run_tap(config, streams=("users",))

        found = {account for (account,) in run.keys("users")}
        assert not found & former(site)
        assert found >= {user.account_id for user in site.wiki.people.searchable()}

    def test_apps_and_people_who_hide_their_address_have_none(self, config: Json) -> None:
        rows = run_tap(config, streams=("users",)).records["users"]

        assert {row["email"] for row in rows if row["accountType"] == "app"} == {None}
        assert None in {row["email"] for row in rows if row["accountType"] == "atlassian"}
        assert "" not in {row["email"] for row in rows}

    def test_guests_and_the_deactivated_are_told_apart(self, site: DemoSite, config: Json) -> None:
        rows = run_tap(config, streams=("users",)).records["users"]

        known = {user.account_id: user for user in site.wiki.users}
        for row in rows:
            user = known[row["accountId"]]
            assert row["isGuest"] is row["isExternalCollaborator"] is user.is_guest
            assert row["accountStatus"] == user.status
            assert row["timeZone"] == user.time_zone
        assert {row["accountStatus"] for row in rows} == {"active", "inactive"}

    @pytest.mark.parametrize("refuses", [False, True])
    def test_where_the_search_ends_groups_go_on(
        self, site: DemoSite, config: Json, *, refuses: bool
    ) -> None:
        site.faults.user_search_ceiling = 270
        site.faults.refuses_past_ceiling = refuses

        run = run_tap(config, streams=("users",))

        assert run.exit_status == 0
        people = site.wiki.people
        members = {member for group in people.groups for member in people.members(group)}
        assert {account for (account,) in run.keys("users")} >= members
        assert any("search for people ends" in line for line in run.log)

    def test_a_search_that_does_not_heed_the_offset_is_not_walked_for_ever(
        self, site: DemoSite, config: Json
    ) -> None:
        site.faults.ignores_start = "search/user"

        run = run_tap(config, streams=("users",))

        assert run.exit_status == 0
        assert site.count(SEARCH) == 2

    def test_it_costs_a_look_up_for_250(self, site: DemoSite, config: Json) -> None:
        run = run_tap(config, streams=("users",))

        assert site.count(LOOK_UP) == -(-len(run.keys("users")) // 250)
        assert site.count(SEARCH) == -(-len(site.wiki.people.searchable()) // 200)

    def test_members_that_another_stream_has_read_are_not_read_again(
        self, site: DemoSite, config: Json
    ) -> None:
        run_tap(config, streams=("group_members",))
        alone = site.count(MEMBERS)
        site.requests.clear()

        run = run_tap(config, streams=("group_members", "users"))

        assert site.count(MEMBERS) == alone
        assert {member for _, member in run.keys("group_members")} <= {
            account for (account,) in run.keys("users")
        }

    def test_where_nobody_may_be_looked_up_those_are_there_whom_the_search_describes(
        self, site: DemoSite, config: Json
    ) -> None:
        site.faults.deny_scope(LOOK_UP)

        run = run_tap(config, streams=("users", "groups"))

        assert run.exit_status == 1
        assert "read:user:confluence" in run.complaints[0]
        found = {account for (account,) in run.keys("users")}
        assert found == {user.account_id for user in site.wiki.people.searchable()}
        assert site.count(LOOK_UP) <= 16
        assert set(run.keys("groups")) == site.truth()["groups"]

    def test_without_the_search_those_in_groups_are_there(
        self, site: DemoSite, config: Json
    ) -> None:
        site.faults.deny_scope(SEARCH)

        run = run_tap(config, streams=("users",))

        assert run.exit_status == 1
        people = site.wiki.people
        members = {member for group in people.groups for member in people.members(group)}
        assert {account for (account,) in run.keys("users")} == members

    def test_nobody_is_taken_for_gone(self, config: Json) -> None:
        run = run_tap(config, streams=("users", "groups"))

        assert run.activated == {"groups"}
        assert {m.get("version") for m in run.messages if m.get("stream") == "users"} == {None}

    def test_a_later_run_meets_the_authors_of_old_pages_in_the_inventory(
        self, site: DemoSite, config: Json
    ) -> None:
        catalog = only("pages", "content_inventory", "users")
        first = run_tap(config, catalog=catalog)

        second = run_tap(config, first.state, catalog)

        assert len(second.keys("pages")) < len(first.keys("pages"))
        left = {page.author for page in site.wiki.pages if page.version == 1} & former(site)
        assert left <= {account for (account,) in second.keys("users")}

    def test_it_is_read_last_whatever_the_order_of_the_catalog(self, config: Json) -> None:
        catalog = everything()
        catalog["streams"].reverse()

        run = run_tap(config, catalog=catalog)

        written = [m["stream"] for m in run.messages if m["type"] == "RECORD"]
        assert written[-1] == "users"


class TestGroupMembers:
    """Who is in which group, however its name is written."""

    def test_everyone_is_there_in_groups_of_any_size_and_name(
        self, site: DemoSite, config: Json
    ) -> None:
        run = run_tap(config, streams=("group_members",))

        assert run.exit_status == 0
        assert set(run.keys("group_members")) == site.truth()["group_members"]
        assert len(run.keys("group_members")) == len(set(run.keys("group_members")))
        sizes = [
            sum(row["groupId"] == group.id for row in run.records["group_members"])
            for group in site.wiki.groups
        ]
        assert max(sizes) > CROWD
        assert min(sizes) == 0

    def test_who_has_left_a_group_is_gone_from_it(self, site: DemoSite, config: Json) -> None:
        group = group_named(site, "R+D Büro 7")
        first = run_tap(config, streams=("group_members",))
        member = site.wiki.people.members(group)[0]
        site.wiki.people.leave(group, member)

        second = run_tap(config, first.state, only("group_members"))

        assert (group.id, member) in first.keys("group_members")
        assert (group.id, member) not in second.keys("group_members")
        assert second.activated == {"group_members"}

    @pytest.mark.parametrize("status", [403, 404])
    def test_a_group_that_is_gone_or_forbidden_is_skipped(
        self, site: DemoSite, config: Json, status: int
    ) -> None:
        group = group_named(site, "engineering")
        site.faults.forbid(f"/rest/api/group/{group.id}/membersByGroupId", status)

        run = run_tap(config, streams=("group_members",))

        assert run.exit_status == 0
        expected = {key for key in site.truth()["group_members"] if key[0] != group.id}
        assert set(run.keys("group_members")) == expected
        assert run.activated == {"group_members"}
        assert any("Skipped 1 of 'group_members'" in line for line in run.log)

    def test_a_list_that_does_not_heed_the_offset_is_not_taken_for_whole(
        self, site: DemoSite, config: Json
    ) -> None:
        site.faults.ignores_start = "membersByGroupId"

        run = run_tap(config, streams=("group_members",))

        assert run.exit_status == 0
        [skipping] = [line for line in run.log if "Skipping" in line and "out of reach" in line]
        [crowded] = [g for g in site.wiki.groups if len(site.wiki.people.members(g)) > CROWD]
        assert crowded.name in skipping
        expected = {key for key in site.truth()["group_members"] if key[0] != crowded.id}
        assert set(run.keys("group_members")) == expected

    def test_where_all_are_forbidden_the_stream_is_named_with_its_scope(
        self, site: DemoSite, config: Json
    ) -> None:
        site.faults.forbid("/rest/api/group/.+", 403)

        run = run_tap(config, streams=("group_members", "groups"))

        assert run.exit_status == 1
        [complaint] = run.complaints
        assert (
            "'group_members' needs a right the account lacks or the scope read:group" in complaint
        )
        assert "'groups'" not in complaint
        assert set(run.keys("groups")) == site.truth()["groups"]


def test_names_of_people_are_asked_for_only_when_users_are_selected(
    site: DemoSite, config: dict[str, Any]
) -> None:
    run_tap(config, streams=("pages", "groups", "tasks"))

    assert site.count(LOOK_UP) == site.count(SEARCH) == 0
