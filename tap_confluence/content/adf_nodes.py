"""The nodes of ADF, each as what it tells the writer.

They are listed at https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/ and,
in full, in the JSON schema of the npm package `@atlaskit/adf-schema`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from tap_confluence.content import inline, macros
from tap_confluence.content.macros import Macro

if TYPE_CHECKING:
    from tap_confluence.content.reading import Reading

Node: TypeAlias = dict[str, Any]
# Writes what stands before the content of a node and returns what writes its end; None if its
# content is not to be read.
Start: TypeAlias = Callable[["Reading", Node], Callable[[], None] | None]

_MARKS: Final = {
    "strong": inline.STRONG,
    "em": inline.EMPHASIS,
    "strike": inline.STRIKE,
    "code": inline.CODE,
}
# The collection of a file names what it is on.
_HOLDER: Final = re.compile(r"contentId-(\d+)")
_MAX_NUMBER: Final = 999_999_999
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def attributes(node: Node) -> Node:
    """Return the attributes of a node."""
    given = node.get("attrs")
    return given if isinstance(given, dict) else {}


def content(node: Node) -> list[Any]:
    """Return the nodes in a node."""
    given = node.get("content")
    return given if isinstance(given, list) else []


def _attribute(node: Node, name: str) -> str:
    value = attributes(node).get(name)
    return value if isinstance(value, str) else ""


def _number(node: Node, name: str, default: int) -> int:
    value = attributes(node).get(name)
    return int(value) if isinstance(value, int | float) and abs(value) <= _MAX_NUMBER else default


def _text(reading: Reading, node: Node) -> None:
    writer = reading.writer
    text = node.get("text")
    marks = node.get("marks")
    if not isinstance(text, str):
        return
    if not isinstance(marks, list) or not marks:
        writer.text(text)
        return
    bits, href = 0, None
    for mark in marks:
        if not isinstance(mark, dict):
            continue
        kind = mark.get("type")
        if kind == "link":
            href = reading.links.absolute(_attribute(mark, "href"))
        elif kind == "subsup":
            is_sub = _attribute(mark, "type") == "sub"
            bits |= inline.SUBSCRIPT if is_sub else inline.SUPERSCRIPT
        else:
            bits |= _MARKS.get(str(kind), 0)
    writer.span(text, bits, href)


def _block(reading: Reading, _node: Node) -> Callable[[], None]:
    reading.writer.boundary()
    return reading.writer.boundary


def _heading(reading: Reading, node: Node) -> Callable[[], None]:
    reading.writer.heading_on(_number(node, "level", 1))
    return reading.writer.heading_off


def _bullets(reading: Reading, _node: Node) -> Callable[[], None]:
    reading.writer.open_list()
    return reading.writer.close_list


def _numbers(reading: Reading, node: Node) -> Callable[[], None]:
    reading.writer.open_list(_number(node, "order", 1))
    return reading.writer.close_list


def _item(reading: Reading, _node: Node) -> Callable[[], None]:
    reading.writer.open_item()
    return reading.writer.close_item


def _task(reading: Reading, node: Node) -> Callable[[], None]:
    reading.writer.open_item(is_done=_attribute(node, "state") == "DONE")
    return reading.writer.close_item


def _decision(reading: Reading, node: Node) -> Callable[[], None]:
    reading.writer.open_item()
    reading.writer.bold(macros.decision(_attribute(node, "state")))
    reading.writer.text(" ")
    return reading.writer.close_item


def _quote(reading: Reading, _node: Node) -> Callable[[], None]:
    reading.writer.open_quote()
    return reading.writer.close_quote


def _code(reading: Reading, node: Node) -> None:
    parts = [inner.get("text") for inner in content(node) if isinstance(inner, dict)]
    text = "".join(part for part in parts if isinstance(part, str))
    reading.writer.code_block(text, _attribute(node, "language"))


def _rule(reading: Reading, _node: Node) -> None:
    reading.writer.rule()


def _break(reading: Reading, _node: Node) -> None:
    reading.writer.line_break()


def _panel(reading: Reading, node: Node) -> Callable[[], None]:
    macros.open_panel(reading.writer, _attribute(node, "panelType"))
    return reading.writer.close_quote


def _expand(reading: Reading, node: Node) -> Callable[[], None]:
    reading.writer.label(_attribute(node, "title"))
    return reading.writer.boundary


def _table(reading: Reading, _node: Node) -> Callable[[], None]:
    reading.writer.open_table()
    return reading.writer.close_table


def _row(reading: Reading, _node: Node) -> Callable[[], None]:
    reading.writer.open_row()
    return reading.writer.boundary


def _cell(reading: Reading, node: Node) -> Callable[[], None]:
    reading.writer.open_cell(
        is_header=node.get("type") == "tableHeader",
        columns=_number(node, "colspan", 1),
        rows=_number(node, "rowspan", 1),
    )
    return reading.writer.close_cell


def _media(reading: Reading, node: Node) -> None:
    name = _attribute(node, "alt") or _attribute(node, "__fileName")
    source = _attribute(node, "url")
    if not source:
        filename = _attribute(node, "__fileName") or name
        holder = _HOLDER.fullmatch(_attribute(node, "collection"))
        source = _attribute(node, "id")
        if filename:
            source = reading.links.attachment(filename, holder[1] if holder else None)
    shown = name or source.partition("?")[0].rpartition("/")[2]
    if shown:
        reading.writer.image(shown, source)


def _caption(reading: Reading, _node: Node) -> Callable[[], None]:
    writer = reading.writer
    writer.boundary()
    writer.mark_on(inline.EMPHASIS)

    def end() -> None:
        writer.boundary()
        writer.mark_off(inline.EMPHASIS)

    return end


def _mention(reading: Reading, node: Node) -> None:
    account, text = _attribute(node, "id"), _attribute(node, "text")
    if account or text:
        href, name = reading.links.mention(account, text)
        reading.writer.span(name, 0, href)


def _emoji(reading: Reading, node: Node) -> None:
    reading.writer.text(_attribute(node, "text") or _attribute(node, "shortName"))


def _date(reading: Reading, node: Node) -> None:
    timestamp = attributes(node).get("timestamp")
    try:
        day = (_EPOCH + timedelta(milliseconds=int(str(timestamp)))).date().isoformat()
    except (OverflowError, ValueError):
        day = str(timestamp or "")
    reading.writer.text(day)


def _status(reading: Reading, node: Node) -> None:
    reading.writer.bold(_attribute(node, "text"))


def _placeholder(reading: Reading, node: Node) -> None:
    reading.writer.text(_attribute(node, "text"))


def _card(reading: Reading, node: Node) -> None:
    data = attributes(node).get("data")
    data = data if isinstance(data, dict) else {}
    url, name = _attribute(node, "url") or data.get("url"), data.get("name")
    if not isinstance(url, str):
        url = ""
    url = reading.links.absolute(url)
    reading.writer.span(name if isinstance(name, str) and name else url, 0, url)


def _block_card(reading: Reading, node: Node) -> None:
    reading.writer.boundary()
    _card(reading, node)
    reading.writer.boundary()


def _extension(reading: Reading, node: Node) -> Callable[[], None]:
    name = _attribute(node, "extensionKey") or _attribute(node, "extensionType") or "extension"
    given = attributes(node).get("parameters")
    given = given if isinstance(given, dict) else {}
    nested = given.get("macroParams")
    parameters = {}
    for key, value in (nested if isinstance(nested, dict) else given).items():
        text = value.get("value") if isinstance(value, dict) else value
        # What else there is, is about the macro, not in it.
        if isinstance(text, str) and text and key not in {"localId", "layout", "extensionId"}:
            parameters["" if key == "_parameterName" else key] = text.strip()
    kind = node.get("type")
    if name in macros.CODE:
        name = f"{name} macro"
    macro = Macro(
        name,
        parameters,
        has_body=kind in {"bodiedExtension", "multiBodiedExtension"},
        is_inline=kind == "inlineExtension",
    )
    return macros.open_macro(reading.writer, macro, reading.links)


NODES: Final[dict[str, Start]] = {
    "blockCard": _block_card,
    "blockTaskItem": _task,
    "blockquote": _quote,
    "bodiedExtension": _extension,
    "bodiedSyncBlock": _block,
    "bulletList": _bullets,
    "caption": _caption,
    "codeBlock": _code,
    "date": _date,
    "decisionItem": _decision,
    "decisionList": _bullets,
    "doc": _block,
    "embedCard": _block_card,
    "emoji": _emoji,
    "expand": _expand,
    "extension": _extension,
    "extensionFrame": _block,
    "hardBreak": _break,
    "heading": _heading,
    "inlineCard": _card,
    "inlineExtension": _extension,
    "layoutColumn": _block,
    "layoutSection": _block,
    "listItem": _item,
    "media": _media,
    "mediaGroup": _block,
    "mediaInline": _media,
    "mediaSingle": _block,
    "mention": _mention,
    "multiBodiedExtension": _extension,
    "nestedExpand": _expand,
    "orderedList": _numbers,
    "panel": _panel,
    "paragraph": _block,
    "placeholder": _placeholder,
    "rule": _rule,
    "status": _status,
    "table": _table,
    "tableCell": _cell,
    "tableHeader": _cell,
    "tableRow": _row,
    "taskItem": _task,
    "taskList": _bullets,
    "text": _text,
}
