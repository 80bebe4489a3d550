"""What is the same in storage format, ADF and rendered HTML becomes the same Markdown and text."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest

from tap_confluence.content import to_markdown, to_text


def _node(kind: str, *inside: Any, **given: Any) -> dict[str, Any]:
    nodes = [{"type": "text", "text": node} if isinstance(node, str) else node for node in inside]
    return {"type": kind, "attrs": given, "content": nodes}


def _paragraph(*inside: Any) -> dict[str, Any]:
    return _node("paragraph", *inside)


def _row(kind: str, *texts: str, **given: Any) -> dict[str, Any]:
    return _node("tableRow", *(_node(kind, _paragraph(text), **given) for text in texts))


_PANEL: Final = (
    '<ac:structured-macro ac:name="note"><ac:rich-text-body><p>a</p></ac:rich-text-body>'
    "</ac:structured-macro>"
)
_TASK: Final = (
    "<ac:task-list><ac:task><ac:task-status>complete</ac:task-status>"
    "<ac:task-body>a</ac:task-body></ac:task></ac:task-list>"
)
_DECISION: Final = (
    '<ac:adf-extension><ac:adf-node type="decision-list"><ac:adf-node type="decision-item">'
    '<ac:adf-attribute key="state">UNDECIDED</ac:adf-attribute><ac:adf-content>a</ac:adf-content>'
    "</ac:adf-node></ac:adf-node></ac:adf-extension>"
)
_STATUS: Final = (
    '<ac:structured-macro ac:name="status"><ac:parameter ac:name="title">OK</ac:parameter>'
    "</ac:structured-macro>"
)
_IMAGE: Final = "https://example.com/i.png"
_CAPTION: Final = (
    f'<ac:image><ri:url ri:value="{_IMAGE}" /><ac:caption><p>a</p></ac:caption></ac:image>'
)
_NOTE: Final = "confluence-information-macro confluence-information-macro-note"

# Each construct in storage format, as rendered (None where nothing tells it there), and as ADF.
_CONSTRUCTS: Final = {
    "paragraphs": (
        "<p>a</p><p>b</p>",
        "<p>a</p><p>b</p>",
        _node("doc", _paragraph("a"), _paragraph("b")),
    ),
    "heading": ("<h3>a</h3>", "<h3>a</h3>", _node("heading", "a", level=3)),
    "line break": (
        "<p>a<br/>b</p>",
        "<p>a<br>b</p>",
        _paragraph("a", _node("hardBreak"), "b"),
    ),
    "rule": (
        "<p>a</p><hr/><p>b</p>",
        "<p>a</p><hr><p>b</p>",
        _node("doc", _paragraph("a"), _node("rule"), _paragraph("b")),
    ),
    "quote": (
        "<blockquote><p>a</p></blockquote>",
        "<blockquote>a</blockquote>",
        _node("blockquote", _paragraph("a")),
    ),
    "panel": (
        _PANEL,
        f'<div class="{_NOTE}"><p>a</p></div>',
        _node("panel", _paragraph("a"), panelType="note"),
    ),
    "bullet list": (
        "<ul><li>a<ul><li>b</li></ul></li></ul>",
        "<ul><li><p>a</p><ul><li>b</li></ul></li></ul>",
        _node(
            "bulletList",
            _node(
                "listItem", _paragraph("a"), _node("bulletList", _node("listItem", _paragraph("b")))
            ),
        ),
    ),
    "ordered list": (
        '<ol start="3"><li>a</li><li>b</li></ol>',
        '<ol start="3"><li>a<li>b</ol>',
        _node(
            "orderedList",
            _node("listItem", _paragraph("a")),
            _node("listItem", _paragraph("b")),
            order=3,
        ),
    ),
    "task list": (
        _TASK,
        '<ul><li data-inline-task-id="1" class="checked">a</li></ul>',
        _node("taskList", _node("taskItem", "a", state="DONE")),
    ),
    "decision list": (
        _DECISION,
        None,
        _node("decisionList", _node("decisionItem", "a", state="UNDECIDED")),
    ),
    "caption": (
        _CAPTION,
        None,
        _node("mediaSingle", _node("media", url=_IMAGE), _node("caption", "a")),
    ),
    "status": (
        f"<p>a {_STATUS}</p>",
        '<p>a <span class="status-macro aui-lozenge aui-lozenge-success">OK</span></p>',
        _paragraph("a ", _node("status", text="OK")),
    ),
    "emoticon": (
        (
            '<p>a <ac:emoticon ac:name="tick" /> <ac:emoticon ac:name="blue-star" '
            'ac:emoji-id="1f499" /></p>'
        ),
        (
            '<p>a <img class="emoticon emoticon-tick" data-emoticon-name="tick" alt="(tick)"> '
            '<img class="emoticon" data-emoji-id="1f499" alt="(blue star)"></p>'
        ),
        _paragraph("a ", _node("emoji", shortName=":check_mark:"), " ", _node("emoji", id="1f499")),
    ),
    "table": (
        '<table><tr><th colspan="2">a</th></tr><tr><td>b</td><td>c</td></tr></table>',
        '<table><tr><th colspan="2">a<tr><td>b<td>c</table>',
        _node("table", _row("tableHeader", "a", colspan=2), _row("tableCell", "b", "c")),
    ),
}


@pytest.mark.parametrize("construct", _CONSTRUCTS)
@pytest.mark.parametrize("convert", [to_markdown, to_text])
def test_a_construct_is_written_alike_whatever_format_it_comes_in(
    construct: str, convert: Any
) -> None:
    storage, rendered, adf = _CONSTRUCTS[construct]
    found = convert(storage, "storage")

    assert "a" in found
    assert convert(json.dumps(adf), "atlas_doc_format") == found
    if rendered is not None:
        assert convert(rendered, "view") == found
