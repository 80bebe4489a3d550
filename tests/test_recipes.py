"""The recipes in docs/recipes: their settings are taken, their streams exist, their SQL runs."""

from __future__ import annotations

import json
import re
import shlex
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
import yaml

from tap_confluence.tap import TapConfluence
from tests.integration.plugins import definition
from tests.running import everything, run_tap, settings_of, signals_left_alone

if TYPE_CHECKING:
    from tests.demo_site import DemoSite

PROJECT = Path(__file__).parents[1]
RECIPES = sorted((PROJECT / "docs" / "recipes").glob("*.md"))
SIGN_IN = {"domain": "acme", "email": "ana@example.com", "api_token": "a-secret-token"}
COMMANDS = {"make", "meltano", "tap-confluence", "tap-confluence-check", "tap-confluence-shards"}
OF_THE_PROXY = {"HTTPS_PROXY", "NO_PROXY"}
COLUMN_TYPES = {
    "array": "jsonb",
    "boolean": "boolean",
    "integer": "bigint",
    "number": "numeric",
    "object": "jsonb",
}
REQUESTS_WHEN_NOTHING_CHANGED = 9

SCHEMA = "tap_confluence_recipes"
"""Where the tests have the tables of the schema `confluence`, never to be seen by others."""


def blocks(language: str) -> list[tuple[str, str]]:
    """Return the name of the recipe, and the text, of each block in a language."""
    pattern = re.compile(rf"^( *)```{language}\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
    return [
        (recipe.stem, text) for recipe in RECIPES for _, text in pattern.findall(recipe.read_text())
    ]


def entries() -> dict[str, dict[str, Any]]:
    """Return the entries for `meltano.yml` that the recipes show, by their names."""
    shown = [yaml.safe_load(text) for _, text in blocks("yaml")]
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


def column_type(schema: dict[str, Any]) -> str:
    if schema.get("format") == "date-time":
        return "timestamptz"
    types = schema.get("type", [])
    [first, *_] = [*(name for name in types if name in COLUMN_TYPES), ""]
    return COLUMN_TYPES.get(first, "text")


@cache
def meltano() -> dict[str, Any]:
    """Return what `meltano.yml` says."""
    return definition()


def plugins() -> set[str]:
    """Return the names of all plugins, those that the recipes add too."""
    kinds = meltano()["plugins"].values()
    return {plugin["name"] for kind in kinds for plugin in kind} | set(ENTRIES)


def lines(language: str) -> list[str]:
    return [line for _, text in blocks(language) for line in text.splitlines() if line.strip()]


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


def test_jobs_and_schedules_name_what_there_is() -> None:
    [block] = [found for _, text in blocks("yaml") if "jobs" in (found := yaml.safe_load(text))]
    for job in block["jobs"]:
        assert {name for task in job["tasks"] for name in task.split()} <= plugins()
    assert {entry["job"] for entry in block["schedules"]} == {job["name"] for job in block["jobs"]}


@pytest.mark.parametrize("line", [*lines("sh"), *lines("crontab")])
def test_a_command_names_what_there_is(line: str) -> None:
    environments = {entry["name"] for entry in meltano()["environments"]}
    settings = {name for entry in meltano()["plugins"]["extractors"] for name in known(entry)}
    command = re.sub(r"^[\d*/ ]+cd \S+ && |>> .*$", "", line.strip())
    variables = re.findall(r"^([A-Z_]+)=", command) + re.findall(r" ([A-Z_]+)=", command)
    words = [word for word in shlex.split(command) if not re.match(r"[A-Z_]+=", word)]
    program = words[0].removeprefix(".venv-meltano/bin/")

    assert program in COMMANDS
    assert set(variables) <= settings | OF_THE_PROXY | {"TARGET"}
    if program == "meltano":
        assert words[1].removeprefix("--environment=") in environments
        named = [word for word in words[3:] if not word.startswith("-")]
        assert set(named) <= plugins()
    for target in re.findall(r"TARGET=(\S+)", command):
        assert target in plugins()


def known(extractor: dict[str, Any]) -> list[str]:
    """Return the variables that set what an extractor can be set to."""
    return [
        re.sub("[-.]", "_", f"{extractor['name']}_{setting['name']}").upper()
        for setting in extractor.get("settings", ())
    ]


@pytest.mark.parametrize("text", [text for _, text in blocks("json")])
def test_a_file_of_settings_is_taken(text: str) -> None:
    with signals_left_alone():
        TapConfluence(config=json.loads(text))


def test_the_sql_runs(postgres: str) -> None:
    tables = set(re.findall(r"\bconfluence\.(\w+)", " ".join(text for _, text in blocks("sql"))))
    with psycopg.connect(postgres) as connection:
        connection.execute(f"create schema {SCHEMA}".encode())
        for table in sorted(tables & set(columns())):
            listed = (
                f'"{name}" {column_type(schema)}' for name, schema in columns()[table].items()
            )
            connection.execute(f"create table {SCHEMA}.{table} ({', '.join(listed)})".encode())
        for _, text in blocks("sql"):
            connection.execute(text.replace("confluence.", f"{SCHEMA}.").encode())
        connection.rollback()


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
