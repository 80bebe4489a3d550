"""Data Center: sections of details and items of lists that the site fails to give."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.datacenter.runs import only, sync, truth_of
from tests.incremental.runs import killed_after
from tests.isolation.test_failed_details import CHILDREN, STREAMS, a_page, listed

if TYPE_CHECKING:
    from tests.datacenter.runs import ClockedDataCenter

SECTIONS = {
    "page_versions": "/rest/experimental/content/{page}/version",
    "page_content_properties": "/rest/api/content/{page}/property",
}


@pytest.mark.each_value
@pytest.mark.parametrize("kind", ["500", "not-json", "cut-off"])
@pytest.mark.parametrize("stream", SECTIONS)
def test_one_section_of_one_item_is_missing_alone(
    data_center: ClockedDataCenter, stream: str, kind: str
) -> None:
    page = a_page(data_center)
    path = SECTIONS[stream].format(page=page)
    sound = sync(data_center, sync(data_center, catalog=only(*STREAMS)).state, only(*STREAMS))
    data_center.faults.break_path(path, kind)

    first = sync(data_center, catalog=only(*STREAMS))

    assert first.exit_status == 0, first.complaints
    truth = truth_of(data_center)
    assert set(first.keys("pages")) == truth["pages"]
    for child in CHILDREN:
        lacking = {page} if child == stream else set()
        assert set(first.keys(child)) == {key for key in truth[child] if key[0] not in lacking}
    assert any(f"Skipping {page} of '{stream}'" in line for line in first.log)
    assert first.bookmark(stream) == first.bookmark("pages")
    assert listed(first.state) == {stream: {page}}

    second = sync(data_center, first.state, only(*STREAMS))

    assert second.exit_status == 0
    assert len(second.asked(path)) == 1
    # It has to be asked for itself first, which tells when it was changed.
    assert second.cost <= sound.cost + 2
    assert listed(second.state) == {stream: {page}}
    data_center.faults.heal()
    third = sync(data_center, second.state, only(*STREAMS))

    assert set(third.keys(stream)) == {key for key in truth[stream] if key[0] == page}
    assert not third.rows("pages")
    assert listed(third.state) == {}


@pytest.mark.parametrize("kind", ["500", "bad-json"])
def test_labels_and_restrictions_that_fail_leave_each_other(
    data_center: ClockedDataCenter, kind: str
) -> None:
    page = a_page(data_center)
    for number in range(data_center.faults.nested_caps["labels"] + 1):
        data_center.wiki.add_label(page, f"label-{number}")
    data_center.faults.break_path(f"/rest/api/content/{page}/label", kind)
    streams = (*STREAMS, "page_labels", "page_restrictions")

    run = sync(data_center, catalog=only(*streams))

    assert run.exit_status == 0, run.complaints
    truth = truth_of(data_center)
    for stream in (*STREAMS, "page_restrictions"):
        assert set(run.keys(stream)) == truth[stream]
    assert set(run.keys("page_labels")) == {k for k in truth["page_labels"] if k[0] != page}
    assert "page_labels" not in run.activated
    assert "page_restrictions" in run.activated


@pytest.mark.parametrize("status", [404, 500])
def test_restrictions_that_are_missing_leave_the_labels(
    data_center: ClockedDataCenter, status: int
) -> None:
    page = a_page(data_center)
    crowd = [user.account_id for user in data_center.wiki.users]
    data_center.faults.nested_caps["restrictions"] = 1
    data_center.wiki.restrict(page, "read", users=crowd[:3])
    data_center.faults.forbid(f"/rest/api/content/{page}/restriction/byOperation", status)
    streams = (*STREAMS, "page_labels", "page_restrictions")

    run = sync(data_center, catalog=only(*streams))

    assert run.exit_status == 0, run.complaints
    truth = truth_of(data_center)
    for stream in (*STREAMS, "page_labels"):
        assert set(run.keys(stream)) == truth[stream]
    marked = [row for row in run.rows("page_restrictions") if row["pageId"] == page]
    assert [row["principalType"] for row in marked] == ["unknown"]


@pytest.mark.parametrize("stream", ["space_properties", "space_permissions"])
@pytest.mark.parametrize("kind", ["500", "not-json"])
def test_one_section_of_one_space_is_missing_alone(
    data_center: ClockedDataCenter, stream: str, kind: str
) -> None:
    data_center.wiki.add_space("TWO", "The second one")
    space = next(iter(data_center.wiki.spaces))
    section = {"space_properties": "property", "space_permissions": "permissions"}[stream]
    data_center.faults.break_path(f"/rest/api/space/{space.key}/{section}(/.+)?", kind)
    streams = ("spaces", "space_labels", "space_properties", "space_permissions")

    run = sync(data_center, catalog=only(*streams))

    assert run.exit_status == 0, run.complaints
    truth = truth_of(data_center)
    for name in streams:
        lacking = str(space.num) if name == stream else None
        assert set(run.keys(name)) == {key for key in truth[name] if key[0] != lacking}, name


@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize("status", [500, 404])
def test_an_item_that_a_list_fails_for_is_listed_and_comes_when_it_is_healed(
    data_center: ClockedDataCenter, status: int, *, is_first: bool
) -> None:
    page = a_page(data_center)
    state = None
    if not is_first:
        state = sync(data_center, catalog=only(*STREAMS)).state
        data_center.wiki.edit_page(page)
    data_center.faults.poison(page, status)

    broken = sync(data_center, state, only(*STREAMS))

    assert broken.exit_status == 0, broken.complaints
    assert page not in broken.ids("pages")
    assert listed(broken.state) == {stream: {page} for stream in STREAMS}
    data_center.faults.cure(page)
    healed = sync(data_center, broken.state, only(*STREAMS))

    assert page in healed.ids("pages")
    assert {key for key in truth_of(data_center)["page_versions"] if key[0] == page} <= set(
        healed.keys("page_versions")
    )
    assert listed(healed.state) == {}


def test_an_item_in_the_archive_that_fails_is_listed_and_comes_when_it_is_healed(
    data_center: ClockedDataCenter,
) -> None:
    first = sync(data_center, catalog=only(*STREAMS))
    page = data_center.wiki.archive_page(a_page(data_center))
    data_center.faults.poison(page, 500)

    broken = sync(data_center, first.state, only(*STREAMS))

    assert broken.exit_status == 0, broken.complaints
    assert page not in broken.ids("pages")
    data_center.faults.cure(page)
    healed = sync(data_center, broken.state, only(*STREAMS))

    [row] = healed.rows("pages")
    assert (row["id"], row["status"]) == (page, "archived")
    assert listed(healed.state) == {}


@pytest.mark.parametrize("status", [400, 403, 410])
def test_an_item_in_the_archive_that_is_refused_does_not_cost_the_stream(
    data_center: ClockedDataCenter, status: int
) -> None:
    first = sync(data_center, catalog=only(*STREAMS))
    edited = data_center.wiki.edit_page(a_page(data_center, 0))
    page = data_center.wiki.archive_page(a_page(data_center, 1))
    data_center.faults.forbid(f"/rest/api/content/{page}", status)

    run = sync(data_center, first.state, only(*STREAMS))

    assert run.exit_status == 0, run.complaints
    assert run.ids("pages") == {edited}
    assert any(f"Skipping {page} of 'pages'" in line for line in run.log)


def test_a_section_that_fails_for_all_is_an_outage(data_center: ClockedDataCenter) -> None:
    data_center.faults.break_path("/rest/experimental/content/.+/version", "503")

    run = sync(data_center, catalog=only(*STREAMS))

    assert run.exit_status == 1
    assert "The site fails for" in run.complaints[-1]
    assert "run again" in run.complaints[-1]
    assert listed(run.state) == {}
    entry = run.state["bookmarks"].get("page_versions", {})
    assert not entry.keys() & {"replication_key_value", "fullRead"}


def test_a_run_killed_anywhere_loses_neither_the_list_nor_a_row(
    data_center: ClockedDataCenter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tap_confluence.output.writer.RECORDS_TO_STATE", 0)
    page, poisoned = a_page(data_center), a_page(data_center, 3)
    data_center.faults.break_path(SECTIONS["page_versions"].format(page=page), "500")
    data_center.faults.poison(poisoned, 500)
    whole = sync(data_center, catalog=only(*STREAMS), page_size=5)
    assert whole.exit_status == 0
    data_center.faults.heal()
    data_center.faults.cure(poisoned)
    truth = truth_of(data_center)

    for count in range(1, len(whole.messages), 19):
        killed = killed_after(whole, count)
        state = killed.states[-1] if killed.states else None
        rest = sync(data_center, state, only(*STREAMS))
        for stream in STREAMS:
            found = {*killed.keys(stream), *rest.keys(stream)}
            assert found >= truth[stream], (stream, count)


def test_a_healed_item_is_written_with_its_newest_version_in_all_streams(
    data_center: ClockedDataCenter,
) -> None:
    page = a_page(data_center)
    data_center.faults.break_rendering(page)
    first = sync(data_center, catalog=only(*STREAMS), body_format="view")
    data_center.wiki.edit_page(page)

    second = sync(data_center, first.state, only(*STREAMS), body_format="view")

    [row] = second.rows("pages")
    assert (row["id"], row["body"]) == (page, {})
    version = data_center.wiki.pages[int(page)].version
    assert (page, version) in second.keys("page_versions")
    entry = second.state["bookmarks"]["pages"]
    assert entry["failed"] == {page: row["modifiedAt"]}
