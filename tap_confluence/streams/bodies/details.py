"""Details that are made of bodies in hand: what pages link to, include, and carry as properties."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tap_confluence.content import TooLargeError
from tap_confluence.content.properties import properties_in
from tap_confluence.content.references import inclusions_in, references_in
from tap_confluence.settings import READABLE
from tap_confluence.streams.parents import BodyDetailStream

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.content import Links


class RowsOfBodies(BodyDetailStream):
    """Rows that are made of the body of an item, numbered from 1 on."""

    primary_keys = ("pageId", "position")

    @abstractmethod
    def made_of(self, body: Any, representation: str, links: Links) -> Iterable[Record]:
        """Return the rows of a body."""

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        parent = self.parent
        body = parent.body_of(self)
        version = parent.present.get("version")
        same = {
            parent.owner_key: (context or {})[parent.owner_key],
            "versionNumber": version.get("number") if isinstance(version, dict) else None,
            self.replication_key: parent.present.get(self.replication_key),
        }
        representation, value = readable_body(body)
        rows: Iterable[Record] = ()
        try:
            if value:
                rows = [*self.made_of(value, representation, self.links())]
        except TooLargeError as error:
            self.run.notes.unread(self.name, same[parent.owner_key], error)
        for position, row in enumerate(rows, start=1):
            yield {**same, "position": position, **row}


class LinkStream(RowsOfBodies):
    """What the links of pages lead to: pages, blog posts, files, people, Jira issues, addresses."""

    @override
    def made_of(self, body: Any, representation: str, links: Links) -> Iterator[Record]:
        for link in references_in(body, representation, links):
            yield {
                "kind": link.kind,
                "targetId": link.target_id,
                "targetSpaceKey": link.space_key,
                "targetTitle": link.title,
                "url": link.url,
                "text": link.text,
            }


class IncludeStream(RowsOfBodies):
    """Which pages show other pages, or excerpts of them."""

    @override
    def made_of(self, body: Any, representation: str, links: Links) -> Iterator[Record]:
        for found in inclusions_in(body, representation, links):
            yield {
                "macro": found.macro,
                "targetId": found.page.target_id,
                "targetSpaceKey": found.page.space_key,
                "targetTitle": found.page.title or found.page.text,
                "excerptName": found.excerpt,
            }


class PropertyRowStream(RowsOfBodies):
    """The rows of *Page Properties* macros."""

    @override
    def made_of(self, body: Any, representation: str, links: Links) -> Iterator[Record]:
        for row in properties_in(body, representation, links):
            yield {
                "table": row.table + 1,
                "macroId": row.macro_id,
                "key": row.key,
                "value": row.text,
                "valueMarkdown": row.markdown,
            }


def readable_body(bodies: object) -> tuple[str, Any]:
    """Return the format of a body that can be read, and the body; None if there is none.

    Args:
        bodies: What a record has of them: an object with one of `value` for each format.
    """
    for representation in READABLE:
        part = bodies.get(representation) if isinstance(bodies, dict) else None
        if isinstance(part, dict) and part.get("value"):
            return representation, part["value"]
    return "", None
