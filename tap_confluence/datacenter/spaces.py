"""Spaces, and what belongs to a space: labels, permissions, properties."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from typing_extensions import override

from tap_confluence import schemas
from tap_confluence.datacenter.batches import (
    FAILED,
    MOST_EXPANDED,
    RETRIES_OF_A_BATCH,
    Query,
    collect,
)
from tap_confluence.datacenter.expanded import ExpandedListStream
from tap_confluence.datacenter.selection import SPACE_EXPAND, SPACES
from tap_confluence.errors import NotFoundError, RefusedError, RetriesExhaustedError
from tap_confluence.rest_v1 import records
from tap_confluence.streams.details import DetailStream
from tap_confluence.streams.lists import Work, read_section
from tap_confluence.streams.space_properties import SpacePropertyStream

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.streams.lists import Details
    from tap_confluence.tap import TapConfluence


class Spaces(ExpandedListStream):
    """All spaces, personal and archived ones included."""

    name = "spaces"
    owner_key = "spaceId"
    primary_keys = ("id",)
    schema = schemas.SPACE

    def __init__(self, tap: TapConfluence) -> None:
        super().__init__(tap)
        self._failures: dict[str, RefusedError] = {}

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        self._failures.clear()
        batches = self._tap.selection.space_batches(self.name, SPACE_EXPAND)
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
    def riding(self, item: dict[str, Any], section: str) -> list[dict[str, Any]] | None:
        if section != SpaceLabels.section:
            return None
        # There is no other list of them; a space hardly has as many as would be cut off.
        return [records.label(label) for label in records.nested_labels(item)]

    @override
    def written(self, work: Work) -> None:
        if records.labels_that_ride(work.item) is None:
            for stream in work.streams:
                if isinstance(stream, SpaceLabels):
                    stream.leave_incomplete()
        super().written(work)

    @override
    def get_details(self, item_id: str, sections: Sequence[str]) -> Details:
        readers = {"properties": self._get_properties, "permissions": self._get_permissions}
        details: Details = {
            section: read_section(readers[section], item_id) for section in sections
        }
        if any(isinstance(found, NotFoundError) for found in details.values()):
            # Is it a section that is not found, or the space itself?
            self.reader.client.get(f"{SPACES}/{quote(item_id, safe='~')}", tag=self.name)
        return details

    def _get_properties(self, key: str) -> list[dict[str, Any]]:
        path = f"{SPACES}/{quote(key, safe='~')}/property"
        query = Query(path, {}, self.name, ("version",), MOST_EXPANDED)
        return [records.space_property(row) for row in collect(self.reader.client, query)]

    def _get_permissions(self, key: str) -> list[dict[str, Any]]:
        path = f"{SPACES}/{quote(key, safe='~')}/permissions"
        try:
            answer = self.reader.client.get(
                path, tag=self.name, max_retries=RETRIES_OF_A_BATCH, shape=list
            )
        except RetriesExhaustedError as error:
            # So are those answered who are no administrators.
            self._failures[key] = RefusedError(str(error), FAILED)
        except NotFoundError as error:
            message = "Data Center lists permissions since 9.1"
            self._failures[key] = NotFoundError(message, error.status)
        except RefusedError as error:
            self._failures[key] = error
        else:
            found = (records.space_permission(row) for row in answer.body["results"])
            # One may have the same right by two ways.
            return [*{permission["id"]: permission for permission in found}.values()]
        return []

    def _report_failures(self, count: int) -> None:
        """Report the spaces that do not show their permissions; the stream, if none does."""
        for stream in self.family:
            if isinstance(stream, SpacePermissions) and self._failures:
                stream.leave_incomplete()
                if len(self._failures) == count:
                    stream.deny(next(iter(self._failures.values())))
                    return
                for key, error in self._failures.items():
                    self._tap.note_skipped(stream, key, error)


class SpaceLabels(DetailStream):
    """Labels of spaces."""

    name = "space_labels"
    section = "labels"
    primary_keys = ("spaceId", "id")
    parent_stream_type = Spaces
    schema = schemas.SPACE_LABEL


class SpacePermissions(DetailStream):
    """Who may do what in a space, since 9.1."""

    name = "space_permissions"
    section = "permissions"
    primary_keys = ("spaceId", "id")
    parent_stream_type = Spaces
    schema = schemas.SPACE_PERMISSION
    fails_closed = True


class SpaceProperties(SpacePropertyStream):
    """Values that apps and users keep with a space."""

    parent_stream_type = Spaces
