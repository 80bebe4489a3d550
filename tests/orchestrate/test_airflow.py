"""The DAG: a site in shards beside each other, each resumed on its own, by a real Airflow."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from tests.dbt.warehouses import PACKAGE
from tests.demo_site import DemoSite
from tests.integration.plugins import Meltano, environment, find_meltano
from tests.orchestrate.airflow import Airflow
from tests.orchestrate.sharded import (
    ANCHOR,
    CLOUD,
    BrokenOff,
    Resumption,
    grown_wiki,
    holds,
    hurry,
    name_of,
)
from tests.orchestrate.warehouse import Schema, States, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.demo_site import Wiki
    from tests.orchestrate.airflow import Instance

SHARDS = 3
CEILING = 6
HIGH_CEILING = 400
POSTS = ("page", "blogpost")


@dataclass
class Story(BrokenOff):
    """What has happened.

    Attributes:
        beside: How all loads were doing before the first shard was killed.
        alone: How what runs beside nothing else ended in the first run.
        given: The settings that the tap was given in each load that read then.
        again: How each load ended in the second run, which began with what had changed.
        again_after: How many requests the site had got when that ended.
        models: How the making of models ended in both runs.
        changed: The ids of the pages that had changed.
    """

    beside: list[Instance] = field(default_factory=list)
    alone: list[Instance] = field(default_factory=list)
    given: list[dict[str, Any]] = field(default_factory=list)
    again: list[Instance] = field(default_factory=list)
    again_after: int = 0
    models: list[str | None] = field(default_factory=list)
    changed: set[str] = field(default_factory=set)


@pytest.fixture(scope="module")
def story(
    airflow_command: str,
    postgres: str,
    schemas: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Story]:
    """Two runs of the DAG, in the first of which a shard is killed, and one run without it."""
    command = find_meltano()
    assert command, "Meltano is not installed"
    meltano = Meltano.in_folder(command, tmp_path_factory.mktemp("meltano"))
    hurry(meltano.project)
    shutil.copytree(
        PACKAGE, meltano.project / PACKAGE.name, ignore=shutil.ignore_patterns("target")
    )
    scratch = tmp_path_factory.mktemp("scratch")
    with (
        DemoSite(grown_wiki()) as site,
        psycopg.connect(postgres, autocommit=True) as connection,
    ):
        settings = {
            "TAP_CONFLUENCE_BASE_URL": site.base_url,
            "TAP_CONFLUENCE_ANCHOR_DATE": ANCHOR[:10],
            **CLOUD.sign_in(site),
            **settings_of(postgres, schemas["in_shards"], schemas["of_meltano"]),
        }
        story = Story(
            CLOUD,
            site,
            States(Schema(connection, schemas["of_meltano"])),
            Schema(connection, schemas["in_shards"]),
            Schema(connection, schemas["as_a_whole"]),
        )
        of_workers = {
            **environment(settings),
            "MELTANO_PROJECT_ROOT": str(meltano.project),
            "TMPDIR": str(scratch),
            "PATH": os.pathsep.join([str(Path(command).parent), os.environ["PATH"]]),
        }
        with Airflow(airflow_command, tmp_path_factory.mktemp("airflow"), of_workers) as airflow:
            first_run(airflow, story, scratch)
            second_run(airflow, story)
        whole = {"TARGET_POSTGRES_DEFAULT_TARGET_SCHEMA": schemas["as_a_whole"]}
        meltano.run("tap-confluence", "target-postgres", settings={**settings, **whole})
        yield story


def first_run(airflow: Airflow, story: Story, scratch: Path) -> None:
    """Load for the first time, and kill the first shard when it has kept a state."""
    airflow.set_variable("confluence_shards", str(SHARDS))
    airflow.set_variable("confluence_requests_per_second", str(CEILING))
    run = airflow.schedule()
    airflow.watch(run, lambda: all_run(airflow, run), "The loads do not run beside each other")
    story.beside = loads(airflow, run)
    story.plan = json.loads(airflow.variable("confluence_plan"))
    story.hold_up()
    airflow.watch(run, story.has_come_some_way, "The first shard keeps no state")
    configs = scratch.glob("airflowtmp*/run/*/tap.*.config.json")
    story.given = [json.loads(path.read_text()) for path in configs]
    kill(story.victim)
    story.site.faults.clear()
    story.broken_off_after = len(story.site.requests)
    airflow.finish(run)
    story.ended_after = len(story.site.requests)
    story.loads = loads(airflow, run)
    story.alone = [*airflow.instances(run, "make_tables"), *airflow.instances(run, "reconcile")]
    story.models += [each.state for each in airflow.instances(run, "build_models")]


def second_run(airflow: Airflow, story: Story) -> None:
    """Load again when something has changed."""
    wiki = story.site.wiki
    wiki.add_space("LATER")
    story.changed = {wiki.add_page("LATER"), wiki.edit_page(), wiki.add_page("BETA")}
    wiki.remove_label(*some_label(wiki))
    airflow.change_variable("confluence_requests_per_second", str(HIGH_CEILING))
    airflow.set_variable("confluence_models", "dbt-postgres:build")
    run = airflow.trigger()
    airflow.finish(run)
    story.again = loads(airflow, run)
    story.models += [each.state for each in airflow.instances(run, "build_models")]
    story.again_after = len(story.site.requests)


def loads(airflow: Airflow, run: str) -> list[Instance]:
    return [*airflow.instances(run, "load_shard"), *airflow.instances(run, "load_site")]


def all_run(airflow: Airflow, run: str) -> bool:
    beside = loads(airflow, run)
    return len(beside) == SHARDS + 1 and all(
        load.state == "running" and load.environment for load in beside
    )


def some_label(wiki: Wiki) -> tuple[str, str]:
    """Return the id of a page, and the name of a label on it."""
    for page in wiki.pages:
        for number in page.labels:
            label = wiki.labels[number]
            if label.prefix == "global" and page.status == "current":
                return page.id, label.name
    pytest.fail("There is no label")


def kill(shard: str) -> None:
    """Kill all processes that load a shard, so that none of them can do anything about it."""
    listed = subprocess.run(
        ["ps", "-ww", "-eo", "pgid=,args="],  # noqa: S607 - it lies elsewhere on each system
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    groups = {
        int(line.split()[0])
        for line in listed.stdout.splitlines()
        if f"--state-id-suffix={shard} " in line
    }
    [group] = groups
    os.killpg(group, signal.SIGKILL)


def test_the_shards_hold_all_spaces_and_each_one_once(story: Story) -> None:
    holding = [
        [shard for shard in story.plan if holds(shard, space.num)]
        for space in story.site.wiki.spaces
    ]

    assert len(story.plan) == SHARDS
    assert [len(shards) for shards in holding] == [1] * len(holding)


def test_the_shards_and_the_rest_of_the_site_are_loaded_beside_each_other(story: Story) -> None:
    # Airflow renders the name of an instance a moment after it has started.
    names = {load.environment.get("SHARD", load.task): load.state for load in story.beside}

    assert names == dict.fromkeys([*map(name_of, story.plan), "load_site"], "running")


def test_the_requests_of_all_shards_come_in_turns(story: Story) -> None:
    asked = [story.shard_of(page) for page in story.asked(0, story.ended_after)]
    shards = set(map(name_of, story.plan))
    first = max(asked.index(shard) for shard in shards)
    last = min(len(asked) - asked[::-1].index(shard) for shard in shards)

    assert first < last


def test_the_ceiling_is_divided_among_all_that_runs_at_once(story: Story) -> None:
    share = CEILING / (SHARDS + 1)
    variables = [load.environment["TAP_CONFLUENCE_REQUESTS_PER_SECOND"] for load in story.beside]

    assert list(map(float, variables)) == [share] * (SHARDS + 1)
    assert {float(settings["requests_per_second"]) for settings in story.given} == {share}


def test_what_runs_alone_has_the_whole_ceiling(story: Story) -> None:
    paces = {
        each.task: each.environment["TAP_CONFLUENCE_REQUESTS_PER_SECOND"] for each in story.alone
    }

    assert {task: float(pace) for task, pace in paces.items()} == {
        "make_tables": CEILING,
        "reconcile": CEILING,
    }


def test_each_shard_has_a_state_of_its_own_in_the_shared_database(story: Story) -> None:
    of_shards = "site:tap-confluence--shard-to-target-postgres"

    assert story.states.ids() == {
        *(f"{of_shards}:{name_of(shard)}" for shard in story.plan),
        f"{of_shards}:tables",
        "site:tap-confluence--site-to-target-postgres",
        "site:tap-confluence--reconcile-to-target-postgres",
        "site:tap-confluence-to-target-postgres",
    }


def test_only_the_killed_shard_is_tried_again(story: Story) -> None:
    tries = {load.name or load.task: load.tries for load in story.loads}

    assert {load.state for load in story.loads} == {"success"}
    assert tries == {name: 1 + (name == story.victim) for name in tries}


class TestKilledShard(Resumption):
    """The shard that is killed."""


def test_the_other_shards_ask_for_nothing_twice(story: Story) -> None:
    asked = story.asked(0, story.ended_after)

    assert [
        page for page, times in asked.items() if times > 1 and story.shard_of(page) != story.victim
    ] == []


def test_the_next_run_reads_what_has_changed_and_what_came_last_before(story: Story) -> None:
    asked = story.asked(story.ended_after, story.again_after)
    others = asked.keys() - story.changed

    assert [load.state for load in story.again] == ["success"] * (SHARDS + 1)
    assert asked.keys() >= story.changed
    assert len(others) <= len(story.site.wiki.pages) // 10


def test_models_are_made_once_when_all_is_loaded_if_that_is_asked_for(story: Story) -> None:
    pages = story.in_shards.rows("confluence__pages", "page_id")
    there = story.in_shards.rows("content_inventory", "id", "type")

    assert story.models == ["skipped", "success"]
    assert {page_id for (page_id,) in pages} == {id_ for id_, type_ in there if type_ in POSTS}
