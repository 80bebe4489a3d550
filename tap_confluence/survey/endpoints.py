"""Which endpoints of a site answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote

from tap_confluence.survey.asker import OK
from tap_confluence.survey.facts import Question, UnansweredError

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping

    from tap_confluence.survey.asker import Asker


@dataclass(frozen=True)
class Source:
    """Where to find something to ask for: a field of the rows of a list."""

    path: str
    name: str
    params: Mapping[str, str] = field(default_factory=lambda: {"limit": "1"})


class Endpoints:
    """Asks once for each of several endpoints.

    Args:
        asker: Asks the site.
        sources: What to put into paths in place of a name, such as `{page}`.
    """

    def __init__(self, asker: Asker, sources: Mapping[str, Source]) -> None:
        self._asker = asker
        self._sources = sources

    def questions(self, paths: Iterable[str], needless: Container[str] = ()) -> Iterator[Question]:
        """Ask for the status of paths, which may have a query.

        Args:
            paths: The paths.
            needless: Those that no run asks for.
        """
        for path in paths:
            shown = path.partition("?")[0]
            find = partial(self._status, path)
            expected = () if path in needless else (str(OK),)
            yield Question(f"GET {shown}", "status of the answer", find, expected)

    def _status(self, endpoint: str) -> str:
        path, _, query = endpoint.partition("?")
        params = {name: self._filled(value, str) for name, value in parse_qsl(query)}
        in_path = partial(quote, safe="")
        return str(self._asker.ask(self._filled(path, in_path), params).status)

    def _filled(self, text: str, write: Callable[[str], str]) -> str:
        for name, source in self._sources.items():
            if name in text:
                rows = self._asker.get(source.path, source.params).rows
                value = next((row[source.name] for row in rows if row.get(source.name)), None)
                if value is None:
                    message = "there is none to ask for"
                    raise UnansweredError(message)
                text = text.replace(name, write(str(value)))
        return text
