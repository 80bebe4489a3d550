"""Macros of storage format: `ac:structured-macro`, and what ADF has left in `ac:adf-extension`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from lxml import etree

from tap_confluence.content.adf.extensions import Extension, as_macro
from tap_confluence.content.adf.tree import as_document
from tap_confluence.content.document.macro import Macro
from tap_confluence.content.document.macro_parameters import Value, value
from tap_confluence.content.storage.elements import first_child, verbatim
from tap_confluence.content.storage.resource_identifiers import resource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    from tap_confluence.content.document.links import Links

LINK_BODIES: Final = frozenset(("{ac}link-body", "{ac}plain-text-link-body"))
# A macro that stands directly in one of these is a block, not a word of a sentence.
_BLOCK_PARENTS: Final = frozenset(
    ("root", "{ac}layout-cell", "{ac}rich-text-body", "{ac}adf-content", "{ac}task-body")
)
_PHRASES: Final = frozenset(
    ("a", "b", "code", "em", "i", "span", "strong", "u", "{ac}emoticon", "{ac}link")
)
_PARAMETERS: Final = frozenset(("{ac}parameter", "{ac}default-parameter"))
_SEPARATORS: Final = " ,;|\t\r\n"
_IN_VALUES: Final = frozenset(("{ac}adf-parameter", "{ac}adf-parameter-value"))


def is_block(element: _Element) -> bool:
    """Tell whether an element that may stand in a line does not, as no words stand beside it."""
    parent = element.getparent()
    if parent is None or parent.tag not in _BLOCK_PARENTS:
        return False
    before = element.getprevious()
    beside = (parent.text if before is None else before.tail, element.tail)
    return not any(text and not text.isspace() for text in beside)


def is_phrase(body: _Element) -> bool:
    """Tell whether the rich text in a macro within a line is words, and no block begins it."""
    if body.tag != "{ac}rich-text-body":
        return False
    return bool((body.text or "").strip()) or (len(body) > 0 and body[0].tag in _PHRASES)


def structured_macro(element: _Element, links: Links) -> Macro:
    """Return an `ac:structured-macro`, or an `ac:macro` of old, as a macro."""
    parameters: dict[str, list[Value]] = {}
    plain: list[str] = []
    has_body = has_words = False
    is_inline = not is_block(element)
    for child in element:
        if child.tag in _PARAMETERS:
            name = child.get("{ac}name", "")
            parameters.setdefault(name, []).extend(_values(name, child, links))
        elif child.tag == "{ac}plain-text-body":
            plain.append(verbatim(child))
        elif is_inline and is_phrase(child):
            has_words = True
        else:
            has_body = True
    return Macro(
        name=element.get("{ac}name", "macro"),
        parameters=parameters,
        plain="\n".join(plain) if plain else None,
        has_body=has_body,
        has_words=has_words,
        is_inline=is_inline,
    )


def adf_extension(node: _Element, links: Links, *, is_inline: bool) -> Macro:
    """Return an `ac:adf-node` of an extension as a macro."""
    attributes = {child.get("key", ""): child for child in node if child.tag == "{ac}adf-attribute"}
    texts = {key: (child.text or "").strip() for key, child in attributes.items()}
    given = attributes.get("parameters")
    extension = Extension(
        texts.get("extension-key") or texts.get("extension-type") or "extension",
        texts.get("text", ""),
        {} if given is None else _nested(given, links),
        has_body=any(child.tag not in {"{ac}adf-attribute", "{ac}adf-mark"} for child in node),
        is_inline=is_inline,
    )
    return as_macro(extension, links)


def adf_documents(node: _Element) -> Iterator[Any]:
    """Yield the documents that an extension keeps in its parameters."""
    for attribute in node:
        if attribute.tag == "{ac}adf-attribute" and attribute.get("key") == "parameters":
            for given in attribute.iter("{ac}adf-parameter", "{ac}adf-parameter-value"):
                document = None if len(given) else as_document(given.text or "")
                if document is not None:
                    yield document


def _values(name: str, parameter: _Element, links: Links) -> list[Value]:
    """Return what a parameter is set to: texts, and whatever it refers to."""
    if not len(parameter):
        text = parameter.text or ""
        return [Value(text.strip("\r\n"))] if "\n" in text.strip() else [value(name, text, links)]
    found: list[Value] = []
    has_references = False
    walker = etree.iterwalk(parameter, events=("start", "end"))
    for event, element in walker:
        is_parameter = element is parameter
        if event == "start" and not is_parameter:
            reference = _reference(element, links)
            if reference is not None:
                has_references = True
                found.append(reference)
                walker.skip_subtree()
                continue
        given = element.text if event == "start" else None if is_parameter else element.tail
        text = (given or "").strip(_SEPARATORS)
        if text:
            found.append(value(name, text, links))
    return found if has_references else [Value(verbatim(parameter).strip())]


def _reference(element: _Element, links: Links) -> Value | None:
    """Return what a link or a resource identifier refers to."""
    if element.tag == "{ac}link":
        href, name = resource(first_child(element, "{ri}"), links)
        anchor = element.get("{ac}anchor")
        if anchor:
            name, href = name or anchor, links.anchor(anchor, href)
        body = next((child for child in element if child.tag in LINK_BODIES), None)
        words = "" if body is None else " ".join(verbatim(body).split())
        return Value(words or name, href)
    if str(element.tag).startswith("{ri}"):
        href, name = resource(element, links)
        return Value(name, href)
    return None


def _nested(given: _Element, links: Links) -> dict[str, Any]:
    """Return parameters within parameters as ADF has them: objects, lists and texts."""
    root: dict[str, Any] = {}
    # Each level is the object that its elements stand in.
    levels: list[tuple[list[_Element], dict[str, Any]]] = [(list(given), root)]
    while levels:
        elements, target = levels.pop()
        for element in elements:
            if element.tag not in _IN_VALUES:
                continue
            name = element.get("key", "value")
            inner = [child for child in element if child.tag in _IN_VALUES]
            if inner:
                nested: dict[str, Any] = {}
                levels.append((inner, nested))
                target.setdefault(name, []).append(nested)
            else:
                target.setdefault(name, []).extend(_values(name, element, links))
    return _unlisted(root)


def _unlisted(root: dict[str, Any]) -> dict[str, Any]:
    """Return objects with what occurs once as itself, not as a list of one."""
    left = [root]
    while left:
        given = left.pop()
        for name, values in given.items():
            left.extend(each for each in values if isinstance(each, dict))
            if len(values) == 1:
                given[name] = values[0].text if name == "extension-title" else values[0]
    return root
