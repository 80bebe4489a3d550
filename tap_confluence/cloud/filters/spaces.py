"""Which spaces of a Cloud site are wanted, and lists of content restricted to them."""

from __future__ import annotations

from collections import deque
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tap_confluence.filters.left_out import UNLISTED, failing, names_left_out
from tap_confluence.http import ListRequest, in_chunks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tap_confluence.filters.settings import Filters, Verdicts
    from tap_confluence.http import Reader

    Row = dict[str, Any]

SPACES = "/api/v2/spaces"
TAG = "spaces"

PARAMS = {"description-format": "plain", "include-icon": "true"}
"""What is asked for of spaces, so that one reading serves their stream and the filters."""

MOST_KEYS = 250
"""Keys that the list of spaces takes at once."""

MOST_SPACES = 100
"""Spaces that a list of content can be restricted to."""

FEW_LISTS = 4
"""So many lists, each restricted to some of the spaces, may be asked for their newest items."""


class SpaceFilter:
    """The spaces that the filters leave, asked for once a run.

    Args:
        reader: Reads the site.
        filters: The filters.
    """

    def __init__(self, reader: Reader, filters: Filters) -> None:
        self._reader = reader
        self._filters = filters
        self._verdicts: dict[str, Verdicts] = {}
        self._keys: dict[str, str] = {}

    def __iter__(self) -> Iterator[Row]:
        """Read them, as the API lists them."""
        return iter(self._wanted) if self._filters.by_space else self._list({})

    def ask_ahead(self) -> None:
        """Have their list on the way for one who reads it."""
        if not self._filters.by_space:
            self._reader.ask_ahead(self._first_page({}))

    def check(self) -> None:
        """Make sure of the spaces that the settings name.

        Raises:
            SettingsError: A space does not exist or is not visible.
        """
        if self._filters.by_space:
            _ = self._wanted

    def keys(self) -> Mapping[str, str]:
        """Return the key of each space by its id, of the wanted ones at least."""
        if not self._keys:
            deque(self, maxlen=0)
        return self._keys

    def has(self, space_id: str) -> bool:
        """Tell whether a space is wanted."""
        return all(self.verdicts(space_id).values())

    def verdicts(self, space_id: str) -> Verdicts:
        """Tell which filters a space passes."""
        if not self._filters.by_space:
            return {}
        self.check()
        if space_id not in self._verdicts and not self._filters.space_keys:
            # It was made since the spaces were listed.
            self._judge(self._list({"ids": [space_id]}))
        unlisted = "space_keys" if self._filters.space_keys else UNLISTED
        return self._verdicts.setdefault(space_id, {unlisted: False})

    @property
    def few(self) -> list[Row] | None:
        """Them, if they are so few that a glance is cheaper for them alone."""
        is_few = self._share is not None and len(self._share) <= FEW_LISTS * MOST_SPACES
        return self._share if is_few else None

    @cached_property
    def _share(self) -> list[Row] | None:
        """Them, unless there are hardly any others."""
        if not self._filters.by_space:
            return None
        is_most = self._filters.takes_most(len(self._wanted), len(self._verdicts))
        return None if is_most else self._wanted

    def lists(self, request: ListRequest, *, to_the_end: bool) -> list[ListRequest]:
        """Restrict a list of content to the wanted spaces, where that is cheaper.

        Args:
            request: The first page of a list that takes `space-id`.
            to_the_end: Whether it will be read to its end, so that it pays to ask for many lists
                in its place.

        Returns:
            The first pages of the lists to read instead. What they hold has yet to be filtered.
        """
        spaces = self._share if to_the_end else self.few
        if spaces is None:
            return [request]
        ids = sorted(str(space["id"]) for space in spaces)
        return [
            ListRequest(request.path, {**request.params, "space-id": chunk}, request.tag)
            for chunk in in_chunks(ids, MOST_SPACES)
        ]

    @cached_property
    def _wanted(self) -> list[Row]:
        spaces = self._named() if self._filters.space_keys else list(self._list({}))
        self._filters.check_keys(spaces)
        self._filters = self._filters.with_keys_for_aliases(spaces)
        self._judge(spaces)
        return [space for space in spaces if all(self._verdicts[str(space["id"])].values())]

    def _named(self) -> list[Row]:
        keys = sorted(self._filters.named_keys)
        chunks = in_chunks(keys, MOST_KEYS)
        spaces = [space for chunk in chunks for space in self._list({"keys": chunk})]
        # Whether the site minds how a key is spelled is not documented, and nothing finds an alias.
        is_spelled = not self._filters.missing_keys(spaces)
        return spaces if is_spelled else list(self._list({}))

    def _judge(self, spaces: Iterable[Row]) -> None:
        tell = names_left_out(TAG)
        for space in spaces:
            verdicts = self._filters.verdicts_on_space(space)
            self._verdicts[str(space["id"])] = verdicts
            if tell and not all(verdicts.values()):
                tell(space["id"], failing(verdicts))

    def _list(self, params: Mapping[str, Sequence[str]]) -> Iterator[Row]:
        for space in self._reader.items(self._first_page(params)):
            if space.get("key"):
                self._keys[str(space["id"])] = _key_of(space)
            yield space

    def _first_page(self, params: Mapping[str, Sequence[str]]) -> ListRequest:
        return self._reader.first_page(SPACES, {**PARAMS, **params}, tag=TAG)


def _key_of(space: Row) -> str:
    return str(space.get("key"))


def path_of_space(space: dict[str, Any]) -> str:
    """Return where a space is."""
    return f"{SPACES}/{space['id']}"
