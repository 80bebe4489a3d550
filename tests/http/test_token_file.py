"""Runs side by side that share a refresh token which can be used once."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import portalocker
import pytest

from tests.demo_site import GatewaySite, Wiki
from tests.running import clean_environment, command, only, run_tap

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SOON = 60.0
"""Seconds after which what should have happened has not."""


@pytest.fixture
def gateway() -> Iterator[GatewaySite]:
    with GatewaySite(Wiki.seeded(pages=12, seed=7)) as site:
        yield site


@pytest.fixture
def oauth(gateway: GatewaySite, tmp_path: Path) -> dict[str, Any]:
    return {
        "base_url": gateway.base_url,
        "cloud_id": gateway.cloud_id,
        "api_gateway_url": gateway.gateway_url,
        "oauth_token_url": gateway.oauth_token_url,
        "oauth_credentials": {
            "client_id": gateway.client_id,
            "client_secret": gateway.client_secret,
            "refresh_token": gateway.refresh_token,
            "token_file": str(tmp_path / "token.json"),
        },
    }


def test_two_runs_that_renew_their_tokens_again_and_again_do_not_use_one_twice(
    gateway: GatewaySite, oauth: dict[str, Any], tmp_path: Path
) -> None:
    gateway.tokens.lifetime_requests = 3
    gateway.faults.latency = 0.02
    catalog = only("spaces", "groups", "labels", "page_labels")
    oauth["max_concurrency"] = 1
    runs = []
    for name in ("one", "other"):
        folder = tmp_path / name
        folder.mkdir()
        runs.append(
            subprocess.Popen(  # noqa: S603 - the command is ours
                command(folder, config=oauth, catalog=catalog),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=clean_environment(),
            )
        )
    ends = [run.communicate(timeout=SOON)[1].decode() for run in runs]

    assert [run.returncode for run in runs] == [0, 0], ends
    assert gateway.token_requests["refresh_token"] > 4
    assert gateway.token_requests["refused"] == 0
    kept = json.loads((tmp_path / "token.json").read_text())
    assert kept["refresh_token"] == gateway.refresh_token


def test_a_run_waits_until_another_has_kept_the_next_token(
    gateway: GatewaySite,
    oauth: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run_tap(oauth, streams=("groups",))
    newest = gateway.refresh_token
    kept = tmp_path / "token.json"
    others = kept.read_text()
    kept.write_text(others.replace(newest, "used-by-another-run"))
    lock = portalocker.Lock(tmp_path / "token.json.lock")
    lock.acquire()

    def let_go(_: float) -> None:
        kept.write_text(others)
        lock.release()

    monkeypatch.setattr("time.sleep", let_go)
    run = run_tap(oauth, streams=("groups",))

    assert lock.fh is None
    assert run.exit_status == 0, run.stderr
    assert gateway.token_requests["refused"] == 0


def test_a_run_that_hangs_with_the_lock_is_said_to_do_so(
    oauth: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tap_confluence.http.auth.credentials.LONGEST_LOCK", 0.01)

    with portalocker.Lock(tmp_path / "token.json.lock"):
        run = run_tap(oauth, streams=("groups",))

    [complaint] = run.complaints
    assert "token.json.lock" in complaint
    assert "Another run" in complaint
