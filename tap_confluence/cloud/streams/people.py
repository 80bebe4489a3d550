"""Groups of people, and who is in them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from typing_extensions import override

from tap_confluence.http import OverlappingOffsetPaginator, read_items
from tap_confluence.streams.groups import MOST_A_PAGE, GroupMemberStream, GroupStream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.http import Client, ListRequest
    from tap_confluence.streams.base import ConfluenceStream

GROUPS = "/rest/api/group"


class Groups(GroupStream):
    """All groups. Only REST v1 has them, paged by offset."""

    path = GROUPS
    scope = "read:group:confluence"

    @override
    def list_all(self) -> Sequence[dict[str, Any]]:
        limit = str(min(self.reader.page_size, MOST_A_PAGE))
        request = self.reader.first_page(self.path, {"limit": limit}, tag=self.name)
        pages = self.reader.told(self.reader.pages(request, OverlappingOffsetPaginator()))
        return [group for page in pages for group in page.rows]

    def members(self, stream: ConfluenceStream) -> Iterator[tuple[dict[str, Any], list[str]]]:
        """Yield each group with the account ids of its members.

        Args:
            stream: For which they are read.

        Raises:
            RefusedError: The token lacks the scope, or the account the right, to see them.
        """

        def call(group: dict[str, Any]) -> Callable[[], list[str]]:
            path = f"{self.path}/{quote(str(group['id']), safe='')}/membersByGroupId"
            request = self.reader.first_page(path, {"limit": str(MOST_A_PAGE)}, tag=stream.name)
            return partial(_account_ids, self.reader.client, request)

        groups = [group for group in self.listed if group.get("id")]
        if len(groups) < len(self.listed):
            stream.leave_incomplete()
        return stream.each(groups, call)


class GroupMembers(GroupMemberStream):
    """Who is in which group, with a request a group."""

    path = f"{GROUPS}/{{id}}/membersByGroupId"
    scope = "read:group:confluence, read:user:confluence"

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        for group, members in self.stream_of(Groups).members(self):
            for member in members:
                yield {"groupId": group["id"], "accountId": member}


def _account_ids(client: Client, request: ListRequest) -> list[str]:
    """Get the account ids in a list of people, which may be long: nothing else of it is kept."""
    members = read_items(client, request, OverlappingOffsetPaginator())
    return list(dict.fromkeys(str(member["accountId"]) for member in members))
