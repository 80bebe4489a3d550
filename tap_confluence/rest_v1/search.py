"""The search by CQL, for what it counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tap_confluence.http import Client, Reader

SITE_SEARCH = "/rest/api/search"
CONTENT_SEARCH = "/rest/api/content/search"


def counts(reader: Reader, *queries: str, tag: str) -> list[int | None]:
    """Ask how many current items several searches find, archived spaces included.

    Args:
        reader: Reads the site.
        queries: What to search for, in CQL.
        tag: Under which name the requests are counted.

    Returns:
        About how many each finds; None where the site does not say.

    Raises:
        RefusedError: The account may not search.
    """
    asked = [reader.start(count, reader.client, query, tag=tag) for query in queries]
    return [reader.result(size) for size in asked]


def count(client: Client, query: str, *, tag: str, max_retries: int | None = None) -> int | None:
    """Ask the same of one search. May run in any thread.

    Args:
        client: The site.
        query: What to search for, in CQL.
        tag: Under which name the requests are counted.
        max_retries: How often to repeat a request that fails; None is what the settings say.
    """
    params = {"cql": query, "limit": "1", "includeArchivedSpaces": "true"}
    answer = client.get(SITE_SEARCH, params, tag=tag, max_retries=max_retries)
    size = answer.body.get("totalSize")
    return size if isinstance(size, int) else None


def in_spaces(keys: Iterable[str]) -> str:
    """Return the CQL for what is in some spaces, by their keys."""
    return f"space in ({', '.join(map(_quoted, keys))})"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
