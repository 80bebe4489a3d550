"""Confluence's own elements: macros, links, images, tasks, layouts, and what ADF left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tap_confluence.content import constructs, inline, macros
from tap_confluence.content.elements import first_child, skip, skipped, verbatim
from tap_confluence.content.macros import Macro
from tap_confluence.content.resource_identifiers import resource

if TYPE_CHECKING:
    from lxml.etree import _Element

    from tap_confluence.content.blocks import End
    from tap_confluence.content.constructs import Reading, Start
    from tap_confluence.content.links import Links

_LINK_BODIES: Final = frozenset(("{ac}link-body", "{ac}plain-text-link-body"))
# A macro that stands directly in one of these is a block, not a word of a sentence.
_BLOCK_PARENTS: Final = frozenset(
    ("root", "{ac}layout-cell", "{ac}rich-text-body", "{ac}adf-content", "{ac}task-body")
)
# Emoticons that came before emoji, which carry no character of their own.
_EMOTICONS: Final = {
    "smile": "\U0001f642",
    "sad": "\U0001f641",
    "cheeky": "\U0001f61b",
    "laugh": "\U0001f600",
    "wink": "\U0001f609",
    "thumbs-up": "\U0001f44d",
    "thumbs-down": "\U0001f44e",
    "information": "\u2139\ufe0f",
    "tick": "\u2705",
    "cross": "\u274c",
    "warning": "\u26a0\ufe0f",
    "plus": "\u2795",
    "minus": "\u2796",
    "question": "\u2753",
    "light-on": "\U0001f4a1",
    "yellow-star": "\u2b50",
    "heart": "\u2764\ufe0f",
    "broken-heart": "\U0001f494",
}


def _link(reading: Reading, element: _Element) -> End:
    href, name = resource(first_child(element, "{ri}"), reading.links)
    anchor = element.get("{ac}anchor")
    if anchor:
        name = name or anchor
        href = reading.links.anchor(anchor, href)
    close_link = reading.writer.open_link(href)
    body = next((child for child in element if child.tag in _LINK_BODIES), None)
    if body is None or not (body.text or len(body)):
        reading.writer.text(name)
    return close_link


def _image(reading: Reading, element: _Element) -> End | None:
    end = constructs.block(reading, element) if _is_block(element) else None
    identifier = first_child(element, "{ri}")
    source, name = resource(identifier, reading.links)
    if identifier is not None and identifier.tag == "{ri}url":
        name = name.partition("?")[0].rpartition("/")[2] or name
    shown = element.get("{ac}alt") or name or element.get("{ac}title") or ""
    reading.writer.image(shown, source or "")
    return end


def _emoticon(reading: Reading, element: _Element) -> End:
    name = element.get("{ac}name", "")
    short = element.get("{ac}emoji-shortname") or (f":{name}:" if name else "")
    reading.writer.text(element.get("{ac}emoji-fallback") or _EMOTICONS.get(name) or short)
    return skip


def _task(reading: Reading, element: _Element) -> End:
    status = first_child(element, "{ac}task-status")
    is_done = status is not None and (status.text or "").strip() == "complete"
    return reading.writer.open_item(is_done=is_done)


def _plain_text_body(reading: Reading, element: _Element) -> End:
    reading.writer.code_block(verbatim(element))
    return skip


def _macro(reading: Reading, element: _Element) -> End:
    name = element.get("{ac}name", "macro")
    parameters: dict[str, str] = {}
    plain = None
    has_body = False
    for child in element:
        if child.tag == "{ac}parameter":
            parameters[child.get("{ac}name", "")] = _value(child, reading.links)
        elif child.tag == "{ac}default-parameter":
            parameters[""] = _value(child, reading.links)
        elif child.tag == "{ac}plain-text-body":
            plain = child
        else:
            has_body = True
    if name in macros.CODE_MACROS:
        if parameters.get("title"):
            reading.writer.label(parameters["title"])
        if plain is not None:
            reading.writer.code_block(verbatim(plain), parameters.get("language", ""))
            return skip
        return constructs.block(reading, element)
    is_inline = plain is None and not _is_block(element)
    return macros.open_macro(
        reading, Macro(name, parameters, has_body=has_body, is_inline=is_inline)
    )


def _value(parameter: _Element, links: Links) -> str:
    """Return the text of a parameter, or the name of what it refers to."""
    if not len(parameter):
        return (parameter.text or "").strip()
    for inner in parameter.iterdescendants():
        if inner.tag.startswith("{ri}"):
            return resource(inner, links)[1]
    return verbatim(parameter).strip()


def _is_block(element: _Element) -> bool:
    parent = element.getparent()
    return parent is not None and parent.tag in _BLOCK_PARENTS


def _adf_panel(reading: Reading, node: _Element) -> End:
    return constructs.panel(reading, _adf_attribute(node, "panel-type"))


def _adf_decision_item(reading: Reading, node: _Element) -> End:
    return constructs.decision_item(reading, _adf_attribute(node, "state"))


def _adf_attribute(node: _Element, key: str) -> str:
    for child in node:
        if child.tag == "{ac}adf-attribute" and child.get("key") == key:
            return (child.text or "").strip()
    return ""


_ADF_NODES: Final[dict[str | None, Start[_Element]]] = {
    "panel": _adf_panel,
    "decision-list": constructs.bullet_list,
    "decision-item": _adf_decision_item,
}


def _adf_node(reading: Reading, element: _Element) -> End | None:
    start = _ADF_NODES.get(element.get("type"))
    if start:
        return start(reading, element)
    extension = element.getparent()
    last = None if extension is None else next(extension.iterchildren(reversed=True), None)
    has_fallback = last is not None and last.tag == "{ac}adf-fallback"
    return skip if has_fallback else constructs.block(reading, element)


def _adf_content(reading: Reading, element: _Element) -> End | None:
    node = element.getparent()
    # That of a decision goes on where the label ends.
    is_decision = node is not None and node.get("type") == "decision-item"
    return None if is_decision else constructs.block(reading, element)


def _adf_fallback(_reading: Reading, element: _Element) -> End | None:
    """Read what older clients show, unless the node before it was understood."""
    node = next(element.itersiblings(preceding=True), None)
    return skip if node is not None and node.get("type") in _ADF_NODES else None


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
    "{ac}rich-text-body": constructs.block,
    "{ac}structured-macro": _macro,
    "{ac}task": _task,
    "{ac}task-id": skipped,
    "{ac}task-list": constructs.bullet_list,
    "{ac}task-status": skipped,
    "{ac}task-uuid": skipped,
}
