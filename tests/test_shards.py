"""Shares of a site: each space is in one of them, and together they are the site."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tap_confluence.cli import shards
from tap_confluence.errors import ConfluenceError
from tap_confluence.tap import TapConfluence
from tests.datacenter import runs
from tests.demo_site import DataCenterSite, DemoSite, Wiki
from tests.integration.plugins import plugin
from tests.running import clean_environment, run_tap, settings_of, signals_left_alone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tap_confluence.cli.shards import Shard
    from tests.demo_site.loopback import LoopbackSite
    from tests.running import Json

COMMAND = [sys.executable, "-c", "from tap_confluence.cli.shards import cli; cli()"]
LONGEST = 60.0


@pytest.fixture(scope="module")
def cloud() -> Iterator[DemoSite]:
    with DemoSite(Wiki.seeded(pages=60, seed=7)) as site:
        yield site


@pytest.fixture(scope="module")
def data_center() -> Iterator[DataCenterSite]:
    with DataCenterSite(Wiki.seeded(pages=60, seed=7)) as site:
        yield site


def settings(site: LoopbackSite, **more: Any) -> Json:
    if isinstance(site, DataCenterSite):
        return runs.settings_of(site, **more)
    assert isinstance(site, DemoSite)
    return settings_of(site, **more)


def make(site: LoopbackSite, most: int, **more: Any) -> list[Shard]:
    with signals_left_alone():
        return shards.make_shards(TapConfluence(config=settings(site, **more)), most)


def ranged(shard: Shard) -> Json:
    """Return the settings with which a shard is read."""
    ends = {"space_id_from": shard.space_id_from, "space_id_below": shard.space_id_below}
    return {name: value for name, value in ends.items() if value is not None}


def streams_of(name: str) -> tuple[str, ...]:
    return tuple(rule.removesuffix(".*") for rule in plugin("extractors", name)["select"])


def current_pages(wiki: Wiki) -> dict[int, int]:
    """Return how many current pages there are, by the id of the space, in the order of these."""
    pages = [page for page in wiki.pages if page.status == "current"]
    numbers = sorted(space.num for space in wiki.spaces)
    return {number: sum(page.space == number for page in pages) for number in numbers}


@pytest.mark.parametrize("deployment", ["cloud", "data_center"])
@pytest.mark.parametrize("most", [1, 2, 3, 50])
def test_each_id_is_in_one_shard_and_each_end_is_the_beginning_of_the_next(
    request: pytest.FixtureRequest, deployment: str, most: int
) -> None:
    site = request.getfixturevalue(deployment)

    made = make(site, most)

    assert 1 <= len(made) <= min(most, len(site.wiki.spaces))
    assert made[0].space_id_from is made[-1].space_id_below is None
    assert [shard.space_id_below for shard in made[:-1]] == [
        shard.space_id_from for shard in made[1:]
    ]
    ends = [shard.space_id_from or 0 for shard in made]
    assert ends == sorted(set(ends))


@pytest.mark.parametrize("keys_at_once", [1, 2, 50])
def test_the_largest_shard_is_as_small_as_the_order_of_the_spaces_allows(
    data_center: DataCenterSite, monkeypatch: pytest.MonkeyPatch, keys_at_once: int
) -> None:
    monkeypatch.setattr(shards, "MOST_KEYS", keys_at_once)
    pages = list(current_pages(data_center.wiki).values())

    made = make(data_center, 3)

    places = range(len(pages) + 1)
    least = min(
        max(sum(pages[:i]), sum(pages[i:j]), sum(pages[j:])) for i in places for j in places[i:]
    )
    assert max(shard.pages for shard in made) == least
    assert sum(shard.pages for shard in made) == sum(pages)
    assert sum(shard.spaces for shard in made) == len(pages)


def test_spaces_are_counted_together_where_they_are_small(data_center: DataCenterSite) -> None:
    before = len(data_center.requests)
    make(data_center, 1)

    counting = [each for each in data_center.requests[before:] if "cql" in each.query]
    assert len(counting) < len(data_center.wiki.spaces) * 2


@pytest.mark.parametrize("deployment", ["cloud", "data_center"])
def test_shards_and_the_site_bring_each_row_and_only_people_twice(
    request: pytest.FixtureRequest, deployment: str
) -> None:
    site = request.getfixturevalue(deployment)
    of_site, of_shards = streams_of("tap-confluence--site"), streams_of("tap-confluence--shard")
    config = plugin("extractors", "tap-confluence--shard")["config"]

    done = [
        run_tap(settings(site, **config, **ranged(shard)), streams=of_shards)
        for shard in make(site, 3)
    ]
    done.append(run_tap(settings(site), streams=of_site))

    assert [run.exit_status for run in done] == [0] * len(done)
    assert len(done) > 2
    # A shard has not seen what the others have.
    assert [run.activated for run in done[:-1]] == [set()] * (len(done) - 1)
    truth = runs.truth_of(site) if isinstance(site, DataCenterSite) else site.truth()
    there = {entry["stream"] for run in done for entry in run.schemas}
    for stream in there:
        keys = [key for run in done for key in run.keys(stream)]
        assert set(keys) == truth[stream], stream
        assert stream == "users" or len(keys) == len(set(keys)), stream


def test_a_space_that_is_made_later_is_in_a_shard_whose_settings_stay() -> None:
    with DemoSite(Wiki.seeded(pages=30, seed=7)) as site:
        made = make(site, 2)
        config = plugin("extractors", "tap-confluence--shard")["config"]
        [*_, last] = made
        first_run = run_tap(settings_of(site, **config, **ranged(last)), streams=("pages",))
        page = site.wiki.add_page(site.wiki.add_space())
        run = run_tap(
            settings_of(site, **config, **ranged(last)), state=first_run.state, streams=("pages",)
        )

    assert page in {row["id"] for row in run.records["pages"]}
    assert not any("start over" in line for line in run.log)


@pytest.mark.parametrize("deployment", ["cloud", "data_center"])
def test_a_range_without_a_space_makes_the_tables_at_hardly_any_cost(
    request: pytest.FixtureRequest, deployment: str
) -> None:
    site = request.getfixturevalue(deployment)
    before = len(site.requests)
    of_shards = streams_of("tap-confluence--shard")

    run = run_tap(
        settings(site, space_id_from=2**63 - 1, user_sources=["records"]), streams=of_shards
    )

    assert run.exit_status == 0
    assert not run.records
    assert {schema["stream"] for schema in run.schemas} >= {"pages", "attachments", "users"}
    assert len(site.requests) - before <= 10


@pytest.mark.parametrize("deployment", ["cloud", "data_center"])
def test_a_site_that_does_not_count_is_told_of(
    request: pytest.FixtureRequest, deployment: str
) -> None:
    site = request.getfixturevalue(deployment)
    site.faults.forbid("/rest/api/search", 403)
    try:
        with pytest.raises(ConfluenceError):
            make(site, 3)
    finally:
        site.faults.clear()


def test_settings_of_a_shard_are_not_divided_again(cloud: DemoSite) -> None:
    with pytest.raises(ConfluenceError, match="Leave out 'space_id_from'"):
        make(cloud, 3, space_id_from=5)


def test_what_the_filters_leave_is_divided(cloud: DemoSite) -> None:
    [shard] = make(cloud, 3, space_keys=["ENG"])

    assert (shard.space_id_from, shard.space_id_below, shard.spaces) == (None, None, 1)


def test_as_a_command_it_prints_json(cloud: DemoSite, tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text(json.dumps(settings(cloud)))

    done = subprocess.run(  # noqa: S603 - the command is ours
        [*COMMAND, "--config", str(config), "--shards", "3"],
        capture_output=True,
        check=False,
        env=clean_environment(),
        text=True,
        timeout=LONGEST,
    )

    assert done.returncode == 0, done.stderr
    printed = json.loads(done.stdout)
    assert [shards.Shard(**shard) for shard in printed] == make(cloud, 3)
