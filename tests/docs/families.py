"""Which table is told of on which page: one page a family."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from tests.docs import facts

if TYPE_CHECKING:
    from tap_confluence.streams.base import ConfluenceStream


@dataclass(frozen=True)
class Family:
    """Tables that are told of together.

    Attributes:
        page: The name of their page, without its ending.
        title: What the page is called.
        modules: The modules of `tap_confluence.cloud.streams` that declare their streams.
    """

    page: str
    title: str
    modules: tuple[str, ...]


FAMILIES = (
    Family("spaces", "Spaces", ("spaces", "roles")),
    Family("pages", "Pages", ("pages",)),
    Family("blog-posts", "Blog posts", ("blog_posts",)),
    Family("comments", "Comments", ("comments",)),
    Family("attachments", "Attachments", ("attachments",)),
    Family("tasks", "Tasks", ("tasks",)),
    Family("people", "People, groups, likes, watchers", ("people", "users", "likes", "watchers")),
    Family("custom-content", "Custom content", ("custom_content",)),
    Family("folders", "Folders, whiteboards, databases, embeds", ("hierarchy",)),
    Family("inventory", "Inventory", ("inventory",)),
    Family("restrictions", "Restrictions", ("restrictions",)),
    Family("labels-and-templates", "Labels and templates", ("labels", "templates")),
    Family("views-and-states", "Views, states, levels", ("views", "states", "classification")),
    Family("audit", "Audit log", ("audit",)),
)
"""All families, in the order in which they are told of."""


@cache
def family_of(stream: str) -> Family:
    """Return the family of a stream, by its name.

    Raises:
        ValueError: No family has the module of the stream, or several have it.
    """
    module = type(facts.streams()[stream]).__module__.rpartition(".")[2]
    found = [family for family in FAMILIES if module in family.modules]
    if len(found) != 1:
        message = f"{stream} of the module {module} is in {len(found)} families"
        raise ValueError(message)
    return found[0]


def streams_of(family: Family) -> list[ConfluenceStream]:
    """Return the streams of a family."""
    return [stream for name, stream in facts.streams().items() if family_of(name) == family]


def link(stream: str, folder: str = "tables/") -> str:
    """Return a link to where a table is told of.

    Args:
        stream: The name of the table.
        folder: The way to the folder of the pages from where the link stands.
    """
    return f"[`{stream}`]({folder}{family_of(stream).page}.md#{stream})"
