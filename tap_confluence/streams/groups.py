"""Groups of people and who is in them, on any deployment."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tap_confluence.schemas.groups import GROUP
from tap_confluence.schemas.people import GROUP_MEMBER
from tap_confluence.streams.base import ConfluenceStream

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from singer_sdk.helpers.types import Context, Record


class GroupStream(ConfluenceStream):
    """All groups of a site."""

    name = "groups"
    primary_keys = ("id",)
    schema = GROUP
    is_filtered = False
    stands_alone = True

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
