"""What the filters of the settings leave of a wiki, straight from the wiki itself."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass, field
from itertools import chain, islice
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from tests.demo_site import answers
from tests.demo_site.datacenter.extent import parent_page
from tests.demo_site.datacenter.spaces import kind_of
from tests.demo_site.datacenter.truth import truth_of
from tests.demo_site.model import (
    Attachment,
    BlogPost,
    Comment,
    Content,
    CustomContent,
    Page,
    Space,
    TreeItem,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.demo_site.paging import Collection
    from tests.demo_site.wiki import Keys, Wiki

    Filters = dict[str, Any]

UNFILTERED = answers.of_the_site() | {"groups", "group_members", "users", "labels"}
STATUSES = ("current", "archived", "trashed")


def filtered_truth(wiki: Wiki, **filters: Any) -> dict[str, Keys]:
    """Get the primary keys that each stream has to deliver from the cloud.

    Args:
        wiki: What the site shows.
        filters: Settings that filter, by their names.
    """
    with wiki.lock:
        return _filtered(wiki.truth(), Verdicts(wiki, filters, on_data_center=False))


def filtered_truth_on_data_center(wiki: Wiki, **filters: Any) -> dict[str, Keys]:
    """Get the primary keys that each stream has to deliver from Data Center."""
    with wiki.lock:
        return _filtered(truth_of(wiki), Verdicts(wiki, filters, on_data_center=True))


@dataclass(frozen=True)
class Verdicts:
    """What is wanted of a wiki.

    Attributes:
        wiki: The wiki.
        filters: Settings that filter.
        on_data_center: Whether the site is one of Data Center, which has other types of spaces,
            and nothing but pages above pages.
    """

    wiki: Wiki
    filters: Filters
    on_data_center: bool
    _taken: dict[Space | Content, bool] = field(default_factory=dict)

    def takes_what_spaces_keep(self, space: Space) -> bool:
        """Tell whether what is in a space, and on no page and no blog post, is wanted."""
        asks_for_more = self.filters.get("root_page_ids") or self.filters.get("labels")
        return self._takes_space(space) and not asks_for_more

    def takes(self, thing: Space | Content) -> bool:
        """Tell whether something is wanted."""
        taken = self._taken.get(thing)
        if taken is None:
            taken = self._taken[thing] = self._judge(thing)
        return taken

    def _judge(self, thing: Space | Content) -> bool:
        match thing:
            case Space():
                return self._takes_space(thing)
            case Page() | BlogPost() | TreeItem():
                return self._takes_own(thing)
            case CustomContent(container=None):
                return self.takes_what_spaces_keep(self.wiki.spaces[thing.space])
            case Attachment(container=Content() as container):
                return self._has_status(thing) and self._takes_holder(container)
            case Comment(container=container) | CustomContent(container=Content() as container):
                return self._takes_holder(container)
        raise AssertionError(thing)

    def _takes_holder(self, holder: Content) -> bool:
        """Tell whether what is on something is wanted; of a file, its own status is not asked."""
        if isinstance(holder, Attachment) and holder.container is not None:
            return self._takes_holder(holder.container)
        return self.takes(holder)

    def _takes_space(self, space: Space) -> bool:
        keys, excluded = self._lower("space_keys"), self._lower("exclude_space_keys")
        types = self.filters.get("space_types")
        kind = kind_of(space) if self.on_data_center else space.type
        return (
            (not keys or space.key.lower() in keys)
            and space.key.lower() not in excluded
            and (not types or kind in types)
            and (self.filters.get("include_archived_spaces", True) or space.status != "archived")
            and space.num >= self.filters.get("space_id_from", 0)
            and space.num < self.filters.get("space_id_below", sys.maxsize)
        )

    def _takes_own(self, content: Page | BlogPost | TreeItem) -> bool:
        labels, unwanted = self._lower("labels"), self._lower("exclude_labels")
        names = {self.wiki.labels[num].name.lower() for num in content.labels}
        return (
            self._takes_space(self.wiki.spaces[content.space])
            and (isinstance(content, TreeItem) or self._has_status(content))
            and self._lies_well(content)
            and (not labels or bool(labels & names))
            and not unwanted & names
        )

    def _has_status(self, content: Content) -> bool:
        return content.status in self.filters.get("content_statuses", STATUSES)

    def _lies_well(self, content: Page | BlogPost | TreeItem) -> bool:
        roots = set(self.filters.get("root_page_ids") or ())
        excluded = set(self.filters.get("exclude_page_ids") or ())
        path = set() if isinstance(content, BlogPost) else set(self._path(content))
        return (not roots or bool(roots & path)) and not excluded & path

    def _path(self, item: Page | TreeItem) -> Iterator[str]:
        """Get the ids of an item and of all that it lies under."""
        above: Page | TreeItem | None = item
        while above is not None:
            yield above.id
            above = self._parent(above)

    def _parent(self, item: Page | TreeItem) -> Page | TreeItem | None:
        if self.on_data_center:
            return parent_page(self.wiki, item) if isinstance(item, Page) else None
        above = item.parent or 0
        found = (items.get(above) for items in self.wiki.tree_items.values())
        return self.wiki.pages.get(above) or next(filter(None, found), None)

    def _lower(self, name: str) -> set[str]:
        return {value.lower() for value in self.filters.get(name) or ()}


def _filtered(truth: dict[str, Keys], verdicts: Verdicts) -> dict[str, Keys]:
    return {
        stream: keys
        if stream in UNFILTERED
        else {key for key in keys if _is_wanted(stream, key, verdicts)}
        for stream, keys in truth.items()
    }


def _is_wanted(stream: str, key: tuple[Any, ...], verdicts: Verdicts) -> bool:
    if stream != "templates":
        return verdicts.takes(_owner(stream, key, verdicts))
    space = _space_of_template(verdicts.wiki, key[0])
    return space is None or verdicts.takes_what_spaces_keep(space)


def _owner(stream: str, key: tuple[Any, ...], verdicts: Verdicts) -> Space | Content:
    """Find what decides about a record: itself, or what it belongs to."""
    wiki, first = verdicts.wiki, str(key[0])
    if stream == "child_pages":
        return wiki.content(key[1])
    if stream == "tasks" and not verdicts.on_data_center:
        return wiki.tasks[int(first)].container
    others: tuple[Collection[Any], ...] = (wiki.spaces, *wiki.tree_items.values())
    found = (each.get(int(first)) for each in others if first.isdecimal())
    owner: Space | Content | None = next(filter(None, found), None)
    return owner or wiki.content(first)


def _space_of_template(wiki: Wiki, template_id: str) -> Space | None:
    """Find whose template it is; None where it is one of the site."""
    keys = {
        key
        for templates in (wiki.usage.templates, wiki.usage.blueprints)
        for key, rows in templates.items()
        if template_id in {row["templateId"] for row in rows}
    }
    return None if "" in keys else next(space for space in wiki.spaces if space.key in keys)


def combinations(wiki: Wiki, count: int = 48, seed: int = 0) -> list[Filters]:
    """Make settings that filter: awkward ones, each value alone, then two to four together.

    Args:
        wiki: What the settings are to fit.
        count: How many to make.
        seed: Another seed makes others.

    Returns:
        Settings, the same for the same arguments.
    """
    with wiki.lock:
        choices = _choices(wiki)
        fixed = [*_awkward(wiki), *_alone(choices)]
    return list(islice(chain(fixed, _together(choices, Random(seed))), count))


def numbers(wiki: Wiki, count: int, seed: int) -> Iterator[Any]:
    """Number combinations for the cases of a test: slow where one before sets the same settings.

    Args:
        wiki: One like that of the test.
        count: As for `combinations`.
        seed: As for `combinations`.
    """
    met: list[set[str]] = []
    for number, filters in enumerate(combinations(wiki, count, seed)):
        yield pytest.param(number, marks=pytest.mark.slow if set(filters) in met else ())
        met.append(set(filters))


def _choices(wiki: Wiki) -> dict[str, list[Any]]:
    """Get values for each setting, the page trees deep in big spaces."""
    pages = list(wiki.pages)
    [engineering] = (space for space in wiki.spaces if space.key == "ENG")
    [personal] = (space.key for space in wiki.spaces if space.type == "personal")
    home = str(engineering.homepage)
    above, below = _nested(wiki)
    space_ids = sorted(space.num for space in wiki.spaces)
    carried = Counter(label for page in pages for label in page.labels).most_common()
    often, next_often, *_, seldom = (wiki.labels[num].name for num, _ in carried)
    return {
        "space_keys": [["eng"], [personal], ["OPS", "Legacy"], ["KB", "START", personal.upper()]],
        "exclude_space_keys": [["ENG"], [personal.upper(), "legacy"]],
        "space_types": [["personal"], ["global", "knowledge_base"]],
        "include_archived_spaces": [False],
        "space_id_from": [space_ids[1]],
        "space_id_below": [space_ids[-2]],
        "root_page_ids": [[home], [above], [below, above, str(pages[-1].num)]],
        "exclude_page_ids": [[home], [below], [above, "999999999"]],
        "labels": [[often], [next_often.upper(), seldom]],
        "exclude_labels": [[often.capitalize()], [next_often, "nothing-carries-this"]],
        "content_statuses": [["current"], ["trashed"], ["current", "archived"]],
    }


def _nested(wiki: Wiki) -> tuple[str, str]:
    """Find a page in a tree, and one that lies under it, both with pages under them."""
    for page in wiki.pages:
        parents = {child.parent_type for child in wiki.children[page.num]}
        inner = [child for child in wiki.children[page.num] if wiki.children[child.num]]
        if parents == {"page"} and inner and not wiki.is_homepage(page):
            return page.id, inner[0].id
    raise LookupError


def _awkward(wiki: Wiki) -> list[Filters]:
    """Get settings that leave nothing, or contradict one another, or hardly filter."""
    above, below = _nested(wiki)
    label = wiki.labels.nth(0).name
    trashed = next(page.id for page in wiki.pages if page.status == "trashed")
    folder = next(page.id for page in wiki.pages if page.parent_type == "folder")
    every_key = [space.key for space in wiki.spaces]
    return [
        {},
        {"space_keys": every_key},
        {"exclude_space_keys": every_key},
        {"space_keys": ["ENG", "OPS"], "exclude_space_keys": ["eng"]},
        {"space_types": ["system"]},
        {"labels": ["nothing-carries-this"]},
        {"labels": [label], "exclude_labels": [label]},
        {"root_page_ids": [above], "exclude_page_ids": [below]},
        {"root_page_ids": [below], "exclude_page_ids": [above]},
        {"root_page_ids": [above, below], "space_keys": ["LEGACY"]},
        {"root_page_ids": [trashed]},
        {"root_page_ids": [trashed], "content_statuses": ["current", "archived"]},
        {"root_page_ids": [folder], "labels": [label.upper()]},
        {"exclude_page_ids": [str(space.homepage) for space in wiki.spaces]},
    ]


def _alone(choices: Filters) -> Iterator[Filters]:
    for name, values in choices.items():
        for value in values:
            yield {name: value}


def _together(choices: Filters, dice: Random) -> Iterator[Filters]:
    while True:
        names = dice.sample(sorted(choices), dice.choice((2, 2, 3, 3, 4)))
        yield {name: dice.choice(choices[name]) for name in names}
