"""Where each content of a wiki has been at which time: what may change without its date."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from tests.demo_site.clock import epoch_ms, iso

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.demo_site import Wiki
    from tests.demo_site.model import Content
    from tests.running import Json

PUT_AWAY = "trashed"
UNDATED = ("status", "spaceId", "parentId", "parentType", "position")
"""The columns that moving, restoring or archiving changes without a new version."""

OWNERS = ("pageId", "blogPostId", "attachmentId", "customContentId")
LINKS = ("_links", "webuiLink")
"""The columns that tell of the space of the content, or of that which it is on."""


class Places:
    """The places of all contents of a wiki, from the first look at it on."""

    def __init__(self, wiki: Wiki) -> None:
        self._wiki = wiki
        self._places: defaultdict[str, list[tuple[int, Json]]] = defaultdict(list)
        self.look()

    def look(self) -> None:
        """Note what has another place than before."""
        with self._wiki.lock:
            for collection in self._wiki.contents():
                for content in collection:
                    known = self._places[content.id]
                    place = _place_of(content)
                    if not known or known[-1][1] != place:
                        known.append((self._wiki.now_ms, place))

    def since(self, content_id: str, modified_at: str | None) -> list[Json]:
        """Return the places that a content has had from a time on, the one of that time first."""
        places = self._places.get(content_id, [])
        if modified_at is None:
            return [place for _, place in places]
        moment = epoch_ms(modified_at)
        before = sum(at <= moment for at, _ in places)
        return [place for _, place in places[max(0, before - 1) :]]

    def was_restored(self, content: Content) -> bool:
        """Tell whether a content, or what it is on, was in the trash after its last change."""
        container = getattr(content, "container", None)
        return (
            any(p["status"] == PUT_AWAY for p in self.since(content.id, iso(content.modified)))
            and content.status != PUT_AWAY
        ) or (container is not None and self.was_restored(container))

    def allowed(self, row: Json, column: str) -> Iterator[Any]:
        """Yield what ordinary runs may have left in a column of a row that is up to date.

        Args:
            row: The row as the site has it.
            column: The column.
        """
        yield row.get(column)
        modified_at = row.get("modifiedAt")
        if column not in UNDATED or (column == "status" and row["status"] == PUT_AWAY):
            return
        of_owners = [row[name] for name in OWNERS if row.get(name) and column == "spaceId"]
        for content_id in (row.get("id", ""), *of_owners):
            for place in self.since(content_id, modified_at):
                yield place.get(column)

    def has_moved(self, row: Json) -> bool:
        """Tell whether what a row is of, or what that is on, moved after the row's date."""
        ids = [row.get("id"), *(row.get(name) for name in OWNERS)]
        return any(len(self.since(id_, row.get("modifiedAt"))) > 1 for id_ in ids if id_)


def _place_of(content: Any) -> Json:
    parent = getattr(content, "parent", None)
    in_tree = hasattr(content, "parent_type")
    return {
        "status": content.status,
        "spaceId": str(content.space),
        "parentId": str(parent) if in_tree and parent is not None else None,
        "parentType": content.parent_type if in_tree else None,
        "position": content.position if in_tree else None,
    }
