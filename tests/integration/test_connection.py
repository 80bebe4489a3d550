"""Meltano's own test of a connection."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.demo_site import DemoSite, Wiki
from tests.integration.plugins import LONGEST_RUN, Meltano, environment

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def site() -> Iterator[DemoSite]:
    with DemoSite(Wiki.seeded(pages=12, seed=5)) as site:
        yield site


@pytest.mark.parametrize(("is_right", "status"), [(True, 0), (False, 1)])
def test_meltano_tells_whether_the_settings_work(
    meltano: Meltano, site: DemoSite, status: int, *, is_right: bool
) -> None:
    settings = {
        "TAP_CONFLUENCE_BASE_URL": site.base_url,
        "TAP_CONFLUENCE_EMAIL": site.email,
        "TAP_CONFLUENCE_API_TOKEN": site.api_token if is_right else "mistyped",
    }

    done = subprocess.run(  # noqa: S603 - the command is ours
        [meltano.command, "config", "test", "tap-confluence"],
        capture_output=True,
        check=False,
        cwd=meltano.project,
        env=environment(settings),
        timeout=LONGEST_RUN,
    )

    assert done.returncode == status


def test_meltano_tells_that_a_variable_is_no_setting(meltano: Meltano, site: DemoSite) -> None:
    settings = {
        "TAP_CONFLUENCE_BASE_URL": site.base_url,
        "TAP_CONFLUENCE_EMAIL": site.email,
        "TAP_CONFLUENCE_API_TOKEN": site.api_token,
        "TAP_CONFLUENCE_EXCLUDE_SPACES": '["DOCS"]',
    }

    done = subprocess.run(  # noqa: S603 - the command is ours
        [meltano.command, "run", "--no-install", "tap-confluence", "target-jsonl"],
        capture_output=True,
        check=False,
        cwd=meltano.project,
        env=environment(settings),
        text=True,
        timeout=LONGEST_RUN,
    )

    assert done.returncode == 1
    assert "did you mean TAP_CONFLUENCE_EXCLUDE_SPACE_KEYS?" in done.stdout + done.stderr
