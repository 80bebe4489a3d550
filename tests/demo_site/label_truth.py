"""Which labels a reading has to find, on any deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.demo_site.model import Content


def labels_of(contents: Iterable[Content]) -> set[tuple[str, str]]:
    """Get each content with each of its labels; what is in the trash has none."""
    return {(c.id, str(label)) for c in contents if c.status != "trashed" for label in c.labels}
