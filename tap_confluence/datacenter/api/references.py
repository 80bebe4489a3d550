"""Where references in bodies of Data Center lead."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

from typing_extensions import override

from tap_confluence.content import Links, Person
from tap_confluence.content.mentions import USER_KEY, USERNAME
from tap_confluence.datacenter.api.batches import MOST_WITH_BODIES
from tap_confluence.datacenter.api.paths import CONTENT, USER
from tap_confluence.errors import ForbiddenError, RefusedError, RetriesExhaustedError
from tap_confluence.rest_v1 import records
from tap_confluence.streams.bodies.included_pages import PageQuestion
from tap_confluence.streams.bodies.references import TAG, References
from tap_confluence.streams.failures import Failures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from tap_confluence.content.references import Reference
    from tap_confluence.http.client import Answer
    from tap_confluence.run import Run

logger = logging.getLogger("tap-confluence")


PARAMS = {USER_KEY: "key", USERNAME: "username"}
"""How to ask for somebody, by the kind of id."""


class DataCenterReferences(References):
    """Resolves references with what is spelled out of an item, and people one by one.

    Args:
        run: The run.
        expansion_of_pages: Returns what has to be spelled out of a page for the filters.
    """

    at_once = MOST_WITH_BODIES

    _is_refused = False

    def __init__(self, run: Run, expansion_of_pages: Callable[[], Iterable[str]]) -> None:
        super().__init__(run)
        self._expansion_of_pages = expansion_of_pages

    @override
    def links_of(self, item: Mapping[str, Any]) -> Links:
        content_id, space_key = records.place(item)
        known = self.people, self.files, self.paths, self.included.by_address
        return Links(self._root, space_key, content_id, *known)

    @override
    def look_up(self, people: Mapping[str, str]) -> Iterator[tuple[str, Person]]:
        reader = self._run.reader

        def call(name: str) -> Callable[[], Answer] | None:
            param = PARAMS.get(people[name])
            if self._is_refused or param is None:
                return None
            return partial(reader.client.get, USER, {param: name}, tag=TAG)

        failures = Failures()
        for name, future in reader.look_ahead(people, call):
            try:
                user = reader.result(future).body if future else {}
            except ForbiddenError as error:
                if not self._is_refused:
                    logger.warning("Mentions stay keys, for people cannot be read (%s)", error)
                self._is_refused = True
                continue
            except RefusedError:
                # Nobody has this key or name any more.
                continue
            except RetriesExhaustedError as error:
                failed = failures.add(error)
                logger.warning("A mention stays a key, for its person is not told (%s)", failed)
                continue
            failures.end()
            if person := self._person(user):
                yield name, person

    @override
    def ask_for_pages(self, pages: Mapping[str, Reference]) -> Iterator[PageQuestion]:
        body = f"body.{self._run.config['body_format']}"
        names = dict.fromkeys((body, "space", *self._expansion_of_pages()))
        expand = {"expand": ",".join(names)}
        for address, page in pages.items():
            if page.target_id:
                path = f"{CONTENT}/{page.target_id}"
                yield PageQuestion(path, expand, {address: page})
            elif page.space_key and page.title:
                params = {**expand, "spaceKey": page.space_key, "title": page.title}
                yield PageQuestion(CONTENT, params, {address: page})

    def _person(self, user: Mapping[str, Any]) -> Person | None:
        name, username = user.get("displayName"), user.get("username")
        if not isinstance(name, str) or not name:
            return None
        url = f"{self._root}/users/viewuserprofile.action?username={quote_plus(str(username))}"
        return Person(name, url if username else "")
