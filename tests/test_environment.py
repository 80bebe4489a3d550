"""Settings in the environment: none is mistaken without a word, and one `.env` is read."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import tap_confluence
from tap_confluence.settings import SETTINGS
from tests.demo_site import DemoSite, Wiki
from tests.forked import run_forked
from tests.running import LONGEST_RUN, Run, clean_environment, only, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

PREFIX = "TAP_CONFLUENCE_"


@pytest.fixture
def site() -> Iterator[DemoSite]:
    with DemoSite(Wiki.seeded(pages=12, seed=7)) as site:
        yield site


def variables_of(site: DemoSite, **more: str) -> dict[str, str]:
    settings = {f"{PREFIX}{name.upper()}": str(v) for name, v in settings_of(site).items()}
    return {**settings, **more}


def run_in(
    folder: Path, environment: dict[str, str], *, module: str = "tap_confluence", path: str = ""
) -> Run:
    """Run the tap with the settings of the environment in a folder, from where it is installed."""
    catalog = folder / "catalog.json"
    catalog.write_text(json.dumps(only("groups")))
    variables = clean_environment(environment)
    if path:
        variables["PYTHONPATH"] = path
    done = subprocess.run(  # noqa: S603 - the command is ours
        [sys.executable, "-m", module, "--config=ENV", "--catalog", str(catalog)],
        capture_output=True,
        check=False,
        cwd=folder,
        env=variables,
        timeout=LONGEST_RUN,
    )
    return Run(done.stdout.decode(), done.stderr.decode(), done.returncode)


@pytest.mark.parametrize(
    ("mistaken", "meant"),
    [
        ("EXCLUDE_SPACES", "EXCLUDE_SPACE_KEYS"),
        ("API_TOKENS", "API_TOKEN"),
        ("OAUTH_CREDENTIALS_CLIENTID", "OAUTH_CREDENTIALS_CLIENT_ID"),
        ("LOG_LEVEL", "LOGLEVEL"),
    ],
)
def test_a_variable_that_is_no_setting_stops_the_run(
    mistaken: str, meant: str, tmp_path: Path
) -> None:
    run = run_in(tmp_path, {f"{PREFIX}{mistaken}": "x"})

    assert (run.exit_status, run.stdout) == (1, "")
    [complaint] = run.complaints
    assert f"Unknown environment variable {PREFIX}{mistaken}: did you mean {PREFIX}{meant}?" in (
        complaint
    )


def test_a_variable_like_no_setting_is_named(tmp_path: Path) -> None:
    run = run_in(tmp_path, {f"{PREFIX}ZZZZ": "x"})

    assert f"Unknown environment variable {PREFIX}ZZZZ: `--about` lists" in run.complaints[0]


def test_variables_of_others_are_let_be(site: DemoSite, tmp_path: Path) -> None:
    others = {
        f"{PREFIX}LOGLEVEL": "INFO",
        f"{PREFIX}_SELECT": "[]",
        f"{PREFIX}_SHARD_SPACE_ID_FROM": "1",
        f"{PREFIX}TEST_PG_DSN": "postgresql://",
    }

    run = run_in(tmp_path, variables_of(site, **others))

    assert run.exit_status == 0, run.stderr


def of_kubernetes(service: str) -> dict[str, str]:
    """Return what Kubernetes tells a container of a service beside it, with two ports."""
    variables = {
        "SERVICE_HOST": "10.0.171.239",
        "SERVICE_PORT": "80",
        "SERVICE_PORT_HTTP": "80",
        "SERVICE_PORT_METRICS_2": "9090",
        "PORT": "tcp://10.0.171.239:80",
    }
    for port, protocol in ((80, "tcp"), (9090, "udp")):
        name = f"PORT_{port}_{protocol.upper()}"
        variables[name] = f"{protocol}://10.0.171.239:{port}"
        variables[f"{name}_PROTO"] = protocol
        variables[f"{name}_PORT"] = str(port)
        variables[f"{name}_ADDR"] = "10.0.171.239"
    return {f"{service}_{name}": value for name, value in variables.items()}


@pytest.mark.parametrize("service", ["TAP_CONFLUENCE", "TAP_CONFLUENCE_METRICS"])
def test_what_kubernetes_tells_of_a_service_is_let_be(
    site: DemoSite, tmp_path: Path, service: str
) -> None:
    run = run_in(tmp_path, variables_of(site, **of_kubernetes(service)))

    assert run.exit_status == 0, run.complaints
    assert set(run.keys("groups")) == site.truth()["groups"]
    ipv6 = {f"{service}_SERVICE_HOST": "fd00:10:96::a", f"{service}_PORT": "tcp://[fd00::a]:80"}
    assert run_in(tmp_path, variables_of(site, **ipv6)).exit_status == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "8090"), ("SERVICE_HOST", "wiki.example.com"), ("PAGE_SIZES", "10")],
)
def test_what_only_looks_like_a_variable_of_kubernetes_stops_the_run(
    tmp_path: Path, name: str, value: str
) -> None:
    [complaint] = run_in(tmp_path, {f"{PREFIX}{name}": value}).complaints

    assert f"Unknown environment variable {PREFIX}{name}" in complaint


def test_a_run_with_a_file_of_settings_looks_at_no_variable(site: DemoSite) -> None:
    run = run_forked(
        settings_of(site), catalog=only("groups"), environment={f"{PREFIX}EXCLUDE_SPACES": "x"}
    )

    assert run.exit_status == 0, run.stderr


MELTANO = {"MELTANO_EXTRACTOR_NAMESPACE": "tap_confluence"}


def test_a_run_of_meltano_looks_at_the_variables_that_it_is_handed(site: DemoSite) -> None:
    mistaken = {**MELTANO, f"{PREFIX}EXCLUDE_SPACES": "x"}

    run = run_forked(settings_of(site), catalog=only("groups"), environment=mistaken)

    assert (run.exit_status, run.stdout) == (1, "")
    assert f"{PREFIX}EXCLUDE_SPACE_KEYS?" in run.complaints[0]


def test_a_run_of_meltano_lets_the_variables_of_other_plugins_be(site: DemoSite) -> None:
    others = {
        **MELTANO,
        f"{PREFIX}DOCS_API_TOKEN": "x",
        f"{PREFIX}DOCS__SELECT": "[]",
        f"{PREFIX}DOCS_OAUTH_CREDENTIALS_CLIENT_ID": "x",
    }

    run = run_forked(settings_of(site), catalog=only("groups"), environment=others)

    assert run.exit_status == 0, run.stderr


def test_a_run_of_meltano_takes_the_parts_of_stream_maps_for_no_settings(site: DemoSite) -> None:
    parts = {
        **MELTANO,
        f"{PREFIX}STREAM_MAPS_PAGES_ARTICLE_ID": "id",
        f"{PREFIX}STREAM_MAPS_PAGES___FILTER__": "status == 'current'",
        f"{PREFIX}BATCH_CONFIG_ENCODING_FORMAT": "jsonl",
    }
    run = run_forked(settings_of(site), catalog=only("groups"), environment=parts)

    assert run.exit_status == 0, run.complaints


def test_every_setting_may_be_given_as_a_variable(tmp_path: Path) -> None:
    given = {f"{PREFIX}{name.upper()}": "x" for name in SETTINGS["properties"]}

    assert "Unknown" not in run_in(tmp_path, given).stderr


def test_a_dotenv_of_the_working_folder_is_read(site: DemoSite, tmp_path: Path) -> None:
    lines = (f"{name}={value}\n" for name, value in variables_of(site).items())
    (tmp_path / ".env").write_text("".join(lines))

    run = run_in(tmp_path, {})

    assert run.exit_status == 0, run.stderr
    assert set(run.keys("groups")) == site.truth()["groups"]


def test_a_mistaken_name_in_a_dotenv_stops_the_run(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"{PREFIX}EXCLUDE_SPACES=x\n")

    assert f"{PREFIX}EXCLUDE_SPACE_KEYS?" in run_in(tmp_path, {}).complaints[0]


def test_the_environment_counts_before_a_dotenv(site: DemoSite, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"{PREFIX}API_TOKEN=another\n")

    assert run_in(tmp_path, variables_of(site)).exit_status == 0


def test_a_dotenv_that_is_no_text_is_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"\xff\xfe\x00")

    run = run_in(tmp_path, {})

    assert "'.env'" in run.complaints[0]
    assert "Traceback" not in run.stderr


def test_no_dotenv_of_another_folder_is_read(site: DemoSite, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"{PREFIX}API_TOKEN=another\n")
    below = tmp_path / "below"
    below.mkdir()

    assert run_in(below, variables_of(site)).exit_status == 0


def test_no_dotenv_of_where_the_tap_is_installed_is_read(site: DemoSite, tmp_path: Path) -> None:
    import singer_sdk  # noqa: PLC0415 - only to be copied

    installed, folder = tmp_path / "project" / "site-packages", tmp_path / "elsewhere"
    for package in (tap_confluence, singer_sdk):
        source = Path(str(package.__file__)).parent
        shutil.copytree(source, installed / source.name)
    (tmp_path / "project" / ".env").write_text(f"{PREFIX}PAGE_SIZE=none\n")
    folder.mkdir()

    run = run_in(folder, variables_of(site), path=str(installed))

    assert run.exit_status == 0, run.stderr
