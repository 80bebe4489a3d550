"""Meltano and the plugins of this project, run away from the project's own state and `.env`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from tests.running import clean_environment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from subprocess import CompletedProcess

    from tests.running import Run

PROJECT = Path(__file__).parents[2]
DEFINITION = PROJECT / "meltano.yml"
LOCKS = PROJECT / "plugins"
"""Where Meltano finds what `meltano.yml` does not say of a plugin."""

INSTALLED = PROJECT / ".meltano"
LONGEST_RUN = 600.0
"""Seconds after which a run hangs, and its test fails."""


def definition() -> dict[str, Any]:
    """Return what `meltano.yml` says, and of its plugins what their lock files say besides."""
    content: dict[str, Any] = yaml.safe_load(DEFINITION.read_text())
    for kind, entries in content["plugins"].items():
        entries[:] = [{**_locked(kind, entry), **entry} for entry in entries]
    return content


def _locked(kind: str, entry: dict[str, Any]) -> dict[str, Any]:
    path = LOCKS / kind / f"{entry['name']}--{entry.get('variant')}.lock"
    content: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return content


def plugin(kind: str, name: str) -> dict[str, Any]:
    """Return the definition of a plugin, of the kind `extractors` or `loaders`."""
    plugins: list[dict[str, Any]] = definition()["plugins"][kind]
    return next(plugin for plugin in plugins if plugin["name"] == name)


def defaults(loader: str) -> dict[str, Any]:
    """Return the settings that `meltano.yml` gives a loader."""
    settings = plugin("loaders", loader)["settings"]
    return {setting["name"]: setting["value"] for setting in settings if "value" in setting}


def command_of(loader: str) -> str:
    """Return the command of a loader that Meltano has installed."""
    return str(INSTALLED / "loaders" / loader / "venv" / "bin" / loader)


def load(run: Run, loader: str, folder: Path, **settings: Any) -> None:
    """Pipe what the tap wrote into a loader."""
    assert run.exit_status == 0, run.stderr
    config = folder / "loader.json"
    config.write_text(json.dumps({**defaults(loader), **settings}))
    done = subprocess.run(  # noqa: S603 - the command is ours
        [command_of(loader), "--config", str(config)],
        input=run.stdout,
        capture_output=True,
        check=False,
        env=environment({}),
        text=True,
        timeout=LONGEST_RUN,
    )
    assert done.returncode == 0, done.stderr[-4000:]


@dataclass(frozen=True)
class Meltano:
    """The Meltano command, and a project that it works in.

    Attributes:
        command: The command.
        project: A folder with copies of `meltano.yml` and the lock files, and the plugins as
            installed.
    """

    command: str
    project: Path

    @classmethod
    def in_folder(cls, command: str, folder: Path) -> Meltano:
        """Make a project with this one's definition and plugins, and nothing else of it."""
        shutil.copy(DEFINITION, folder)
        shutil.copytree(LOCKS, folder / LOCKS.name)
        (folder / "output").mkdir()
        (folder / ".meltano").mkdir()
        for kind in ("extractors", "loaders", "utilities"):
            (folder / ".meltano" / kind).symlink_to(INSTALLED / kind)
        return cls(command, folder)

    def run(self, *arguments: str, settings: Mapping[str, str]) -> str:
        """Run the tap and a loader, and return the log.

        Args:
            arguments: The plugins, and options.
            settings: The settings of the plugins, as variables of the environment.
        """
        done = self._call("run", "--no-install", *arguments, settings=settings)
        return done.stdout

    def config_of(self, plugin: str, settings: Mapping[str, str]) -> dict[str, Any]:
        """Return the settings that Meltano would run a plugin with."""
        done = self._call("--log-level=error", "config", "print", plugin, settings=settings)
        config: dict[str, Any] = json.loads(done.stdout)
        return config

    def _call(self, *arguments: str, settings: Mapping[str, str]) -> CompletedProcess[str]:
        done = subprocess.run(  # noqa: S603 - the command is ours
            [self.command, *arguments],
            check=False,
            cwd=self.project,
            env=environment(settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LONGEST_RUN,
        )
        assert done.returncode == 0, done.stdout[-4000:]
        return done


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for Meltano, without settings that are not the test's."""
    kept = {k: v for k, v in clean_environment().items() if not k.startswith("TARGET_")}
    kept = {k: v for k, v in kept.items() if not k.startswith("MELTANO_") and k != "PYTHONPATH"}
    return {**kept, "MELTANO_SEND_ANONYMOUS_USAGE_STATS": "false", **settings}


def find_meltano() -> str | None:
    """Return the Meltano command that `make test` names, or one that is at hand."""
    named = os.environ.get("TAP_CONFLUENCE_TEST_MELTANO")
    if named:
        return str(Path(named).absolute())
    ours = PROJECT / ".venv-meltano" / "bin" / "meltano"
    return str(ours) if ours.exists() else shutil.which("meltano")


def install(command: str) -> None:
    """Install the plugins into the project's own folder, those that are not there yet."""
    for kind in ("extractors", "loaders"):
        for entry in definition()["plugins"][kind]:
            name = entry["name"]
            if not (INSTALLED / kind / name / "venv" / "bin" / name).exists():
                subprocess.run(  # noqa: S603 - the command is ours
                    [command, "install", name],
                    check=True,
                    cwd=PROJECT,
                    env=environment({}),
                    timeout=LONGEST_RUN,
                )
