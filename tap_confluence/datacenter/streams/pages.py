"""Pages, and what belongs to a page: labels, versions, properties, its place in the tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tap_confluence.datacenter.streams.posts import PostStream
from tap_confluence.rest_v1 import records
from tap_confluence.schemas.labels import PAGE_LABEL
from tap_confluence.schemas.pages import CHILD_PAGE, PAGE
from tap_confluence.schemas.properties import PAGE_CONTENT_PROPERTY
from tap_confluence.schemas.references import PAGE_INCLUDE, PAGE_LINK, PAGE_PROPERTY_ROW
from tap_confluence.schemas.versions import PAGE_VERSION
from tap_confluence.streams.bodies.details import IncludeStream, LinkStream, PropertyRowStream
from tap_confluence.streams.parents import ChangeDetailStream, FullTableDetailStream, LabelStream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from singer_sdk.helpers.types import Context, Record


class Pages(PostStream):
    """All pages: current, archived and trashed."""

    name = "pages"
    kind = "page"
    owner_key = "pageId"
    schema = PAGE
    hidden = ("archived", "trashed")
    expand = ("space", "version", "history", "ancestors")

    @override
    def record(self, item: dict[str, Any]) -> Record:
        return records.page(item)

    @override
    def expanded(self, item: dict[str, Any], section: str) -> list[dict[str, Any]] | None:
        if section == ChildPages.section:
            child = records.child_page(item)
            return [child] if child else []
        return super().expanded(item, section)


class PageLabels(LabelStream):
    """Labels of pages."""

    name = "page_labels"
    primary_keys = ("pageId", "id")
    parent_stream_type = Pages
    schema = PAGE_LABEL


class PageVersions(ChangeDetailStream):
    """The history of pages: who changed what, when."""

    name = "page_versions"
    section = "versions"
    primary_keys = ("pageId", "number")
    parent_stream_type = Pages
    schema = PAGE_VERSION


class PageContentProperties(ChangeDetailStream):
    """Values that apps and users keep with a page."""

    name = "page_content_properties"
    section = "properties"
    primary_keys = ("pageId", "id")
    parent_stream_type = Pages
    schema = PAGE_CONTENT_PROPERTY


class ChildPages(FullTableDetailStream):
    """Which page lies under which, in every run complete."""

    name = "child_pages"
    section = "children"
    primary_keys = ("parentId", "id")
    parent_stream_type = Pages
    schema = CHILD_PAGE

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        yield from self.parent.rows(self)


class PageLinks(LinkStream):
    """What pages link to, in the order of their bodies."""

    name = "page_links"
    parent_stream_type = Pages
    schema = PAGE_LINK


class PageIncludes(IncludeStream):
    """Which page shows which other page, or an excerpt of it."""

    name = "page_includes"
    parent_stream_type = Pages
    schema = PAGE_INCLUDE


class PagePropertyRows(PropertyRowStream):
    """The rows of the macro *Page Properties*: names and values that pages carry in tables."""

    name = "page_property_rows"
    parent_stream_type = Pages
    schema = PAGE_PROPERTY_ROW
