"""Why a table has as many rows as it has: what is counted is what a run writes."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from tap_confluence.cli.completeness import NARROWING, Completeness, Count, cli
from tap_confluence.filters.settings import Filters
from tap_confluence.tap import TapConfluence
from tests.datacenter import runs as datacenter
from tests.demo_site import DataCenterSite, DemoSite, Wiki
from tests.forked import run_forked
from tests.running import run_tap, settings_of, signals_left_alone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.running import Json, Run

    AnySite = DemoSite | DataCenterSite

COLUMNS = 80


@pytest.fixture(scope="module", params=[DemoSite, DataCenterSite])
def site(request: pytest.FixtureRequest) -> Iterator[AnySite]:
    wiki = Wiki.seeded(pages=60, seed=7)
    [*wiki.spaces][1].status = "archived"
    with request.param(wiki) as site:
        yield site


def config_of(site: AnySite, **more: Any) -> Json:
    if isinstance(site, DemoSite):
        return settings_of(site, **more)
    return {**datacenter.settings_of(site), "anchor_date": "2000-01-01", **more}


def counted(config: Json, state: Json | None = None) -> Completeness:
    with signals_left_alone():
        found = Completeness(TapConfluence(config=config, state=state))
        found.read()
    return found


def filters(wiki: Wiki) -> dict[str, Json]:
    page = next(page for page in wiki.pages if page.labels and page.parent is None)
    label = wiki.labels[next(iter(page.labels))].name
    keys = [space.key for space in wiki.spaces]
    return {
        "nothing": {},
        "space_keys": {"space_keys": keys[:2]},
        "exclude_space_keys": {"exclude_space_keys": keys[:2]},
        "space_types": {"space_types": ["global"]},
        "include_archived_spaces": {"include_archived_spaces": False},
        "space_id_from": {"space_id_from": [*wiki.spaces][2].num},
        "root_page_ids": {"root_page_ids": [page.id]},
        "exclude_page_ids": {"exclude_page_ids": [page.id]},
        "labels": {"labels": [label]},
        "exclude_labels": {"exclude_labels": [label]},
        "content_statuses": {"content_statuses": ["current"]},
        "two of them": {"exclude_space_keys": keys[:1], "content_statuses": ["current"]},
        "a date": {"anchor_date": "2026-03-01"},
        "a date and a space": {"anchor_date": "2026-03-01", "exclude_space_keys": keys[:1]},
    }


def rows(run: Run, found: Completeness) -> dict[str, int]:
    return {name: len(set(run.keys(name))) for name in found.counts}


def totals(found: Completeness) -> dict[str, Count]:
    return {name: sum(by.values(), Count()) for name, by in found.counts.items()}


@pytest.mark.parametrize("name", [*filters(Wiki.seeded(pages=60, seed=7))])
def test_a_first_run_writes_as_many_rows_as_are_counted(site: AnySite, name: str) -> None:
    config = config_of(site, **filters(site.wiki)[name])

    found = counted(config)

    run = run_tap(config)
    assert run.exit_status == 0
    assert {name: count.rows for name, count in totals(found).items()} == rows(run, found)
    assert rows(run, found)["pages"] > 0


@pytest.mark.parametrize("name", [*filters(Wiki.seeded(pages=60, seed=7))])
def test_each_that_is_left_out_is_left_out_by_something(site: AnySite, name: str) -> None:
    given = filters(site.wiki)[name]

    found = counted(config_of(site, **given))

    told: Counter[str] = sum(found.reasons.values(), Counter())
    assert told == Counter({n: count.left_out for n, count in totals(found).items()})
    named = {each for why in found.reasons for each in why.replace(" or ", ", ").split(", ")}
    assert named - {"what it is on"} == {*given} & {*NARROWING}


def test_the_site_is_counted_by_status(site: AnySite) -> None:
    found = counted(config_of(site, content_statuses=["archived"]))

    for stream, contents in (("pages", site.wiki.pages), ("blog_posts", site.wiki.blog_posts)):
        there = Counter(content.status for content in contents)
        assert {s: count.on_site for s, count in found.counts[stream].items()} == there


def test_the_state_tells_where_the_tables_begin(site: AnySite) -> None:
    first = run_tap(config_of(site, anchor_date="2026-03-01"))

    found = counted(config_of(site, anchor_date="2026-06-20"), first.state)

    assert {n: count.rows for n, count in totals(found).items()} == rows(first, found)


def test_every_setting_that_filters_is_known_to_leave_something_out() -> None:
    assert {*Filters.__dataclass_fields__} - {
        *("named_keys", "archived_spaces", "statuses"),
        *NARROWING,
    } == set()
    assert {"include_archived_spaces", "content_statuses", "custom_content_types"} <= {*NARROWING}


def test_types_of_custom_content_that_are_not_named_are_left_out() -> None:
    with DemoSite(Wiki.seeded(pages=40, seed=5)) as site:
        one, *_ = sorted(site.wiki.custom_types)
        config = settings_of(site, custom_content_types=[one])
        found = counted(config)
        run = run_tap(config)

    assert totals(found)["custom_content"].rows == len(run.records["custom_content"])
    assert {"custom_content_types"} <= {*found.reasons}


def test_the_command_tells_it_on_one_screen(site: AnySite) -> None:
    done = run_forked(config_of(site, anchor_date="2026-03-01"), program=cli)

    assert done.exit_status == 0, done.stderr
    lines = done.stdout.splitlines()
    assert max(map(len, lines[1:])) <= COLUMNS, max(lines, key=len)
    assert lines[1].split() == ["stream", "status", *["on", "the", "site"], "too", "old", "rows"]
    assert any(line.startswith("Too old: changed last before 2026-03-01") for line in lines)


@pytest.mark.parametrize(
    ("more", "status", "words"),
    [(0, 0, "your table has all"), (2, 1, "2 more than"), (-3, 1, "3 fewer than")],
)
def test_a_table_is_compared(site: AnySite, more: int, status: int, words: str) -> None:
    pages = len(site.wiki.pages) + more

    done = run_forked(config_of(site), f"pages={pages}", program=cli)

    assert done.exit_status == status
    [told] = [line for line in done.stdout.splitlines() if line.startswith("pages: ")]
    assert words in told
    assert "blog_posts" not in done.stdout


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("page_labels", "Only streams of content can be counted, and not 'page_labels'"),
        ("tasks=3", "Only streams of content can be counted, and not 'tasks'"),
        ("pages=many", "'pages=many' is no name of a stream with a number of rows"),
    ],
)
def test_what_cannot_be_counted_is_named(site: AnySite, given: str, words: str) -> None:
    done = run_forked(config_of(site), given, program=cli)

    assert done.exit_status in {1, 2}
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_site_that_may_not_be_listed_is_said_in_one_line(site: AnySite) -> None:
    site.faults.forbid("/(api/v2/pages|rest/api/content).*", 403)
    try:
        done = run_forked(config_of(site), program=cli)
    finally:
        site.faults.clear()

    assert done.exit_status == 1
    assert "Traceback" not in done.stderr
    assert "Content cannot be listed" in done.stderr
