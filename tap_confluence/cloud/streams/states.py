"""The states that people give pages and blog posts, such as "In progress"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tap_confluence.cloud.streams.blog_posts import BlogPosts
from tap_confluence.cloud.streams.pages import Pages
from tap_confluence.cloud.streams.per_item import PerItemStream
from tap_confluence.schemas.usage import CONTENT_STATE
from tap_confluence.timestamps import to_timestamp

if TYPE_CHECKING:
    from singer_sdk.helpers.types import Record


class ContentStates(PerItemStream):
    """The state of each page and blog post that has one, with a request an item.

    The list of what has a state, `/space/{key}/state/content?state-id=`, would do with fewer
    requests. But it has to be asked state by state, and no list has them all: a space lists those
    that it suggests, a user's own can be listed by that user alone.
    """

    name = "content_states"
    path = "/rest/api/content/{id}/state"
    scope = "read:content-details:confluence"
    primary_keys = ("contentId",)
    schema = CONTENT_STATE
    owners = (Pages, BlogPosts)
    not_on_data_center = "REST v1 of Data Center does not tell."

    @override
    def ask(self, item: dict[str, Any]) -> Record | None:
        path = self.path.format(id=item["id"])
        status = str(item.get("status") or "current")
        answer = self.reader.client.get(path, {"status": status}, tag=self.name).body
        state = answer.get("contentState")
        if not isinstance(state, dict):
            return None
        state_id = state.get("id")
        return {
            "contentId": str(item["id"]),
            "stateId": None if state_id is None else str(state_id),
            "name": state.get("name"),
            "color": state.get("color"),
            "lastUpdated": to_timestamp(answer.get("lastUpdated")),
        }
