"""What people make of pages and blog posts: views, states, levels, and templates for more."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from tests.demo_site.chance import uuid_of
from tests.demo_site.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.demo_site.model import Content, Row
    from tests.demo_site.store import Store

SUGGESTED = (
    {"id": 0, "name": "Rough draft", "color": "#ffc400"},
    {"id": 1, "name": "In progress", "color": "#2684ff"},
    {"id": 2, "name": "Ready for review", "color": "#57d9a3"},
)
OWN_STATES = (
    {"id": 4_294_967_301, "name": "Warten auf Ümit", "color": "#ff7452"},
    {"id": 4_294_967_302, "name": "", "color": "#8777d9"},
)
LEVEL_NAMES = ("Public", "Internal", "Confidential", "Old")
COLORS = ("GREEN", "RED_BOLD", "RED", "GREY")
WITHOUT_BODY = 3
"""How many templates of the site there are that have no body."""


@dataclass
class Usage:
    """The part of a wiki that is neither content nor people.

    Attributes:
        states: The state of a content by its number, as the API has it, and since when.
        levels: The levels of classification; none if the edition of the site has none.
        level_of: The id of the level of a page by its number.
        views: Views and viewers of a content by its number.
        unviewable: The contents whose views this account may not see.
        private: The keys of the spaces whose templates this account may not see.
        templates: All templates, those of the site under an empty key of a space.
        blueprints: The templates of apps, likewise.
    """

    states: dict[int, tuple[Row, int]] = field(default_factory=dict)
    levels: list[Row] = field(default_factory=list)
    level_of: dict[int, str] = field(default_factory=dict)
    views: dict[int, tuple[int, int]] = field(default_factory=dict)
    unviewable: set[int] = field(default_factory=set)
    private: set[str] = field(default_factory=set)
    templates: dict[str, list[Row]] = field(default_factory=dict)
    blueprints: dict[str, list[Row]] = field(default_factory=dict)


def plant_usage(wiki: Store, seed: int) -> None:
    """Plant everything. The dice are its own, so that the wiki is what it would be without."""
    dice, usage = Random(f"usage {seed}"), wiki.usage
    statuses = ("PUBLISHED", "PUBLISHED", "DRAFT", "ARCHIVED")
    for place, (name, color, status) in enumerate(zip(LEVEL_NAMES, COLORS, statuses, strict=True)):
        level: Row = {"id": uuid_of(seed, 77, place), "status": status, "order": place}
        usage.levels.append({**level, "name": name, "description": "", "color": color})
        if place:
            usage.levels[-1]["guideline"] = f"{name} content stays where it is."
    for content in [*wiki.pages, *wiki.blog_posts]:
        views = dice.choice((0, 1, dice.randrange(5_000)))
        usage.views[content.num] = views, min(views, dice.randrange(1, 60))
        if dice.random() < 0.3:
            state = dice.choice((*SUGGESTED, *OWN_STATES))
            usage.states[content.num] = state, content.modified
        if content.kind == "page" and dice.random() < 0.4:
            usage.level_of[content.num] = str(dice.choice(usage.levels)["id"])
    _plant_templates(wiki, dice)


def _plant_templates(wiki: Store, dice: Random) -> None:
    usage = wiki.usage
    number = 400_000
    for place, key in enumerate(("", *(space.key for space in wiki.spaces))):
        count = {0: 31, 1: 25, 2: 0}.get(place, dice.randrange(3))
        usage.templates[key] = [_template(number + n, key) for n in range(count)]
        number += 100
        has_own = place == 0 or dice.random() < 0.4
        usage.blueprints[key] = [
            {
                **_template(number + n, key),
                "templateId": uuid_of(91, place, n),
                "originalTemplate": {"pluginKey": "com.example.plans", "moduleKey": f"plan-{n}"},
                "referencingBlueprint": f"com.example.plans:plan-blueprint-{n}",
            }
            for n in range(3 if has_own else 0)
        ]
        number += 100


def _template(number: int, key: str) -> Row:
    label: Row = {"prefix": "global", "name": "template", "id": "9", "label": "global:template"}
    return {
        "templateId": str(number),
        "name": f"Plan {number} für {key or 'alle'}",
        "description": "",
        "labels": [label] if number % 3 == 0 else [],
        "templateType": "page",
        "editorVersion": "v2",
    }


def in_use(contents: Iterable[Content]) -> list[Content]:
    """Leave out what is in the trash, of which no endpoint for what people make of it knows."""
    return [content for content in contents if content.status != "trashed"]


def in_use_with(wiki: Store, id_: str) -> Content:
    """Find what is not in the trash by its id, or refuse in the words of REST v1."""
    try:
        [content] = in_use([wiki.content(id_)])
    except (KeyError, ValueError) as error:
        raise ApiError(404, f"No content found with id: {id_}") from error
    return content
