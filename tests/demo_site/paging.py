"""Ordered walks over collections, and the keyset cursors that interrupt and resume them."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeAlias, TypeVar

from sortedcontainers import SortedList

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Key: TypeAlias = tuple[Any, int]


class Numbered(Protocol):
    """Anything with a number of its own, by which ties are broken."""

    @property
    def num(self) -> int:
        """The number."""


T = TypeVar("T", bound=Numbered)

_FIELDS: dict[str, Callable[[Any], Any]] = {
    "id": lambda item: item.num,
    "created-date": lambda item: item.created,
    "modified-date": lambda item: item.modified,
    "title": lambda item: item.title,
    "name": lambda item: item.name,
    "key": lambda item: item.key,
    "child-position": lambda item: item.position or 0,
}


@dataclass(frozen=True, slots=True)
class Order:
    """A sort order by its name in the API, such as `-modified-date`."""

    name: str

    @property
    def field(self) -> str:
        """The name without its direction."""
        return self.name.removeprefix("-")

    @property
    def descending(self) -> bool:
        """Whether the greatest comes first."""
        return self.name.startswith("-")

    def key(self, item: Numbered) -> Key:
        """What items are compared by in this order."""
        return _FIELDS[self.field](item), item.num


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place after one item in one order.

    `pause` marks a cursor that answers with an empty page first; `age` counts the pages that led to
    it.
    """

    num: int
    order: str
    value: int | str
    pause: bool = False
    age: int = 1

    @classmethod
    def after(cls, item: Numbered, order: Order) -> Cursor:
        """Stand behind an item."""
        return cls(item.num, order.name, order.key(item)[0])

    @classmethod
    def decode(cls, text: str) -> Cursor:
        """Read a cursor.

        Raises:
            ValueError: The text is no cursor of this site.
        """
        try:
            data = json.loads(base64.b64decode(text, altchars=b"-_", validate=True))
            return cls(
                int(data["id"]),
                data["contentOrder"],
                data["contentOrderValue"],
                bool(data.get("pause")),
                int(data.get("age", 1)),
            )
        except (binascii.Error, ValueError, TypeError, KeyError, AttributeError) as error:
            msg = f"Provided cursor is not valid: {text[:40]}"
            raise ValueError(msg) from error

    def encode(self) -> str:
        """Write the cursor as it stands in links, with its padding."""
        data: dict[str, Any] = {
            "id": str(self.num),
            "contentOrder": self.order,
            "contentOrderValue": self.value,
        }
        if self.pause:
            data["pause"] = True
        if self.age > 1:
            data["age"] = self.age
        text = json.dumps(data, separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode()

    def paused(self) -> Cursor:
        """Get the same place with an empty page before it."""
        return replace(self, pause=True)

    def led_on_from(self, cursor: Cursor) -> Cursor:
        """Get the same place as led to by another."""
        return replace(self, age=cursor.age + 1)

    def resumed(self) -> Cursor:
        """Get the same place without the empty page."""
        return replace(self, pause=False)


class Walk(Protocol):
    """Items in an order, from behind a key on."""

    def __call__(self, order: Order, after: Key | None) -> Iterator[Any]:
        """Start walking."""


def walk_over(items: Iterable[Numbered]) -> Walk:
    """Walk over a handful of items, which are sorted at each call."""

    def walk(order: Order, after: Key | None) -> Iterator[Any]:
        ranked = sorted(items, key=order.key, reverse=order.descending)
        if after is None:
            return iter(ranked)
        if order.descending:
            return (item for item in ranked if order.key(item) < after)
        return (item for item in ranked if order.key(item) > after)

    return walk


def only(walk: Walk, wanted: Callable[[Any], bool]) -> Walk:
    """Leave out of a walk what is not wanted."""

    def filtered(order: Order, after: Key | None) -> Iterator[Any]:
        return filter(wanted, walk(order, after))

    return filtered


def page_of(
    walk: Walk, order: Order, cursor: Cursor | None, limit: int
) -> tuple[list[Any], Cursor | None]:
    """Cut one page out of a walk, and say where the next one starts, if there is one."""
    after = None if cursor is None else (cursor.value, cursor.num)
    items = list(islice(walk(order, after), limit + 1))
    if len(items) <= limit:
        return items, None
    return items[:limit], Cursor.after(items[limit - 1], order)


class Collection(Generic[T]):
    """Items by number, which can be walked in any order from any place at little cost.

    An order's index is made when that order is first asked for and kept up to date from then on.
    """

    def __init__(self) -> None:
        self._items: dict[int, T] = {}
        self._indexes: dict[str, SortedList[Key]] = {}

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[T]:
        return iter(self._items.values())

    def __contains__(self, num: int) -> bool:
        return num in self._items

    def __getitem__(self, num: int) -> T:
        return self._items[num]

    def get(self, num: int) -> T | None:
        """Look an item up by its number."""
        return self._items.get(num)

    def add(self, item: T) -> T:
        """Add an item.

        Raises:
            ValueError: Another one has its number.
        """
        if item.num in self._items:
            message = f"there is a {item.num} already"
            raise ValueError(message)
        self._items[item.num] = item
        for field, index in self._indexes.items():
            index.add(Order(field).key(item))
        return item

    def discard(self, item: T) -> None:
        """Take an item out. It must look as it did when it was added."""
        del self._items[item.num]
        for field, index in self._indexes.items():
            index.remove(Order(field).key(item))

    def nth(self, place: int) -> T:
        """Get the item at a place in the order of ids."""
        return self._items[self._index("id")[place][1]]

    def walk(self, order: Order, after: Key | None) -> Iterator[T]:
        """Walk over the items in an order, from behind a key on."""
        index = self._index(order.field)
        if after is None:
            keys = reversed(index) if order.descending else iter(index)
        elif order.descending:
            keys = index.irange(maximum=after, inclusive=(True, False), reverse=True)
        else:
            keys = index.irange(minimum=after, inclusive=(False, True))
        return (self._items[num] for _, num in keys)

    def _index(self, field: str) -> SortedList[Key]:
        if field not in self._indexes:
            order = Order(field)
            self._indexes[field] = SortedList(order.key(item) for item in self._items.values())
        return self._indexes[field]
