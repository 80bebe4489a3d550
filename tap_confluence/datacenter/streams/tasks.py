"""Tasks: the check boxes in the bodies of pages and blog posts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from tap_confluence.datacenter.streams.blog_posts import BlogPosts
from tap_confluence.datacenter.streams.pages import Pages
from tap_confluence.datacenter.streams.posts import TASKS
from tap_confluence.schemas.tasks import TASK
from tap_confluence.streams.parents import ChangeDetailStream
from tap_confluence.streams.reconciliation import ReconciledStream

if TYPE_CHECKING:
    from tap_confluence.streams.state import StreamState


class Tasks(ReconciledStream, ChangeDetailStream):
    """All tasks of the content that changed.

    Data Center has no public list of tasks, so they are taken from the bodies that are read
    anyway, first of pages and then of blog posts. Ticking one off need not change the date of
    what it stands on. They are gone or back when that is.
    """

    name = "tasks"
    section = TASKS
    primary_keys = ("id",)
    parent_stream_type = Pages
    further_parent_stream_types = (BlogPosts,)
    schema = TASK

    _completed = 0

    @property
    @override
    def entry(self) -> StreamState:
        """What the state keeps of the tasks in the list that is being read."""
        entry: StreamState = self.stream_state.setdefault(self.parent.name, {})
        return entry

    @override
    def advance(self, *timestamps: str | None) -> None:
        super().advance(*timestamps)
        entries = [self.stream_state.get(parent.name) or {} for parent in self.parents]
        bookmarks = [entry.get("replication_key_value") or "" for entry in entries]
        if all(bookmarks):
            self.stream_state["replication_key"] = self.replication_key
            self.stream_state["replication_key_value"] = min(bookmarks)

    @override
    def complete(self) -> None:
        self._completed += 1
        if self._completed == len(self.parents):
            super().complete()
