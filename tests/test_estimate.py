"""What the check says that a run will cost is about what the run costs."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from tap_confluence.cli.counts import cloud, datacenter
from tap_confluence.cli.counts import site as site_counts
from tap_confluence.cli.estimate import MOST_ROWS, counts_of, estimate, told
from tap_confluence.tap import TapConfluence
from tests import running
from tests.demo_site import DataCenterSite, DemoSite, Wiki
from tests.running import everything, only, signals_left_alone

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tap_confluence.cli.estimate import Estimate
    from tests.running import Json, Run

CLOUD, DATA_CENTER = DemoSite, DataCenterSite
Site = DemoSite | DataCenterSite

OFF_BY = 10
SHARE = 0.25
"""By how many requests, or else by how much, an estimate for a stream may be wrong."""

APART = {"sign-in", "filters", "In all"}
"""What is counted apart: it is told of no stream."""

FEW_OF_CLOUD = only("page_labels", "page_restrictions", "page_likes")
FEW_OF_DATA_CENTER = only("page_links", "blog_post_versions", "tasks")

SMALL_PAGES = {"page_size": 20}
"""Makes the lists of a small wiki as long as those of a large one."""


def settings_of(site: Site, **more: Any) -> Json:
    if isinstance(site, DemoSite):
        return running.settings_of(site, **more)
    same = {"base_url": site.base_url, "anchor_date": "2000-01-01", **more}
    return {**same, "personal_access_token": site.personal_access_token}


def looked_at(config: Json, catalog: Json | None = None) -> TapConfluence:
    with signals_left_alone():
        return TapConfluence(config=dict(config), catalog=catalog)


def estimated(config: Json, catalog: Json | None = None) -> list[Estimate]:
    """The estimates for a first and for an idle run."""
    tap = looked_at(config, catalog)
    counts = counts_of(tap)
    return [estimate(tap, counts, is_first=is_first) for is_first in (True, False)]


def asked(run: Run) -> dict[str, int]:
    """How many requests a run reports, by stream."""
    lines = (re.search(r"([\w -]+): (?:\d+ rows, )?(\d+) requests \(", line) for line in run.log)
    found = {line[1].strip(): int(line[2]) for line in lines if line}
    return {name: number for name, number in found.items() if name not in APART}


def wrong(estimates: Mapping[str, int], run: Run) -> dict[str, tuple[int, int]]:
    """What was estimated and what it took, of the streams for which these differ by too much."""
    true = asked(run)
    pairs = {name: (estimates.get(name, 0), true.get(name, 0)) for name in {*estimates, *true}}
    return {n: (a, b) for n, (a, b) in pairs.items() if abs(a - b) > max(OFF_BY, SHARE * b)}


@pytest.mark.parametrize(
    ("deployment", "wiki", "catalog", "settings"),
    [
        (CLOUD, partial(Wiki.plain, 20), everything(), {}),
        (DATA_CENTER, partial(Wiki.plain, 20), everything(), {}),
        (CLOUD, partial(Wiki.plain, 60), None, SMALL_PAGES),
        (DATA_CENTER, partial(Wiki.plain, 60), None, SMALL_PAGES),
        (CLOUD, partial(Wiki.plain, 60), None, {"anchor_date": "2024-03-20"}),
        (DATA_CENTER, partial(Wiki.plain, 60), None, {"anchor_date": "2024-03-20"}),
        pytest.param(CLOUD, partial(Wiki.seeded, 600), None, {}, marks=pytest.mark.slow),
        pytest.param(DATA_CENTER, partial(Wiki.seeded, 600), None, {}, marks=pytest.mark.slow),
        (
            CLOUD,
            partial(Wiki.plain, 60),
            FEW_OF_CLOUD,
            {},
        ),
        (
            DATA_CENTER,
            partial(Wiki.plain, 60),
            FEW_OF_DATA_CENTER,
            {},
        ),
        (CLOUD, partial(Wiki.plain, 60), None, {"space_keys": ["ENG"]}),
        (DATA_CENTER, partial(Wiki.plain, 60), None, {"space_keys": ["ENG"]}),
    ],
    ids=[
        *("all streams of Cloud", "all streams of Data Center"),
        *("long lists of Cloud", "long lists of Data Center"),
        *("a part of the past of Cloud", "a part of the past of Data Center"),
        *("a large site of Cloud", "a large site of Data Center"),
        *("few streams of Cloud", "few streams of Data Center"),
        *("one space of Cloud", "one space of Data Center"),
    ],
)
def test_a_run_takes_about_as_many_requests_as_was_said(
    deployment: type[Site], wiki: Callable[[], Wiki], catalog: Json | None, settings: Json
) -> None:
    with deployment(wiki()) as site:
        config = settings_of(site, **settings)
        for_first, for_idle = estimated(config, catalog)

        first = running.run_tap(config, None, catalog)
        idle = running.run_tap(config, first.state, catalog)

    assert sum(asked(first).values()) > OFF_BY
    assert wrong(for_first.by_stream, first) == {}
    assert wrong(for_idle.by_stream, idle) == {}


@pytest.mark.parametrize("finds_archived", [True, False])
def test_it_is_known_whether_a_search_finds_what_is_archived(*, finds_archived: bool) -> None:
    wiki = Wiki.plain(60)
    pages = [page for page in wiki.pages if page.status == "current"]
    for page in pages[:40]:
        wiki.archive_page(page.id)
    with DemoSite(wiki) as site:
        site.faults.finds_archived = finds_archived
        config, catalog = settings_of(site), only("pages", "page_labels", "page_restrictions")
        _, for_idle = estimated(config, catalog)

        first = running.run_tap(config, None, catalog)
        idle = running.run_tap(config, first.state, catalog)

    assert wrong(for_idle.by_stream, idle) == {}
    assert (sum(for_idle.by_stream.values()) > len(pages[:40])) is not finds_archived


@pytest.mark.parametrize("deployment", [CLOUD, DATA_CENTER])
def test_of_what_is_too_much_to_list_a_search_tells(
    deployment: type[Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    for counts in (cloud, datacenter):
        monkeypatch.setattr(counts, "MOST_LISTED", 40)
    with deployment(Wiki.plain(200)) as site:
        config, catalog = settings_of(site, **SMALL_PAGES), only("pages", "page_versions")
        for_first, _ = estimated(config, catalog)
        before = len(site.requests)

        first = running.run_tap(config, None, catalog)

    assert before < len(for_first.by_stream) + 20
    assert wrong(for_first.by_stream, first) == {}


def test_where_no_list_shows_replies_that_is_said_and_reckoned_with() -> None:
    wiki = Wiki.plain()
    on = next(page.id for page in wiki.pages if page.status == "current")
    for _ in range(60):
        wiki.add_footer_comment(page_id=on)
    with DemoSite(wiki) as site:
        site.replies_in_lists = False
        config = settings_of(site)
        catalog = only("page_footer_comments", "page_inline_comments", "content_inventory")
        _, for_idle = estimated(config, catalog)
        tap = looked_at(config, catalog)
        said = [*told(tap, counts_of(tap))]

        first = running.run_tap(config, None, catalog)
        idle = running.run_tap(config, first.state, catalog)

    assert wrong(for_idle.by_stream, idle) == {}
    assert any(line.startswith("The newest comments show no reply") for line in said)


@pytest.mark.parametrize("number", [199, 200, 397, 398, 399])
@pytest.mark.parametrize("deployment", [CLOUD, DATA_CENTER])
def test_lists_by_offset_take_what_was_said_to_the_last_request(
    deployment: type[Site], number: int
) -> None:
    wiki = Wiki.plain()
    while len(wiki.groups) < number:
        wiki.add_group()
    with deployment(wiki) as site:
        config = settings_of(site)
        for_first, _ = estimated(config, only("groups"))

        first = running.run_tap(config, streams=("groups",))

    assert len(first.records["groups"]) == number
    assert asked(first)["groups"] == for_first.by_stream["groups"]


def test_the_inventory_alone_takes_what_was_said_to_the_last_request() -> None:
    wiki = Wiki.plain()
    on = next(page.id for page in wiki.pages if page.status == "current")
    for add in (wiki.add_footer_comment, wiki.add_inline_comment):
        add(parent_id=add(page_id=on))
    with DemoSite(wiki) as site:
        for_first, _ = estimated(settings_of(site), only("content_inventory"))

        first = running.run_tap(settings_of(site), streams=("content_inventory",))

    assert asked(first) == dict(for_first.by_stream)


def test_it_takes_few_requests_to_know_before() -> None:
    with DemoSite(Wiki.plain(120)) as site:
        _ = estimated(settings_of(site))

        assert len(site.requests) <= 30


def test_what_nobody_counts_is_said_with_what_it_would_cost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(site_counts, "LONGEST_PAGE", 2)
    with DemoSite(Wiki.plain()) as site:
        tap = looked_at(settings_of(site, page_size=2), only("tasks", "pages"))
        said = [*told(tap, counts_of(tap))]

    [line] = [line for line in said if line.startswith("Nobody tells how many tasks there are")]
    assert line.endswith(": 1,000 take 499 more in a first run, 499 in an idle one")


def test_a_site_that_does_not_count_is_no_reason_to_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site_counts, "LONGEST_PAGE", 10)
    with DemoSite(Wiki.plain(60)) as site:
        tap = looked_at(settings_of(site, page_size=10), only("attachments", "pages"))
        site.faults.forbid("/rest/api/search", 403)

        said = [*told(tap, counts_of(tap))]

    assert any(line.startswith("Nobody tells how many attachments there are") for line in said)


def test_the_dearest_streams_are_told_one_by_one_and_the_others_together() -> None:
    with DemoSite(Wiki.plain(40)) as site:
        tap = looked_at(settings_of(site))
        counts = counts_of(tap)
        runs = [estimate(tap, counts, is_first=is_first) for is_first in (True, False)]
        _, headings, *rows = told(tap, counts)

    costs = {name: max(run.by_stream.get(name, 0) for run in runs) for name in runs[0].by_stream}
    shown = [row.split()[0] for row in rows[:MOST_ROWS]]
    assert headings.split() == ["requests,", "about", "first", "run", "idle", "run"]
    assert shown[0] == max(costs, key=lambda name: costs[name]) == "pages"
    assert min(costs.get(name, 0) for name in shown) >= max(
        cost for name, cost in costs.items() if name not in shown
    )
    names = {name for run in runs for name in run.by_stream}
    totals = [sum(run.by_stream.values()) for run in runs]
    others = [sum(n for name, n in run.by_stream.items() if name not in shown) for run in runs]
    assert rows[MOST_ROWS].split() == [
        *(str(len(names) - MOST_ROWS), "others"),
        *map(str, others),
    ]
    assert rows[MOST_ROWS + 1].split() == ["in", "all", *map(str, totals)]


@pytest.mark.parametrize(
    ("settings", "since"),
    [
        ({"anchor_date": "2024-02-03"}, r"2024-02-03 \('anchor_date'\)"),
        ({"anchor_date": None, "lookback_days": 3}, r"20\d\d-\d\d-\d\d \('lookback_days': 3\)"),
        ({"anchor_date": None}, r"20\d\d-\d\d-\d\d, a year ago"),
    ],
)
def test_it_is_said_since_when_changes_are_read(settings: Json, since: str) -> None:
    with DemoSite(Wiki.plain()) as site:
        tap = looked_at(settings_of(site, **settings), only("groups"))

        heading, *_ = told(tap, counts_of(tap))

    assert re.search(f"changed since {since}", heading)
