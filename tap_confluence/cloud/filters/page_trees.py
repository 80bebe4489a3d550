"""Which page trees of a Cloud site are wanted."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from tap_confluence.cloud.api.descendants import subtree
from tap_confluence.filters.settings import check_roots, warn_of_excluded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tap_confluence.filters.settings import Filters, Verdicts
    from tap_confluence.http import Reader


class PageTreeFilter:
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
        return all(self.verdicts(row).values())

    def verdicts(self, row: dict[str, Any]) -> Verdicts:
        """Tell which filters something passes because of where it lies.

        Args:
            row: As for `has`.
        """
        if not self._filters.by_tree:
            return {}
        row_id, parent_id = str(row["id"]), str(row.get("parentId"))
        for tree in (self._included, self._excluded):
            # It may have come there since the tree was read.
            if tree is not None and parent_id in tree:
                tree.setdefault(row_id, str(row.get("type") or "page"))
        verdicts: Verdicts = {}
        if self._included is not None:
            verdicts["root_page_ids"] = row_id in self._included
        if self._filters.exclude_page_ids:
            verdicts["exclude_page_ids"] = row_id not in self._excluded
        return verdicts

    @property
    def kinds(self) -> Mapping[str, str]:
        """The kind of all that lies in the trees asked for, such as `folder`, by id."""
        return self._included or {}

    @cached_property
    def _included(self) -> dict[str, str] | None:
        """What lies in the trees asked for; None without any."""
        roots = sorted(self._filters.root_page_ids)
        if not roots:
            return None
        trees = {root: subtree(self._reader, root, tag=self._tag) for root in roots}
        check_roots([root for root, tree in trees.items() if tree is None])
        return {item_id: kind for tree in trees.values() for item_id, kind in (tree or {}).items()}

    @cached_property
    def _excluded(self) -> dict[str, str]:
        excluded: dict[str, str] = {}
        for root in sorted(self._filters.exclude_page_ids):
            tree = subtree(self._reader, root, tag=self._tag)
            if tree is None:
                warn_of_excluded(root)
            excluded |= tree or {}
        return excluded
