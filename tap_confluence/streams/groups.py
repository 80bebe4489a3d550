"""Groups of people and who is in them, on any deployment."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tap_confluence.schemas.groups import GROUP
from tap_confluence.schemas.people import GROUP_MEMBER
from tap_confluence.streams.base import ConfluenceStream
from tap_confluence.streams.cost import Requests, pages_by_offset

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.streams.cost import Size


MOST_A_PAGE = 200
"""Groups, or members of a group, that a site gives at once."""


class GroupStream(ConfluenceStream):
    """All groups of a site."""

    name = "groups"
    primary_keys = ("id",)
    schema = GROUP
    is_filtered = False
    stands_alone = True

    @override
    def requests(self, size: Size) -> Iterator[Requests]:
        yield requests_for_groups(size)

    @abstractmethod
    def list_all(self) -> Sequence[dict[str, Any]]:
        """Read all groups."""

    @property
    def listed(self) -> Sequence[dict[str, Any]]:
        """All groups, which are read once a run."""
        return self.reader.shared(self.name, self.list_all)

    @override
    def prepare(self) -> None:
        self.begin()

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        for group in self.listed:
            yield dict(group)


class GroupMemberStream(ConfluenceStream):
    """Who is in which group. To be in one grants rights."""

    name = "group_members"
    request_per = "group"
    primary_keys = ("groupId", "accountId")
    schema = GROUP_MEMBER
    is_filtered = False
    fails_closed = True
    stands_alone = True

    @override
    def prepare(self) -> None:
        self.begin()

    @override
    def requests(self, size: Size) -> Iterator[Requests]:
        yield requests_for_groups(size)
        yield requests_for_members(size)


def requests_for_groups(size: Size) -> Requests:
    """Return the requests for all groups."""
    number = pages_by_offset(size["groups"].listed, min(MOST_A_PAGE, size.page_size))
    return Requests(number, "groups", GroupStream.name)


def requests_for_members(size: Size) -> Requests:
    """Return the requests for the members of all groups, if most people are in one of them."""
    groups, people = size["groups"].listed, size["users"].listed
    return Requests(groups - 1 + pages_by_offset(people, MOST_A_PAGE) if groups else 0)
