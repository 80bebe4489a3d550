"""What has to be known of a site to resolve the references in its bodies."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from tap_confluence.content import mentions_in
from tap_confluence.settings import site_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from tap_confluence.content import Links, Person
    from tap_confluence.run import Run

T = TypeVar("T")

TAG = "mentions"
"""Under which name the requests are counted."""


class References(ABC):
    """Where references lead, and who is who: people are looked up once a run.

    Attributes:
        at_once: Items to read before the people in their bodies are looked up together.
        people: Those who were found, by what bodies call them.
    """

    at_once: ClassVar[int]

    def __init__(self, run: Run) -> None:
        self.people: dict[str, Person] = {}
        self._run = run
        self._root = site_url(run.config)
        self._asked: set[str] = set()

    @abstractmethod
    def links_of(self, item: Mapping[str, Any]) -> Links:
        """Return where the references of an item lead, which is as its list has it."""

    @abstractmethod
    def look_up(self, people: Mapping[str, str]) -> Iterable[tuple[str, Person]]:
        """Find people.

        Args:
            people: What bodies call them, and which kind of id that is.

        Returns:
            Those who were found, by what bodies call them.
        """

    def introduce(self, items: Iterable[T], body_of: Callable[[T], object]) -> Iterator[T]:
        """Yield items after those have been looked up whom their bodies mention."""
        for some in _in_chunks(items, self.at_once):
            unknown: dict[str, str] = {}
            for each in some:
                unknown |= mentions_in(body_of(each))
            unknown = {name: kind for name, kind in unknown.items() if name not in self._asked}
            if unknown:
                self._asked.update(unknown)
                self.people.update(self.look_up(unknown))
            yield from some


def _in_chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    some: list[T] = []
    try:
        for each in items:
            some.append(each)
            if len(some) == size:
                yield some
                some = []
    except Exception:
        # What was read before the error is written before it is raised.
        yield some
        raise
    yield some
