"""What may be chosen of how bodies are written holds in both formats, and loses nothing unasked."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest

from tap_confluence.content import NAMES_ONLY, Presentation, to_markdown, to_text
from tests.content import outline


def _storage_macro(name: str, inside: str, **parameters: str) -> str:
    given = "".join(
        f'<ac:parameter ac:name="{key}">{value}</ac:parameter>' for key, value in parameters.items()
    )
    return f'<ac:structured-macro ac:name="{name}">{given}{inside}</ac:structured-macro>'


def _adf_macro(
    name: str, content: list[Any] | None = None, kind: str = "extension", **parameters: str
) -> dict[str, Any]:
    given = {key: {"value": value} for key, value in parameters.items()}
    attributes = {"extensionKey": name, "parameters": {"macroParams": given}}
    return {"type": kind, "attrs": attributes, "content": content or []}


def _paragraph(*nodes: Any) -> dict[str, Any]:
    texts = [{"type": "text", "text": node} if isinstance(node, str) else node for node in nodes]
    return {"type": "paragraph", "content": texts}


def _doc(*nodes: Any) -> str:
    return json.dumps({"type": "doc", "content": nodes})


# Macros with a body of rich text, with one of plain text, and in a line; in both formats.
_BODIES: Final = {
    "storage": (
        "<p>a</p>"
        + _storage_macro("box", "<ac:rich-text-body><p>inner</p></ac:rich-text-body>", title="Top")
        + _storage_macro("script", "<ac:plain-text-body>x = 1\ny</ac:plain-text-body>")
        + f"<p>b {_storage_macro('dot', '', colour='red')} c</p>"
    ),
    "atlas_doc_format": _doc(
        _paragraph("a"),
        _adf_macro("box", [_paragraph("inner")], "bodiedExtension", title="Top"),
        _adf_macro("script", __bodyContent="x = 1\ny"),
        _paragraph("b ", _adf_macro("dot", kind="inlineExtension", colour="red"), " c"),
    ),
}
_CODE: Final = "x = 1\ny\n```\n\n"
_AS_SHOWN: Final = f"a\n\n[box: title=Top]\n\ninner\n\n[script]\n\n```\n{_CODE}"
both_formats = pytest.mark.parametrize("representation", ["storage", "atlas_doc_format"])


@both_formats
@pytest.mark.parametrize(
    ("macros", "markdown"),
    [
        ({}, f"{_AS_SHOWN}b [dot: colour=red] c"),
        ({"default": "show"}, f"{_AS_SHOWN}b [dot: colour=red] c"),
        ({"default": "name"}, "a\n\n[box]\n\n[script]\n\nb [dot] c"),
        ({"default": "omit"}, "a\n\nb c"),
        ({"default": "body"}, "a\n\ninner\n\n```\nx = 1\ny\n```\n\nb c"),
        ({"default": "omit", "BOX": "show"}, "a\n\n[box: title=Top]\n\ninner\n\nb c"),
        (
            {"box": "omit", "script": "code:python", "dot": "omit"},
            f"a\n\n```python\n{_CODE}b c",
        ),
        ({"box": "code:text", "script": "omit", "dot": "omit"}, "a\n\ninner\n\nb c"),
    ],
)
def test_a_macro_becomes_what_is_chosen(
    representation: str, macros: dict[str, str], markdown: str
) -> None:
    presentation = Presentation.of({"content_macros": macros})
    body = _BODIES[representation]
    assert to_markdown(body, representation, NAMES_ONLY, presentation) == markdown


_CONSTRUCTS: Final = {
    "storage": _storage_macro("info", "<ac:rich-text-body><p>mind</p></ac:rich-text-body>")
    + _storage_macro("expand", "<ac:rich-text-body><p>more</p></ac:rich-text-body>", title="T")
    + _storage_macro("code", "<ac:plain-text-body>x</ac:plain-text-body>")
    + f"<p>{_storage_macro('status', '', title='OK')} end</p>",
    "atlas_doc_format": _doc(
        {"type": "panel", "attrs": {"panelType": "info"}, "content": [_paragraph("mind")]},
        {"type": "expand", "attrs": {"title": "T"}, "content": [_paragraph("more")]},
        {"type": "codeBlock", "content": [{"type": "text", "text": "x"}]},
        _paragraph({"type": "status", "attrs": {"text": "OK"}}, " end"),
    ),
}


@both_formats
@pytest.mark.parametrize(
    ("macros", "markdown"),
    [
        (
            {"default": "omit"},
            "> **Info**\n>\n> mind\n\n**T**\n\nmore\n\n```\nx\n```\n\n**OK** end",
        ),
        (
            {"info": "body", "expand": "name", "code": "code:sh", "status": "omit"},
            "mind\n\n[expand]\n\n```sh\nx\n```\n\nend",
        ),
        ({"info": "omit", "expand": "omit", "code": "omit"}, "**OK** end"),
    ],
)
def test_what_editors_have_of_their_own_becomes_something_else_by_name_only(
    representation: str, macros: dict[str, str], markdown: str
) -> None:
    presentation = Presentation.of({"content_macros": macros})
    body = _CONSTRUCTS[representation]
    assert to_markdown(body, representation, NAMES_ONLY, presentation) == markdown


_MERGED: Final = (
    "<table><tr><th>Env</th><th>Site</th></tr><tr><td>Stage</td><td rowspan='2'>West</td></tr>"
    "<tr><td>Test</td></tr><tr><td colspan='2'>none</td></tr></table>"
)


def test_merged_cells_are_repeated_or_left_blank() -> None:
    repeated = "| Env | Site |\n| --- | --- |\n| Stage | West |\n| Test | West |\n| none | none |"
    blank = repeated.replace("Test | West", "Test | ").replace("none | none", "none | ")
    blanks = Presentation.of({"content_tables": {"merged_cells": "blank"}})

    assert to_markdown(_MERGED, "storage") == repeated
    assert to_markdown(_MERGED, "storage", NAMES_ONLY, blanks) == blank
    assert to_text(_MERGED, "storage").splitlines()[2:] == ["Test | West", "none | none"]
    assert to_text(_MERGED, "storage", NAMES_ONLY, blanks).splitlines()[2:] == ["Test", "none"]


def test_a_long_text_is_not_repeated_without_measure() -> None:
    rows = "<tr><td>x</td></tr>" * 2000
    body = f'<table><tr><td rowspan="1000">{"long " * 2000}</td><td>x</td></tr>{rows}</table>'

    assert len(to_markdown(body, "storage")) < 12 * len(body)


_HTML: Final = Presentation.of({"content_tables": {"complex": "html"}})


def _cell(kind: str, *content: Any, **given: Any) -> dict[str, Any]:
    return {"type": kind, "attrs": given, "content": list(content)}


_COMPLEX: Final = {
    "storage": (
        "<table><tr><th colspan='2'>Both | sides</th></tr><tr><td><ul><li>a<ul><li>b</li></ul>"
        "</li></ul></td><td><table><tr><th>in</th></tr><tr><td>deep</td></tr></table>"
        + _storage_macro("code", "<ac:plain-text-body>x = 1\n\ny</ac:plain-text-body>")
        + "</td></tr></table><p>after</p>"
    ),
    "atlas_doc_format": _doc(
        _cell(
            "table",
            _cell("tableRow", _cell("tableHeader", _paragraph("Both | sides"), colspan=2)),
            _cell(
                "tableRow",
                _cell(
                    "tableCell",
                    _cell(
                        "bulletList",
                        _cell(
                            "listItem",
                            _paragraph("a"),
                            _cell("bulletList", _cell("listItem", _paragraph("b"))),
                        ),
                    ),
                ),
                _cell(
                    "tableCell",
                    _cell(
                        "table",
                        _cell("tableRow", _cell("tableHeader", _paragraph("in"))),
                        _cell("tableRow", _cell("tableCell", _paragraph("deep"))),
                    ),
                    {"type": "codeBlock", "content": [{"type": "text", "text": "x = 1\n\ny"}]},
                ),
            ),
        ),
        _paragraph("after"),
    ),
}


@both_formats
def test_a_table_that_markdown_cannot_hold_becomes_html_on_wish(representation: str) -> None:
    markdown = to_markdown(_COMPLEX[representation], representation, NAMES_ONLY, _HTML)

    assert markdown == (
        '<table>\n<tr>\n<th colspan="2">\n\nBoth | sides\n\n</th>\n</tr>\n<tr>\n<td>\n\n'
        "- a\n  - b\n\n</td>\n<td>\n\n| in |\n| --- |\n| deep |\n\n```\nx = 1\n\ny\n```\n\n"
        "</td>\n</tr>\n</table>\n\nafter"
    )
    assert markdown == to_markdown(_COMPLEX["storage"], "storage", NAMES_ONLY, _HTML)


def test_a_page_with_a_table_as_html_has_its_blocks_in_the_cells() -> None:
    page = outline.rendered(to_markdown(_COMPLEX["storage"], "storage", NAMES_ONLY, _HTML))

    found = outline.of_html(page)
    assert outline.letters("".join(outline.texts(page))) == "Bothsidesabindeepx1yafter"
    assert found.rows[0] == ["Bothsides", "Bothsides"]


@both_formats
def test_a_table_that_markdown_can_hold_stays_markdown(representation: str) -> None:
    row = _cell("tableRow", _cell("tableCell", _paragraph("a|b"), _paragraph("c")))
    bodies = {
        "storage": "<table><tr><td><p>a|b</p><p>c</p></td></tr></table>",
        "atlas_doc_format": _doc(_cell("table", row)),
    }

    markdown = to_markdown(bodies[representation], representation, NAMES_ONLY, _HTML)

    assert markdown == "|  |\n| --- |\n| a\\|b<br>c |"


def test_plain_text_has_no_html_in_any_case() -> None:
    assert "<" not in to_text(_COMPLEX["storage"], "storage", NAMES_ONLY, _HTML)


@pytest.mark.parametrize(
    ("choice", "markdown", "text"),
    [
        ("link", "a ![The plan](p.png) b", "a The plan b"),
        ("alt", "a The plan b", "a The plan b"),
        ("omit", "a b", "a b"),
    ],
)
def test_an_image_becomes_what_is_chosen(choice: str, markdown: str, text: str) -> None:
    images = Presentation.of({"content_images": choice})
    image = '<ac:image ac:alt="The plan"><ri:attachment ri:filename="p.png" /></ac:image>'
    media = {"type": "mediaInline", "attrs": {"alt": "The plan", "__fileName": "p.png", "id": "1"}}
    for body, representation in (
        (f"<p>a {image} b</p>", "storage"),
        ('<p>a <img src="p.png" alt="The plan"> b</p>', "view"),
        (_doc(_paragraph("a ", media, " b")), "atlas_doc_format"),
    ):
        assert to_markdown(body, representation, NAMES_ONLY, images) == markdown
        assert to_text(body, representation, NAMES_ONLY, images) == text
