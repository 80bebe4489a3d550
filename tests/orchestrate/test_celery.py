"""The DAG on two workers that share no folder, one of which is lost in the middle of a shard."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from tap_confluence import cloud, datacenter
from tap_confluence.timestamps import OVERLAP
from tests.datacenter.runs import truth_of
from tests.demo_site import DemoSite
from tests.demo_site.clock import epoch_ms
from tests.demo_site.datacenter.site import DataCenterSite
from tests.demo_site.faults import TokenBucket
from tests.integration.plugins import LONGEST_RUN, Meltano, environment, find_meltano
from tests.newcomer.newcomer import copy_project
from tests.orchestrate.celery_cluster import Cluster, Worker, running_redis
from tests.orchestrate.sharded import AHEAD, ANCHOR, LATE, grown_wiki, holds, hurry, name_of
from tests.orchestrate.warehouse import Schema, States
from tests.running import truth_by_default

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tests.demo_site.model import Page
    from tests.demo_site.wiki import Keys
    from tests.orchestrate.airflow import Instance

pytestmark = pytest.mark.proof

SHARDS = 3
CEILING = 8
"""Requests that the site allows in a second; it refuses what is more."""

PLUGINS = ("tap-confluence", "target-postgres", "dbt-postgres")
LOADING = re.compile(r"meltano .*--state-id-suffix=(\S+) |meltano .*(tap-confluence--site) ")


@dataclass(frozen=True)
class Deployment:
    """What the tests have to know of Cloud, or of Data Center.

    Attributes:
        site: Makes the site of a wiki.
        keys: The primary keys of each stream that is selected by default.
        truth: Returns the keys that each stream of a site has.
        sign_in: Returns the settings by which the tap signs in to a site.
        order: By what pages are sorted as a first run reads them.
        is_behind: Whether the bookmark of `page_versions` has left a page behind.
        details: Where versions of a page are asked for, with its id for `{}`.
        marker: What is in the query only then, if the path alone does not tell.
    """

    site: Callable[..., DemoSite | DataCenterSite]
    keys: Mapping[str, tuple[str, ...]]
    truth: Callable[[Any], Mapping[str, Keys]]
    sign_in: Callable[[Any], dict[str, str]]
    order: Callable[[Page], int]
    is_behind: Callable[[dict[str, Any], Page], bool]
    details: str
    marker: str | None = None

    def detailed(self, path: str, query: Mapping[str, Any]) -> str | None:
        """Return the id of the content whose versions a request asks for, if it does."""
        match = re.fullmatch(self.details.format(r"(\d+)"), path)
        return match[1] if match and (self.marker is None or self.marker in query) else None


def keys(streams: Any) -> dict[str, tuple[str, ...]]:
    return {stream.name: stream.primary_keys for stream in streams if stream.selected_by_default}


def is_behind_date(bookmark: dict[str, Any], page: Page) -> bool:
    reached = epoch_ms(bookmark.get("replication_key_value", ANCHOR))
    return page.modified < reached - OVERLAP // timedelta(milliseconds=1)


def is_behind_scan(bookmark: dict[str, Any], page: Page) -> bool:
    reached = bookmark.get("fullRead", {}).get("cursor", "0")
    return int(page.id) <= int(reached.rpartition(":")[2])


DEPLOYMENTS = {
    "cloud": Deployment(
        DemoSite,
        keys(cloud.STREAMS),
        truth_by_default,
        lambda site: {
            "TAP_CONFLUENCE_EMAIL": site.email,
            "TAP_CONFLUENCE_API_TOKEN": site.api_token,
        },
        lambda page: page.modified,
        is_behind_date,
        "/api/v2/pages/{}",
        "include-versions",
    ),
    "datacenter": Deployment(
        DataCenterSite,
        keys(datacenter.STREAMS),
        truth_of,
        lambda site: {"TAP_CONFLUENCE_PERSONAL_ACCESS_TOKEN": site.personal_access_token},
        lambda page: int(page.id),
        is_behind_scan,
        "/rest/experimental/content/{}/version",
    ),
}


@dataclass
class Story:
    """What has happened.

    Attributes:
        deployment: That of the site.
        site: The site.
        states: The states that Meltano keeps.
        in_shards: What the DAG has loaded.
        as_a_whole: What `meltano run tap-confluence target-postgres` has loaded in the end.
        plan: The shards.
        lost: The worker that was lost.
        left: The other one.
        broken_off: The shards that the lost worker held, and `tap-confluence--site` if it did.
        victim: The one of these that was held up.
        bookmarks: Those of the victim as the worker was lost.
        lost_after: How many requests the site had got by then.
        ended_after: How many it had got when the run ended.
        loads: How each load ended.
        models: How the making of models ended.
        second_tries: How many loads the other worker tried for the second time.
        builds: How often it tried to make models.
    """

    deployment: Deployment
    site: Any
    states: States
    in_shards: Schema
    as_a_whole: Schema
    plan: list[dict[str, Any]] = field(default_factory=list)
    lost: Worker | None = None
    left: Worker | None = None
    broken_off: set[str] = field(default_factory=set)
    victim: str = ""
    bookmarks: dict[str, Any] = field(default_factory=dict)
    lost_after: int = 0
    ended_after: int = 0
    loads: list[Instance] = field(default_factory=list)
    models: list[Instance] = field(default_factory=list)
    second_tries: int = 0
    builds: int = 0

    def shard_of(self, page_id: str) -> str:
        """Return the name of the shard that a page is in."""
        space = self.site.wiki.pages[int(page_id)].space
        return next(name_of(shard) for shard in self.plan if holds(shard, space))

    def done(self) -> set[str]:
        """Return the ids of the victim's pages that its bookmark has left behind."""
        bookmark = self.bookmarks.get("page_versions", {})
        return {
            page.id
            for page in self.site.wiki.pages
            if page.status == "current"
            and self.deployment.is_behind(bookmark, page)
            and self.shard_of(page.id) == self.victim
        }

    def asked(self, start: int, end: int) -> Counter[str]:
        """Count the requests for the details of each page, among some of all requests."""
        pages = {page.id for page in self.site.wiki.pages}
        found = (
            self.deployment.detailed(request.path, request.query)
            for request in self.site.requests[start:end]
        )
        return Counter(id_ for id_ in found if id_ is not None and id_ in pages)


@pytest.fixture(scope="module", params=DEPLOYMENTS)
def story(
    request: pytest.FixtureRequest,
    airflow_command: str,
    postgres: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Story]:
    """A run of the DAG in which a worker is lost, and one run without the DAG."""
    command = find_meltano()
    assert command, "Meltano is not installed"
    deployment = DEPLOYMENTS[request.param]
    folder = tmp_path_factory.mktemp(request.param)
    with (
        running_redis(folder) as broker,
        deployment.site(grown_wiki()) as site,
        own_database(postgres, f"celery_{request.param}") as database,
        psycopg.connect(database, autocommit=True) as connection,
    ):
        connection.execute("create schema of_meltano")
        settings = {
            "TAP_CONFLUENCE_BASE_URL": site.base_url,
            "TAP_CONFLUENCE_ANCHOR_DATE": ANCHOR[:10],
            **deployment.sign_in(site),
            **settings_of_loader(database),
            "PATH": os.pathsep.join([str(Path(command).parent), os.environ["PATH"]]),
        }
        story = Story(
            deployment,
            site,
            States(Schema(connection, "of_meltano")),
            Schema(connection, "in_shards"),
            Schema(connection, "as_a_whole"),
        )
        workers = [
            Worker(name, machine(folder / name, command), environment(settings))
            for name in ("first", "second")
        ]
        with Cluster(
            airflow_command,
            tmp_path_factory.mktemp("airflow"),
            environment({}),
            workers,
            broker=broker,
            database=database,
        ) as cluster:
            lose_a_worker(cluster, story)
        site.faults.bucket = None
        whole = {**settings, "TARGET_POSTGRES_DEFAULT_TARGET_SCHEMA": "as_a_whole"}
        meltano = Meltano.in_folder(command, tmp_path_factory.mktemp("meltano"))
        meltano.run("tap-confluence", "target-postgres", settings=whole)
        yield story


@contextlib.contextmanager
def own_database(postgres: str, name: str) -> Iterator[str]:
    """Have a database of its own in a PostgreSQL, and return its address."""
    drop = sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(drop)
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        yield urlsplit(postgres)._replace(path=f"/{name}").geturl()
        connection.execute(drop)


def settings_of_loader(database: str) -> dict[str, str]:
    """Return where the loader and dbt write, and Meltano keeps its states."""
    url = database.replace("://", "+psycopg://", 1)
    separator = "&" if "?" in url else "?"
    server = conninfo_to_dict(database)
    return {
        "TARGET_POSTGRES_SQLALCHEMY_URL": url,
        # dbt takes these.
        "TARGET_POSTGRES_HOST": str(server["host"]),
        "TARGET_POSTGRES_PORT": str(server.get("port", 5432)),
        "TARGET_POSTGRES_USER": str(server["user"]),
        "TARGET_POSTGRES_PASSWORD": str(server.get("password", "none")),
        "TARGET_POSTGRES_DATABASE": str(server["dbname"]),
        "TARGET_POSTGRES_DEFAULT_TARGET_SCHEMA": "in_shards",
        "MELTANO_DATABASE_URI": f"{url}{separator}options=-csearch_path%3Dof_meltano",
    }


def machine(home: Path, command: str) -> Path:
    """Make what a worker needs: a copy of this project, with plugins installed in it."""
    project = home / "project"
    copy_project(project)
    hurry(project)
    subprocess.run(  # noqa: S603 - the command is ours
        [command, "--log-level=warning", "install", *PLUGINS],
        check=True,
        cwd=project,
        env=environment({}),
        timeout=LONGEST_RUN,
    )
    return home


def lose_a_worker(cluster: Cluster, story: Story) -> None:
    """Run the DAG, and lose the worker that holds the first shard when that has kept a state."""
    story.site.faults.bucket = TokenBucket(CEILING)
    cluster.set_variable("confluence_shards", str(SHARDS))
    cluster.set_variable("confluence_requests_per_second", str(CEILING))
    cluster.set_variable("confluence_models", "dbt-postgres:build")
    run = cluster.schedule()
    cluster.watch(
        run,
        lambda: len(loading(*cluster.workers)) == SHARDS + 1,
        "The loads do not run beside each other",
    )
    story.plan = json.loads(cluster.variable("confluence_plan"))
    story.victim = name_of(story.plan[0])
    [story.lost] = [each for each in cluster.workers if story.victim in loading(each)]
    [story.left] = [each for each in cluster.workers if each is not story.lost]
    hold_up(story)

    def has_come_some_way() -> bool:
        story.bookmarks = story.states.bookmarks(story.victim)
        return bool(story.done())

    cluster.watch(run, has_come_some_way, "The first shard keeps no state")
    story.broken_off = loading(story.lost)
    cluster.crash(story.lost)
    story.site.faults.clear()
    story.site.faults.bucket = TokenBucket(CEILING)
    story.lost_after = len(story.site.requests)
    cluster.finish(run)
    story.ended_after = len(story.site.requests)
    story.loads = cluster.instances(run, "load_shard") + cluster.instances(run, "load_site")
    story.models = cluster.instances(run, "build_models")
    story.second_tries = story.left.tries(run, "load_*", "2")
    story.builds = story.left.tries(run, "build_models")


def loading(*workers: Worker) -> set[str]:
    """Return the shards that workers load, and `tap-confluence--site` if they do that."""
    found = (LOADING.search(command) for worker in workers for command in worker.commands())
    return {match[1] or match[2] for match in found if match}


def hold_up(story: Story) -> None:
    """Have the site answer late for the last of the victim's pages."""
    pages = [page for page in story.site.wiki.pages if story.shard_of(page.id) == story.victim]
    pages.sort(key=story.deployment.order)
    assert len(pages) > AHEAD + 16
    for page in pages[AHEAD:]:
        path = story.deployment.details.format(page.id)
        story.site.faults.fail_next(1, "slow", path, delay=LATE)


def test_what_a_lost_worker_held_goes_on_at_the_other_one(story: Story) -> None:
    tries = {load.name or "tap-confluence--site": load.tries for load in story.loads}

    assert story.victim in story.broken_off
    assert {load.state for load in story.loads} == {"success"}
    assert tries == {name: 1 + (name in story.broken_off) for name in tries}
    assert story.lost is not None
    assert not story.lost.home.exists()
    assert story.second_tries == len(story.broken_off)


def test_the_shard_goes_on_where_its_state_says(story: Story) -> None:
    before = story.asked(0, story.lost_after)
    after = story.asked(story.lost_after, story.ended_after)

    assert story.done()
    assert story.done() <= before.keys()
    assert story.done() & after.keys() == set()


def test_the_shard_was_in_the_middle_and_the_rest_is_read(story: Story) -> None:
    before = story.asked(0, story.lost_after)
    after = story.asked(story.lost_after, story.ended_after)
    rest = {
        page.id
        for page in story.site.wiki.pages
        if story.shard_of(page.id) == story.victim and page.id not in before
    }

    assert rest
    assert rest <= after.keys()


def test_what_the_other_worker_held_is_asked_for_once(story: Story) -> None:
    asked = story.asked(0, story.ended_after)
    again = {story.shard_of(page) for page, times in asked.items() if times > 1}

    assert again <= story.broken_off


def test_all_that_runs_at_once_stays_below_one_ceiling(story: Story) -> None:
    statuses = Counter(request.status for request in story.site.requests[: story.ended_after])

    assert statuses[200]
    assert statuses[429] == 0


def test_models_are_made_once_when_all_is_loaded(story: Story) -> None:
    [models] = story.models

    assert (models.state, models.tries) == ("success", 1)
    assert models.began is not None
    assert all(load.ended is not None and load.ended < models.began for load in story.loads)
    assert story.builds == 1


def test_what_came_in_shards_is_what_comes_as_a_whole(story: Story) -> None:
    in_shards, as_a_whole = story.in_shards.content(), story.as_a_whole.content()

    assert set(in_shards) == set(as_a_whole)
    assert [table for table in in_shards if in_shards[table] != as_a_whole[table]] == []


def test_each_item_of_the_site_is_one_row(story: Story) -> None:
    truth = story.deployment.truth(story.site)
    loaded = {
        stream: story.in_shards.rows(stream, *of) for stream, of in story.deployment.keys.items()
    }

    assert {stream for stream, rows in loaded.items() if len(rows) != len(set(rows))} == set()
    assert {stream for stream, rows in loaded.items() if set(rows) != truth[stream]} == set()
