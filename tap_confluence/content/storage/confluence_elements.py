"""Confluence's own elements: macros, links, images, tasks, layouts, and what ADF left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tap_confluence.content.document import constructs, inline
from tap_confluence.content.document.macro import Macro
from tap_confluence.content.emoji import emoji
from tap_confluence.content.macros import open_macro, panel_macro
from tap_confluence.content.storage.elements import first_child, skip, skipped, verbatim
from tap_confluence.content.storage.html_elements import CARDS
from tap_confluence.content.storage.macros import (
    LINK_BODIES,
    adf_documents,
    adf_extension,
    is_block,
    is_phrase,
    structured_macro,
)
from tap_confluence.content.storage.resource_identifiers import leads_elsewhere, resource
from tap_confluence.decoding import ADF

if TYPE_CHECKING:
    from lxml.etree import _Element

    from tap_confluence.content.document.blocks import End
    from tap_confluence.content.document.constructs import Reading, Start

_APPEARANCE: Final = "{ac}card-appearance"
_MACROS: Final = frozenset(("{ac}macro", "{ac}structured-macro"))


def _link(reading: Reading, element: _Element) -> End:
    end = constructs.block(reading, element) if element.get(_APPEARANCE) in CARDS else None
    href, name = resource(first_child(element, "{ri}"), reading.links)
    anchor = element.get("{ac}anchor")
    if anchor:
        name = name or anchor
        href = reading.links.anchor(anchor, href)
    close_link = reading.writer.open_link(href)
    body = next((child for child in element if child.tag in LINK_BODIES), None)
    if body is None or not (body.text or len(body)):
        reading.writer.atom(name)
    return constructs.both(close_link, end) if end else close_link


def _image(reading: Reading, element: _Element) -> End | None:
    end = constructs.block(reading, element) if is_block(element) else None
    identifier = first_child(element, "{ri}")
    source, name = resource(identifier, reading.links)
    if identifier is not None and identifier.tag == "{ri}url":
        name = name.partition("?")[0].rpartition("/")[2] or name
    shown = element.get("{ac}alt") or name or element.get("{ac}title") or ""
    if source and identifier is not None and leads_elsewhere(identifier, reading.links):
        reading.writer.atom(shown, 0, source)
    else:
        constructs.image(reading, shown, source or "")
    return end


def _emoticon(reading: Reading, element: _Element) -> End:
    reading.writer.text(
        emoji(
            element.get("{ac}emoji-fallback", ""),
            element.get("{ac}emoji-id", ""),
            element.get("{ac}emoji-shortname", ""),
            element.get("{ac}name", ""),
        )
    )
    return skip


def _task(reading: Reading, element: _Element) -> End:
    status = first_child(element, "{ac}task-status")
    is_done = status is not None and (status.text or "").strip() == "complete"
    return reading.writer.open_item(is_done=is_done)


def _plain_text_body(reading: Reading, element: _Element) -> End:
    parent = element.getparent()
    if parent is None or parent.tag not in _MACROS:
        reading.writer.code_block(verbatim(element))
    return skip


def _rich_text_body(reading: Reading, element: _Element) -> End | None:
    macro = element.getparent()
    is_within = macro is not None and macro.tag in _MACROS and not is_block(macro)
    return None if is_within and is_phrase(element) else constructs.block(reading, element)


def _macro(reading: Reading, element: _Element) -> End:
    return open_macro(reading, structured_macro(element, reading.links)) or skip


def _adf_panel(reading: Reading, node: _Element) -> End:
    names = ("panel-type", "panel-icon-text", "panel-icon-id")
    return open_macro(reading, panel_macro(*(_adf_attribute(node, n) for n in names))) or skip


def _adf_decision_item(reading: Reading, node: _Element) -> End:
    return constructs.decision_item(reading, _adf_attribute(node, "state"))


def _adf_attribute(node: _Element, key: str) -> str:
    for child in node:
        if child.tag == "{ac}adf-attribute" and child.get("key") == key:
            return (child.text or "").strip()
    return ""


def _adf_extension(reading: Reading, node: _Element) -> End:
    return _open_extension(reading, node, is_inline=False)


def _adf_inline_extension(reading: Reading, node: _Element) -> End:
    return _open_extension(reading, node, is_inline=True)


def _open_extension(reading: Reading, node: _Element, *, is_inline: bool) -> End:
    end = open_macro(reading, adf_extension(node, reading.links, is_inline=is_inline))
    if end is None:
        return skip
    if reading.read_nested:
        for document in adf_documents(node):
            reading.read_nested(document, ADF, reading)
    return end


_ADF_NODES: Final[dict[str | None, Start[_Element]]] = {
    "bodied-extension": _adf_extension,
    "decision-item": _adf_decision_item,
    "decision-list": constructs.bullet_list,
    "extension": _adf_extension,
    "inline-extension": _adf_inline_extension,
    "multi-bodied-extension": _adf_extension,
    "panel": _adf_panel,
}


def _adf_node(reading: Reading, element: _Element) -> End | None:
    start = _ADF_NODES.get(element.get("type"))
    if start:
        return start(reading, element)
    if _content_of(element) is None:
        if _has_fallback(element):
            return skip
        if not any(child.tag == "{ac}adf-node" for child in element):
            return open_macro(reading, Macro(element.get("type", "node"), {})) or skip
    return constructs.block(reading, element)


def _adf_content(reading: Reading, element: _Element) -> End | None:
    node = element.getparent()
    # That of a decision goes on where the label ends.
    is_decision = node is not None and node.get("type") == "decision-item"
    return None if is_decision else constructs.block(reading, element)


def _adf_fallback(_reading: Reading, element: _Element) -> End | None:
    """Read what older clients show, unless the node before it says it already."""
    node = element.getprevious()
    if node is None or node.tag != "{ac}adf-node":
        return None
    if _content_of(node) is not None:
        return skip
    if "extension" in node.get("type", ""):
        # That of an app repeats the node.
        return skip if _child_or_grandchild(element, "{ac}adf-node") is not None else None
    return skip if node.get("type") in _ADF_NODES else None


def _has_fallback(node: _Element) -> bool:
    # It comes last. To look at each sibling would cost the square of their number.
    extension = node.getparent()
    last = None if extension is None else next(extension.iterchildren(reversed=True), None)
    return last is not None and last.tag == "{ac}adf-fallback"


def _content_of(node: _Element) -> _Element | None:
    return _child_or_grandchild(node, "{ac}adf-content")


def _child_or_grandchild(element: _Element, tag: str) -> _Element | None:
    # Not deeper, so that nodes within nodes within nodes cost no more than others.
    found = element.find(tag)
    return element.find(f"*/{tag}") if found is None else found


def _variable(reading: Reading, element: _Element) -> None:
    """Write what is to be filled in where a page is made of a template."""
    reading.writer.text(f"{{{element.get('{at}name', '')}}}")


CONFLUENCE_ELEMENTS: Final[dict[str | bytes | bytearray, Start[_Element]]] = {
    "{ac}adf-attribute": skipped,
    "{ac}adf-content": _adf_content,
    "{ac}adf-fallback": _adf_fallback,
    "{ac}adf-mark": skipped,
    "{ac}adf-node": _adf_node,
    "{ac}caption": constructs.marked_block(inline.EMPHASIS),
    "{ac}default-parameter": skipped,
    "{ac}emoticon": _emoticon,
    "{ac}image": _image,
    "{ac}layout": constructs.block,
    "{ac}layout-cell": constructs.block,
    "{ac}layout-section": constructs.block,
    "{ac}link": _link,
    "{ac}macro": _macro,
    "{ac}parameter": skipped,
    "{ac}plain-text-body": _plain_text_body,
    "{ac}rich-text-body": _rich_text_body,
    "{ac}structured-macro": _macro,
    "{ac}task": _task,
    "{ac}task-id": skipped,
    "{ac}task-list": constructs.bullet_list,
    "{ac}task-status": skipped,
    "{ac}task-uuid": skipped,
    "{at}var": _variable,
}
