"""Levels of classification, and which page is of which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.demo_site.errors import ApiError
from tests.demo_site.queries import one_of
from tests.demo_site.singles import Single

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.demo_site.answers import Keys
    from tests.demo_site.finder import Finder
    from tests.demo_site.model import Row
    from tests.demo_site.queries import Query
    from tests.demo_site.store import Store

OF_THE_SITE = frozenset({"classification_levels"})


def endpoints(wiki: Store, find: Finder) -> Iterator[Single]:
    """Get the list of levels, which is no list like others, and the level of a page."""

    def levels(_: str, __: Query) -> list[Row]:
        if not wiki.usage.levels:
            raise ApiError(404, "Classification levels do not exist")
        return [dict(level) for level in wiki.usage.levels]

    def level(id_: str, query: Query) -> Row:
        page = find.content("pages", id_)
        level_id = wiki.usage.level_of.get(page.num)
        of_status = page.status == query.get("status", "current")
        for level in wiki.usage.levels:
            if of_status and level["id"] == level_id:
                return dict(level)
        raise ApiError(404, f"Page [{id_}] does not have a classification level")

    yield Single("classification-levels", levels, {})
    status = {"status": one_of("current", "draft", "archived")}
    yield Single("pages/{id}/classification-level", level, status)


def truth(wiki: Store) -> dict[str, Keys]:
    """Get the keys: what is in the trash has no level."""
    usage = wiki.usage
    return {
        "classification_levels": {(level["id"],) for level in usage.levels},
        "page_classification_levels": {
            (page.id,)
            for page in wiki.pages
            if page.status != "trashed" and usage.levels and page.num in usage.level_of
        },
    }
