"""What is released: its version, the versions it is tested with, workflows, Meltano Hub."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.running import run_command

PROJECT = Path(__file__).parents[1]
DEFINITION = PROJECT / "docs" / "hub" / "tap-confluence.yml"
WORKFLOWS = sorted((PROJECT / ".github" / "workflows").glob("*.yml"))

# What the Hub takes, by schemas/ of https://github.com/meltano/hub.
REQUIRED_BY_THE_HUB = {"name", "namespace", "variant", "label", "quality"}
KEYS_OF_THE_HUB = REQUIRED_BY_THE_HUB | {
    *("capabilities", "commands", "definition", "description", "docs", "domain_url", "executable"),
    *("hidden", "keywords", "log_parser", "logo_url", "maintenance_status", "metadata"),
    *("next_steps", "pip_url", "prereq", "python", "repo", "requires", "schema", "select"),
    *("settings", "settings_group_validation", "settings_preamble", "supported_python_versions"),
    "usage",
}
KEYS_OF_A_SETTING = {
    *("aliases", "description", "docs", "documentation", "env", "hidden", "kind", "label", "name"),
    *("oauth", "options", "placeholder", "sensitive", "tooltip", "value"),
    *("value_post_processor", "value_processor"),
}
KINDS_OF_A_SETTING = {
    *("array", "boolean", "date_iso8601", "decimal", "email", "file", "hidden", "integer"),
    *("oauth", "object", "options", "password", "string"),
}
CAPABILITIES_OF_THE_HUB = {
    *("about", "activate-version", "batch", "catalog", "discover", "log-based", "properties"),
    *("schema-flattening", "state", "stream-maps", "structured-logging", "test"),
}

PINNED = re.compile(r"[\w.-]+(?:/[\w.-]+)+@[0-9a-f]{40}")
OURS = "$/.github/workflows/"


@pytest.fixture(scope="module")
def definition() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(DEFINITION.read_text())
    return content


@pytest.fixture(scope="module")
def constraints() -> dict[str, str]:
    """The version of each package that the tests are run with."""
    lines = (PROJECT / "constraints.txt").read_text().splitlines()
    return dict(line.partition(" ;")[0].split("==") for line in lines)


def project() -> dict[str, Any]:
    return tomllib.loads((PROJECT / "pyproject.toml").read_text())


def workflow(path: Path) -> dict[str, Any]:
    # The key `on` is a boolean to YAML 1.1.
    content: dict[str, Any] = yaml.load(path.read_text(), yaml.BaseLoader)  # noqa: S506 - text only
    return content


def uses(path: Path) -> list[str]:
    """Return all that a workflow uses, of other repositories and of ours."""
    jobs = workflow(path)["jobs"].values()
    steps = chain.from_iterable(job.get("steps", []) for job in jobs)
    return [entry["uses"] for entry in (*jobs, *steps) if "uses" in entry]


def test_the_tap_says_the_version_that_was_built() -> None:
    said = run_command(None, "--version").stdout

    assert said.startswith(f"tap-confluence v{version('tap-confluence')}, ")


def test_the_hub_takes_the_definition(definition: dict[str, Any]) -> None:
    assert set(definition) >= REQUIRED_BY_THE_HUB
    assert set(definition) <= KEYS_OF_THE_HUB
    assert set(definition["capabilities"]) <= CAPABILITIES_OF_THE_HUB
    for setting in definition["settings"]:
        assert set(setting) <= KEYS_OF_A_SETTING
        assert setting["kind"] in KINDS_OF_A_SETTING


def test_the_definition_names_each_setting_that_signs_in(definition: dict[str, Any]) -> None:
    names = {setting["name"] for setting in definition["settings"]}
    groups = definition["settings_group_validation"]

    assert set(chain.from_iterable(groups)) <= names


def test_what_is_asked_for_is_among_the_tested_versions(constraints: dict[str, str]) -> None:
    groups = project()["dependency-groups"]
    wanted = [*project()["project"]["dependencies"], *groups["test"], *groups["lint"]]
    names = {re.split(r"[\[~=<>; ]", entry)[0].lower() for entry in wanted} - {"tap-confluence"}

    assert names <= set(constraints)


def test_the_tested_versions_name_no_place_to_get_them_from() -> None:
    assert "/" not in (PROJECT / "constraints.txt").read_text()


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_uses_what_cannot_change_under_it(path: Path) -> None:
    used = uses(path)

    assert used
    for name in used:
        assert name.startswith(OURS) or PINNED.fullmatch(name)
        if name.startswith(OURS):
            assert (PROJECT / name.removeprefix("$/")).is_file()


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_has_no_rights_but_those_its_jobs_name(path: Path) -> None:
    content = workflow(path)

    assert content["permissions"] == {}
    for job in content["jobs"].values():
        assert job["permissions"] in (
            {"contents": "read"},
            {"id-token": "write"},
            {"contents": "read", "packages": "write"},
        )


def test_only_what_publishes_may_sign_in_to_pypi() -> None:
    writers = {
        (path.stem, name)
        for path in WORKFLOWS
        for name, job in workflow(path)["jobs"].items()
        if "id-token" in job["permissions"]
    }

    assert writers == {("release", "publish")}


def test_only_what_publishes_the_image_may_push_one_and_waits_for_approval_and_tests() -> None:
    writers = {
        (path.stem, name): job
        for path in WORKFLOWS
        for name, job in workflow(path)["jobs"].items()
        if "packages" in job["permissions"]
    }

    [(place, job)] = writers.items()
    assert place == ("release", "publish-image")
    assert job["environment"]["name"] == "pypi"
    assert {"test", "build", "built-image"} == {*job["needs"]}
    [pushed] = [step["with"] for step in job["steps"] if "with" in step and "push" in step["with"]]
    assert pushed["sbom"] == "true"
    assert pushed["provenance"] == "mode=max"


def test_every_python_that_is_promised_is_tested() -> None:
    said = [name.rpartition(" ")[2] for name in project()["project"]["classifiers"]]
    matrix = workflow(PROJECT / ".github/workflows/test.yml")["jobs"]["test"]["strategy"]["matrix"]

    assert matrix["python"] == [name for name in said if re.fullmatch(r"3\.\d+", name)]
