"""What pages and blog posts have in common: each of their versions has a body."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tap_confluence.cloud.api.details import VERSION_OWNERS
from tap_confluence.cloud.filters.containers import MOST_IDS
from tap_confluence.cloud.streams.content import ContentStream
from tap_confluence.errors import FailedItemError, NotFoundError
from tap_confluence.http import BODY, ListRequest, collect, in_chunks
from tap_confluence.settings import RENDERED, STORAGE
from tap_confluence.statuses import TRASHED
from tap_confluence.streams.parents import PartOfSection, read_section

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tap_confluence.streams.base import ConfluenceStream
    from tap_confluence.streams.parents import Details

VERSIONS = "versions"
MOST_WITH_BODIES = "50"
"""Versions to ask for at a time: an answer has the whole text once for each of them."""


class PostStream(ContentStream):
    """Pages or blog posts.

    The bodies of versions are in the list of versions alone. Where they are wanted, it takes the
    place of the versions among the details: one request an item more.
    """

    @property
    @override
    def is_judged_at_sight(self) -> bool:
        return not (self.run.filters.by_tree or self.run.filters.by_label)

    @override
    def from_trash(self, item_ids: Sequence[str]) -> Iterator[dict[str, Any]]:
        body = {BODY: self.listed_format} if self.listed_format else {}
        for some in in_chunks(item_ids, MOST_IDS):
            params = {"status": TRASHED, "id": some, **body}
            rows = self.reader.items(self.reader.first_page(self.path, params, tag=self.name))
            yield from self.wanted(rows)

    @override
    def trashed(self) -> Iterator[dict[str, Any]]:
        """Read all that is in the trash, whatever its labels: few of it is new and judged."""
        for request in self.lists_of_trash():
            items = self.reader.items(request)
            yield from self.content_filter.filtered_but_for_labels(items, stream=self.name)

    @override
    def get_details(self, item_id: str, sections: Sequence[str]) -> Details:
        if VERSIONS not in sections or not self.config["version_bodies"]:
            return super().get_details(item_id, sections)
        versions = read_section(self._get_versions, item_id)
        if isinstance(versions, NotFoundError):
            # If not the item itself is gone, there is at least the history without bodies.
            return super().get_details(item_id, sections)
        others = [section for section in sections if section != VERSIONS]
        if isinstance(versions, FailedItemError):
            return _without_bodies(super().get_details(item_id, sections), versions)
        details = super().get_details(item_id, others) if others else {}
        return {**details, VERSIONS: versions}

    @override
    def get_again(
        self, item_id: str, streams: Sequence[ConfluenceStream]
    ) -> tuple[dict[str, Any], Details]:
        item, details = super().get_again(item_id, streams)
        if self in streams:
            # A page that is asked for on its own lacks its subtype (description of July 2026).
            item = next(iter(self._listed_by_id(item_id)), item)
        if VERSIONS in details and self.config["version_bodies"]:
            details[VERSIONS] = read_section(self._get_versions, item_id)
        return item, details

    def _listed_by_id(self, item_id: str) -> list[dict[str, Any]]:
        body = {BODY: self.listed_format} if self.listed_format else {}
        params = {"id": item_id, "status": self.wanted_statuses, **body}
        return collect(self.reader.client, ListRequest(self.path, params, self.name))

    def _get_versions(self, item_id: str) -> list[dict[str, Any]]:
        body_format = self.config["body_format"]
        params = {
            "limit": MOST_WITH_BODIES,
            BODY: STORAGE if body_format in RENDERED else body_format,
        }
        first = ListRequest(f"{self.path}/{item_id}/{VERSIONS}", params, self.name)
        return [_with_body(row) for row in collect(self.reader.client, first)]


def _without_bodies(details: Details, error: FailedItemError) -> Details:
    """Return details whose versions lack their bodies, for which the site fails."""
    versions = details.get(VERSIONS)
    if not isinstance(versions, list):
        return details
    rows = [{**version, "body": {}} for version in versions]
    return {**details, VERSIONS: PartOfSection(rows, error)}


def _with_body(row: dict[str, Any]) -> dict[str, Any]:
    """Move the body of a version from what it is a version of to the version itself."""
    owners = [owner for key in VERSION_OWNERS if isinstance(owner := row.get(key), dict)]
    body = next((owner.get("body") for owner in owners), None)
    version = {key: value for key, value in row.items() if key not in VERSION_OWNERS}
    return {**version, "body": body if isinstance(body, dict) else {}}
