"""Whom a body mentions without saying what they are called."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any, Final

from tap_confluence.content.adf.tree import as_document, attribute, children, decoded, parameters
from tap_confluence.content.macros import PROFILES
from tap_confluence.content.sizes import TooLargeError

if TYPE_CHECKING:
    from collections.abc import Iterator

# Possessive, so that tags that never end cost no more than others.
_USER: Final = re.compile(r"<ri:user\b([^<>]*+)>")
_IDENTITY: Final = re.compile(
    r"""\bri:(account-id|userkey|username)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)')"""
)

# Documents that apps keep in the parameters of their macros.
_KEPT: Final = re.compile(r"<ac:adf-parameter\b[^<>]*+>\s*+(\{[^<]*+)")

_END: Final = object()

# Without one of these there is nobody in a document.
_WORDS: Final = ("mention", "ri:user", "profile")

ACCOUNT_ID: Final = "account-id"
USER_KEY: Final = "userkey"
USERNAME: Final = "username"
_BEST_FIRST: Final = (ACCOUNT_ID, USER_KEY, USERNAME)


def mentions_in(body: Any) -> dict[str, str]:
    """Find the people whom the body of a record mentions by id.

    Args:
        body: An object with one object of `value` a representation, as the API gives it.

    Returns:
        What they are called by there, and which kind of id that is: `account-id`, `userkey` or
        `username`.
    """
    found: dict[str, str] = {}
    for representation, part in body.items() if isinstance(body, dict) else ():
        value = part.get("value") if isinstance(part, dict) else None
        if isinstance(value, str):
            in_adf = representation == "atlas_doc_format"
            found.update(_in_adf(value) if in_adf else _in_storage(value))
    return found


def _in_storage(value: str) -> Iterator[tuple[str, str]]:
    for tag in _USER.finditer(value):
        given = {kind: double or single for kind, double, single in _IDENTITY.findall(tag[1])}
        for kind in _BEST_FIRST:
            if given.get(kind):
                yield unescape(given[kind]), kind
                break
    if "mention" in value:
        for kept in _KEPT.findall(value):
            document = as_document(unescape(kept))
            if document is not None:
                yield from _in_nodes(document)


def _in_adf(value: str) -> Iterator[tuple[str, str]]:
    # What is nested as text in a text has its quotes escaped.
    if not any(word in value for word in _WORDS):
        return
    try:
        document = decoded(value)
    except TooLargeError:
        # Nothing is made of it.
        return
    yield from _in_nodes(document)


def _in_nodes(document: Any) -> Iterator[tuple[str, str]]:
    # What is left of each level, so that no more nodes are there at once than are needed.
    levels = [iter([document])]
    while levels:
        node = next(levels[-1], _END)
        if node is _END:
            levels.pop()
            continue
        if not isinstance(node, dict):
            continue
        if node.get("type") == "mention":
            identity = attribute(node, "id")
            if identity:
                yield identity, ACCOUNT_ID
        if attribute(node, "extensionKey") in PROFILES:
            yield from ((identity, ACCOUNT_ID) for identity in _people_in(parameters(node)))
        inner = children(node)
        levels.append(iter(inner))
        source = parameters(node).get("cxhtml")
        if not inner and isinstance(source, str):
            yield from _in_storage(source)


def _people_in(given: dict[str, Any]) -> Iterator[str]:
    """Yield whom a macro that shows somebody is about."""
    macro = given.get("macroParams")
    user = macro.get("user") if isinstance(macro, dict) else None
    identity = user.get("value") if isinstance(user, dict) else user
    if isinstance(identity, str) and identity:
        yield identity
