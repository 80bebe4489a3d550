"""What is unreleased becomes a release."""

from __future__ import annotations

import pytest

from tests.release.changelog import ChangelogError, released

BEFORE = """# Changelog

## [Unreleased]

### Added

- A thing.

## [0.1.0] - 2026-01-01

- The first.
"""


def test_what_is_unreleased_is_of_the_version_then() -> None:
    after = released(BEFORE, "0.2.0", "2026-11-28")

    assert after == BEFORE.replace(
        "## [Unreleased]\n", "## [Unreleased]\n\n## [0.2.0] - 2026-11-28\n"
    )


@pytest.mark.parametrize(
    ("changelog", "version", "why"),
    [
        (BEFORE, "v0.2.0", "no version such as 1.2.3"),
        (BEFORE, "0.2", "no version such as 1.2.3"),
        (BEFORE, "0.1.0", "in the changelog already"),
        (released(BEFORE, "0.2.0", "2026-11-28"), "0.3.0", "nothing stands under"),
        ("# Changelog\n", "0.2.0", "nothing stands under"),
    ],
)
def test_what_cannot_be_released_is_said(changelog: str, version: str, why: str) -> None:
    with pytest.raises(ChangelogError, match=why):
        released(changelog, version, "2026-11-28")
