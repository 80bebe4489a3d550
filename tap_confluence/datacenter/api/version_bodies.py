"""The body of each version of a page or blog post."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tap_confluence.datacenter.api.paths import CONTENT
from tap_confluence.errors import NotFoundError, RefusedError
from tap_confluence.settings import STORAGE
from tap_confluence.streams.parents import read_section

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tap_confluence.http import Client


def version_bodies(
    client: Client, item_id: str, versions: Sequence[dict[str, Any]], *, tag: str
) -> tuple[list[dict[str, Any]], RefusedError | None]:
    """Get the bodies of versions, with a request each: the list of versions has none.

    Args:
        client: The site.
        item_id: The page or blog post.
        versions: All of its versions, as records.
        tag: Under which name the requests are counted.

    Returns:
        The body of each version as REST v2 has it, without a text if that cannot be read; and why
        it cannot, unless the version is gone.
    """
    latest = max(version["number"] or 0 for version in versions)
    bodies: list[dict[str, Any]] = []
    refusal: RefusedError | None = None
    for version in versions:
        number = version["number"]
        is_latest = number == latest
        params = {"status": "any"} if is_latest else {"status": "historical", "version": number}
        params = {**params, "expand": f"body.{STORAGE}"}
        found = read_section(_get_body, client, item_id, params, tag)
        if isinstance(found, RefusedError):
            # What is not found was removed from the history since that was listed.
            refusal = refusal if isinstance(found, NotFoundError) else found
            found = [{}]
        bodies += found
    return bodies, refusal


def _get_body(
    client: Client, item_id: str, params: Mapping[str, str], tag: str
) -> list[dict[str, Any]]:
    return [_body(client.get(f"{CONTENT}/{item_id}", params, tag=tag).body)]


def _body(item: dict[str, Any]) -> dict[str, Any]:
    body = item.get("body")
    text = body.get(STORAGE) if isinstance(body, dict) else None
    value = text.get("value") if isinstance(text, dict) else None
    return {} if value is None else {STORAGE: {"representation": STORAGE, "value": value}}
