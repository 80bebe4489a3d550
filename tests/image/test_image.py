"""What the image holds, and how it runs: as nobody, with nothing to write to, ending as the tap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tap_confluence.command import BESIDE
from tests.demo_site import DemoSite, Wiki
from tests.image.builder import Image
from tests.running import Run, settings_of, truth_by_default

if TYPE_CHECKING:
    from collections.abc import Iterator
    from subprocess import CompletedProcess

    from tests.image.builder import Builder

pytestmark = pytest.mark.image

LABELS = "org.opencontainers.image."
VERSION = "1.2.3"


@pytest.fixture(scope="module")
def image(builder: Builder, base: str) -> Image:
    arguments = {"VERSION": VERSION, "REVISION": "0123abc", "CREATED": "2026-01-01"}
    return Image.build(builder, base, **arguments)


@pytest.fixture(scope="module")
def site() -> Iterator[DemoSite]:
    with DemoSite(Wiki.seeded(pages=30, seed=7)) as site:
        yield site


def variables(site: DemoSite, **more: str) -> dict[str, str]:
    settings = {**settings_of(site), **more}
    return {f"TAP_CONFLUENCE_{name.upper()}": str(value) for name, value in settings.items()}


def as_run(done: CompletedProcess[str]) -> Run:
    return Run(done.stdout, done.stderr, done.returncode)


def test_it_says_what_it_is(image: Image) -> None:
    labels = {n.removeprefix(LABELS): text for n, text in image.config["Labels"].items()}

    assert labels["title"] == "tap-confluence"
    assert (labels["version"], labels["revision"]) == (VERSION, "0123abc")
    assert labels["licenses"] == "Apache-2.0"
    assert labels["source"].startswith("https://")
    assert f"tap-confluence v{VERSION}," in image.run_read_only("--version").stdout


def test_it_runs_as_nobody_in_particular(image: Image) -> None:
    done = image.run_shell("id -u; touch /work/a /tmp/a; find /opt /work -writable")

    assert done.stdout == "65532\n"
    assert done.stderr.count("Read-only file system") == 2


def test_it_holds_all_commands_and_no_way_to_install_more(image: Image) -> None:
    folder = image.root / "opt" / "tap-confluence" / "bin"

    assert {*BESIDE} <= {path.name for path in folder.iterdir()}
    assert not (folder / "pip").exists()
    assert not (image.root / "src").exists()


def test_it_extracts_a_site_with_a_read_only_root(image: Image, site: DemoSite) -> None:
    run = as_run(image.run_read_only("--config=ENV", **variables(site)))

    assert run.exit_status == 0, run.stderr[-2000:]
    assert "Traceback" not in run.stderr
    for stream, truth in truth_by_default(site).items():
        assert set(run.keys(stream)) == truth, stream


def test_it_ends_as_the_tap_does(image: Image, site: DemoSite) -> None:
    wrong = image.run_read_only("--config=ENV", **variables(site, api_token="mistyped"))  # noqa: S106
    unset = image.run_read_only("--config=ENV")
    unknown = image.run_read_only("--no-such-option")

    assert (wrong.returncode, unset.returncode, unknown.returncode) == (1, 1, 2)
    assert "does not accept the credentials" in wrong.stderr
    assert "mistyped" not in wrong.stderr.replace("may be mistyped", "")
