"""Where a row came without its key, nothing is taken for deleted that it may be.

Grants are: one that cannot be shown to be there is none.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.hardening.distortion import Answer, Distortion
from tests.hardening.odd_sites import OddCloud, OddDataCenter, settings_for
from tests.running import everything, run_tap

if TYPE_CHECKING:
    from tests.running import Run

Site = OddCloud | OddDataCenter

LISTS_OF_CLOUD = (
    *("/api/v2/pages", "/api/v2/spaces", "/api/v2/labels", "/api/v2/attachments"),
    *("/api/v2/space-roles", "/rest/api/template/page"),
    r"/api/v2/footer-comments/\d+/likes/users",
)
LISTS_OF_DATA_CENTER = ("/rest/api/content/scan", "/rest/api/space")
GRANTS = {"group_members", "space_permissions", "space_role_assignments", "space_roles"}
KEYS = ("id", "key", "name", "accountId", "templateId", "userKey", "username", "principalId")


@dataclass(frozen=True)
class Keyless(Distortion):
    """Takes the keys from the last row of lists, or has null in its place.

    Attributes:
        section: Which part of an object the list is, if it is no object of its own.
        is_null: Whether there is null in its place.
    """

    section: str = ""
    is_null: bool = False

    def of(self, target: str, answer: Answer) -> Answer:
        if answer.status != 200 or not re.fullmatch(self.under, target.partition("?")[0]):
            return answer
        payload = json.loads(answer.body)
        found = payload[self.section] if self.section else payload
        if isinstance(found, dict) and found.get("results"):
            *others, last = found["results"]
            found["results"] = [*others, None if self.is_null else _without_keys(last)]
        return Answer(answer.status, answer.headers, json.dumps(payload).encode())


@dataclass(frozen=True)
class Several(Distortion):
    """Takes the keys from rows of several lists, each in its own way."""

    lists: tuple[Keyless, ...] = ()

    def of(self, target: str, answer: Answer) -> Answer:
        for each in self.lists:
            answer = each.of(target, answer)
        return answer


def _without_keys(row: Any) -> Any:
    """Take the keys of a row, and of what it is about."""
    return {
        name: _without_keys(value) if name in {"principal", "watcher"} else value
        for name, value in row.items()
        if name not in KEYS
    }


@pytest.fixture(scope="module")
def every_of_cloud(cloud: OddCloud) -> set[str]:
    """The streams that are activated where nothing is odd."""
    return run_on(cloud, None).activated


@pytest.fixture(scope="module")
def every_of_data_center(data_center: OddDataCenter) -> set[str]:
    return run_on(data_center, None).activated


def run_on(site: Site, distortion: Distortion | None) -> Run:
    site.distortion = distortion
    run = run_tap(settings_for(site, page_size=50), catalog=everything())
    site.distortion = None
    assert run.exit_status == 0, run.complaints
    return run


@pytest.mark.each_value
@pytest.mark.parametrize("is_null", [False, True])
@pytest.mark.parametrize("path", LISTS_OF_CLOUD)
def test_a_list_of_the_cloud_with_a_row_that_names_nothing(
    cloud: OddCloud, path: str, *, is_null: bool
) -> None:
    assert_held_back(run_on(cloud, Keyless(0, 1.0, (), path, is_null=is_null)))


@pytest.mark.each_value
@pytest.mark.parametrize("is_null", [False, True])
@pytest.mark.parametrize("path", LISTS_OF_DATA_CENTER)
def test_a_list_of_data_center_with_a_row_that_names_nothing(
    data_center: OddDataCenter, path: str, *, is_null: bool
) -> None:
    assert_held_back(run_on(data_center, Keyless(0, 1.0, (), path, is_null=is_null)))


def assert_held_back(run: Run) -> None:
    """Several streams are made of one list, so that all are held back but grants."""
    assert run.activated <= GRANTS
    assert any("without a key" in line for line in run.log if "Skipped" in line)


SPACE = r"/api/v2/spaces/\d+"
MEMBERS = r"/rest/api/group/[^/]+/membersByGroupId"
SECTIONS = {"labels": "space_labels", "properties": "space_properties"}
"""The stream that is made of some sections of a space."""
SECTIONS_OF_GRANTS = ("permissions", "roleAssignments")
WATCHERS = r"/rest/api/content/\d+/notification/child-created"


@pytest.mark.parametrize(
    ("odd", "streams"),
    [
        (
            (
                *(Keyless(0, 1.0, (), SPACE, each) for each in SECTIONS),
                Keyless(0, 1.0, (), WATCHERS),
            ),
            {*SECTIONS.values(), "page_watchers"},
        ),
        # Where the watchers have null in the place of a row, all streams are held back.
        (
            tuple(Keyless(0, 1.0, (), SPACE, each, is_null=True) for each in SECTIONS),
            {*SECTIONS.values()},
        ),
    ],
    ids=["without keys", "null"],
)
def test_details_with_a_row_that_names_nothing_hold_back_their_streams(
    cloud: OddCloud, every_of_cloud: set[str], odd: tuple[Keyless, ...], streams: set[str]
) -> None:
    run = run_on(cloud, Several(0, 1.0, (), lists=odd))

    assert run.activated == every_of_cloud - streams


@pytest.mark.parametrize("site", ["cloud", "data_center"])
def test_a_group_that_names_nothing_holds_back_the_groups_and_keeps_nobody_in_one(
    site: str, request: pytest.FixtureRequest
) -> None:
    place: Site = request.getfixturevalue(site)
    every: set[str] = request.getfixturevalue(f"every_of_{site}")

    run = run_on(place, Keyless(0, 1.0, (), "/rest/api/group"))

    assert run.activated == every - {"groups"}


@pytest.mark.parametrize("is_null", [False, True], ids=["without keys", "null"])
def test_grants_that_name_nobody_hold_nothing_back(
    cloud: OddCloud, every_of_cloud: set[str], *, is_null: bool
) -> None:
    grants = [
        *(Keyless(0, 1.0, (), SPACE, each, is_null=is_null) for each in SECTIONS_OF_GRANTS),
        Keyless(0, 1.0, (), MEMBERS, is_null=is_null),
    ]

    run = run_on(cloud, Several(0, 1.0, (), lists=tuple(grants)))

    assert run.activated == every_of_cloud


def test_a_member_whom_data_center_does_not_name_holds_nothing_back(
    data_center: OddDataCenter, every_of_data_center: set[str]
) -> None:
    run = run_on(data_center, Keyless(0, 1.0, (), r"/rest/api/group/[^/]+/member"))

    assert run.activated == every_of_data_center


def test_people_whom_data_center_does_not_name_hold_back_their_streams(
    data_center: OddDataCenter, every_of_data_center: set[str]
) -> None:
    paths = {
        "page_watchers": r"/rest/api/content/\d+/watchers",
        "space_watchers": r"/rest/api/space/[^/]+/watchers",
    }
    nameless = tuple(Keyless(0, 1.0, (), path) for path in paths.values())

    run = run_on(data_center, Several(0, 1.0, (), lists=nameless))

    assert run.activated == every_of_data_center - set(paths)
