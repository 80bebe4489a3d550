"""Eight runs in processes of their own, which know nothing of each other, and one limit."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack
from itertools import islice
from typing import TYPE_CHECKING

import pytest

from tests.datacenter.runs import settings_of as of_data_center
from tests.demo_site import DataCenterSite, DemoSite, Wiki
from tests.running import Run, clean_environment, command, only, settings_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.demo_site.recorder import Recorded

pytestmark = pytest.mark.proof

RUNS = 8
RATE = 20
PAGES = 500
STREAMS = ("pages", "page_versions", "page_content_properties")
LEAST_SHARE = 1 / 3
"""Of an even part. In the minute or two that are looked at, some are ahead of others by chance."""

FOUND_IN = 60.0
"""Seconds after which the runs have found the limit."""


@pytest.mark.parametrize("send_retry_after", [False, True])
@pytest.mark.parametrize("kind", [DemoSite, DataCenterSite])
def test_eight_runs_share_a_limit_and_lose_nothing(
    tmp_path: Path,
    kind: type[DemoSite | DataCenterSite],
    send_retry_after: bool,  # noqa: FBT001
) -> None:
    names = [f"run-{number}" for number in range(RUNS)]
    with kind(Wiki.seeded(pages=PAGES, seed=5), latency=0.05) as site, ExitStack() as stack:
        site.faults.requests_per_second = RATE
        site.faults.send_retry_after = send_retry_after
        processes = {name: _started(tmp_path / name, site, name, stack) for name in names}
        time.sleep(FOUND_IN)
        assert not any(process.poll() is not None for process in processes.values())
        began, first = time.monotonic(), len(site.requests)
        while all(process.poll() is None for process in processes.values()):
            time.sleep(0.2)
        seconds, last = time.monotonic() - began, len(site.requests)
        statuses = {name: process.wait() for name, process in processes.items()}
        truth = site.truth()
        settled = list(islice(site.requests, first, last))

    _tell(names, settled, seconds, list(site.requests))
    assert statuses == dict.fromkeys(names, 0)
    for name in names:
        folder = tmp_path / name
        run = Run((folder / "stdout").read_text(), (folder / "stderr").read_text(), statuses[name])
        for stream in STREAMS:
            written = run.keys(stream)
            assert len(written) == len(set(written)), (name, stream)
            assert set(written) == truth[stream], (name, stream)
    answered = _answered(settled)
    assert seconds > FOUND_IN
    assert sum(answered.values()) >= 0.9 * RATE * seconds
    assert min(answered[name] for name in names) >= LEAST_SHARE * sum(answered.values()) / RUNS
    assert _refused(settled) <= 0.03 * sum(answered.values())


def _started(
    folder: Path, site: DemoSite | DataCenterSite, name: str, stack: ExitStack
) -> subprocess.Popen[bytes]:
    """Start a run whose requests say which it is."""
    folder.mkdir()
    signed_in = settings_of(site) if isinstance(site, DemoSite) else of_data_center(site)
    config = {**signed_in, "user_agent": name, "max_concurrency": 8}
    stdout = stack.enter_context((folder / "stdout").open("wb"))
    stderr = stack.enter_context((folder / "stderr").open("wb"))
    process = subprocess.Popen(  # noqa: S603 - the command is ours
        command(folder, config=config, catalog=only(*STREAMS)),
        stdout=stdout,
        stderr=stderr,
        env=clean_environment(),
    )
    stack.callback(process.wait)
    stack.callback(process.kill)
    return process


def _answered(requests: list[Recorded]) -> Counter[str]:
    """Count the requests that were answered, by run."""
    return Counter(each.headers["user-agent"] for each in requests if each.status == 200)


def _refused(requests: list[Recorded]) -> int:
    return sum(each.status == 429 for each in requests)


def _tell(
    names: list[str], settled: list[Recorded], seconds: float, everything: list[Recorded]
) -> None:
    """Print the figures, which `make proof-rates` shows."""
    answered = _answered(settled)
    shares = sorted(answered[name] * RUNS / sum(answered.values()) for name in names)
    used = sum(answered.values()) / RATE / seconds
    sys.stdout.write(
        f"{seconds:.0f} s settled: {used:.1%} of {RATE} a second used, shares from {shares[0]:.2f} "
        f"to {shares[-1]:.2f} of an even part, {_refused(settled)} of {len(settled)} requests "
        f"refused; in all {_refused(everything)} of {len(everything)}\n"
    )
