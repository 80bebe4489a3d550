"""What a list of the v2 API is, and the sort orders and statuses that lists know."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from tests.demo_site import queries
from tests.demo_site.queries import one_of, some_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from tests.demo_site.model import Row
    from tests.demo_site.paging import Walk
    from tests.demo_site.queries import Param, Query

Opened: TypeAlias = "tuple[Walk, Callable[[Any], Row]]"
Opener: TypeAlias = "Callable[[str, Query], Opened]"

DATES = ("created-date", "-created-date", "modified-date", "-modified-date")
ID_DATES = ("id", "-id", *DATES)
TITLES = (*ID_DATES, "title", "-title")
LABEL_SORTS = ("created-date", "-created-date", "id", "-id", "name", "-name")
PROPERTY_SORTS = ("key", "-key")
CHILD_SORTS = (*ID_DATES, "child-position", "-child-position")
SPACE_SORTS = ("id", "-id", "key", "-key", "name", "-name")
SPACE_TYPES = (
    *("global", "collaboration", "knowledge_base", "personal"),
    *("system", "onboarding", "xflow_sample_space"),
)
COMMENT_STATUSES = ("current", "archived", "trashed", "deleted", "historical", "draft")
RESOLUTIONS = ("resolved", "open", "dangling", "reopened")

PAGE_STATUS = some_of("current", "archived", "deleted", "trashed")
BLOG_STATUS = some_of("current", "deleted", "trashed")
FILE_STATUS = some_of("current", "archived", "trashed")
TASK_LISTS = ("task-id", "space-id", "page-id", "blogpost-id")
TASK_PEOPLE = ("created-by", "assigned-to", "completed-by")
TASK_DATES = ("created-at", "due-at", "completed-at")


@dataclass(frozen=True)
class Listing:
    """One list; `open` takes the id in the path, or an empty text, and the query."""

    path: str
    open: Opener
    sorts: tuple[str, ...] = ()
    params: Mapping[str, Param] = field(default_factory=dict)
    default_sort: str = "id"
    default_limit: int = 25

    def known_params(self) -> dict[str, Param]:
        """Get everything the list may be asked."""
        sort = {"sort": one_of(*self.sorts)} if self.sorts else {}
        return {**queries.PAGING, **sort, **self.params}
