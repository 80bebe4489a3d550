"""Groups of people, who is in them, and all people."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from typing_extensions import override

from tap_confluence.datacenter.api import paths
from tap_confluence.datacenter.api.batches import MOST_EXPANDED, Query, read_by_offset, read_items
from tap_confluence.errors import ForbiddenError, NotFoundError, RefusedError
from tap_confluence.http import KeptRows
from tap_confluence.rest_v1 import records
from tap_confluence.schemas.people import USER
from tap_confluence.streams.cost import Requests, pages_by_offset
from tap_confluence.streams.groups import GroupMemberStream, GroupStream
from tap_confluence.streams.users import UserStream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.http import Client
    from tap_confluence.streams.base import ConfluenceStream
    from tap_confluence.streams.cost import Size

EXPAND = ("status",)
REFUSED = 400


class Groups(GroupStream):
    """All groups, which have a name and no other id."""

    path = "/rest/api/group"

    @override
    def list_all(self) -> Sequence[Record]:
        query = Query(self.path, {}, self.name, limit=MOST_EXPANDED)
        batches = read_by_offset(self.reader, query)
        groups: list[Record] = []
        for batch in batches:
            if batch.failed is not None and batch.error is not None:
                self.skip(batch.failed, batch.error)
            groups += map(records.group, batch.items)
        return groups

    def members(self, stream: ConfluenceStream) -> Iterator[tuple[Record, KeptRows]]:
        """Yield each group with its members, as records of `users`.

        Args:
            stream: For which they are read.

        Raises:
            RefusedError: The account lacks the right to see them.
        """

        def call(group: Record) -> Callable[[], KeptRows]:
            path = f"{self.path}/{quote(group['id'], safe='')}/member"
            query = Query(path, {}, stream.name, EXPAND, MOST_EXPANDED)
            return partial(_kept_users, self.reader.client, query)

        groups = []
        for group in self.listed:
            if not group["id"]:
                stream.leave_incomplete()
            elif "/" in group["id"]:
                # Tomcat refuses a path with an encoded slash.
                error = RefusedError("no site answers for a name with a slash", REFUSED)
                stream.note_skipped(group["id"], error)
                stream.leave_incomplete()
            else:
                groups.append(group)
        return stream.each(groups, call)


class GroupMembers(GroupMemberStream):
    """Who is in which group, with a request a group."""

    path = "/rest/api/group/{name}/member"
    right = "the right of a Confluence administrator"

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        for group, members in self.stream_of(Groups).members(self):
            for member in members:
                yield {"groupId": group["id"], "accountId": member["accountId"]}


class Users(UserStream):
    """All people; where the site is too old to list them, those in groups and those met."""

    path = f"{paths.USER}/list"
    schema = USER

    @override
    def requests(self, size: Size) -> Iterator[Requests]:
        yield Requests(pages_by_offset(size["users"].listed, MOST_EXPANDED))

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        return self.each_once([self._listed_or_members], self._looked_up)

    def _listed_or_members(self) -> Iterator[Record]:
        query = Query(self.path, {}, self.name, EXPAND, MOST_EXPANDED)
        try:
            for batch in read_by_offset(self.reader, query):
                yield from _users(batch.items)
        except (NotFoundError, ForbiddenError) as error:
            self.logger.info("The site does not list its users (%d): reading groups", error.status)
            for _, members in self.stream_of(Groups).members(self):
                yield from members

    def _looked_up(self) -> Iterator[Record]:
        def call(person: Record) -> Callable[[], Record]:
            params = {"key": person["id"], "expand": ",".join(EXPAND)}
            get = self.reader.client.get
            return lambda: records.user(get(paths.USER, params, tag=self.name).body)

        # They have left, or may not be listed.
        for _, user in self.each(({"id": person} for person in self.unknown), call):
            yield user


def _users(items: Iterable[dict[str, Any]]) -> list[Record]:
    return [records.user(item) for item in items]


def _kept_users(client: Client, query: Query) -> KeptRows:
    """Get people who are in a group, which may be very many: they are kept in little memory."""
    return KeptRows.of(map(records.user, read_items(client, query)))
