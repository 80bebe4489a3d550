"""What has to be known of a site to resolve the references in its bodies."""

from __future__ import annotations

from abc import ABC, abstractmethod
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from tap_confluence.content import mentions_in
from tap_confluence.content.sizes import body_size
from tap_confluence.decoding import ADF
from tap_confluence.http import MOST_AHEAD
from tap_confluence.settings import site_url
from tap_confluence.streams.bodies.included_pages import IncludedPages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from tap_confluence.content import Links, Person
    from tap_confluence.content.references import Reference
    from tap_confluence.run import Run
    from tap_confluence.streams.bodies.included_pages import PageQuestion

    Item = Mapping[str, Any]
    """A page or whatever has a body, as its list has it."""

K = TypeVar("K")
T = TypeVar("T")

HOLDERS = ("pageId", "blogPostId", "customContentId")
"""Under which keys a record of a file has the id of what it is on."""

MOST_FILES = 100_000
"""Files that are remembered; of more, the first are forgotten, as memory is not without bound."""

TAG = "mentions"
"""Under which name the requests are counted."""


class References(ABC):
    """Where references lead, and who is who: people are looked up once a run.

    Attributes:
        at_once: Items to read, if their bodies are not too many characters, before the people in
            these are looked up together.
        people: Those who were found, by what bodies call them.
        files: The names of the files that this run has read, by file id.
        paths: Where it has found or put them in their folder, by what they are on and their name;
            empty where links are not to lead there.
        included: The pages that others show.
    """

    at_once: ClassVar[int]

    def __init__(self, run: Run) -> None:
        self.people: dict[str, Person] = {}
        self.files: dict[str, str] = {}
        self.paths: dict[tuple[str, str], str] = {}
        self.included = IncludedPages(run, self.links_of, self.ask_for_pages)
        self._run = run
        self._root = site_url(run.config)
        self._asked: dict[str, Future[None]] = {}

    def note_file(self, record: Mapping[str, Any]) -> None:
        """Remember a file, for the links of the bodies that come after it in this run."""
        config, title = self._run.config, record.get("title")
        if not title or not (config["body_markdown"] or config["body_text"]):
            return
        file_id, path = record.get("fileId"), record.get("filePath")
        if file_id and config["body_format"] == ADF:
            _remember(self.files, str(file_id), str(title))
        if path and config["content_links"] == "file":
            holder = next((record[key] for key in HOLDERS if record.get(key)), None)
            if holder:
                _remember(self.paths, (str(holder), str(title)), str(path))

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

    @abstractmethod
    def ask_for_pages(self, pages: Mapping[str, Reference]) -> Iterable[PageQuestion]:
        """Return how to ask for pages with their bodies.

        Args:
            pages: Pages by their addresses, each with its id, or else the key of its space and its
                title.
        """

    def introduce(self, items: Iterable[T], item_of: Callable[[T], Item | None]) -> Iterator[T]:
        """Yield items after that has been looked up which their bodies mention or include."""
        for some in _in_chunks(items, self.at_once, lambda each: body_size(item_of(each))):
            read = [item for item in map(item_of, some) if item is not None]
            if self._run.config["resolve_includes"]:
                read += self.included.bring(read)
            mentioned: dict[str, str] = {}
            for item in read:
                mentioned |= mentions_in(item.get("body"))
            self._meet(mentioned)
            yield from some

    def _meet(self, mentioned: Mapping[str, str]) -> None:
        """Look up those people whom nobody has looked up, and wait for those whom another does."""
        unknown = {name: kind for name, kind in mentioned.items() if name not in self._asked}
        if unknown:
            answered: Future[None] = Future()
            self._asked.update(dict.fromkeys(unknown, answered))
            try:
                self.people.update(self.look_up(unknown))
            finally:
                answered.set_result(None)
        for answered in {self._asked[name] for name in mentioned}:
            self._run.reader.result(answered)


def _remember(known: dict[K, str], key: K, value: str) -> None:
    known[key] = value
    if len(known) > MOST_FILES:
        del known[next(iter(known))]


def _in_chunks(items: Iterable[T], most: int, size_of: Callable[[T], int]) -> Iterator[list[T]]:
    some: list[T] = []
    size = 0
    try:
        for each in items:
            some.append(each)
            size += size_of(each)
            if len(some) == most or size >= MOST_AHEAD:
                yield some
                some, size = [], 0
    except Exception:
        # What was read before the error is written before it is raised.
        yield some
        raise
    yield some
