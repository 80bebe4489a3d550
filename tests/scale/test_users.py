"""Tens of thousands of people, in one group: what is in memory of them grows little."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.measure import Command, run
from tests import running
from tests.datacenter import runs as datacenter
from tests.demo_site import DataCenterSite, DemoSite, Wiki
from tests.demo_site.people_seed import person

if TYPE_CHECKING:
    from tests.running import Key

ROOT = Path(__file__).parents[2]
STREAMS = ("users", "group_members")
SITES = {"cloud": DemoSite, "data_center": DataCenterSite}
MOST_A_PERSON = 900
"""Bytes of memory that one more person may take. A row of one takes two kilobytes."""


@pytest.mark.proof
@pytest.mark.parametrize("deployment", SITES)
def test_fifty_thousand_people_take_little_more_memory_than_five(
    deployment: str, tmp_path: Path
) -> None:
    few = measured(deployment, 5_000, tmp_path)
    many = measured(deployment, 50_000, tmp_path)
    sys.stdout.write(f"{deployment}: {few:.0f} MB for 5,000 people, {many:.0f} for 50,000\n")
    assert (many - few) * 1e6 < 45_000 * MOST_A_PERSON


def measured(deployment: str, people: int, folder: Path) -> float:
    """Read all people of a site in a process of its own; return its peak memory in MB."""
    wiki = Wiki.seeded(pages=12, seed=7)
    dice = Random(3)
    crowd = [person(dice, 100_000 + number) for number in range(people)]
    wiki.users += crowd
    wiki.people.joined[wiki.groups[0].id] += [user.account_id for user in crowd]
    with SITES[deployment](wiki) as site:
        is_cloud = isinstance(site, DemoSite)
        config = running.settings_of(site) if is_cloud else datacenter.settings_of(site)
        arguments = running.command(folder, config=config, catalog=running.only(*STREAMS))
        output = folder / "messages.jsonl"
        cost = run(Command(arguments, folder, {"PYTHONPATH": str(ROOT)}, output))
        truth = site.truth()
    came = keys_in(output)
    assert came["group_members"] == sorted(truth["group_members"])
    # Who is named by records of other streams alone does not come without these.
    assert len(came["users"]) == len({*came["users"]})
    assert {(user.account_id,) for user in crowd} <= {*came["users"]} or not is_cloud
    assert {*came["users"]} <= truth["users"]
    assert len(truth["users"] - {*came["users"]}) < 5
    warnings = re.findall(r"^.*WARNING.*$", (folder / "log.txt").read_text(), re.MULTILINE)
    # No Data Center answers for the group with a slash in its name: it is named, and counted.
    assert len(warnings) == (0 if is_cloud else 2), warnings
    return cost.peak_mb


def keys_in(output: Path) -> dict[str, list[Key]]:
    """Return the keys of the records of each stream, in order."""
    names: dict[str, list[str]] = {}
    found: dict[str, list[Any]] = {}
    with output.open("rb") as lines:
        for message in map(json.loads, lines):
            if message["type"] == "SCHEMA":
                names[message["stream"]] = message["key_properties"]
            elif message["type"] == "RECORD":
                key = tuple(message["record"][name] for name in names[message["stream"]])
                found.setdefault(message["stream"], []).append(key)
    return {stream: sorted(keys) for stream, keys in found.items()}
