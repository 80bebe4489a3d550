"""Custom content: what apps keep in Confluence, such as diagrams and calendars."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from typing_extensions import override

from tap_confluence import schemas
from tap_confluence.cloud.content import ContentStream
from tap_confluence.errors import RefusedError

if TYPE_CHECKING:
    from tap_confluence.client import ListRequest

TYPE_NAME = re.compile(r"[\w.-]+(?::[\w.-]+)+")
"""Custom content types have a colon in their name, the types of Confluence itself have none."""

SEARCH = "/rest/api/search"


class CustomContent(ContentStream):
    """Custom content of the types that are set, or that the site says it has.

    The API has no list of types; but a search for a type that does not exist is refused with a
    message that names those that do (observed 2026-08-14, mozilla/markfluence).
    """

    name = "custom_content"
    path = "/api/v2/custom-content"
    scope = "read:custom-content:confluence"
    owner_key = "customContentId"
    schema = schemas.CUSTOM_CONTENT

    _began = ""

    @override
    def lists(self, *statuses: str, bodies: bool = True) -> list[ListRequest]:
        self._began = self._tap.site_moment()
        types = self.config.get("custom_content_types")
        if types is None:
            types = self._ask_for_types()
        [request] = super().lists(*statuses, bodies=bodies)
        return [
            self.reader.first_page(self.path, {**request.params, "type": type_}, tag=self.name)
            for type_ in types
        ]

    @override
    def advance(self, moment: str | None) -> None:
        # The lists of the types are read one beside the other: what changes in one after its end
        # was reached is read by the next run.
        super().advance(min(moment, self._began or moment) if moment else None)

    @override
    def prepare(self) -> None:
        """Wait for the stream's turn: which lists there are has to be asked first."""

    def _ask_for_types(self) -> list[str]:
        try:
            self.reader.get(SEARCH, {"cql": "type=bogustype"}, tag=self.name)
        except RefusedError as error:
            types = sorted(set(TYPE_NAME.findall(error.said)))
        else:
            types = []
        if not types:
            self.logger.warning(
                "The site does not tell which types of custom content it has: if there are any, "
                "name them in 'custom_content_types'"
            )
        return types
