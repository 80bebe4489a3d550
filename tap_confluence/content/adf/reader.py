"""Reads the Atlassian document format (ADF): JSON, which the API gives as a string."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tap_confluence.content.adf.nodes import NODES, open_marks
from tap_confluence.content.adf.tree import attributes, children
from tap_confluence.content.document.constructs import both

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_confluence.content.document.blocks import End
    from tap_confluence.content.document.constructs import Reading


def read_adf(document: Any, reading: Reading) -> None:
    """Tell a writer what stands in a document.

    Args:
        document: The document, decoded.
        reading: Where to write, and where references lead.
    """
    writer = reading.writer
    # Each level is what is left of it, and what writes the end of the node around it.
    levels: list[tuple[Iterator[Any], End | None]] = [(iter([document]), None)]
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
            close_marks = open_marks(reading, node) if "marks" in node else None
            ending = start(reading, node)
            if ending is not None:
                if close_marks is not None:
                    ending = both(ending, close_marks)
                levels.append((iter(children(node)), ending))
                break
            if close_marks is not None:
                close_marks()
        else:
            levels.pop()
            if end is not None:
                end()
