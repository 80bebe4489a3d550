"""Which content of a Cloud site is wanted because of the labels that it carries."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from tap_confluence.errors import ForbiddenError, ScopeError, SettingsError

if TYPE_CHECKING:
    from tap_confluence.client import Reader
    from tap_confluence.cloud.wanted_spaces import WantedSpaces
    from tap_confluence.filters import Filters

LABELS = "/api/v2/labels"
CARRIERS = ("pages", "blogposts")


class WantedLabels:
    """What carries the labels that the filters name, asked for once a run.

    Args:
        reader: Reads the site.
        filters: The filters.
        spaces: The wanted spaces.
        tag: Under which name the requests are counted.
    """

    def __init__(self, reader: Reader, filters: Filters, spaces: WantedSpaces, *, tag: str) -> None:
        self._reader = reader
        self._filters = filters
        self._spaces = spaces
        self._tag = tag

    def check(self) -> None:
        """Make sure that labels can be read, where they are needed.

        Raises:
            SettingsError: The token may not read them.
        """
        _ = self._included, self._excluded

    def has(self, item_id: str) -> bool:
        """Tell whether a page or a blog post is wanted."""
        return (self._included is None or item_id in self._included) and (
            item_id not in self._excluded
        )

    @cached_property
    def _included(self) -> set[str] | None:
        names = self._filters.labels
        return self._carriers(names) if names else None

    @cached_property
    def _excluded(self) -> set[str]:
        names = self._filters.exclude_labels
        return self._carriers(names) if names else set()

    def _carriers(self, names: frozenset[str]) -> set[str]:
        """Get the ids of all pages and blog posts that carry a label of these names."""
        try:
            labels = self._reader.items_once(self._reader.first_page(LABELS, tag=self._tag))
        except (ScopeError, ForbiddenError) as error:
            message = (
                "'labels' and 'exclude_labels' need the scope read:label:confluence, which the "
                f"token lacks ({error})."
            )
            raise SettingsError(message) from error
        carriers: set[str] = set()
        for label in labels:
            if str(label.get("name")).lower() not in names:
                continue
            for kind in CARRIERS:
                path = f"{LABELS}/{label['id']}/{kind}"
                whole = self._reader.first_page(path, tag=self._tag)
                for request in self._spaces.lists(whole, to_the_end=False):
                    carriers |= {str(row["id"]) for row in self._reader.items(request)}
        return carriers
