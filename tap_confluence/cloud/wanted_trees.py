"""Which page trees of a Cloud site are wanted."""

from __future__ import annotations

import logging
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tap_confluence.cloud.trees import subtree
from tap_confluence.errors import SettingsError

if TYPE_CHECKING:
    from tap_confluence.client import Reader
    from tap_confluence.filters import Filters

logger = logging.getLogger("tap-confluence")


class WantedTrees:
    """The trees that the filters name, asked for once a run.

    Args:
        reader: Reads the site.
        filters: The filters.
        tag: Under which name the requests are counted.
    """

    def __init__(self, reader: Reader, filters: Filters, *, tag: str) -> None:
        self._reader = reader
        self._filters = filters
        self._tag = tag

    def check(self) -> None:
        """Make sure of the pages that the settings name.

        Raises:
            SettingsError: A page does not exist or is not visible.
        """
        _ = self._included, self._excluded

    def has(self, row: dict[str, Any]) -> bool:
        """Tell whether something is wanted because of where it lies.

        Args:
            row: A page, or a folder or the like: its `id`, and its `parentId` if that is known.
        """
        if not self._filters.by_tree:
            return True
        row_id, parent_id = str(row["id"]), str(row.get("parentId"))
        for tree in (self._included, self._excluded):
            # It may have come there since the tree was read.
            if tree is not None and parent_id in tree:
                tree.add(row_id)
        return (self._included is None or row_id in self._included) and (
            row_id not in self._excluded
        )

    @cached_property
    def _included(self) -> set[str] | None:
        """The ids of all that lies in the trees asked for; None without any."""
        roots = sorted(self._filters.root_page_ids)
        if not roots:
            return None
        trees = {root: subtree(self._reader, root, tag=self._tag) for root in roots}
        missing = [root for root, tree in trees.items() if tree is None]
        if missing:
            message = (
                f"There is no page {' or '.join(missing)}, or this account may not see it. Check "
                "'root_page_ids'."
            )
            raise SettingsError(message)
        return {item_id for tree in trees.values() for item_id in tree or ()}

    @cached_property
    def _excluded(self) -> set[str]:
        excluded: set[str] = set()
        for root in sorted(self._filters.exclude_page_ids):
            tree = subtree(self._reader, root, tag=self._tag)
            if tree is None:
                logger.warning(
                    "There is no page %s, or this account may not see it: 'exclude_page_ids' "
                    "need not name it",
                    root,
                )
            excluded |= tree or set()
        return excluded
