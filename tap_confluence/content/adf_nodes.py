"""The nodes of ADF, each as what it tells the writer.

They are listed at https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/ and,
in full, in the JSON schema of the npm package `@atlaskit/adf-schema`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from tap_confluence.content import constructs, inline, macros
from tap_confluence.content.macros import Macro

if TYPE_CHECKING:
    from tap_confluence.content.blocks import End
    from tap_confluence.content.constructs import Reading, Start

Node: TypeAlias = dict[str, Any]

_MARKS_BY_TYPE: Final = {
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


def children(node: Node) -> list[Any]:
    """Return the nodes in a node."""
    given = node.get("content")
    return given if isinstance(given, list) else []


def _attribute(node: Node, name: str) -> str:
    value = attributes(node).get(name)
    return value if isinstance(value, str) else ""


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
            bits |= _MARKS_BY_TYPE.get(str(kind), 0)
    writer.span(text, bits, href)


def _heading(reading: Reading, node: Node) -> End:
    return reading.writer.open_heading(_number(node, "level"))


def _task_item(reading: Reading, node: Node) -> End:
    return reading.writer.open_item(is_done=_attribute(node, "state") == "DONE")


def _decision_item(reading: Reading, node: Node) -> End:
    return constructs.decision_item(reading, _attribute(node, "state"))


def _panel(reading: Reading, node: Node) -> End:
    return constructs.panel(reading, _attribute(node, "panelType"))


def _expand(reading: Reading, node: Node) -> End:
    reading.writer.label(_attribute(node, "title"))
    return reading.writer.boundary


def _code_block(reading: Reading, node: Node) -> None:
    parts = [inner.get("text") for inner in children(node) if isinstance(inner, dict)]
    text = "".join(part for part in parts if isinstance(part, str))
    reading.writer.code_block(text, _attribute(node, "language"))


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
    end = constructs.block(reading, node)
    _card(reading, node)
    end()


def _extension(reading: Reading, node: Node) -> End:
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
    if name in macros.CODE_MACROS:
        name = f"{name} macro"
    macro = Macro(
        name,
        parameters,
        has_body=kind in {"bodiedExtension", "multiBodiedExtension"},
        is_inline=kind == "inlineExtension",
    )
    return macros.open_macro(reading, macro)


NODES: Final[dict[str, Start[Node]]] = {
    "blockCard": _block_card,
    "blockTaskItem": _task_item,
    "blockquote": constructs.quote,
    "bodiedExtension": _extension,
    "bodiedSyncBlock": constructs.block,
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
    "media": _media,
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
    "table": constructs.table,
    "tableCell": constructs.table_cell(_number, is_header=False),
    "tableHeader": constructs.table_cell(_number, is_header=True),
    "tableRow": constructs.table_row,
    "taskItem": _task_item,
    "taskList": constructs.bullet_list,
    "text": _text,
}
