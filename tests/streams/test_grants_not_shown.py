"""Who cannot be shown to have a right has none: what grants rights fails closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.datacenter import runs as datacenter
from tests.demo_site import DemoSite, Wiki
from tests.demo_site.datacenter import DataCenterSite
from tests.hardening.odd_sites import OddCloud, settings_for
from tests.hardening.test_rows_without_keys import Keyless
from tests.incremental.warehouse import Warehouse
from tests.running import only, run_tap, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.demo_site.model import Group
    from tests.running import Json, Run

SLASHED = "contractors/external"
GRANTS = ("space_permissions", "space_role_assignments")


@pytest.fixture
def site() -> Iterator[DemoSite]:
    with DemoSite(Wiki.seeded(pages=12, seed=5)) as site:
        yield site


@pytest.fixture
def data_center() -> Iterator[DataCenterSite]:
    with DataCenterSite(Wiki.seeded(pages=12, seed=5)) as site:
        yield site


def group_named(site: DemoSite | DataCenterSite, name: str) -> Group:
    return next(group for group in site.wiki.groups if group.name == name)


def sync(site: DemoSite, *streams: str, **more: Any) -> Run:
    return run_tap(settings_of(site, max_retries=0, **more), streams=streams)


def sync_data_center(site: DataCenterSite, *streams: str) -> Run:
    settings = datacenter.settings_of(site, max_retries=0)
    return run_tap(settings, catalog=datacenter.only(*streams))


def loaded(*runs: Run) -> Warehouse:
    warehouse = Warehouse()
    for run in runs:
        warehouse.load(run)
    return warehouse


def warnings(run: Run, *words: str) -> list[str]:
    lines = (line for line in run.log if line.startswith("WARNING"))
    return [line for line in lines if all(word in line for word in words)]


class TestGroups:
    """The members of groups on Cloud."""

    @pytest.mark.parametrize("status", [403, 404, 500])
    def test_a_group_that_cannot_be_read_has_no_members_and_all_others_are_up_to_date(
        self, site: DemoSite, status: int
    ) -> None:
        unreadable, other = group_named(site, "engineering"), group_named(site, "R+D Büro 7")
        before = sync(site, "group_members")
        site.wiki.people.leave(other, site.wiki.people.members(other)[0])
        site.faults.forbid(f"/rest/api/group/{unreadable.id}/membersByGroupId", status)

        after = sync(site, "group_members")

        assert after.exit_status == 0, after.complaints
        truth = {key for key in site.truth()["group_members"] if key[0] != unreadable.id}
        assert loaded(before, after).keys("group_members") == truth

    def test_each_group_that_cannot_be_read_is_named(self, site: DemoSite) -> None:
        names = ("engineering", "R+D Büro 7")
        for name in names:
            path = f"/rest/api/group/{group_named(site, name).id}/membersByGroupId"
            site.faults.forbid(path, 403)

        run = sync(site, "group_members")

        for name in names:
            assert len(warnings(run, "Skipping", name, "'group_members'")) == 1
        assert warnings(run, "Skipped 2 of 'group_members': 2 forbidden")

    def test_where_the_site_fails_for_all_groups_it_is_an_outage(self, site: DemoSite) -> None:
        site.faults.forbid("/rest/api/group/.+", 500)

        run = sync(site, "group_members", "groups")

        assert run.exit_status == 1
        assert "Gave up" in run.complaints[-1]
        assert run.activated == set()

    def test_a_site_that_fails_for_many_in_a_row_is_not_asked_for_all_others(
        self, site: DemoSite
    ) -> None:
        first = next(iter(site.wiki.groups))
        for number in range(300):
            site.wiki.add_group(f"team {number}")
        site.faults.forbid(f"/rest/api/group/(?!{first.id}/).+", 500)

        run = sync(site, "group_members")

        assert run.exit_status == 1
        assert "Gave up" in run.complaints[-1]
        assert site.count("/rest/api/group/") < 150

    def test_where_the_scope_lacks_nobody_is_taken_for_gone(self, site: DemoSite) -> None:
        site.faults.forbid("/rest/api/group/.+", 403)

        run = sync(site, "group_members")

        assert run.exit_status == 1
        assert run.activated == set()


class TestGroupsOfDataCenter:
    """The members of groups on Data Center."""

    def test_a_group_with_a_slash_in_its_name_has_no_members_and_all_others_are_up_to_date(
        self, data_center: DataCenterSite
    ) -> None:
        group = group_named(data_center, "engineering")
        before = sync_data_center(data_center, "group_members")
        data_center.wiki.people.leave(group, data_center.wiki.people.members(group)[0])

        after = sync_data_center(data_center, "group_members")

        assert after.exit_status == 0
        truth = datacenter.truth_of(data_center)["group_members"]
        assert loaded(before, after).keys("group_members") == truth
        assert len(warnings(after, "Skipping", SLASHED, "'group_members'")) == 1

    @pytest.mark.parametrize("status", [403, 404, 500])
    def test_a_group_that_cannot_be_read_has_no_members(
        self, data_center: DataCenterSite, status: int
    ) -> None:
        before = sync_data_center(data_center, "group_members")
        data_center.faults.forbid("/rest/api/group/engineering/member", status)

        after = sync_data_center(data_center, "group_members")

        assert after.exit_status == 0, after.complaints
        truth = datacenter.truth_of(data_center)["group_members"]
        expected = {key for key in truth if key[0] != "engineering"}
        assert loaded(before, after).keys("group_members") == expected
        assert len(warnings(after, "Skipping engineering", "'group_members'")) == 1


class TestSpaces:
    """What is granted in spaces."""

    @pytest.mark.parametrize("status", [403, 500])
    def test_a_space_that_cannot_be_read_grants_nothing_and_all_others_are_up_to_date(
        self, site: DemoSite, status: int
    ) -> None:
        streams = ("spaces", *GRANTS, "space_labels")
        unreadable = str(next(iter(site.wiki.spaces)).num)
        before = sync(site, *streams)
        site.faults.forbid(f"/api/v2/spaces/{unreadable}", status)

        after = sync(site, *streams)

        assert after.exit_status == 0, after.complaints
        tables = loaded(before, after)
        for stream in GRANTS:
            truth = {key for key in site.truth()[stream] if key[0] != unreadable}
            assert tables.keys(stream) == truth, stream
            assert len(warnings(after, "Skipping", unreadable, f"'{stream}'")) == 1
        # A label gives nobody a right: it may still be there.
        assert tables.keys("space_labels") == site.truth()["space_labels"]

    def test_where_the_site_fails_for_all_spaces_it_is_an_outage(self, site: DemoSite) -> None:
        site.faults.forbid(r"/api/v2/spaces/\d+", 500)

        run = sync(site, "spaces", "space_permissions")

        assert run.exit_status == 1
        assert "Gave up" in run.complaints[-1]
        assert run.activated == set()

    def test_a_space_of_data_center_that_cannot_be_read_grants_nothing(
        self, data_center: DataCenterSite
    ) -> None:
        space = next(iter(data_center.wiki.spaces))
        before = sync_data_center(data_center, "space_permissions")
        data_center.faults.forbid(f"/rest/api/space/{space.key}/permissions", 403)

        after = sync_data_center(data_center, "space_permissions")

        assert after.exit_status == 0
        truth = datacenter.truth_of(data_center)["space_permissions"]
        expected = {key for key in truth if key[0] != str(space.num)}
        assert loaded(before, after).keys("space_permissions") == expected
        assert len(warnings(after, "Skipping", space.key, "'space_permissions'")) == 1


@pytest.fixture
def odd_cloud() -> Iterator[OddCloud]:
    with OddCloud(Wiki.seeded(pages=12, seed=5)) as site:
        yield site


def run_odd(site: OddCloud, catalog: Json, keyless: Keyless | None) -> Run:
    site.distortion = keyless
    return run_tap(settings_for(site), catalog=catalog)


@pytest.mark.parametrize(
    "path", ["/api/v2/pages", "/rest/api/group", r"/rest/api/group/[^/]+/membersByGroupId"]
)
def test_a_row_without_its_key_holds_back_no_grant_that_was_withdrawn(
    odd_cloud: OddCloud, path: str
) -> None:
    run = run_odd(odd_cloud, only("pages", "group_members", *GRANTS), Keyless(0, 1.0, (), path))

    assert run.exit_status == 0
    assert run.activated == {"group_members", *GRANTS}


@pytest.mark.parametrize(
    "keyless",
    [
        Keyless(0, 1.0, (), "/rest/api/group", is_null=True),
        Keyless(0, 1.0, (), r"/rest/api/group/[^/]+/membersByGroupId"),
    ],
)
def test_a_row_without_its_key_among_groups_and_members_holds_back_no_other_stream(
    odd_cloud: OddCloud, keyless: Keyless
) -> None:
    run = run_odd(odd_cloud, only("groups", "group_members", "labels", "spaces"), keyless)

    assert run.activated >= {"group_members", "labels", "spaces"}
    assert warnings(run, "Skipped", "without a key")
