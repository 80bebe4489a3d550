"""What the inventory has seen to change where no search looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_confluence.timestamps import with_overlap

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import timedelta


class Unfound:
    """On what comments or files are that changed of late, to be read where that is hidden.

    What comes into the archive or the trash has its comments and files read once. That does not
    reach the comments on these files. Nor does it tell of what was restored, commented on and
    trashed again between two runs, as it is hidden as it was before.

    Args:
        since: When the run began whose inventory has shown what there was before; None where
            nothing tells, so that all of it is read anyway.
        overlap: How long before that something may be dated which no run has found yet.
    """

    def __init__(self, since: str | None, overlap: timedelta) -> None:
        self._since = since
        self._from = with_overlap(since, overlap) if since else None
        self._latest: dict[str, str] = {}
        self._holders: dict[str, str] = {}

    def note(self, container_id: str, modified_at: str | None) -> None:
        """Take note of a comment or a file.

        Args:
            container_id: What it is on.
            modified_at: When it was changed.
        """
        if self._from and modified_at and modified_at >= self._from:
            self._latest[container_id] = max(modified_at, self._latest.get(container_id, ""))

    def note_place(self, item_id: str, container_id: str) -> None:
        """Take note of what an item is on that something may be on itself, as it is on files.

        Args:
            item_id: The item, by the id that the site gives it. What is on it has been noted.
            container_id: What it is on.
        """
        if item_id in self._latest:
            self._holders[item_id] = container_id

    def on(self, hidden: Collection[str], read: Sequence[str]) -> list[str]:
        """Return what is to be read: pages and blog posts that are hidden, and files on these.

        Args:
            hidden: The pages and blog posts that are archived or in the trash.
            read: Those of them that came there of late, and have been read.
        """
        return [
            container_id
            for container_id, latest in self._latest.items()
            if (holder := self._holders.get(container_id, container_id)) in hidden
            and (holder != container_id if holder in read else latest > (self._since or ""))
        ]
