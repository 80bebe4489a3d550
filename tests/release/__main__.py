"""Puts a version and the day in place of what is unreleased in the changelog."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.release.changelog import ChangelogError, released

CHANGELOG = Path("CHANGELOG.md")


def main(version: str) -> None:
    """Write the changelog of a release.

    Args:
        version: Such as `1.2.3`.
    """
    day = datetime.now(UTC).date().isoformat()
    try:
        text = released(CHANGELOG.read_text(encoding="utf-8"), version, day)
    except ChangelogError as error:
        sys.exit(f"{CHANGELOG}: {error}.")
    CHANGELOG.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
