"""Which content of a Cloud site is wanted because of the labels that it carries."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING

from tap_confluence.cloud.api.details import get_details
from tap_confluence.cloud.filters.containers import LISTS
from tap_confluence.errors import (
    ForbiddenError,
    RefusedError,
    RetriesExhaustedError,
    ScopeError,
    SettingsError,
)
from tap_confluence.filters.left_out import UNREAD
from tap_confluence.statuses import CURRENT
from tap_confluence.streams.failures import Failures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tap_confluence.cloud.filters.containers import Container
    from tap_confluence.cloud.filters.spaces import SpaceFilter
    from tap_confluence.filters.settings import Filters, Verdicts
    from tap_confluence.http import Reader
    from tap_confluence.streams.parents import Details

LABELS = "/api/v2/labels"
SECTION = "labels"
CARRIERS = {"pageId": "pages", "blogPostId": "blogposts"}
"""What carries labels, by the field that refers to it."""


class LabelFilter:
    """What carries the labels that the filters name, asked for once a run.

    Whether the lists of what carries a label have in them what is archived or in the trash is not
    documented. They do where they have something of the same status; else what is not current and
    not in them is asked for its labels, one by one.

    Attributes:
        refusals: Why the labels of some pages and blog posts could not be read, by their ids.

    Args:
        reader: Reads the site.
        filters: The filters.
        spaces: The wanted spaces.
        tag: Under which name the requests are counted.
    """

    def __init__(self, reader: Reader, filters: Filters, spaces: SpaceFilter, *, tag: str) -> None:
        self.refusals: dict[str, RefusedError] = {}
        self._reader = reader
        self._filters = filters
        self._spaces = spaces
        self._tag = tag
        self._listed: dict[str, set[str]] = {field: {CURRENT} for field in CARRIERS}
        self._asked: dict[str, Verdicts] = {}

    def check(self) -> None:
        """Make sure that labels can be read, where they are needed.

        Raises:
            SettingsError: The token may not read them.
        """
        _ = self._included, self._excluded

    def has(self, post: Container, status: str | None) -> bool:
        """Tell whether a page or a blog post is wanted that has been asked for if need be."""
        verdict = self.verdict(post, status)
        # Without an answer it cannot be told that it may be read.
        return bool(verdict)

    def verdict(self, post: Container, status: str | None) -> bool | None:
        """Tell whether a page or a blog post is wanted; None if that has to be asked.

        Args:
            post: The page or blog post.
            status: Its status; None if that is not known.
        """
        if not self._filters.by_label:
            return True
        if post.id in self._excluded:
            return False
        if post.id in self._asked:
            return all(self._asked[post.id].values())
        lacks_none = self._included is None or post.id in self._included
        if lacks_none and not self._filters.exclude_labels:
            return True
        listed = self._listed[post.field]
        return lacks_none if status in listed or listed.issuperset(LISTS[post.field][1]) else None

    def verdicts(self, post: Container) -> Verdicts:
        """Tell which filters a page or a blog post passes that has been asked for if need be."""
        if not self._filters.by_label or post.id in self._asked:
            return self._asked.get(post.id, {})
        verdicts: Verdicts = {}
        if self._included is not None:
            verdicts["labels"] = post.id in self._included
        if self._filters.exclude_labels:
            verdicts["exclude_labels"] = post.id not in self._excluded
        return verdicts

    def ask(self, posts: Iterable[tuple[Container, str | None]]) -> None:
        """Ask for the labels of those of some pages and blog posts that need it."""
        unknown = {post: None for post, status in posts if self.verdict(post, status) is None}

        def call(post: Container) -> Callable[[], Details]:
            path, statuses = LISTS[post.field]
            get = partial(get_details, self._reader, f"{path}/{post.id}", [SECTION])
            return partial(get, tag=self._tag, statuses=statuses)

        failures = Failures()
        for post, future in self._reader.look_ahead(unknown, call):
            if future is None:
                continue
            try:
                labels = self._reader.result(future)[SECTION]
                failures.end()
            except RefusedError as error:
                labels = error
            except RetriesExhaustedError as error:
                labels = failures.add(error)
            if not isinstance(labels, list):
                refusal = labels if isinstance(labels, RefusedError) else labels.error
                self.refusals[post.id] = refusal
                self._asked[post.id] = {UNREAD: False}
            else:
                names = frozenset(str(label.get("name")).lower() for label in labels)
                self._asked[post.id] = self._filters.verdicts_on_labels(names)

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
            for field, kind in CARRIERS.items():
                path = f"{LABELS}/{label['id']}/{kind}"
                whole = self._reader.first_page(path, tag=self._tag)
                for request in self._spaces.lists(whole, to_the_end=False):
                    for row in self._reader.items(request):
                        carriers.add(str(row["id"]))
                        self._listed[field].add(str(row.get("status")))
        return carriers
