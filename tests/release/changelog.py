"""What is unreleased in the changelog becomes a release."""

from __future__ import annotations

import re

UNRELEASED = "## [Unreleased]"
VERSION = re.compile(r"\d+\.\d+\.\d+")


class ChangelogError(Exception):
    """The changelog cannot be of that release."""


def released(changelog: str, version: str, day: str) -> str:
    """Return a changelog in which what was unreleased is of a version.

    Args:
        changelog: The text as it is.
        version: Such as `1.2.3`.
        day: Such as `2027-01-31`.

    Raises:
        ChangelogError: The version is none, is there already, or has brought nothing.
    """
    if not VERSION.fullmatch(version):
        message = f"{version} is no version such as 1.2.3"
        raise ChangelogError(message)
    if f"## [{version}]" in changelog:
        message = f"{version} is in the changelog already"
        raise ChangelogError(message)
    before, heading, after = changelog.partition(f"{UNRELEASED}\n")
    if not heading or not after.partition("\n## [")[0].strip():
        message = f"nothing stands under {UNRELEASED!r}"
        raise ChangelogError(message)
    return f"{before}{heading}\n## [{version}] - {day}\n{after}"
