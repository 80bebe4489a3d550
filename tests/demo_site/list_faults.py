"""How lists may fail: for an item, for too many of them, at a place, or at no place at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.demo_site.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Poison:
    """Why every page of a list fails that has an item in it.

    Attributes:
        status: How it fails.
        in_body: Whether it fails only where bodies are asked for.
    """

    status: int = 500
    in_body: bool = False


class ListFaults:
    """The switches of the lists of a site. All may be set at any time.

    Attributes:
        most_in_time: The most rows of a page with bodies that come in time, if not all.
        cursor_lasts: How many pages behind the first one a cursor is known for, if for ever.
        search_ends_after: How many hits a search gives at most, as if there were no more.
    """

    def __init__(self) -> None:
        self.most_in_time: int | None = None
        self.cursor_lasts: int | None = None
        self.search_ends_after: int | None = None
        self._poisons: dict[str, Poison] = {}
        self._expiring: dict[str, int] = {}
        self._empty: set[str] = set()

    def poison(self, id_: object, status: int = 500, *, in_body: bool = False) -> None:
        """Make every page of a list fail in which an item would stand, and the item itself."""
        self._poisons[str(id_)] = Poison(status, in_body)

    def cure(self, id_: object) -> None:
        """Undo `poison`."""
        self._poisons.pop(str(id_), None)

    def expire(self, path: str, after: int = 0) -> None:
        """Forget once where a list goes on, when so many of its pages have been led to."""
        self._expiring[path] = after

    def never_end(self, path: str) -> None:
        """From its second page on, give empty pages of a list for ever."""
        self._empty.add(path)

    def is_empty(self, path: str) -> bool:
        """Whether a list has nothing but empty pages behind its first one."""
        return path in self._empty

    def check(self, items: Iterable[Any], *, with_body: bool) -> None:
        """Fail for a page because of what it holds.

        Raises:
            ApiError: An item is poisonous, or they are too many.
        """
        found = list(items)
        if with_body and self.most_in_time is not None and len(found) > self.most_in_time:
            raise ApiError(504, "Gateway Timeout")
        for item in found:
            poison = self._poisons.get(id_of(item))
            if poison is not None and (with_body or not poison.in_body):
                raise ApiError(poison.status, "Internal Server Error")

    def check_cursor(self, path: str, age: int) -> None:
        """Refuse a cursor that has expired.

        Args:
            path: The list.
            age: How many pages it has been led on from the first.

        Raises:
            ApiError: It has.
        """
        if self.cursor_lasts is not None and age > self.cursor_lasts:
            raise ApiError(400, "The cursor has expired")
        left = self._expiring.get(path)
        if left == 0:
            del self._expiring[path]
            raise ApiError(400, "The cursor has expired")
        if left is not None:
            self._expiring[path] = left - 1


def id_of(item: Any) -> str:
    """Get the id that an item has in lists."""
    return str(next((getattr(item, n) for n in ("id", "num") if hasattr(item, n)), item))
