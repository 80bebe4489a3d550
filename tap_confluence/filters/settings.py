"""What the user wants of a site: which spaces, page trees, labels and statuses."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import msgspec

from tap_confluence.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    Verdicts = dict[str, bool]
    """Whether something passes each filter that the settings have, by the name of the setting."""

logger = logging.getLogger("tap-confluence")

ALL_STATUSES = frozenset({"current", "archived", "trashed"})


@dataclass(frozen=True)
class Filters:
    """The filters of the settings, and what follows from them alone.

    A space is wanted if its key, type, status and id are. A page is wanted if its space and its
    status are, if it lies in one of the trees asked for (the root included) and in none that is
    excluded, and by the labels that it carries itself. The same holds for a blog post, which lies
    in no tree. Whatever belongs to a page or a blog post, such as a comment, a file or a version,
    is wanted if and only if that is. What an app keeps with a space itself is wanted if its space
    is, unless trees or labels are asked for. People and groups are not filtered.

    Attributes:
        space_keys: Only the spaces with these keys or aliases, in lower case; empty takes all.
        exclude_space_keys: Never these, in lower case.
        space_types: Only spaces of these types; empty takes all.
        archived_spaces: Whether archived spaces are wanted.
        space_id_from: Only spaces with this id or a higher one.
        space_id_below: Only spaces with a lower id.
        root_page_ids: Only what lies in these trees; empty takes all.
        exclude_page_ids: Never what lies in these.
        labels: Only what carries one of these, in lower case; empty takes all.
        exclude_labels: Never what carries one of these, in lower case.
        statuses: Those of pages and blog posts.
        named_keys: All keys and aliases of spaces that the settings name, as the user spells them.
    """

    space_keys: frozenset[str] = frozenset()
    exclude_space_keys: frozenset[str] = frozenset()
    space_types: frozenset[str] = frozenset()
    archived_spaces: bool = True
    space_id_from: int | None = None
    space_id_below: int | None = None
    root_page_ids: frozenset[str] = frozenset()
    exclude_page_ids: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()
    exclude_labels: frozenset[str] = frozenset()
    statuses: frozenset[str] = ALL_STATUSES
    named_keys: frozenset[str] = frozenset()

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Self:
        """Read the filters from checked settings."""

        def given(name: str) -> frozenset[str]:
            return frozenset(value.strip() for value in config.get(name) or ())

        def lower(name: str) -> frozenset[str]:
            return frozenset(value.lower() for value in given(name))

        return cls(
            space_keys=lower("space_keys"),
            exclude_space_keys=lower("exclude_space_keys"),
            space_types=lower("space_types"),
            archived_spaces=config["include_archived_spaces"],
            space_id_from=config.get("space_id_from"),
            space_id_below=config.get("space_id_below"),
            root_page_ids=lower("root_page_ids"),
            exclude_page_ids=lower("exclude_page_ids"),
            labels=lower("labels"),
            exclude_labels=lower("exclude_labels"),
            statuses=frozenset(config["content_statuses"]),
            named_keys=given("space_keys") | given("exclude_space_keys"),
        )

    @property
    def by_space(self) -> bool:
        """Whether some spaces may be unwanted."""
        by_name = self.space_keys or self.exclude_space_keys or self.space_types
        return bool(by_name) or self.by_range or not self.archived_spaces

    @property
    def by_range(self) -> bool:
        """Whether some spaces may be unwanted because of their ids."""
        return self.space_id_from is not None or self.space_id_below is not None

    @property
    def by_tree(self) -> bool:
        """Whether some pages may be unwanted because of where they lie."""
        return bool(self.root_page_ids or self.exclude_page_ids)

    @property
    def by_label(self) -> bool:
        """Whether some content may be unwanted because of what it carries."""
        return bool(self.labels or self.exclude_labels)

    @property
    def by_status(self) -> bool:
        """Whether some content may be unwanted because of its status."""
        return self.statuses != ALL_STATUSES

    @property
    def by_anything(self) -> bool:
        """Whether anything may be unwanted."""
        return self.by_space or self.by_tree or self.by_label or self.by_status

    @property
    def fingerprint(self) -> str | None:
        """What tells these filters from others, short enough for the state; None without any."""
        if not self.by_anything:
            return None
        # However the keys are spelled.
        same = replace(self, named_keys=frozenset())
        text = msgspec.json.encode(same, order="deterministic")
        return hashlib.blake2b(text, digest_size=8).hexdigest()

    def verdicts_on_space(self, space: Mapping[str, Any]) -> Verdicts:
        """Tell which filters a space passes.

        Args:
            space: Its `id`, `key`, `type` and `status`.
        """
        key, number = key_of(space), space_number(space)
        verdicts: Verdicts = {}
        if self.space_keys:
            verdicts["space_keys"] = key in self.space_keys
        if self.exclude_space_keys:
            verdicts["exclude_space_keys"] = key not in self.exclude_space_keys
        if self.space_types:
            verdicts["space_types"] = space.get("type") in self.space_types
        if not self.archived_spaces:
            verdicts["include_archived_spaces"] = space.get("status") != "archived"
        if self.space_id_from is not None:
            verdicts["space_id_from"] = number >= self.space_id_from
        if self.space_id_below is not None:
            verdicts["space_id_below"] = number < self.space_id_below
        return verdicts

    def takes_most(self, wanted: int, known: int) -> bool:
        """Tell whether most spaces are wanted, so that to leave out the others spares little.

        Args:
            wanted: How many are.
            known: How many there are; where they are named, nobody has counted the others.
        """
        return not self.space_keys and 2 * wanted > known

    def verdicts_on_labels(self, names: frozenset[str]) -> Verdicts:
        """Tell which filters something passes that carries labels of these names."""
        verdicts: Verdicts = {}
        if self.labels:
            verdicts["labels"] = bool(self.labels & names)
        if self.exclude_labels:
            verdicts["exclude_labels"] = not self.exclude_labels & names
        return verdicts

    def verdicts_on_path(self, path: frozenset[str]) -> Verdicts:
        """Tell which filters something passes because of where it lies.

        Args:
            path: Its id and those of all that it lies under; nothing for a blog post.
        """
        verdicts: Verdicts = {}
        if self.root_page_ids:
            verdicts["root_page_ids"] = bool(self.root_page_ids & path)
        if self.exclude_page_ids:
            verdicts["exclude_page_ids"] = not self.exclude_page_ids & path
        return verdicts

    def verdicts_on_status(self, status: object) -> Verdicts:
        """Tell whether a page or a blog post of a status passes; None passes, being unknown."""
        if not self.by_status:
            return {}
        return {"content_statuses": status in {None, *self.statuses}}

    @property
    def takes_what_spaces_keep(self) -> bool:
        """Whether content can be wanted that is in a space, but on no page and no blog post."""
        return all(self.verdicts_on_what_spaces_keep.values())

    @property
    def verdicts_on_what_spaces_keep(self) -> Verdicts:
        """Which filters such content passes, besides those of its space."""
        asked_for = {"root_page_ids": self.root_page_ids, "labels": self.labels}
        return {name: False for name, values in asked_for.items() if values}

    def check_keys(self, found: Iterable[Mapping[str, Any]]) -> None:
        """Make sure that the spaces exist that the settings name.

        Args:
            found: The spaces that were found.

        Raises:
            SettingsError: A space does not exist or is not visible.
        """
        if missing := self.missing_keys(found):
            message = (
                f"There is no space {' or '.join(map(repr, missing))}, or this account may not see "
                "it. Check 'space_keys' and 'exclude_space_keys'."
            )
            raise SettingsError(message)

    def missing_keys(self, found: Iterable[Mapping[str, Any]]) -> list[str]:
        """Return the names in the settings that no space has as its key or alias, however spelled.

        Args:
            found: The spaces that were found.
        """
        known = {name for space in found for name in (key_of(space), alias_of(space))}
        return sorted(name for name in self.named_keys if name.lower() not in known)

    def with_keys_for_aliases(self, found: Sequence[Mapping[str, Any]]) -> Self:
        """Return the same filters with the keys of spaces in place of their aliases.

        What is the key of a space is no alias: another space may have taken that for its own.

        Args:
            found: All spaces that the settings name, at least.
        """
        keys = {key_of(space) for space in found}
        by_alias = {alias_of(space): key_of(space) for space in found}

        def resolved(names: frozenset[str]) -> frozenset[str]:
            return frozenset(name if name in keys else by_alias.get(name, name) for name in names)

        return replace(
            self,
            space_keys=resolved(self.space_keys),
            exclude_space_keys=resolved(self.exclude_space_keys),
        )


def key_of(space: Mapping[str, Any]) -> str:
    """Return the key of a space, in lower case."""
    return str(space.get("key")).lower()


def alias_of(space: Mapping[str, Any]) -> str:
    """Return by what name the URLs in a browser call a space, in lower case; its key if by that."""
    return str(space.get("currentActiveAlias") or space.get("alias") or space.get("key")).lower()


def space_number(space: Mapping[str, Any]) -> int:
    """Return the id of a space as a number, by which spaces are in order; 0 if it is none."""
    space_id = str(space["id"])
    return int(space_id) if space_id.isdecimal() else 0


def check_roots(missing: Sequence[str]) -> None:
    """Refuse root pages that do not exist or are not visible.

    Raises:
        SettingsError: There are some.
    """
    if missing:
        message = (
            f"There is no page {' or '.join(missing)}, or this account may not see it. Check "
            "'root_page_ids'."
        )
        raise SettingsError(message)


def warn_of_excluded(page_id: str) -> None:
    """Say that a page to exclude does not exist or is not visible: it does no harm."""
    logger.warning(
        "There is no page %s, or this account may not see it: 'exclude_page_ids' need not name it",
        page_id,
    )
