"""Confluence's own elements: macros, links, images, tasks, layouts, and what ADF left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tap_confluence.content import inline, macros
from tap_confluence.content.macros import Macro
from tap_confluence.content.reading import AC, RI, Reading, Start, first, skip, skipped, verbatim

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml.etree import _Element

    from tap_confluence.content.links import Links

_RI_CONTENT_TITLE: Final = f"{RI}content-title"
_RI_SPACE_KEY: Final = f"{RI}space-key"
_RI_FILENAME: Final = f"{RI}filename"
_RI_ACCOUNT_ID: Final = f"{RI}account-id"
_RI_USERKEY: Final = f"{RI}userkey"
_RI_USERNAME: Final = f"{RI}username"
_RI_VALUE: Final = f"{RI}value"
_RI_CONTENT_ID: Final = f"{RI}content-id"
_RI_POSTING_DAY: Final = f"{RI}posting-day"
_ANCHOR: Final = f"{AC}anchor"
_LINK_BODY: Final = f"{AC}link-body"
_PLAIN_TEXT_LINK_BODY: Final = f"{AC}plain-text-link-body"
_RI_URL: Final = f"{RI}url"
_ALT: Final = f"{AC}alt"
_TITLE: Final = f"{AC}title"
_NAME: Final = f"{AC}name"
_EMOJI_SHORTNAME: Final = f"{AC}emoji-shortname"
_EMOJI_FALLBACK: Final = f"{AC}emoji-fallback"
_TASK_STATUS: Final = f"{AC}task-status"
_PARAMETER: Final = f"{AC}parameter"
_DEFAULT_PARAMETER: Final = f"{AC}default-parameter"
_PLAIN_TEXT_BODY: Final = f"{AC}plain-text-body"
_ADF_FALLBACK: Final = f"{AC}adf-fallback"
_ADF_ATTRIBUTE: Final = f"{AC}adf-attribute"
_RI_PARAMETER: Final = f"{RI}parameter"
_RI_KEY: Final = f"{RI}key"
# A macro that stands directly in one of these is a block, not a word of a sentence.
_BLOCK_PARENTS: Final = frozenset(
    ("root", f"{AC}layout-cell", f"{AC}rich-text-body", f"{AC}adf-content", f"{AC}task-body")
)
_ADF_DRAWN: Final = frozenset(("panel", "decision-list", "decision-item"))
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


def _refers_to(element: _Element, links: Links) -> tuple[str | None, str]:
    """Return where a `ri:` element leads, if that can be said, and what it is called."""
    refer = _REFERENCES.get(element.tag, _to_content)
    return refer(element, links)


def _to_content(element: _Element, links: Links) -> tuple[str | None, str]:
    content_id = element.get(_RI_CONTENT_ID, "")
    return links.content(content_id), content_id


def _to_page(element: _Element, links: Links) -> tuple[str | None, str]:
    title = element.get(_RI_CONTENT_TITLE, "")
    return (links.page(title, element.get(_RI_SPACE_KEY)) if title else None), title


def _to_post(element: _Element, links: Links) -> tuple[str | None, str]:
    title = element.get(_RI_CONTENT_TITLE, "")
    key, day = element.get(_RI_SPACE_KEY), element.get(_RI_POSTING_DAY)
    return (links.blog_post(title, key, day) if title else None), title


def _to_file(element: _Element, links: Links) -> tuple[str | None, str]:
    filename = element.get(_RI_FILENAME, "")
    holder = first(element, RI)
    if holder is None or not links.root:
        return links.attachment(filename), filename
    if holder_id := holder.get(_RI_CONTENT_ID):
        return links.attachment(filename, holder_id), filename
    # Files have addresses by the id of what they are on: by its title, only that has one.
    return _refers_to(holder, links)[0], filename


def _to_person(element: _Element, links: Links) -> tuple[str | None, str]:
    account = element.get(_RI_ACCOUNT_ID) or element.get(_RI_USERKEY) or element.get(_RI_USERNAME)
    return links.mention(account) if account else (None, "")


def _to_address(element: _Element, _links: Links) -> tuple[str | None, str]:
    return element.get(_RI_VALUE), element.get(_RI_VALUE, "")


def _to_space(element: _Element, links: Links) -> tuple[str | None, str]:
    key = element.get(_RI_SPACE_KEY, "")
    return links.space(key), key


def _to_shortcut(element: _Element, _links: Links) -> tuple[str | None, str]:
    return None, f"{element.get(_RI_PARAMETER, '')}@{element.get(_RI_KEY, '')}"


_REFERENCES: Final = {
    f"{RI}page": _to_page,
    f"{RI}blog-post": _to_post,
    f"{RI}attachment": _to_file,
    f"{RI}user": _to_person,
    f"{RI}url": _to_address,
    f"{RI}space": _to_space,
    f"{RI}shortcut": _to_shortcut,
}


def _link(reading: Reading, element: _Element) -> Callable[[], None]:
    writer = reading.writer
    target = first(element, RI)
    href, name = _refers_to(target, reading.links) if target is not None else (None, "")
    anchor = element.get(_ANCHOR)
    if anchor:
        name = name or anchor
        href = reading.links.anchor(anchor, href)
    writer.link_on(href)
    body = None
    for body in element:
        if body.tag in {_LINK_BODY, _PLAIN_TEXT_LINK_BODY}:
            break
    else:
        body = None
    if body is None or not (body.text or len(body)):
        writer.text(name)
    return writer.link_off


def _image(reading: Reading, element: _Element) -> Callable[[], None]:
    writer = reading.writer
    if _is_block(element):
        writer.boundary()
    target = first(element, RI)
    source, name = _refers_to(target, reading.links) if target is not None else (None, "")
    if target is not None and target.tag == _RI_URL:
        name = name.partition("?")[0].rpartition("/")[2] or name
    shown = element.get(_ALT) or name or element.get(_TITLE) or ""
    writer.image(shown, source or "")
    return writer.boundary if _is_block(element) else _nothing


def _caption(reading: Reading, _element: _Element) -> Callable[[], None]:
    writer = reading.writer
    writer.boundary()
    writer.mark_on(inline.EMPHASIS)

    def end() -> None:
        writer.boundary()
        writer.mark_off(inline.EMPHASIS)

    return end


def _emoticon(reading: Reading, element: _Element) -> Callable[[], None]:
    name = element.get(_NAME, "")
    short = element.get(_EMOJI_SHORTNAME) or (f":{name}:" if name else "")
    reading.writer.text(element.get(_EMOJI_FALLBACK) or _EMOTICONS.get(name) or short)
    return skip


def _task_list(reading: Reading, _element: _Element) -> Callable[[], None]:
    reading.writer.open_list()
    return reading.writer.close_list


def _task(reading: Reading, element: _Element) -> Callable[[], None]:
    status = first(element, _TASK_STATUS)
    is_done = status is not None and (status.text or "").strip() == "complete"
    reading.writer.open_item(is_done=is_done)
    return reading.writer.close_item


def _block(reading: Reading, _element: _Element) -> Callable[[], None]:
    reading.writer.boundary()
    return reading.writer.boundary


def _plain_body(reading: Reading, element: _Element) -> Callable[[], None]:
    reading.writer.code_block(verbatim(element))
    return skip


def _macro(reading: Reading, element: _Element) -> Callable[[], None]:
    name = element.get(_NAME, "macro")
    parameters: dict[str, str] = {}
    plain = None
    has_body = False
    for child in element:
        if child.tag == _PARAMETER:
            parameters[child.get(_NAME, "")] = _value(child, reading.links)
        elif child.tag == _DEFAULT_PARAMETER:
            parameters[""] = _value(child, reading.links)
        elif child.tag == _PLAIN_TEXT_BODY:
            plain = child
        else:
            has_body = True
    if name in macros.CODE:
        if parameters.get("title"):
            reading.writer.label(parameters["title"])
        if plain is not None:
            reading.writer.code_block(verbatim(plain), parameters.get("language", ""))
            return skip
        return _block(reading, element)
    is_inline = plain is None and not _is_block(element)
    macro = Macro(name, parameters, has_body=has_body, is_inline=is_inline)
    return macros.open_macro(reading.writer, macro, reading.links)


def _value(parameter: _Element, links: Links) -> str:
    """Return the text of a parameter, or the name of what it refers to."""
    if not len(parameter):
        return (parameter.text or "").strip()
    for inner in parameter.iterdescendants():
        if inner.tag.startswith(RI):
            return _refers_to(inner, links)[1]
    return verbatim(parameter).strip()


def _adf_node(reading: Reading, element: _Element) -> Callable[[], None]:
    writer = reading.writer
    kind = element.get("type", "")
    if kind == "panel":
        macros.open_panel(writer, _adf_attribute(element, "panel-type"))
        return writer.close_quote
    if kind == "decision-list":
        writer.open_list()
        return writer.close_list
    if kind == "decision-item":
        writer.open_item()
        writer.bold(macros.decision(_adf_attribute(element, "state")))
        writer.text(" ")
        return writer.close_item
    extension = element.getparent()
    last = None if extension is None else next(extension.iterchildren(reversed=True), None)
    if last is not None and last.tag == _ADF_FALLBACK:
        return skip
    return _block(reading, element)


def _adf_content(reading: Reading, element: _Element) -> Callable[[], None]:
    node = element.getparent()
    if node is not None and node.get("type") == "decision-item":
        # It goes on where the label ends.
        return _nothing
    return _block(reading, element)


def _adf_fallback(_reading: Reading, element: _Element) -> Callable[[], None]:
    """Read what older clients show, unless the node before it was understood."""
    node = next(element.itersiblings(preceding=True), None)
    is_drawn = node is not None and node.get("type") in _ADF_DRAWN
    return skip if is_drawn else _nothing


def _adf_attribute(node: _Element, key: str) -> str:
    for child in node:
        if child.tag == _ADF_ATTRIBUTE and child.get("key") == key:
            return (child.text or "").strip()
    return ""


def _is_block(element: _Element) -> bool:
    parent = element.getparent()
    return parent is not None and parent.tag in _BLOCK_PARENTS


def _nothing() -> None:
    pass


CONFLUENCE_ELEMENTS: Final[dict[str | bytes | bytearray, Start]] = {
    f"{AC}{name}": start
    for name, start in {
        **dict.fromkeys(("layout", "layout-section", "layout-cell", "rich-text-body"), _block),
        **dict.fromkeys(("structured-macro", "macro"), _macro),
        **dict.fromkeys(
            (
                "parameter",
                "default-parameter",
                "task-id",
                "task-uuid",
                "task-status",
                "adf-attribute",
                "adf-mark",
            ),
            skipped,
        ),
        "adf-content": _adf_content,
        "adf-fallback": _adf_fallback,
        "adf-node": _adf_node,
        "caption": _caption,
        "emoticon": _emoticon,
        "image": _image,
        "link": _link,
        "plain-text-body": _plain_body,
        "task": _task,
        "task-list": _task_list,
    }.items()
}
