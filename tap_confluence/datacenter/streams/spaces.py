"""Spaces, and what belongs to a space: labels, permissions, properties."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from typing_extensions import override

from tap_confluence.datacenter.api.batches import MOST_EXPANDED, Query, read_items
from tap_confluence.datacenter.api.paths import SPACES
from tap_confluence.datacenter.filters import SPACE_EXPAND, ContentFilter
from tap_confluence.datacenter.streams.expanded import ExpandedParentStream
from tap_confluence.errors import (
    FailedItemError,
    NotFoundError,
    RefusedError,
    RetriesExhaustedError,
)
from tap_confluence.rest_v1 import records
from tap_confluence.schemas.labels import SPACE_LABEL
from tap_confluence.schemas.spaces import SPACE, SPACE_PERMISSION
from tap_confluence.streams.access_classes import ANONYMOUS_USERS
from tap_confluence.streams.cost import Requests, pages_by_offset
from tap_confluence.streams.parents import (
    DetailStream,
    Work,
    check_item,
    read_sections,
)
from tap_confluence.streams.space_properties import SpacePropertyStream

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.run import Run
    from tap_confluence.streams.cost import Size
    from tap_confluence.streams.parents import Details


logger = logging.getLogger("tap-confluence")

FEW_RETRIES = 1
"""How often to ask for permissions again: a failure is how some sites refuse them."""

ANONYMOUS_ACCESS = f"/rest/api/permissions/{records.ANONYMOUS}"
TO_USE = {"key": "use", "targetType": "application"}
"""The permission to come to the site at all."""


class Spaces(ExpandedParentStream):
    """All spaces, personal and archived ones included."""

    name = "spaces"
    owner_key = "spaceId"
    primary_keys = ("id",)
    schema = SPACE

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._failures: dict[str, RefusedError] = {}
        self._closed: dict[str, RefusedError] = {}
        self._lets_anonymous_in = False

    @override
    def prepare(self) -> None:
        self.begin()

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        self._failures.clear()
        self._closed.clear()
        has_permissions = any(isinstance(stream, SpacePermissions) for stream in self.family)
        self._lets_anonymous_in = has_permissions and self.lets_anonymous_in()
        batches = ContentFilter.of(self.run).space_batches(self.name, SPACE_EXPAND)
        count = 0

        def work() -> Iterator[Work]:
            nonlocal count
            for batch in batches:
                self.report(batch, self.family)
                count += len(batch.items)
                yield from (Work(space, self.family) for space in batch.items)

        yield from self.write(work())
        self._report_failures(count)

    @override
    def shape(self, item: dict[str, Any]) -> Record:
        return records.space(item)

    @override
    def identity(self, item: dict[str, Any]) -> str:
        return str(item["key"])

    @override
    def expanded(self, item: dict[str, Any], section: str) -> list[dict[str, Any]] | None:
        if section != SpaceLabels.section:
            return None
        # There is no other list of them; a space hardly has as many as would be cut off.
        return [records.label(label) for label in records.nested_labels(item)]

    @override
    def written(self, work: Work) -> None:
        if records.expanded_labels(work.item) is None:
            for stream in work.streams:
                if isinstance(stream, SpaceLabels):
                    stream.leave_incomplete()
        super().written(work)

    @override
    def requests(self, size: Size) -> Iterator[Requests]:
        spaces, sections = size["spaces"], {*map(self.section_of, self.family)}
        yield Requests(pages_by_offset(spaces.listed, MOST_EXPANDED))
        if "properties" in sections:
            yield Requests(spaces.wanted)
        if "permissions" in sections:
            # What a space permits to who has signed in, and if the site lets others in, to these.
            yield Requests(1 + spaces.wanted * (2 if size["anonymous"].listed else 1))

    @override
    def get_details(self, item_id: str, sections: Sequence[str]) -> Details:
        readers = {"properties": self._get_properties, "permissions": self._get_permissions}
        details = read_sections(self.reader, sections, lambda name: readers[name](item_id))
        if any(isinstance(found, NotFoundError) for found in details.values()):
            # Is it a section that is not found, or the space itself?
            path = f"{SPACES}/{quote(item_id, safe='~')}"
            check_item(self.reader.client, path, {}, tag=self.name)
        return details

    def _get_properties(self, key: str) -> list[dict[str, Any]]:
        path = f"{SPACES}/{quote(key, safe='~')}/property"
        query = Query(path, {}, self.name, ("version",), MOST_EXPANDED)
        return [records.space_property(row) for row in read_items(self.reader.client, query)]

    def _get_permissions(self, key: str) -> list[dict[str, Any]]:
        path = f"{SPACES}/{quote(key, safe='~')}/permissions"
        found: list[dict[str, Any]] = []
        try:
            found += self._permissions_at(path)
        except NotFoundError as error:
            message = "Data Center lists permissions since 9.1"
            self._failures[key] = NotFoundError(message, error.status)
        except RefusedError as error:
            self._failures[key] = error
        anonymous = f"{path}/{records.ANONYMOUS}"
        if self._lets_anonymous_in:
            try:
                rows = self._permissions_at(anonymous)
            except RefusedError as error:
                self._closed[key] = error
            else:
                # The subject need not say whom the question was about.
                found += ({**row, "subject": {"type": records.ANONYMOUS}} for row in rows)
        permissions = map(records.space_permission, found)
        # One may have the same right by two ways.
        return [
            *{
                permission["id"]: permission
                for permission in permissions
                if self._lets_anonymous_in or permission["principal"]["id"] != ANONYMOUS_USERS
            }.values()
        ]

    def _permissions_at(self, path: str) -> list[dict[str, Any]]:
        """Get a list of permissions.

        Raises:
            RefusedError: The site refuses it, or fails, which is how it answers those who are no
                administrators.
        """
        client = self.reader.client
        try:
            answer = client.get(path, tag=self.name, max_retries=FEW_RETRIES, shape=list)
        except RetriesExhaustedError as error:
            raise FailedItemError(error) from error
        return [row for row in answer.body["results"] if isinstance(row, dict)]

    def lets_anonymous_in(self) -> bool:
        """Tell whether those who are not signed in may use the site, as far as it tells.

        Without this, what spaces permit to them does not count. Sites before 9.1 do not tell it,
        and those that tell it tell it to administrators.
        """
        try:
            rows = self.reader.result(self.reader.start(self._permissions_at, ANONYMOUS_ACCESS))
        except RefusedError as error:
            logger.warning(
                "Who is not signed in counts as if they might read nothing: %s (%d)",
                error,
                error.status,
            )
            return False
        permissions = map(records.space_permission, rows)
        return any(permission["operation"] == TO_USE for permission in permissions)

    def _report_failures(self, count: int) -> None:
        """Report the spaces that do not show their permissions; the stream, if none does."""
        for stream in self.family:
            if not isinstance(stream, SpacePermissions):
                continue
            if self._closed:
                error = next(iter(self._closed.values()))
                logger.warning(
                    "What %d of %d spaces permit to anonymous users counts as nothing: %s (%d)",
                    len(self._closed),
                    count,
                    error,
                    error.status,
                )
            if self._failures:
                stream.leave_incomplete()
                if len(self._failures) == count:
                    stream.deny(next(iter(self._failures.values())))
                    return
                for key, failure in self._failures.items():
                    stream.note_skipped(key, failure)


class SpaceLabels(DetailStream):
    """Labels of spaces."""

    name = "space_labels"
    section = "labels"
    primary_keys = ("spaceId", "id")
    parent_stream_type = Spaces
    schema = SPACE_LABEL


class SpacePermissions(DetailStream):
    """Who may do what in a space, since 9.1."""

    name = "space_permissions"
    request_per = "space"
    section = "permissions"
    primary_keys = ("spaceId", "id")
    parent_stream_type = Spaces
    schema = SPACE_PERMISSION
    fails_closed = True


class SpaceProperties(SpacePropertyStream):
    """Values that apps and users keep with a space."""

    parent_stream_type = Spaces
