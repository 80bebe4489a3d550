"""Finding things on Data Center, or refusing in its words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.demo_site.datacenter.extent import is_here
from tests.demo_site.errors import ApiError
from tests.demo_site.model import Attachment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.demo_site.datacenter.faults import DataCenterFaults
    from tests.demo_site.faults import Faults
    from tests.demo_site.model import Content, Group, Space
    from tests.demo_site.store import Store

_STATUSES = ("current", "trashed", "archived", "draft", "any")


class Finder:
    """Looks things up in one wiki. Every method raises ApiError when there is no such thing."""

    def __init__(self, wiki: Store, faults: DataCenterFaults) -> None:
        self._wiki = wiki
        self._faults = faults

    def content(self, id_: str) -> Content:
        """Find a content of any status."""
        found = self._content(id_)
        if found is None and self._faults.bare_attachment_ids:
            found = self._content(f"att{id_}")
        if found is not None and id_ != shown_id(found, self._faults):
            found = None
        if found is None or not is_here(found):
            raise missing(id_)
        return found

    def _content(self, id_: str) -> Content | None:
        try:
            return self._wiki.content(id_)
        except (KeyError, ValueError):
            return None

    def content_with_details(self, id_: str) -> Content:
        """Find a content for what hangs on it."""
        found = self.content(id_)
        if self._faults.hide_trash and found.status == "trashed":
            raise missing(id_)
        return found

    def space(self, key: str) -> Space:
        """Find a space."""
        found = next((space for space in self._wiki.spaces if space.key == key), None)
        if found is None:
            raise ApiError(404, f"No space with key : {key}")
        return found

    def group(self, name: str) -> Group:
        """Find a group."""
        found = next((group for group in self._wiki.groups if group.name == name), None)
        if found is None:
            raise ApiError(404, f"No group found with name: {name}")
        return found


def shown_id(content: Content, faults: Faults) -> str:
    """Return the id by which a content is known."""
    is_bare = faults.bare_attachment_ids and isinstance(content, Attachment)
    return content.id.removeprefix("att") if is_bare else content.id


def missing(id_: str) -> ApiError:
    """Say that there is no such content."""
    return ApiError(404, f"No content found with id: ContentId{{id={id_}}}")


def status_test(given: Iterable[str]) -> Callable[[Content], bool]:
    """Make a test of what a list says about statuses; the default is `current`.

    Raises:
        ApiError: A status cannot be listed.
    """
    wanted = set(given) or {"current"}
    if not wanted <= set(_STATUSES):
        raise ApiError(400, f"Unsupported status: {', '.join(sorted(wanted - set(_STATUSES)))}")
    if "any" in wanted:
        wanted |= {"current", "trashed"}
    return lambda content: content.status in wanted
