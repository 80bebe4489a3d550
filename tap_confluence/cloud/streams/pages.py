"""Pages, and what belongs to a page: labels, versions, properties, its place in the tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tap_confluence.cloud.filters.content_filter import ContentFilter
from tap_confluence.cloud.streams.labels import ContentLabelStream
from tap_confluence.cloud.streams.posts import PostStream
from tap_confluence.schemas.labels import PAGE_LABEL
from tap_confluence.schemas.pages import CHILD_PAGE, PAGE
from tap_confluence.schemas.properties import PAGE_CONTENT_PROPERTY
from tap_confluence.schemas.references import PAGE_INCLUDE, PAGE_LINK, PAGE_PROPERTY_ROW
from tap_confluence.schemas.versions import PAGE_VERSION
from tap_confluence.statuses import TRASHED
from tap_confluence.streams.base import ConfluenceStream
from tap_confluence.streams.bodies.details import IncludeStream, LinkStream, PropertyRowStream
from tap_confluence.streams.parents import ChangeDetailStream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.streams.cost import Requests, Size

SCOPE = "read:page:confluence"
PATH = "/api/v2/pages"


class Pages(PostStream):
    """All pages: current, archived and trashed."""

    name = "pages"
    path = PATH
    scope = SCOPE
    owner_key = "pageId"
    kind = "page"
    schema = PAGE
    statuses = ("current", "archived", "trashed")


class PageLabels(ContentLabelStream):
    """Labels of pages."""

    name = "page_labels"
    labelled_list = "pages"
    scope = SCOPE
    primary_keys = ("pageId", "id")
    parent_stream_type = Pages
    schema = PAGE_LABEL


class PageVersions(ChangeDetailStream):
    """The history of pages: who changed what, when."""

    name = "page_versions"
    section = "versions"
    scope = SCOPE
    primary_keys = ("pageId", "number")
    parent_stream_type = Pages
    schema = PAGE_VERSION


class PageContentProperties(ChangeDetailStream):
    """Values that apps and users keep with a page."""

    name = "page_content_properties"
    section = "properties"
    scope = SCOPE
    primary_keys = ("pageId", "id")
    parent_stream_type = Pages
    schema = PAGE_CONTENT_PROPERTY


class ChildPages(ConfluenceStream):
    """Which page lies under which, as `/pages` tells it, in every run complete."""

    name = "child_pages"
    path = PATH
    scope = SCOPE
    primary_keys = ("parentId", "id")
    schema = CHILD_PAGE

    @override
    def prepare(self) -> None:
        self.stream_of(Pages).ask_all_rows_ahead(tag=self.name)

    @override
    def requests(self, size: Size) -> Iterator[Requests]:
        yield self.stream_of(Pages).whole_list(size)

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        pages = self.stream_of(Pages).all_rows(tag=self.name)
        for page in ContentFilter.of(self.run).filtered(pages, stream=self.name):
            # Pages in the trash have no parent.
            if page.get("parentId") is not None and page.get("status") != TRASHED:
                yield _as_child(page)


class PageLinks(LinkStream):
    """What pages link to, in the order of their bodies."""

    name = "page_links"
    scope = SCOPE
    parent_stream_type = Pages
    schema = PAGE_LINK


class PageIncludes(IncludeStream):
    """Which page shows which other page, or an excerpt of it."""

    name = "page_includes"
    scope = SCOPE
    parent_stream_type = Pages
    schema = PAGE_INCLUDE


class PagePropertyRows(PropertyRowStream):
    """The rows of the macro *Page Properties*: names and values that pages carry in tables."""

    name = "page_property_rows"
    scope = SCOPE
    parent_stream_type = Pages
    schema = PAGE_PROPERTY_ROW


def _as_child(page: dict[str, Any]) -> Record:
    same = ("parentId", "parentType", "id", "status", "title", "spaceId")
    return {**{key: page.get(key) for key in same}, "childPosition": page.get("position")}
