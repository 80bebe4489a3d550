"""Tasks: the check boxes in the bodies of pages and blog posts."""

from __future__ import annotations

import copy
from functools import cached_property
from typing import TYPE_CHECKING, cast

from typing_extensions import override

from tap_confluence.datacenter.streams.blog_posts import BlogPosts
from tap_confluence.datacenter.streams.pages import Pages
from tap_confluence.datacenter.streams.posts import TASKS
from tap_confluence.schemas.tasks import TASK
from tap_confluence.streams.parents import ChangeDetailStream
from tap_confluence.streams.reconciliation import ReconciledStream

if TYPE_CHECKING:
    from tap_confluence.streams.state.state_format import StreamState


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

    @cached_property
    def _held_back(self) -> dict[str, StreamState]:
        """What is kept out of the state of each list that has yet to have its turn."""
        return {}

    @property
    @override
    def entry(self) -> StreamState:
        """What the state keeps of the tasks in the list that is being read."""
        if self.parent.name in self._held_back:
            return self._held_back[self.parent.name]
        entry: StreamState = self.stream_state.setdefault(self.parent.name, {})
        return entry

    @override
    def hold_back_state(self) -> None:
        entries = cast("dict[str, StreamState]", self.entry_so_far)
        self._held_back[self.parent.name] = copy.deepcopy(entries.get(self.parent.name, {}))

    @override
    def take_up_state(self) -> None:
        self.stream_state[self.parent.name] = self._held_back.pop(self.parent.name)

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
