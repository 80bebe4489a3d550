"""Groups of people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from tap_confluence import schemas
from tap_confluence.streams.base import ConfluenceStream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from singer_sdk.helpers.types import Context, Record

MOST_GROUPS_A_PAGE = 200


class Groups(ConfluenceStream):
    """All groups. Only REST v1 has them, paged by offset."""

    name = "groups"
    path = "/rest/api/group"
    scope = "read:group:confluence"
    primary_keys = ("id",)
    schema = schemas.GROUP
    is_filtered = False

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        limit = str(min(self.reader.page_size, MOST_GROUPS_A_PAGE))
        request = self.reader.first_page(self.path, {"limit": limit}, tag=self.name)
        return self.reader.offset_items(request)
