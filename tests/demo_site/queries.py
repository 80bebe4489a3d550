"""Query parameters: which are known, and what they may say."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import parse_qs

from tests.demo_site.errors import ApiError
from tests.demo_site.paging import Cursor

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Param: TypeAlias = "Callable[[str, list[str]], Any]"

MAX_LIMIT = 250


@dataclass(frozen=True)
class Query:
    """The parameters of one request, checked.

    `raw` is the query as it was sent, of which the next link repeats all but the cursor.
    """

    raw: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)

    def get(self, name: str, default: Any = None) -> Any:
        """Get a parameter."""
        return self.values.get(name, default)

    @property
    def body_format(self) -> str | None:
        """The representation asked for, if any."""
        found: str | None = self.values.get("body-format")
        return found


def split(raw: str) -> dict[str, list[str]]:
    """Take a query apart without judging it."""
    return parse_qs(raw, keep_blank_values=True)


def read(raw: str, params: Mapping[str, Param]) -> Query:
    """Check a query against the parameters that an endpoint knows.

    Raises:
        ApiError: A parameter is unknown or says what it may not.
    """
    values = {}
    for name, texts in split(raw).items():
        if name not in params:
            raise ApiError(400, f"Unknown query parameter: {name}")
        values[name] = params[name](name, texts)
    return Query(raw, values)


def text(_: str, texts: list[str]) -> str:
    """Read any text."""
    return texts[-1]


def texts(_: str, texts: list[str]) -> list[str]:
    """Read texts that are repeated or stand behind each other with commas."""
    return [part for text in texts for part in text.split(",") if part]


def number(name: str, texts: list[str]) -> int:
    """Read an integer."""
    try:
        return int(texts[-1])
    except ValueError as error:
        raise ApiError(400, f"Provided value for '{name}' is not a number") from error


def numbers(name: str, given: list[str]) -> list[int]:
    """Read integers, repeated or with commas, of which the API takes 250 at once."""
    found = [number(name, [part]) for part in texts(name, given)]
    if len(found) > MAX_LIMIT:
        raise ApiError(400, f"'{name}' takes at most {MAX_LIMIT} values")
    return found


def flag(name: str, texts: list[str]) -> bool:
    """Read true or false."""
    if texts[-1] not in {"true", "false"}:
        raise ApiError(400, f"Provided value for '{name}' must be true or false")
    return texts[-1] == "true"


def one_of(*allowed: str) -> Param:
    """Allow one of several texts."""

    def parse(name: str, texts: list[str]) -> str:
        if len(texts) != 1 or texts[0] not in allowed:
            raise ApiError(400, f"Invalid '{name}': {','.join(texts)}. Valid: {', '.join(allowed)}")
        return texts[0]

    return parse


def some_of(*allowed: str) -> Param:
    """Allow several of several texts."""

    def parse(name: str, given: list[str]) -> list[str]:
        found = texts(name, given)
        for part in found:
            if part not in allowed:
                raise ApiError(400, f"Invalid '{name}': {part}. Valid: {', '.join(allowed)}")
        return found

    return parse


def limit(_: str, texts: list[str]) -> int:
    """Read a page size."""
    size = number("limit", texts)
    if not 1 <= size <= MAX_LIMIT:
        raise ApiError(400, f"limit must be between 1 and {MAX_LIMIT}, was {size}")
    return size


def cursor(_: str, texts: list[str]) -> Cursor:
    """Read a cursor."""
    try:
        return Cursor.decode(texts[-1])
    except ValueError as error:
        raise ApiError(400, str(error)) from error


PAGING: Mapping[str, Param] = {"limit": limit, "cursor": cursor}
BODY_FORMATS = ("storage", "atlas_doc_format")
BODY: Mapping[str, Param] = {"body-format": one_of(*BODY_FORMATS)}
RAW_BODY: Mapping[str, Param] = {"body-format": one_of("raw", *BODY_FORMATS)}
BY_SPACE: Mapping[str, Param] = {"space-id": numbers}
