"""Reads the Atlassian document format (ADF): JSON, which the API gives as a string."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from tap_confluence.content.adf_nodes import NODES, attributes, children
from tap_confluence.content.constructs import Reading
from tap_confluence.content.repair import as_text
from tap_confluence.decoding import NotJSONError, decode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_confluence.content.blocks import BlockWriter, End
    from tap_confluence.content.links import Links

_TEXT: Final = re.compile(r'"text"\s*+:\s*+("(?:[^"\\]++|\\.)*+")')


def read_adf(body: Any, writer: BlockWriter, links: Links) -> None:
    """Tell a writer what stands in a body.

    Args:
        body: The document, as JSON or decoded.
        writer: Where to write.
        links: Where references lead.
    """
    reading = Reading(writer, links)
    # Each level is what is left of it, and what writes the end of the node around it.
    levels: list[tuple[Iterator[Any], End | None]] = [(iter([decoded(body)]), None)]
    while levels:
        nodes, end = levels[-1]
        for node in nodes:
            if not isinstance(node, dict):
                continue
            start = NODES.get(str(node.get("type")))
            if start is None:
                writer.text(str(attributes(node).get("text") or node.get("text") or ""))
                levels.append((iter(children(node)), None))
                break
            ending = start(reading, node)
            if ending is not None:
                levels.append((iter(children(node)), ending))
                break
        else:
            levels.pop()
            if end is not None:
                end()


def decoded(body: Any) -> Any:
    """Return a document; what is no JSON, or nested too deeply for any parser, as its text."""
    if not isinstance(body, str | bytes):
        return body
    try:
        document = decode(body)
    except NotJSONError:
        document = None
    if isinstance(document, dict | list):
        return {"type": "doc", "content": document} if isinstance(document, list) else document
    return {"type": "doc", "content": list(_texts_in(as_text(body)))}


def _texts_in(body: str) -> Iterator[dict[str, Any]]:
    texts = [_unquoted(found) for found in _TEXT.findall(body)] or [body]
    for text in texts:
        yield {"type": "paragraph", "content": [{"type": "text", "text": text}]}


def _unquoted(literal: str) -> str:
    try:
        return str(decode(literal))
    except NotJSONError:
        return literal[1:-1]
