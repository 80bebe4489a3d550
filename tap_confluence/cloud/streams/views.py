"""How often pages and blog posts were viewed, and by how many people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tap_confluence.cloud.streams.blog_posts import BlogPosts
from tap_confluence.cloud.streams.pages import Pages
from tap_confluence.cloud.streams.per_item import PerItemStream
from tap_confluence.schemas.usage import BLOG_POST_VIEWS, PAGE_VIEWS

if TYPE_CHECKING:
    from singer_sdk.helpers.types import Record

ANALYTICS = "/rest/api/analytics/content"


class ViewStream(PerItemStream):
    """Views and viewers since the start date of the settings, with two requests an item."""

    path = f"{ANALYTICS}/{{id}}/views"
    requests_per_item = 2
    scope = "read:analytics.content:confluence"
    not_on_data_center = "REST v1 of Data Center does not tell."
    right = "a plan with analytics, and the right to see the views of a page"

    @override
    def ask(self, item: dict[str, Any]) -> Record:
        since = self.run.anchor
        views, viewers = (self._count(item, what, since) for what in ("views", "viewers"))
        return {"views": views, "viewers": viewers, "since": since}

    def _count(self, item: dict[str, Any], what: str, since: str) -> int | None:
        path = f"{ANALYTICS}/{item['id']}/{what}"
        answer = self.reader.client.get(path, {"fromDate": since}, tag=self.name)
        count = answer.body.get("count")
        return count if isinstance(count, int) else None


class PageViews(ViewStream):
    """How often each page was viewed."""

    name = "page_views"
    primary_keys = ("pageId",)
    schema = PAGE_VIEWS
    owners = (Pages,)


class BlogPostViews(ViewStream):
    """How often each blog post was viewed."""

    name = "blog_post_views"
    primary_keys = ("blogPostId",)
    schema = BLOG_POST_VIEWS
    owners = (BlogPosts,)
