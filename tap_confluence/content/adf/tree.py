"""What all who read a document in ADF need of its nodes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from tap_confluence.content import sizes
from tap_confluence.content.adf.pieces import Nodes, in_pieces
from tap_confluence.content.adf.unread import texts_in
from tap_confluence.content.repair import as_text
from tap_confluence.decoding import NotJSONError, decode

if TYPE_CHECKING:
    from collections.abc import Sequence

Node: TypeAlias = dict[str, Any]

NESTING: Final = frozenset(("legacy-content", "nested-table"))
"""Extensions that a migration leaves where ADF does not allow what was there: a document in their
parameters, as an object or as JSON."""

# JSON that may be a document, told by its first key.
_DOCUMENT: Final = re.compile(r'\s*+\{\s*+"(?:type|version|content)"')


def attributes(node: Node) -> Node:
    """Return the attributes of a node."""
    given = node.get("attrs")
    return given if isinstance(given, dict) else {}


def attribute(node: Node, name: str) -> str:
    """Return an attribute that is text, or else ""."""
    value = attributes(node).get(name)
    return value if isinstance(value, str) else ""


def parameters(node: Node) -> Node:
    """Return what an extension is given."""
    given = attributes(node).get("parameters")
    return given if isinstance(given, dict) else {}


def children(node: Node) -> Sequence[Any]:
    """Return the nodes in a node; those of documents in an extension's parameters, too."""
    given = node.get("content")
    inside = given if isinstance(given, list | Nodes) else []
    if not parameters(node):
        return inside
    if attributes(node).get("extensionKey") not in NESTING:
        documents = documents_in(parameters(node))
        return [*documents, *inside] if documents else inside
    document = parameters(node).get("nestedContent") or parameters(node).get("adf")
    return inside or ([decoded(document)] if isinstance(document, dict | str) else [])


def documents_in(given: Any) -> list[Node]:
    """Return the documents among parameters, in which apps keep rich text that people typed."""
    found: list[Node] = []
    left = [given]
    while left:
        inner = left.pop()
        document = as_document(inner)
        if document is not None:
            found.append(document)
        elif isinstance(inner, dict):
            left.extend(reversed(inner.values()))
        elif isinstance(inner, list):
            left.extend(reversed(inner))
    return found


def as_document(given: Any) -> Node | None:
    """Return what is a document, as an object or as JSON; None if it is anything else."""
    if isinstance(given, str):
        if not _DOCUMENT.match(given):
            return None
        try:
            given = decode(given)
        except NotJSONError:
            return None
    if isinstance(given, dict) and given.get("type") == "doc":
        return given if isinstance(given.get("content"), list) else None
    return None


def decoded(body: Any) -> Any:
    """Return a document; what is no JSON, or nested too deeply for any parser, as its text.

    Raises:
        TooLargeError: It is too large to be read.
    """
    if not isinstance(body, str | bytes):
        return body
    sizes.check(body)
    divided = in_pieces(body) if len(body) >= sizes.LARGE else None
    if divided is not None:
        return divided
    try:
        document = decode(body)
    except NotJSONError:
        document = None
    if isinstance(document, dict | list):
        return {"type": "doc", "content": document} if isinstance(document, list) else document
    return texts_in(as_text(body))
