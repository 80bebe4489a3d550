"""Levels of classification, such as "Confidential", and which page is of which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tap_confluence.cloud.streams.pages import PATH as PAGES
from tap_confluence.cloud.streams.pages import Pages
from tap_confluence.cloud.streams.per_item import PerItemStream
from tap_confluence.errors import ForbiddenError, NotFoundError, ScopeError
from tap_confluence.schemas.usage import CLASSIFICATION_LEVEL, PAGE_CLASSIFICATION_LEVEL
from tap_confluence.streams.base import ConfluenceStream
from tap_confluence.streams.cost import Requests

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.http import Reader
    from tap_confluence.streams.cost import Size

LEVELS = "/api/v2/classification-levels"

NOT_CLASSIFIED = "Data Center does not classify content."


class ClassificationLevels(ConfluenceStream):
    """The levels that the organization has defined. Not every edition has them."""

    name = "classification_levels"
    path = LEVELS
    scope = "read:configuration:confluence"
    primary_keys = ("id",)
    schema = CLASSIFICATION_LEVEL
    not_on_data_center = NOT_CLASSIFIED
    is_filtered = False

    @override
    def prepare(self) -> None:
        self.begin()

    @override
    def read(self, context: Context | None) -> Iterable[Record]:
        levels = _levels(self.reader, tag=self.name)
        if not levels:
            self.logger.info("The site has no classification levels")
        return levels


class PageClassificationLevels(PerItemStream):
    """The level of each page that has one, with a request a page.

    To read it takes also the scope to write pages (REST v2 description of July 2026).
    """

    name = "page_classification_levels"
    path = f"{PAGES}/{{id}}/classification-level"
    scope = "read:page:confluence, write:page:confluence"
    primary_keys = ("pageId",)
    schema = PAGE_CLASSIFICATION_LEVEL
    not_on_data_center = NOT_CLASSIFIED
    owners = (Pages,)

    @override
    def requests(self, size: Size) -> Iterator[Requests]:
        yield Requests(1)
        if size["classification_levels"].listed:
            yield from super().requests(size)

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        try:
            levels = _levels(self.reader, tag=self.name)
        except (ScopeError, ForbiddenError):
            # It may be allowed to read the pages' levels, but not the list of levels.
            levels = None
        if levels != []:
            yield from super().read(context)

    @override
    def ask(self, item: dict[str, Any]) -> Record | None:
        path = self.path.format(id=item["id"])
        status = str(item.get("status") or "current")
        try:
            return self.reader.client.get(path, {"status": status}, tag=self.name).body
        except NotFoundError:
            # So a page without a level answers, and one that is gone.
            return None


def _levels(reader: Reader, *, tag: str) -> list[dict[str, Any]]:
    try:
        answer = reader.result(reader.start(reader.client.get, LEVELS, tag=tag, shape=list))
    except NotFoundError:
        # So a site answers whose edition has no data classification.
        return []
    return [level for level in answer.body["results"] if isinstance(level, dict)]
