"""A release, made in a clone as the workflow makes it, and installed as users install it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.demo_site import DemoSite, Wiki
from tests.docs.versions import PROJECT, pythons
from tests.running import Run, settings_of, truth_by_default

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.running import Json

pytestmark = pytest.mark.proof

VERSION = "0.2.0"
UV = str(Path(sys.prefix) / "bin" / "uv")
TWINE = "twine==6.2.0"
SBOM = "cyclonedx-bom==7.5.0"
AUDIT = "pip-audit==2.10.1"
NO_DATABASE = ("ConnectionError", "could not be audited")


def run(
    *command: str, at: Path, umask: int = 0o022, more: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder, with nothing in the environment that is of this checkout."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("TAP_", "PYTHON", "VIRTUAL"))}
    return subprocess.run(  # noqa: S603 - the command is ours
        command,
        cwd=at,
        umask=umask,
        env={**kept, "UV_NO_CONFIG": "1", **(more or {})},
        capture_output=True,
        text=True,
        check=False,
    )


def done(*command: str, at: Path, **more: object) -> str:
    """Run a command that has to end well, and return what it printed."""
    ended = run(*command, at=at, **more)  # type: ignore[arg-type]
    assert ended.returncode == 0, f"{command}\n{ended.stdout}\n{ended.stderr}"
    return ended.stdout


def sums(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def build(clone: Path, **how: object) -> Path:
    """Build as the workflow does, and return where to."""
    made_at = done("git", "log", "-1", "--format=%ct", at=clone).strip()
    more = {"SOURCE_DATE_EPOCH": made_at, **how.pop("more", {})}  # type: ignore[dict-item]
    done(UV, "build", "--quiet", "--build-constraints=constraints.txt", at=clone, more=more, **how)
    (clone / "dist" / ".gitignore").unlink(missing_ok=True)
    return clone / "dist"


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone in which the release is committed and tagged."""
    at = tmp_path_factory.mktemp("release") / "clone"
    done("git", "clone", "--quiet", "--no-local", str(PROJECT), str(at), at=PROJECT)
    done(sys.executable, "-m", "tests.release", VERSION, at=at)
    who = ("-c", "user.name=Release", "-c", "user.email=release@example.com")
    done("git", *who, "commit", "--quiet", "--all", "--message", f"Release {VERSION}", at=at)
    done("git", *who, "tag", f"v{VERSION}", at=at)
    return at


@pytest.fixture(scope="module")
def dist(clone: Path) -> Path:
    return build(clone)


@pytest.fixture(scope="module")
def wheel(dist: Path) -> Path:
    return dist / f"tap_confluence-{VERSION}-py3-none-any.whl"


def test_the_version_is_that_of_the_tag(dist: Path) -> None:
    assert set(sums(dist)) == {
        f"tap_confluence-{VERSION}-py3-none-any.whl",
        f"tap_confluence-{VERSION}.tar.gz",
    }


def test_built_elsewhere_and_by_somebody_else_it_is_the_same(
    clone: Path, dist: Path, tmp_path: Path
) -> None:
    other = tmp_path / "a longer" / "path"
    done("git", "clone", "--quiet", "--no-local", str(clone), str(other), at=clone, umask=0o077)
    more = {"TZ": "Pacific/Chatham", "LC_ALL": "C", "PYTHONHASHSEED": "7", "HOME": str(tmp_path)}

    assert sums(build(other, umask=0o077, more=more)) == sums(dist)


def test_what_is_built_is_all_of_the_package_and_nothing_else(
    clone: Path, dist: Path, wheel: Path
) -> None:
    tracked = set(done("git", "ls-files", at=clone).splitlines())
    with zipfile.ZipFile(wheel) as packed:
        in_wheel = set(packed.namelist())
    with tarfile.open(dist / f"tap_confluence-{VERSION}.tar.gz") as packed_source:
        in_source = {name.partition("/")[2] for name in packed_source.getnames()}

    metadata = {name for name in in_wheel if ".dist-info/" in name}
    assert in_wheel - metadata == {name for name in tracked if name.startswith("tap_confluence/")}
    assert in_source == tracked | {"PKG-INFO"}


def test_pypi_can_show_the_readme(dist: Path) -> None:
    done(UV, "tool", "run", TWINE, "check", "--strict", *map(str, dist.iterdir()), at=dist)


@pytest.fixture(scope="module", params=pythons())
def installed(
    request: pytest.FixtureRequest, wheel: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """An environment with the wheel and what it declares, and nothing else."""
    at: Path = tmp_path_factory.mktemp("installed") / request.param
    made = run(UV, "venv", "--quiet", "--python", request.param, str(at), at=wheel.parent)
    if made.returncode:
        pytest.skip(f"there is no Python {request.param}, and it cannot be installed here")
    python = str(at / "bin" / "python")
    done(UV, "pip", "install", "--quiet", "--python", python, str(wheel), at=wheel.parent)
    done(UV, "pip", "check", "--quiet", "--python", python, at=wheel.parent)
    return at


def test_the_wheel_reads_a_site_with_what_it_declares(installed: Path, tmp_path: Path) -> None:
    tap = str(installed / "bin" / "tap-confluence")
    about = json.loads(done(tap, "--about", "--format=json", at=tmp_path))
    assert (about["name"], about["version"]) == ("tap-confluence", VERSION)

    with DemoSite(Wiki.seeded(pages=30, seed=11)) as site:
        config = tmp_path / "config.json"
        config.write_text(json.dumps(settings_of(site)))
        catalog: Json = json.loads(done(tap, f"--config={config}", "--discover", at=tmp_path))
        ended = run(tap, f"--config={config}", at=tmp_path)
        done(str(installed / "bin" / "tap-confluence-check"), f"--config={config}", at=tmp_path)
        truth = truth_by_default(site)
    synced = Run(ended.stdout, ended.stderr, ended.returncode)

    assert synced.exit_status == 0, synced.complaints
    assert {entry["tap_stream_id"] for entry in catalog["streams"]} >= set(truth)
    for stream, keys in truth.items():
        assert set(synced.keys(stream)) == keys, stream


def test_the_bill_of_materials_names_all_that_is_installed(installed: Path, tmp_path: Path) -> None:
    python = str(installed / "bin" / "python")
    bill = tmp_path / "sbom.json"
    done(
        *(UV, "tool", "run", "--from", SBOM, "cyclonedx-py", "environment", python),
        *("--output-reproducible", "--output-file", str(bill)),
        at=tmp_path,
    )
    listed = json.loads(done(UV, "pip", "list", "--python", python, "--format=json", at=tmp_path))

    found = _named(json.loads(bill.read_text())["components"])
    assert _named(listed) == found
    assert ("tap-confluence", VERSION) in found


def _named(packages: list[Json]) -> set[tuple[str, str]]:
    """Return names, spelled as PyPI compares them, and versions."""
    return {(re.sub("[-_.]+", "-", each["name"]).lower(), each["version"]) for each in packages}


def test_no_hole_is_known_in_the_tested_versions(clone: Path) -> None:
    ended = run(
        *(UV, "tool", "run", AUDIT, "--requirement", "constraints.txt", "--no-deps"),
        *("--disable-pip", "--strict"),
        at=clone,
    )
    if ended.returncode and any(each in ended.stderr for each in NO_DATABASE):
        pytest.skip("no database of known holes can be reached from here")
    assert ended.returncode == 0, ended.stdout + ended.stderr
