"""Where references in bodies of Confluence Cloud lead."""

from __future__ import annotations

import logging
import re
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from typing_extensions import override

from tap_confluence.cloud.api.user_lookup import MOST_IDS, SCOPE, look_up
from tap_confluence.content import Links, Person
from tap_confluence.content.mentions import ACCOUNT_ID
from tap_confluence.decoding import unquoted
from tap_confluence.errors import RefusedError
from tap_confluence.http import BODY, in_chunks
from tap_confluence.streams.bodies.included_pages import PageQuestion
from tap_confluence.streams.bodies.references import HOLDERS, TAG, References

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tap_confluence.content.references import Reference
    from tap_confluence.run import Run

logger = logging.getLogger("tap-confluence")

PAGES = "/api/v2/pages"

MOST_PAGES = 250
"""Ids of pages that one request may name."""

_SPACE: re.Pattern[str] = re.compile(r"/spaces/([^/?#]+)")
_ACCOUNT: re.Pattern[str] = re.compile(r"[\w:.-]{1,128}")


class CloudReferences(References):
    """Resolves references with what the lists give, and people 250 a request.

    Args:
        run: The run.
        list_space_keys: Returns the key of each space by its id.
    """

    at_once = MOST_IDS

    _is_refused = False

    def __init__(self, run: Run, list_space_keys: Callable[[], Mapping[str, str]]) -> None:
        super().__init__(run)
        self._list_space_keys = list_space_keys

    @override
    def links_of(self, item: Mapping[str, Any]) -> Links:
        content_id = next((item[key] for key in HOLDERS if item.get(key) is not None), None)
        if content_id is None and item.get("attachmentId") is None:
            content_id = item.get("id")
        content_id = content_id and str(content_id)
        known = self.people, self.files, self.paths, self.included.by_address
        return Links(self._root, self._space_key(item), content_id, *known)

    @override
    def look_up(self, people: Mapping[str, str]) -> Iterator[tuple[str, Person]]:
        # One id that is none would have all of them refused.
        accounts = [
            name for name, kind in people.items() if kind == ACCOUNT_ID and _ACCOUNT.fullmatch(name)
        ]
        if self._is_refused or not accounts:
            return
        reader = self._run.reader
        try:
            users = reader.result(reader.start(look_up, reader.client, accounts, tag=TAG))
        except RefusedError as error:
            self._is_refused = True
            logger.warning(
                "Mentions stay account ids, for to read people the token needs the scope %s (%s)",
                SCOPE,
                error,
            )
            return
        for user in users:
            account, name = user.get("accountId"), user.get("displayName") or user.get("publicName")
            if isinstance(account, str) and isinstance(name, str) and name:
                yield account, Person(name, f"{self._root}/people/{quote(account, safe=':')}")

    @override
    def ask_for_pages(self, pages: Mapping[str, Reference]) -> Iterator[PageQuestion]:
        space_ids = {key.lower(): space_id for space_id, key in self._space_keys.items()}
        body = {BODY: self._run.config["body_format"]}
        by_id = {address: page for address, page in pages.items() if page.target_id}
        for address, page in pages.items():
            space_id = space_ids.get((page.space_key or "").lower())
            if space_id and address not in by_id:
                params = {**body, "space-id": space_id, "title": page.title or ""}
                yield PageQuestion(PAGES, params, {address: page})
        for some in in_chunks(list(by_id), MOST_PAGES):
            ids = sorted({str(by_id[address].target_id) for address in some})
            params = {**body, "id": ids, "limit": str(MOST_PAGES)}
            yield PageQuestion(PAGES, params, {address: by_id[address] for address in some})

    def _space_key(self, item: Mapping[str, Any]) -> str | None:
        """Return the key of the space of an item, as its own address tells, or else the spaces."""
        links = item.get("_links")
        webui = links.get("webui") if isinstance(links, dict) else None
        found = _SPACE.match(webui) if isinstance(webui, str) else None
        if found:
            return unquoted(found[1])
        space_id = item.get("spaceId")
        return None if space_id is None else self._space_keys.get(str(space_id))

    @cached_property
    def _space_keys(self) -> Mapping[str, str]:
        """The key of each space by its id; none where spaces cannot be read."""
        try:
            return self._list_space_keys()
        except RefusedError as error:
            logger.warning("Links to pages stay names, for spaces cannot be read (%s)", error)
            return {}
