"""The nodes of ADF, each as what it tells the writer.

They are listed at https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/ and,
in full, in the JSON schema of the npm package `@atlaskit/adf-schema`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from tap_confluence.content.adf.extensions import Extension, as_macro
from tap_confluence.content.adf.tree import (
    NESTING,
    Node,
    attribute,
    attributes,
    children,
    parameters,
)
from tap_confluence.content.document import constructs, inline
from tap_confluence.content.document.macro import Macro
from tap_confluence.content.document.macro_parameters import Value
from tap_confluence.content.emoji import emoji
from tap_confluence.content.file_types import is_file_name, is_picture
from tap_confluence.content.macros import open_macro, panel_macro

if TYPE_CHECKING:
    from tap_confluence.content.document.blocks import End
    from tap_confluence.content.document.constructs import Reading, Start
    from tap_confluence.content.document.links import Links

_MARKS_BY_TYPE: Final = {
    "strong": inline.STRONG,
    "em": inline.EMPHASIS,
    "strike": inline.STRIKE,
    "code": inline.CODE,
}
# The collection of a file names what it is on.
_HOLDER: Final = re.compile(r"contentId-(\d+)")
_DOCUMENTS: Final = ("nestedContent", "adf", "cxhtml")
_COMPLEX: Final = frozenset(
    (
        "blockquote",
        "bodiedExtension",
        "bulletList",
        "codeBlock",
        "decisionList",
        "expand",
        "extension",
        "nestedExpand",
        "orderedList",
        "panel",
        "table",
        "taskList",
    )
)
_MAX_NUMBER: Final = 999_999_999
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def _number(node: Node, name: str) -> int:
    value = attributes(node).get(name)
    return int(value) if isinstance(value, int | float) and abs(value) <= _MAX_NUMBER else 1


def _text(reading: Reading, node: Node) -> None:
    writer = reading.writer
    text = node.get("text")
    marks = node.get("marks")
    if not isinstance(text, str):
        return
    if not isinstance(marks, list) or not marks:
        writer.text(text)
        return
    bits, href = _marks(reading, marks)
    writer.span(text, bits, href)


def _marks(reading: Reading, marks: list[Any]) -> tuple[int, str | None]:
    """Return the marks of a node as bits, and where it leads if it is a link."""
    bits, href = 0, None
    for mark in marks:
        if not isinstance(mark, dict):
            continue
        kind = mark.get("type")
        if kind == "link":
            href = reading.links.absolute(attribute(mark, "href"))
        elif kind == "subsup":
            is_sub = attribute(mark, "type") == "sub"
            bits |= inline.SUBSCRIPT if is_sub else inline.SUPERSCRIPT
        else:
            bits |= _MARKS_BY_TYPE.get(str(kind), 0)
    return bits, href


def open_marks(reading: Reading, node: Node) -> End | None:
    """Begin the marks of a node that is no text: a link around an image, a date struck out."""
    marks = node.get("marks")
    if not isinstance(marks, list) or node.get("type") == "text":
        return None
    bits, href = _marks(reading, marks)
    writer = reading.writer
    ends = [writer.open_mark(bit) for bit in _MARKS_BY_TYPE.values() if bits & bit]
    if href:
        ends.append(writer.open_link(href))
    return partial(_end_all, ends) if ends else None


def _end_all(ends: list[End]) -> None:
    for end in reversed(ends):
        end()


def _heading(reading: Reading, node: Node) -> End:
    return reading.writer.open_heading(_number(node, "level"))


def _task_item(reading: Reading, node: Node) -> End:
    return reading.writer.open_item(is_done=attribute(node, "state") == "DONE")


def _decision_item(reading: Reading, node: Node) -> End:
    return constructs.decision_item(reading, attribute(node, "state"))


def _panel(reading: Reading, node: Node) -> End | None:
    icon = attribute(node, "panelIconText"), attribute(node, "panelIconId")
    return open_macro(reading, panel_macro(attribute(node, "panelType"), *icon))


def _expand(reading: Reading, node: Node) -> End | None:
    title = [Value(attribute(node, "title"))]
    return open_macro(reading, Macro("expand", {"title": title}, has_body=True))


def _code_block(reading: Reading, node: Node) -> None:
    parts = [inner.get("text") for inner in children(node) if isinstance(inner, dict)]
    text = "".join(part for part in parts if isinstance(part, str))
    given = {"language": [Value(attribute(node, "language"))]}
    open_macro(reading, Macro("code", given, plain=text))


def _media(reading: Reading, node: Node) -> None:
    links, writer = reading.links, reading.writer
    alt, file_id, source = (attribute(node, name) for name in ("alt", "id", "url"))
    if source:
        name = alt or source.partition("?")[0].rpartition("/")[2]
        constructs.image(reading, name, source)
        return
    file_name = links.files.get(file_id) or attribute(node, "__fileName")
    if not file_name and is_file_name(alt):
        # The editor begins with the name of the file there.
        file_name = alt
    found = _HOLDER.fullmatch(attribute(node, "collection"))
    holder = found[1] if found else None
    if not file_name:
        href = links.content(holder or links.content_id) if alt and file_id else None
        writer.atom(alt or (f"[media: {file_id}]" if file_id else ""), 0, href)
    elif is_picture(file_name):
        constructs.image(reading, alt or file_name, links.attachment(file_name, holder))
    else:
        writer.atom(alt or file_name, 0, links.attachment(file_name, holder))


def _block_media(reading: Reading, node: Node) -> None:
    end = constructs.block(reading, node)
    _media(reading, node)
    end()


def _mention(reading: Reading, node: Node) -> None:
    account, text = attribute(node, "id"), attribute(node, "text")
    if account or text:
        href, name = reading.links.mention(account, text)
        reading.writer.atom(name, 0, href)


def _emoji(reading: Reading, node: Node) -> None:
    names = (attribute(node, name) for name in ("text", "id", "shortName"))
    reading.writer.text(emoji(*names))


def _date(reading: Reading, node: Node) -> None:
    timestamp = attributes(node).get("timestamp")
    try:
        day = (_EPOCH + timedelta(milliseconds=int(str(timestamp)))).date().isoformat()
    except (OverflowError, ValueError):
        day = str(timestamp or "")
    reading.writer.atom(day)


def _status(reading: Reading, node: Node) -> None:
    title = [Value(attribute(node, "text"))]
    open_macro(reading, Macro("status", {"title": title}, is_inline=True))


def _placeholder(reading: Reading, node: Node) -> None:
    reading.writer.text(attribute(node, "text"))


def _card(reading: Reading, node: Node) -> None:
    data = attributes(node).get("data")
    data = data if isinstance(data, dict) else {}
    url, name = attribute(node, "url") or data.get("url"), data.get("name")
    if not isinstance(url, str):
        url = ""
    url = reading.links.absolute(url)
    reading.writer.atom(name if isinstance(name, str) and name else url, 0, url)


def _block_card(reading: Reading, node: Node) -> None:
    end = constructs.block(reading, node)
    _card(reading, node)
    end()


def _holds_document(given: Node) -> bool:
    """Tell whether a migration has left a document, or at least markup, in some parameters."""
    return any(isinstance(given.get(name), dict | str) for name in _DOCUMENTS)


def _extension(reading: Reading, node: Node) -> End | None:
    given = parameters(node)
    key = attribute(node, "extensionKey") or attribute(node, "extensionType")
    if key == "inline-media-image":
        _media(reading, {"attrs": given})
        return None
    if key in NESTING and _holds_document(given):
        end = constructs.block(reading, node)
        if reading.read_nested and not children(node) and isinstance(given.get("cxhtml"), str):
            reading.read_nested(given["cxhtml"], "storage", reading)
        return end
    return open_macro(reading, extension_macro(node, reading.links))


def extension_macro(node: Node, links: Links) -> Macro:
    """Return an extension as a macro."""
    kind = node.get("type")
    extension = Extension(
        attribute(node, "extensionKey") or attribute(node, "extensionType"),
        attribute(node, "text"),
        parameters(node),
        has_body=bool(children(node)) or kind in {"bodiedExtension", "multiBodiedExtension"},
        is_inline=kind == "inlineExtension",
    )
    return as_macro(extension, links)


def _sync_block(reading: Reading, node: Node) -> End | None:
    """Read a block that other pages show, too; which of them has the text is not in the body."""
    if children(node):
        return constructs.block(reading, node)
    return open_macro(reading, Macro("sync-block", {}))


def _is_complex(table: Node) -> bool:
    """Tell whether there is anything in a table for which cells of Markdown have no place."""
    left = list(children(table))
    while left:
        node = left.pop()
        if not isinstance(node, dict):
            continue
        if node.get("type") in _COMPLEX or _number(node, "colspan") > 1:
            return True
        if _number(node, "rowspan") > 1:
            return True
        left.extend(children(node))
    return False


def _is_numbered(table: Node) -> bool:
    return attributes(table).get("isNumberColumnEnabled") is True


NODES: Final[dict[str, Start[Node]]] = {
    "blockCard": _block_card,
    "blockTaskItem": _task_item,
    "blockquote": constructs.quote,
    "bodiedExtension": _extension,
    "bodiedSyncBlock": _sync_block,
    "bulletList": constructs.bullet_list,
    "caption": constructs.marked_block(inline.EMPHASIS),
    "codeBlock": _code_block,
    "date": _date,
    "decisionItem": _decision_item,
    "decisionList": constructs.bullet_list,
    "doc": constructs.block,
    "embedCard": _block_card,
    "emoji": _emoji,
    "expand": _expand,
    "extension": _extension,
    "extensionFrame": constructs.block,
    "hardBreak": constructs.line_break,
    "heading": _heading,
    "inlineCard": _card,
    "inlineExtension": _extension,
    "layoutColumn": constructs.block,
    "layoutSection": constructs.block,
    "listItem": constructs.list_item,
    "media": _block_media,
    "mediaGroup": constructs.block,
    "mediaInline": _media,
    "mediaSingle": constructs.block,
    "mention": _mention,
    "multiBodiedExtension": _extension,
    "nestedExpand": _expand,
    "orderedList": constructs.ordered_list(_number, "order"),
    "panel": _panel,
    "paragraph": constructs.block,
    "placeholder": _placeholder,
    "rule": constructs.rule,
    "status": _status,
    "syncBlock": _sync_block,
    "table": constructs.table(_is_complex, _is_numbered),
    "tableCell": constructs.table_cell(_number, is_header=False),
    "tableHeader": constructs.table_cell(_number, is_header=True),
    "tableRow": constructs.table_row,
    "taskItem": _task_item,
    "taskList": constructs.bullet_list,
    "text": _text,
}
