"""One request to Data Center, which passes over parameters that it does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from tests.demo_site import queries
from tests.demo_site.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Iterable


class Asked:
    """A path and a query.

    Args:
        path: The path without the context, as it was sent.
        raw_query: The query as it was sent.
        anonymous: Whether a stranger asks.
    """

    def __init__(self, path: str, raw_query: str, *, anonymous: bool) -> None:
        self.path = path
        self.raw_query = raw_query
        self.anonymous = anonymous
        self.segments = [unquote(part) for part in path.strip("/").split("/")]
        self._given = queries.split(raw_query)

    def has(self, name: str) -> bool:
        """Whether a parameter is given at all."""
        return name in self._given

    def text(self, name: str, default: str = "") -> str:
        """Get a parameter, of several the first."""
        return self._given.get(name, [default])[0]

    def texts(self, name: str) -> list[str]:
        """Get a parameter that may be repeated or hold several texts with commas."""
        return queries.texts(name, self._given.get(name, []))

    def repeated(self, name: str) -> list[str]:
        """Get a parameter that may be repeated."""
        return self._given.get(name, [])

    def number(self, name: str, default: int) -> int:
        """Get a number that is not negative."""
        text = self.text(name)
        if not text:
            return default
        if not text.isdecimal():
            raise ApiError(400, f"{name} must be a number that is not negative: {text}")
        return int(text)

    def flag(self, name: str) -> bool:
        """Get true or false."""
        return self.text(name).lower() == "true"

    def query_without(self, names: Iterable[str]) -> list[str]:
        """Get the parts of the query as they were sent, but for some parameters."""
        parts = (part for part in self.raw_query.split("&") if part)
        return [part for part in parts if part.partition("=")[0] not in names]
