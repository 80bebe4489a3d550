"""Somebody's own Meltano project, from an empty folder, to which the tap is added by a URL.

The definition is served on loopback, and git fetches the repository that it names from a folder.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.demo_site import DemoSite, Wiki
from tests.docs import facts, meltano
from tests.docs.documents import PROJECT
from tests.integration.plugins import INSTALLED, LONGEST_RUN, environment, plugin
from tests.running import not_by_default, truth_by_default

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.demo_site.wiki import Keys
    from tests.running import Json

IN_A_PACKAGE = ("pyproject.toml", "README.md", "LICENSE", "tap_confluence")
LOADER = "target-jsonl"


@dataclass(frozen=True)
class OwnProject:
    """A project of somebody who has nothing but Meltano.

    Attributes:
        meltano: The command.
        folder: The project.
        site: What it reads.
        variables: What of the environment it needs.
        log: What was said when the tap was added.
    """

    meltano: str
    folder: Path
    site: DemoSite
    variables: Mapping[str, str]
    log: str

    def type(self, *arguments: str) -> str:
        return type_(self.meltano, *arguments, folder=self.folder, variables=self.variables)

    @property
    def definition(self) -> Json:
        return self.entries("extractors")[0]

    def entries(self, kind: str) -> list[Json]:
        written: Json = yaml.safe_load((self.folder / "meltano.yml").read_text())
        entries: list[Json] = written["plugins"][kind]
        return entries


def type_(*command: str, folder: Path, variables: Mapping[str, str]) -> str:
    done = subprocess.run(  # noqa: S603 - the commands are ours
        command,
        check=False,
        cwd=folder,
        env=environment(variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LONGEST_RUN,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    return done.stdout


@pytest.fixture(scope="module")
def definitions() -> Iterator[str]:
    """The address of the folder `docs/`, without a word in the log for each request."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    handler = partial(Quiet, directory=str(PROJECT / "docs"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def repository_in(folder: Path) -> Path:
    """Make a repository of what this project builds a package of."""
    folder.mkdir()
    for name in IN_A_PACKAGE:
        there = PROJECT / name
        if there.is_dir():
            shutil.copytree(there, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(there, folder)
    author = {"GIT_AUTHOR_NAME": "ana", "GIT_AUTHOR_EMAIL": "ana@example.com"}
    variables = {**author, **{k.replace("AUTHOR", "COMMITTER"): v for k, v in author.items()}}
    for arguments in ("init", "add .", "commit --message first"):
        type_("git", *arguments.split(), folder=folder, variables=variables)
    return folder


@pytest.fixture(scope="module")
def own(
    definitions: str, meltano_command: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OwnProject]:
    folder = tmp_path_factory.mktemp("own")
    repository = repository_in(tmp_path_factory.mktemp("git") / "tap-confluence")
    with DemoSite(Wiki.seeded(pages=20, seed=5)) as site:
        variables = {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"url.{repository.as_uri()}.insteadOf",
            "GIT_CONFIG_VALUE_0": f"{meltano.REPOSITORY}.git",
            "TAP_CONFLUENCE_BASE_URL": site.base_url,
            "TAP_CONFLUENCE_EMAIL": site.email,
            "TAP_CONFLUENCE_API_TOKEN": site.api_token,
            "TAP_CONFLUENCE_ANCHOR_DATE": "2000-01-01",
        }
        type_(meltano_command, "init", ".", "--force", folder=folder, variables={})
        url = f"{definitions}/meltano/tap-confluence.yml"
        add = ("add", "tap-confluence", "--from-ref", url)
        log = type_(meltano_command, *add, folder=folder, variables=variables)
        yield OwnProject(meltano_command, folder, site, variables, log)


def test_it_is_installed_from_the_repository(own: OwnProject) -> None:
    assert own.definition["pip_url"] == f"git+{meltano.REPOSITORY}.git"
    assert "tap-confluence v" in own.type("invoke", "tap-confluence", "--version")


def test_it_selects_what_the_tap_reads_by_default(own: OwnProject) -> None:
    assert own.definition["select"] == facts.selection()


def test_a_run_reads_that_and_nothing_else(own: OwnProject) -> None:
    path = own.folder / "meltano.yml"
    project = yaml.safe_load(path.read_text())
    project["plugins"]["loaders"] = [plugin("loaders", LOADER)]
    path.write_text(yaml.safe_dump(project, sort_keys=False))
    (own.folder / "output").mkdir(exist_ok=True)
    (own.folder / ".meltano" / "loaders").mkdir(exist_ok=True)
    (own.folder / ".meltano" / "loaders" / LOADER).symlink_to(INSTALLED / "loaders" / LOADER)

    own.type("run", "--no-install", "tap-confluence", LOADER)

    truth = truth_by_default(own.site)
    assert {name: keys for name in truth if (keys := loaded(own, name))} == {
        name: keys for name, keys in truth.items() if keys
    }
    assert not not_by_default() & {path.stem for path in (own.folder / "output").glob("*.jsonl")}


def loaded(own: OwnProject, stream: str) -> Keys:
    path = own.folder / "output" / f"{stream}.jsonl"
    if not path.exists():
        return set()
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    keys = facts.streams()[stream].primary_keys
    return {tuple(row[key] for key in keys) for row in rows}


def test_meltano_can_test_its_settings(own: OwnProject) -> None:
    assert "Plugin configuration is valid" in own.type("config", "test", "tap-confluence")


def test_it_offers_the_commands_beside_the_tap(own: OwnProject) -> None:
    listed = own.type("invoke", "--list-commands", "tap-confluence")

    assert [name for name in meltano.COMMANDS if f"tap-confluence:{name} " not in listed] == []


def test_the_check_knows_what_the_project_selects(own: OwnProject) -> None:
    own.type("select", "tap-confluence", "--exclude", "tasks", "*")
    try:
        own.site.faults.forbid("/api/v2/tasks", 403)
        said = own.type("invoke", "tap-confluence:check")
    finally:
        own.site.faults.clear()
        own.type("select", "tap-confluence", "--rm", "--exclude", "tasks", "*")

    assert own.site.base_url in said
    assert "tasks (not selected)" in said


def test_the_survey_runs_there(own: OwnProject) -> None:
    assert "holds no content of the wiki" in own.type("invoke", "tap-confluence:survey")


def test_shards_are_made_there(own: OwnProject) -> None:
    said = own.type("--log-level=error", "invoke", "tap-confluence:shards", "--shards", "2")

    shards = json.loads(said[said.index("[\n") :])
    assert sum(shard["spaces"] for shard in shards) == len(own.site.truth()["spaces"])


def test_one_item_is_explained_there(own: OwnProject) -> None:
    [(id_,), *_] = sorted(own.site.truth()["pages"])

    assert id_ in own.type("invoke", "tap-confluence:explain", id_)
