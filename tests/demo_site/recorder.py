"""What a site remembers of the requests it got."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

_IDS = re.compile(r"/(?:att)?\d+(?=/|$)")


@dataclass(slots=True)
class Recorded:
    """One request. The path is without `/wiki`; a status of 0 means that no answer was sent.

    `authorization` is the header of that name, or None; `through` is "site", "gateway" or "media";
    `headers` are all, by their names in small letters.
    """

    method: str
    path: str
    query: dict[str, list[str]]
    status: int = 0
    authorization: str | None = None
    through: str = "site"
    headers: dict[str, str] = field(default_factory=dict)


class Requests(list[Recorded]):
    """The requests in the order in which they came."""

    def under(self, path_prefix: str = "") -> int:
        """Count the requests whose path starts with a prefix."""
        prefix = path_prefix.removeprefix("/wiki")
        return sum(1 for request in list(self) if request.path.startswith(prefix))

    def by_template(self) -> dict[str, int]:
        """Count the requests by path, with ids replaced by `{id}`."""
        return dict(Counter(_IDS.sub("/{id}", request.path) for request in list(self)))

    def by_status(self) -> dict[str, int]:
        """Count the requests by the status of their answer."""
        return dict(Counter(str(request.status) for request in list(self)))
