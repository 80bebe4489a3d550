"""People: those who may use the site, those in groups, and those whom the records name."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tap_confluence.cloud.api.user_lookup import MOST_IDS, look_up
from tap_confluence.cloud.streams.people import GroupMembers, Groups
from tap_confluence.errors import RefusedError
from tap_confluence.http import FEW_AHEAD, CircleGuard, OffsetPaginator, rows_of
from tap_confluence.http.pagination.paginators import next_link
from tap_confluence.schemas.people import USER
from tap_confluence.streams.cost import Requests, full_pages
from tap_confluence.streams.groups import requests_for_groups, requests_for_members
from tap_confluence.streams.users import UserStream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.http import ListRequest
    from tap_confluence.http.client import Answer
    from tap_confluence.streams.cost import Size

USER_SEARCH = "/rest/api/search/user"
MOST_FOUND = 200
"""People that a search gives at once."""

EVERYONE = {"cql": "type=user", "sitePermissionTypeFilter": "all", "limit": str(MOST_FOUND)}

AS_THEY_ARE = ("accountId", "displayName", "publicName", "profilePicture", "personalSpaceId")
NULL_WHEN_EMPTY = ("accountType", "accountStatus", "email", "timeZone")


class Users(UserStream):
    """Everyone a run meets, each described by REST v2, 250 a request.

    The search knows who may use the site, about 10,000 at most. Groups know the others, and the
    records of the run those who have left, or who are apps.
    """

    path = USER_SEARCH
    scope = "read:user:confluence, read:group:confluence, read:content-details:confluence"
    schema = USER

    _is_blind = False
    """Whether people may not be looked up."""

    @override
    def requests(self, size: Size) -> Iterator[Requests]:
        people = size["users"].listed
        yield Requests(full_pages(people, MOST_IDS))
        if "site" in self.config["user_sources"]:
            yield Requests(size.pages(people, MOST_FOUND))
            if not self._members_are_met:
                yield requests_for_groups(size)
                yield requests_for_members(size)

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        def call(people: list[Record]) -> Callable[[], list[dict[str, Any]]] | None:
            ids = [person["accountId"] for person in people]
            return None if self._is_blind else partial(look_up, client, ids, tag=self.name)

        client = self.reader.client
        for people, future in self.reader.look_ahead(self._together(), call, per_worker=FEW_AHEAD):
            try:
                described = self.reader.result(future) if future else []
            except RefusedError as error:
                self._is_blind = True
                self.deny(error)
                described = []
            found = {row["accountId"]: row for row in described if row.get("accountId")}
            for person in people:
                row = {**person, **_filled(found.get(person["accountId"], {}))}
                # An id that the site no longer knows says nothing.
                if len(row) > 1:
                    yield _record(row)

    def _together(self) -> Iterator[list[Record]]:
        """Yield people by as many as can be looked up at once, each person once."""
        together: list[Record] = []
        for person in self.each_once([self._searched, self._members], self._met):
            together.append(person)
            if len(together) == MOST_IDS:
                yield together
                together = []
        if together:
            yield together

    def _searched(self) -> Iterator[Record]:
        search = PeopleSearch()
        request = self.reader.first_page(USER_SEARCH, EVERYONE, tag=self.name)
        try:
            for page in self.reader.told(self.reader.pages(request, search, ahead=1)):
                yield from page.rows
        except RefusedError as error:
            if not search.reached or error.status != HTTPStatus.BAD_REQUEST:
                raise
            # The search does not reach that far.
        if search.reached < search.total:
            self.logger.info(
                "The search for people ends at %d of %d; the others are found in groups and as "
                "authors",
                search.reached,
                search.total,
            )

    @property
    def _members_are_met(self) -> bool:
        """Whether another stream names all who are in groups."""
        return self.run.collects_user_ids and self.stream_of(GroupMembers).selected

    def _members(self) -> Iterator[Record]:
        if self._members_are_met and not self.stream_of(GroupMembers).is_denied:
            return
        for _, members in self.stream_of(Groups).members(self):
            yield from ({"accountId": member} for member in members)

    def _met(self) -> Iterator[Record]:
        yield from ({"accountId": person} for person in self.unknown)


class PeopleSearch(OffsetPaginator):
    """Follows the search for people as far as it reaches. Groups and authors make up for the rest.

    Attributes:
        reached: How many rows it has given.
        total: How many it says there are.
    """

    def __init__(self) -> None:
        super().__init__(CircleGuard(itemgetter("accountId"), most_repeats=0, ends=True))
        self.reached = 0
        self.total = 0

    @override
    def rows(self, request: ListRequest, body: dict[str, Any]) -> list[dict[str, Any]]:
        return [user for user in map(_user_of, rows_of(request.path, body)) if user]

    @override
    def step(self, answer: Answer, rows: list[dict[str, Any]]) -> int | None:
        received = len(rows_of(USER_SEARCH, answer.body))
        self.reached += received
        total = answer.body.get("totalSize")
        self.total = total if isinstance(total, int) else self.total
        return received if next_link(answer) or self.reached < self.total else None


def _user_of(row: Mapping[str, Any]) -> dict[str, Any] | None:
    user = row.get("user")
    return user if isinstance(user, dict) and user.get("accountId") else None


def _filled(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value not in (None, "")}


def _record(row: dict[str, Any]) -> Record:
    """Turn a user into a record. What a person does not show comes as an empty text or null."""
    old_names = ("isGuest", "isExternalCollaborator", "externalCollaborator")
    is_guest = next((row[name] for name in old_names if isinstance(row.get(name), bool)), None)
    return {
        **{name: row.get(name) for name in AS_THEY_ARE},
        **{name: row.get(name) or None for name in NULL_WHEN_EMPTY},
        "isGuest": is_guest,
        "isExternalCollaborator": is_guest,
    }
