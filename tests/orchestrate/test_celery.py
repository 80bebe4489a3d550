"""The DAG on two workers that share no folder, one of which is lost in the middle of a shard."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from tests.demo_site.faults import TokenBucket
from tests.integration.plugins import LONGEST_RUN, Meltano, environment, find_meltano
from tests.newcomer.newcomer import copy_project
from tests.orchestrate.celery_cluster import Cluster, Worker, running_redis
from tests.orchestrate.sharded import (
    ANCHOR,
    CLOUD,
    DATACENTER,
    BrokenOff,
    Resumption,
    grown_wiki,
    hurry,
)
from tests.orchestrate.warehouse import Schema, States, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.orchestrate.airflow import Instance

pytestmark = pytest.mark.proof

SHARDS = 3
CEILING = 8
"""Requests that the site allows in a second; it refuses what is more."""

PLUGINS = ("tap-confluence", "target-postgres", "dbt-postgres")
LOADING = re.compile(r"meltano .*--state-id-suffix=(\S+) |meltano .*(tap-confluence--site) ")


DEPLOYMENTS = {"cloud": CLOUD, "datacenter": DATACENTER}


@dataclass
class Story(BrokenOff):
    """What has happened.

    Attributes:
        lost: The worker that was lost.
        left: The other one.
        held: The shards that the lost worker held, and `tap-confluence--site` if it did.
        models: How the making of models ended.
        second_tries: How many loads the other worker tried for the second time.
        builds: How often it tried to make models.
    """

    lost: Worker | None = None
    left: Worker | None = None
    held: set[str] = field(default_factory=set)
    models: list[Instance] = field(default_factory=list)
    second_tries: int = 0
    builds: int = 0


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
            **settings_of(database, "in_shards", "of_meltano"),
            "PATH": os.pathsep.join([str(Path(command).parent), os.environ["PATH"]]),
        }
        story = Story(
            deployment,
            site,
            States(Schema(connection, "of_meltano")),
            Schema(connection, "in_shards"),
            Schema(connection, "as_a_whole"),
        )
        release = folder / "release"
        copy_project(release)
        workers = [
            Worker(name, machine(folder / name, release, command), environment(settings))
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


def machine(home: Path, release: Path, command: str) -> Path:
    """Make what a worker needs: a copy of the release, with plugins installed in it."""
    project = home / "project"
    shutil.copytree(release, project)
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
    story.hold_up()
    [story.lost] = [each for each in cluster.workers if story.victim in loading(each)]
    [story.left] = [each for each in cluster.workers if each is not story.lost]
    cluster.watch(run, story.has_come_some_way, "The first shard keeps no state")
    story.held = loading(story.lost)
    cluster.crash(story.lost)
    story.site.faults.clear()
    story.site.faults.bucket = TokenBucket(CEILING)
    story.broken_off_after = len(story.site.requests)
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


def test_what_a_lost_worker_held_goes_on_at_the_other_one(story: Story) -> None:
    tries = {load.name or "tap-confluence--site": load.tries for load in story.loads}

    assert story.victim in story.held
    assert {load.state for load in story.loads} == {"success"}
    assert tries == {name: 1 + (name in story.held) for name in tries}
    assert story.lost is not None
    assert not story.lost.home.exists()
    assert story.second_tries == len(story.held)


class TestShard(Resumption):
    """The shard that is broken off as its worker is lost."""


def test_what_the_other_worker_held_is_asked_for_once(story: Story) -> None:
    asked = story.asked(0, story.ended_after)
    again = {story.shard_of(page) for page, times in asked.items() if times > 1}

    assert again <= story.held


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
