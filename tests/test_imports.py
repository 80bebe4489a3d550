"""What is large and seldom needed is not imported until it is."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.datacenter import runs as datacenter
from tests.demo_site import DataCenterSite, DemoSite, Wiki
from tests.running import LONGEST_RUN, clean_environment, command, settings_of

if TYPE_CHECKING:
    from pathlib import Path

RUN = """
import sys
from tap_confluence.__main__ import main
try:
    main()
finally:
    print("IMPORTED", *sorted(sys.modules), file=sys.stderr)
"""


def imported_by(*arguments: str) -> set[str]:
    """What a command of the tap has imported at its end."""
    done = subprocess.run(  # noqa: S603 - the command is ours
        [sys.executable, "-c", RUN, *arguments],
        capture_output=True,
        check=True,
        env=clean_environment(),
        text=True,
        timeout=LONGEST_RUN,
    )
    return set(done.stderr.rpartition("IMPORTED ")[2].split())


def test_what_needs_no_site_imports_no_deployment() -> None:
    imported = imported_by("--version")

    assert "tap_confluence.tap" in imported
    assert imported.isdisjoint(
        {"tap_confluence.cloud", "tap_confluence.datacenter", "lxml", "portalocker"}
    )


@pytest.mark.parametrize("kind", [DemoSite, DataCenterSite])
def test_a_run_imports_its_deployment_and_no_converter(
    kind: type[DemoSite | DataCenterSite], tmp_path: Path
) -> None:
    with kind(Wiki.plain()) as site:
        of_cloud = isinstance(site, DemoSite)
        config = settings_of(site) if isinstance(site, DemoSite) else datacenter.settings_of(site)
        _, _, _, *options = command(tmp_path, config={**config, "space_keys": ["OPS"]})
        imported = imported_by(*options)

    assert ("tap_confluence.cloud" in imported) == of_cloud
    assert ("tap_confluence.datacenter" in imported) != of_cloud
    assert "lxml" not in imported
