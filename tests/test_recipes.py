"""The recipes in docs/recipes: their settings are taken, their streams exist, their claims hold.

What they have one type is typed in `tests/newcomer`.
"""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tap_confluence.tap import TapConfluence
from tests.newcomer.documents import PROJECT, blocks_of
from tests.running import everything, not_by_default, run_tap, settings_of, signals_left_alone

if TYPE_CHECKING:
    from tests.demo_site import DemoSite

RECIPES = sorted((PROJECT / "docs" / "recipes").glob("*.md"))
SIGN_IN = {"domain": "acme", "email": "ana@example.com", "api_token": "a-secret-token"}
REQUESTS_WHEN_NOTHING_CHANGED = 9


def texts(language: str) -> list[str]:
    """Return the text of each block in a language."""
    names = (f"docs/recipes/{recipe.name}" for recipe in RECIPES)
    return [block.text for name in names for block in blocks_of(name, language)]


def entries() -> dict[str, dict[str, Any]]:
    """Return the entries for `meltano.yml` that the recipes show, by their names."""
    shown = [yaml.safe_load(text) for text in texts("yaml")]
    return {entry["name"]: entry for block in shown if isinstance(block, list) for entry in block}


def streams_of(entry: dict[str, Any]) -> tuple[str, ...]:
    """Return the streams that an entry selects one by one."""
    wanted = [rule.partition(".") for rule in entry["select"] if not rule.startswith("!")]
    return tuple(stream for stream, _, column in wanted if column == "*")


@cache
def columns() -> dict[str, dict[str, Any]]:
    """Return the schema of each column of each stream."""
    return {
        entry["tap_stream_id"]: entry["schema"]["properties"] for entry in everything()["streams"]
    }


ENTRIES = entries()


@pytest.mark.parametrize("name", ENTRIES)
def test_an_entry_for_meltano_has_settings_that_the_tap_takes(name: str) -> None:
    entry = ENTRIES[name]

    assert set(entry) <= {"name", "inherit_from", "select", "config"}
    assert entry["inherit_from"] == "tap-confluence"
    with signals_left_alone():
        TapConfluence(config={**SIGN_IN, **entry.get("config", {})})


@pytest.mark.parametrize("name", ENTRIES)
def test_an_entry_for_meltano_selects_what_there_is(name: str) -> None:
    rules = [rule.removeprefix("!") for rule in ENTRIES[name].get("select", [])]
    there = [f"{stream}.{column}" for stream in columns() for column in columns()[stream]]

    assert [rule for rule in rules if not any(fnmatchcase(path, rule) for path in there)] == []


@pytest.mark.parametrize("name", ENTRIES)
def test_an_entry_selects_what_is_left_out_by_default_by_its_name_only(name: str) -> None:
    rules = [rule for rule in ENTRIES[name].get("select", []) if not rule.startswith("!")]
    patterns = {rule.partition(".")[0] for rule in rules if "*" in rule.partition(".")[0]}

    assert [s for s in not_by_default() if any(fnmatchcase(s, p) for p in patterns)] == []


@pytest.mark.parametrize("text", texts("json"))
def test_a_file_of_settings_is_taken(text: str) -> None:
    with signals_left_alone():
        TapConfluence(config=json.loads(text))


def test_every_page_of_the_recipes_is_linked_and_leads_to_what_there_is() -> None:
    index = PROJECT / "docs" / "recipes" / "README.md"
    linked = set(re.findall(r"\]\(([\w-]+\.md)\)", index.read_text()))

    assert linked == {recipe.name for recipe in RECIPES} - {index.name}
    for recipe in RECIPES:
        for target in re.findall(r"\]\((?!https://)([^)#]+)", recipe.read_text()):
            assert (recipe.parent / target).exists(), f"{recipe.name} links to {target}"


def test_documents_have_a_text_and_a_whole_address(site: DemoSite) -> None:
    entry = ENTRIES["tap-confluence--documents"]
    run = run_tap(settings_of(site, **entry["config"]), streams=streams_of(entry))
    current = {page.id for page in site.wiki.pages if page.status == "current"}

    assert run.exit_status == 0
    assert {document["id"] for document in run.records["documents"]} == current
    for document in run.records["documents"]:
        assert document["url"].startswith("https://your-company.atlassian.net/wiki/spaces/")
        assert isinstance(document["text"], str)


def test_the_readers_of_a_page_are_found_with_the_streams_that_are_named() -> None:
    permissions = (PROJECT / "docs" / "permissions.md").read_text()
    rows = [
        row for row in permissions.splitlines() if re.match(r"\| `\w+`.*\| (yes|on Cloud) ", row)
    ]
    needed = {name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[1])}

    assert needed
    assert needed <= set(streams_of(ENTRIES["tap-confluence--readers"]))


def test_a_run_every_five_minutes_costs_what_is_said(site: DemoSite) -> None:
    streams = streams_of(ENTRIES["tap-confluence--recent"])
    first = run_tap(settings_of(site), streams=streams)
    made = len(site.requests)

    assert run_tap(settings_of(site), state=first.state, streams=streams).exit_status == 0
    assert len(site.requests) - made == REQUESTS_WHEN_NOTHING_CHANGED
    said = f"| a run when nothing has changed | {REQUESTS_WHEN_NOTHING_CHANGED} |"
    assert said in (PROJECT / "docs" / "recipes" / "every-five-minutes.md").read_text()
