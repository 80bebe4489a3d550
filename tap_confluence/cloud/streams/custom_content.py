"""Custom content, such as diagrams and calendars, and what belongs to it."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from typing_extensions import override

from tap_confluence.cloud.streams.content import ContentStream
from tap_confluence.cloud.streams.labels import ContentLabelStream
from tap_confluence.schemas.custom_content import CUSTOM_CONTENT
from tap_confluence.schemas.labels import CUSTOM_CONTENT_LABEL
from tap_confluence.schemas.properties import CUSTOM_CONTENT_CONTENT_PROPERTY
from tap_confluence.schemas.versions import CUSTOM_CONTENT_VERSION
from tap_confluence.streams.cost import Requests
from tap_confluence.streams.parents import ChangeDetailStream
from tap_confluence.streams.state.state_format import start_over

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.http import ListRequest
    from tap_confluence.streams.cost import Size

SCOPE = "read:custom-content:confluence"


BYTES_OF_A_TYPE = 6
MOST_TYPES = 256
"""Types that the state tells one by one; of more, only whether they are the same."""

NO_OWN_TYPES = "REST v1 of Data Center has no list of content of an app's own type."
"""Why Data Center has neither such content nor what is on it."""


class CustomContent(ContentStream):
    """Custom content of the types that are set, or that the site says it has."""

    name = "custom_content"
    path = "/api/v2/custom-content"
    scope = SCOPE
    owner_key = "customContentId"
    schema = CUSTOM_CONTENT
    not_on_data_center = NO_OWN_TYPES

    @override
    def lists(
        self, *statuses: str, tag: str, bodies: bool = True, to_the_end: bool = True
    ) -> list[ListRequest]:
        return [
            replace(request, params={**request.params, "type": type_})
            for type_ in self.content_filter.custom_content_types
            for request in super(CustomContent, self).lists(
                *statuses, tag=tag, bodies=bodies, to_the_end=to_the_end
            )
        ]

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        if self.lacks_types:
            for stream in self.family:
                stream.leave_incomplete()
            return
        self._start_over_for_new(self.content_filter.custom_content_types)
        self.ask_changes_ahead()
        yield from super().read(context)

    @override
    def requests(self, size: Size) -> Iterator[Requests]:
        yield self.requests_for_types()
        yield from super().requests(size)

    def requests_for_types(self) -> Requests:
        """Return the request that tells of which types there is a list."""
        is_asked = not self.config.get("custom_content_types")
        return Requests(int(is_asked), "types of custom content", self.name)

    @override
    def requests_for_list(self, size: Size) -> int:
        lists, items = self.least_requests(size), size[self.name].listed
        return lists + items // size.page_size

    @override
    def least_requests(self, size: Size) -> int:
        return size["custom_content_types"].listed

    @property
    def lacks_types(self) -> bool:
        """Whether the site tells of no types this time, though it has told of some."""
        told = any(stream.entry.get("types") for stream in self.family)
        return told and not self.content_filter.custom_content_types

    def _start_over_for_new(self, types: Iterable[str]) -> None:
        """Leave out the bookmarks of those streams that have not read all of these types.

        A type is new that the settings name now, or whose app was installed since the last run.
        """
        marks = _marks_of(types)
        over = False
        for stream in filter(lambda each: each.is_incremental, self.family):
            known = stream.entry.get("types")
            # Before it was kept, it was all types, unless the settings named them.
            is_all = known is None and not self.config.get("custom_content_types")
            if stream.bookmark and not is_all and not marks <= _load(known):
                start_over(stream.entry)
                over = True
            stream.entry["types"] = _dump(marks)
        if over:
            self.logger.info("There are new types of custom content: its streams start over")

    @override
    def prepare(self) -> None:
        # Which lists there are has to be asked first.
        if self.is_walked_early:
            self.begin()


class CustomContentLabels(ContentLabelStream):
    """Labels of custom content, of which no list tells what carries a label."""

    name = "custom_content_labels"
    scope = SCOPE
    primary_keys = ("customContentId", "id")
    parent_stream_type = CustomContent
    schema = CUSTOM_CONTENT_LABEL
    not_on_data_center = NO_OWN_TYPES
    selected_by_default = False


class CustomContentVersions(ChangeDetailStream):
    """The history of custom content: who changed what, when."""

    name = "custom_content_versions"
    section = "versions"
    scope = SCOPE
    primary_keys = ("customContentId", "number")
    parent_stream_type = CustomContent
    schema = CUSTOM_CONTENT_VERSION
    not_on_data_center = NO_OWN_TYPES


class CustomContentContentProperties(ChangeDetailStream):
    """Values that apps and users keep with custom content."""

    name = "custom_content_content_properties"
    section = "properties"
    scope = SCOPE
    primary_keys = ("customContentId", "id")
    parent_stream_type = CustomContent
    schema = CUSTOM_CONTENT_CONTENT_PROPERTY
    not_on_data_center = NO_OWN_TYPES


def _marks_of(types: Iterable[str]) -> set[bytes]:
    """Return what stands in the state for some types."""
    names = sorted(set(types))
    if len(names) > MOST_TYPES:
        names = ["\n".join(names)]
    return {hashlib.blake2b(name.encode(), digest_size=BYTES_OF_A_TYPE).digest() for name in names}


def _dump(marks: set[bytes]) -> str:
    return base64.b64encode(b"".join(sorted(marks))).decode()


def _load(text: object) -> set[bytes]:
    try:
        data = base64.b64decode(str(text), validate=True)
    except ValueError:
        return set()
    starts = range(0, len(data), BYTES_OF_A_TYPE)
    return {data[start : start + BYTES_OF_A_TYPE] for start in starts}
