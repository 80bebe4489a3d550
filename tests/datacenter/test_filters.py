"""What the filters leave of a Data Center site, for each stream, and what that costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tap_confluence.datacenter import filters
from tests.datacenter.runs import ClockedDataCenter, discovered, only, settings_of, stream_names
from tests.datacenter.runs import sync as sync_once
from tests.demo_site import Wiki
from tests.filtered_truth import combinations, filtered_truth_on_data_center, numbers
from tests.forked import run_forked
from tests.incremental.runs import keys_of, killed_after, last_state

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests import running as finished
    from tests.demo_site.wiki import Keys
    from tests.incremental.runs import Run
    from tests.running import Json

COMBINATIONS = 40
NUMBERS = [*numbers(Wiki.seeded(pages=40, seed=3), COMBINATIONS, seed=5)]
RELEASES = ("9.2.1", "7.19.4", "8.2.0")
SLOW = ("_versions", "_properties", "_permissions", "_watchers", "audit_records", "users", "groups")
"""Streams with a request for each item, which are read in some of the runs."""


@pytest.fixture(scope="module")
def sites() -> Iterator[list[ClockedDataCenter]]:
    wiki = Wiki.seeded(pages=40, seed=3)
    with (
        ClockedDataCenter(wiki, version=RELEASES[0]) as new,
        ClockedDataCenter(wiki, version=RELEASES[1]) as old,
        ClockedDataCenter(wiki, version=RELEASES[2]) as between,
    ):
        yield [new, old, between]


@pytest.fixture(scope="module")
def unfiltered(sites: list[ClockedDataCenter]) -> list[int]:
    """What a run without filters costs on each of the sites."""
    return [len(sync(site, catalog=lists()).requests) for site in sites]


@pytest.fixture
def site() -> Iterator[ClockedDataCenter]:
    with ClockedDataCenter(Wiki.seeded(pages=40, seed=3)) as site:
        yield site


@pytest.mark.parametrize("number", NUMBERS)
def test_every_stream_has_what_the_filters_leave(
    sites: list[ClockedDataCenter], unfiltered: list[int], number: int
) -> None:
    site = sites[number % len(sites)]
    filters = combinations(site.wiki, COMBINATIONS, seed=5)[number]

    run = sync(site, catalog=lists(), **filters)

    assert_whole(site, run, **filters)
    looked_up = [
        request
        for request in run.requests
        if request.query.get("status") == ["any"] or request.path.endswith("/label")
    ]
    assert len(run.requests) - len(looked_up) <= unfiltered[number % len(sites)] + 1


@pytest.mark.parametrize("number", range(15, COMBINATIONS, 16))
def test_details_too_have_what_the_filters_leave(
    sites: list[ClockedDataCenter], number: int
) -> None:
    filters = combinations(sites[0].wiki, COMBINATIONS, seed=5)[number]

    assert_whole(sites[0], sync(sites[0], **filters), **filters)


@pytest.mark.parametrize(
    "filters",
    [
        {"space_keys": ["ops", "KB"]},
        {"exclude_labels": ["runbook", "design"]},
        {"content_statuses": ["current"], "include_archived_spaces": False},
    ],
)
def test_changes_are_read_under_the_filters(
    site: ClockedDataCenter, filters: dict[str, Any]
) -> None:
    first = sync(site, catalog=lists(), **filters)
    changed = [site.wiki.edit_page(page.id) for page in current(site)[::3]]
    comment = site.wiki.add_footer_comment(changed[0])
    site.wiki.add_attachment(changed[1])
    site.wiki.archive_page(current(site)[1].id)
    site.wiki.trash_page(next(p.id for p in current(site) if not site.wiki.children[p.num]))

    second = sync(site, first.state, catalog=lists(), **filters)

    truth = truth_of(site, **filters)
    assert not [s for s in truth if set(second.keys(s)) - truth[s]]
    wanted = {(page_id,) for page_id in changed} & truth["pages"]
    assert wanted <= set(second.keys("pages"))
    assert ({(comment,)} & truth["page_footer_comments"]) <= set(
        second.keys("page_footer_comments")
    )
    for stream in ("pages", "page_footer_comments", "attachments"):
        assert truth[stream] <= set(first.keys(stream)) | set(second.keys(stream)), stream


@pytest.mark.parametrize("keys", [["ENG"], ["ENG", "KB", "START", "OPS"]])
def test_a_run_that_is_killed_goes_on_where_it_stopped(
    site: ClockedDataCenter, monkeypatch: pytest.MonkeyPatch, keys: list[str]
) -> None:
    monkeypatch.setattr("tap_confluence.output.writer.RECORDS_TO_STATE", 0)
    monkeypatch.setattr("tap_confluence.datacenter.filters.ASKED_IN_VAIN", -20)
    site.faults.caps = {"bare": 5, "expand": 5, "body": 5}
    catalog = only("pages", "page_labels", "attachments", "page_footer_comments")
    state: Json | None = None
    runs: list[finished.Run] = []
    for percent in (30, 60, 90):
        run = sync(site, state, catalog, space_keys=keys)
        assert run.exit_status == 0, run.complaints
        left = killed_after(run, len(run.messages) * percent // 100)
        state = last_state(left) or state
        runs.append(left)
    runs.append(last := sync(site, state, catalog, space_keys=keys))

    scans = [r.query for r in last.asked("/rest/api/content/scan") if "cursor" in r.query]
    assert not any(" " in cursor for query in scans for cursor in query["cursor"])
    truth = truth_of(site, space_keys=keys)
    for stream in ("pages", "attachments", "page_footer_comments"):
        assert keys_of(*runs, stream=stream) == truth[stream], stream
    assert set(runs[-1].keys("page_labels")) == truth["page_labels"]


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({"space_keys": ["ENG", "NOWHERE", "~nobody"]}, ("'NOWHERE'", "'~nobody'")),
        ({"exclude_space_keys": ["NOWHERE"]}, ("'NOWHERE'",)),
        ({"root_page_ids": ["999999999", "none/../such"]}, ("999999999", "none/../such")),
    ],
)
def test_what_does_not_exist_ends_the_run_before_it_begins(
    site: ClockedDataCenter, filters: dict[str, Any], names: tuple[str, ...]
) -> None:
    run = run_forked(settings_of(site, **filters), catalog=only("spaces", "pages"))

    assert run.exit_status == 1
    assert not run.stdout
    [complaint] = run.complaints
    assert all(name in complaint for name in names)


def test_an_excluded_page_that_does_not_exist_is_logged(site: ClockedDataCenter) -> None:
    run = sync(site, catalog=only("pages"), exclude_page_ids=["999999999"])

    assert run.exit_status == 0
    assert set(run.keys("pages")) == truth_of(site)["pages"]
    [warning] = [line for line in run.log if "999999999" in line]
    assert "WARNING" in warning


def test_new_spaces_are_found_without_keys_of_spaces(site: ClockedDataCenter) -> None:
    filters: dict[str, Any] = {"exclude_space_keys": ["OPS"]}
    first = sync(site, catalog=only("spaces", "pages"), **filters)
    space = next(space for space in site.wiki.spaces if space.key == "KB")
    space.key = "NEWS"
    page_id = site.wiki.add_page("NEWS")

    second = sync(site, first.state, catalog=only("spaces", "pages"), **filters)

    assert page_id in second.ids("pages")
    assert "NEWS" in {row["key"] for row in second.rows("spaces")}


def test_one_space_costs_what_is_in_it() -> None:
    with ClockedDataCenter(Wiki.seeded(pages=600)) as site:
        catalog = only("pages", "page_labels", "attachments", "page_footer_comments", "child_pages")
        of_all = sync(site, catalog=catalog)
        of_one = sync(site, catalog=catalog, space_keys=["KB"])
        changes = sync(site, of_one.state, catalog, space_keys=["KB"])

        share = len(of_one.ids("pages")) / len(of_all.ids("pages"))
        assert len(of_one.requests) < (share + 0.3) * len(of_all.requests)
        assert len(changes.requests) <= 14
        assert_whole(site, of_one, space_keys=["KB"])


def test_spaces_that_are_too_many_for_one_search_are_read_one_by_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(filters, "MOST_KEYS", 1)
    some: dict[str, Any] = {"space_keys": ["KB", "START"]}
    with ClockedDataCenter(Wiki.seeded(pages=600)) as site:
        run = sync(site, catalog=only("pages"), **some)

        assert_whole(site, run, **some)
        scans = [each for each in run.requests if each.query.get("status") == ["current"]]
        asked = [key for scan in scans for key in scan.query.get("spaceKey", ["all"])]
        # Of all, what the choice takes to be made.
        assert {key: asked.count(key) for key in asked} == {"all": 2, "KB": 2, "START": 2}


def sync(
    site: ClockedDataCenter, state: Json | None = None, catalog: Json | None = None, **filters: Any
) -> Run:
    return sync_once(site, state, catalog, **filters)


def lists() -> Json:
    """A catalog of the streams that are not asked for item by item."""
    return only(*(name for name in stream_names() if not any(end in name for end in SLOW)))


def current(site: ClockedDataCenter) -> list[Any]:
    return [
        page
        for page in site.wiki.pages
        if page.status == "current" and not site.wiki.is_homepage(page)
    ]


def truth_of(site: ClockedDataCenter, **filters: Any) -> dict[str, Keys]:
    """The keys that each stream has to deliver, as the records have them."""
    found = filtered_truth_on_data_center(site.wiki, **filters)
    truth = {name: keys for name, keys in found.items() if name in discovered()}
    return {
        **truth,
        "tasks": {("-".join(key),) for key in truth["tasks"]},
        "space_permissions": {(s, ":".join(rest)) for s, *rest in truth["space_permissions"]},
    }


def assert_whole(site: ClockedDataCenter, run: Run, **filters: Any) -> None:
    assert run.exit_status == 0, run.log
    truth = truth_of(site, **filters)
    if site.version != RELEASES[0]:
        # Without a scan of comments those on files are out of reach.
        on_files = truth.pop("attachment_footer_comments")
        truth["content_inventory"] -= on_files
    for stream in {schema["stream"] for schema in run.schemas} & truth.keys():
        found = run.keys(stream)
        assert set(found) == truth[stream], (stream, filters)
        assert len(found) == len(truth[stream]), (stream, filters)
