"""No text of a body is ever lost, in whatever it stands and whatever it looks like."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from tap_confluence.content import to_markdown, to_text
from tap_confluence.content.macros import HANDLERS
from tests.content import outline
from tests.content.bodies import ADF, ADF_INLINES, RENDERED, STORAGE, TEXTS

if TYPE_CHECKING:
    from collections.abc import Callable

_PREFIXED: Final = '<root xmlns:ac="ac" xmlns:ri="ri">{}</root>'
_SHREDS: Final = (
    "<p> </p> <b> </i> <br> <li> </ul> <table> <td> </td> <tr> <ac:link> </ac:link> <a:b> < > & "
    "&nbsp; &bogus; &#0; &#xd800; ]]> <![CDATA[x]]> <!--x--> <?x> <!x> <P/> <img/>"
)
_SETTINGS: Final = settings(max_examples=40, deadline=None)


def _characters(text: str) -> str:
    """Everything one can see: words, and the signs that Markdown could take for its own."""
    return "".join(re.sub(r"[\s\u200b]", "", text))


def _texts_of_storage(body: str) -> list[str]:
    root = etree.fromstring(_PREFIXED.format(body))
    for unseen in root.iter("{ac}parameter", "{ac}task-status"):
        unseen.text = None
    return [str(text) for text in root.itertext()]


def _texts_of_adf(node: Any) -> list[str]:
    if node.get("type") == "text":
        return [node["text"]]
    return [text for child in node.get("content", []) for text in _texts_of_adf(child)]


def _assert_nothing_is_lost(texts: list[str], markdown: str, text: str) -> None:
    wanted = _characters("".join(texts))
    page = outline.rendered(markdown)
    assert outline.is_in_order(wanted, _characters("".join(outline.texts(page))))
    assert outline.is_in_order(wanted, _characters(text))


@_SETTINGS
@given(STORAGE)
def test_every_character_of_a_storage_body_is_in_markdown_and_text(body: str) -> None:
    markdown, text = to_markdown(body, "storage"), to_text(body, "storage")
    _assert_nothing_is_lost(_texts_of_storage(body), markdown, text)


@_SETTINGS
@given(RENDERED)
def test_every_character_of_a_rendered_body_is_in_markdown_and_text(body: str) -> None:
    markdown, text = to_markdown(body, "view"), to_text(body, "view")
    _assert_nothing_is_lost(_texts_of_storage(body), markdown, text)


@_SETTINGS
@given(ADF)
def test_every_character_of_an_adf_body_is_in_markdown_and_text(body: str) -> None:
    markdown, text = to_markdown(body, "atlas_doc_format"), to_text(body, "atlas_doc_format")
    _assert_nothing_is_lost(_texts_of_adf(json.loads(body)), markdown, text)


@_SETTINGS
@given(TEXTS)
def test_a_paragraph_of_any_text_renders_to_that_text_and_nothing_else(text: str) -> None:
    body = json.dumps({"type": "paragraph", "content": [{"type": "text", "text": text}]})
    page = outline.rendered(to_markdown(body, "atlas_doc_format"))
    assert outline.texts(page) == [" ".join(text.split())] * bool(text.split())
    assert set(re.findall(r"<(\w+)", page)) <= {"p"}


@_SETTINGS
@given(ADF_INLINES, st.sampled_from([(), ("tableCell", "tableRow", "table")]))
def test_every_character_of_a_line_keeps_its_marks(
    inlines: list[Any], around: tuple[str, ...]
) -> None:
    texts = [inline for inline in inlines if inline["type"] == "text"]
    body = {"type": "paragraph", "content": texts}
    for kind in around:
        body = {"type": kind, "content": [body]}
    wanted = [
        (character, frozenset(mark["type"] for mark in text["marks"]))
        for text in texts
        for character in _characters(text["text"])
    ]
    assert outline.marked(outline.rendered(to_markdown(body, "atlas_doc_format"))) == wanted


@_SETTINGS
@given(st.lists(st.sampled_from(_SHREDS.split()), max_size=20))
def test_words_survive_in_markup_that_is_not_well_formed(shreds: list[str]) -> None:
    body = " ".join(f"{shred} word{place}" for place, shred in enumerate(shreds))
    for representation in ("storage", "export_view"):
        found = to_markdown(body, representation) + to_text(body, representation)
        assert all(found.count(f"word{place}") >= 2 for place in range(len(shreds)))


_NAMES: Final = st.sampled_from(sorted({*HANDLERS, "strange", "MERMAID-x"}))
# An app that draws shows what its drawing is called, and nothing else of the many settings it has.
_APPS: Final = st.sampled_from(
    sorted(name for name in HANDLERS if HANDLERS[name] is not HANDLERS["drawio"])
)
_WORDS: Final = st.lists(
    st.from_regex(r"[a-z]{2,5}[0-9]{1,3}", fullmatch=True), min_size=1, max_size=4
).map(" ".join)


@_SETTINGS
@given(_NAMES, TEXTS, _WORDS)
def test_what_stands_in_a_macro_is_shown_whatever_it_is_called(
    name: str, text: str, code: str
) -> None:
    macro = (
        f'<ac:structured-macro ac:name="{name}"><ac:plain-text-body>{code}</ac:plain-text-body>'
        f"<ac:rich-text-body><p>{escape(text)}</p></ac:rich-text-body></ac:structured-macro>"
    )
    node = {
        "type": "bodiedExtension",
        "attrs": {
            "extensionKey": name,
            "parameters": {"macroParams": {"__bodyContent": {"value": code}}},
        },
        "content": [{"type": "paragraph", "content": [{"type": "text", "text": text}]}],
    }
    for body, representation in ((macro, "storage"), (json.dumps(node), "atlas_doc_format")):
        markdown, plain = to_markdown(body, representation), to_text(body, representation)
        _assert_nothing_is_lost([code, text], markdown, plain)


@_SETTINGS
@given(st.lists(_WORDS, min_size=1, max_size=4), _APPS)
def test_words_that_a_macro_is_given_are_shown(words: list[str], app: str) -> None:
    parameters = "".join(
        f'<ac:parameter ac:name="p{place}">{text}</ac:parameter>'
        for place, text in enumerate(words)
    )
    macro = f'<ac:structured-macro ac:name="strange">{parameters}</ac:structured-macro>'
    given_words = {f"p{place}": text for place, text in enumerate(words)}
    attributes = {
        "extensionKey": f"app/environment/static/{app}",
        "parameters": {
            "extensionTitle": "App",
            "guestParams": {"nested": given_words},
            "forgeEnvironment": "STAGING",
        },
    }
    node = json.dumps({"type": "extension", "attrs": attributes})
    for body, representation in ((macro, "storage"), (node, "atlas_doc_format")):
        markdown, plain = to_markdown(body, representation), to_text(body, representation)
        _assert_nothing_is_lost(words, markdown, plain)
        assert "STAGING" not in markdown + plain


@_SETTINGS
@given(st.sampled_from(sorted({*HANDLERS, "strange"})), _WORDS, _WORDS)
def test_the_title_of_a_macro_is_shown_whatever_it_is_called(
    name: str, title: str, text: str
) -> None:
    macro = (
        f'<ac:structured-macro ac:name="{name}"><ac:parameter ac:name="title">{title}'
        f"</ac:parameter><ac:rich-text-body><p>{text}</p></ac:rich-text-body>"
        "</ac:structured-macro>"
    )
    node = {
        "type": "bodiedExtension",
        "attrs": {"extensionKey": name, "parameters": {"macroParams": {"title": {"value": title}}}},
        "content": [{"type": "paragraph", "content": [{"type": "text", "text": text}]}],
    }
    for body, representation in ((macro, "storage"), (json.dumps(node), "atlas_doc_format")):
        markdown, plain = to_markdown(body, representation), to_text(body, representation)
        _assert_nothing_is_lost([title, text], markdown, plain)


@_SETTINGS
@given(ADF, st.sampled_from([str, json.loads]), st.sampled_from(["message", "__bodyContent"]))
def test_every_character_of_rich_text_that_an_app_keeps_in_its_settings_is_there(
    body: str, as_kept: Callable[[str], Any], name: str
) -> None:
    given = {"rows": [{"heading": "Answer"}, {"inner": {name: as_kept(body)}}]}
    attributes = {"extensionKey": "a/b/static/faq", "parameters": {"guestParams": given}}
    node = json.dumps({"type": "extension", "attrs": attributes})
    extension = (
        '<ac:adf-extension><ac:adf-node type="extension"><ac:adf-attribute key="extension-key">'
        'a/b/static/faq</ac:adf-attribute><ac:adf-attribute key="parameters">'
        '<ac:adf-parameter key="guest-params"><ac:adf-parameter key="heading">Answer'
        f'</ac:adf-parameter><ac:adf-parameter key="{name}">{escape(body)}</ac:adf-parameter>'
        "</ac:adf-parameter></ac:adf-attribute></ac:adf-node></ac:adf-extension>"
    )
    inner = to_text(body, "atlas_doc_format")
    text = to_text(node, "atlas_doc_format")
    assert to_text(extension, "storage") == text
    assert _characters(text) == _characters(f"[faq: heading=Answer]{inner}")
    markdown = to_markdown(node, "atlas_doc_format")
    assert to_markdown(extension, "storage") == markdown
    _assert_nothing_is_lost(["Answer", *_texts_of_adf(json.loads(body))], markdown, text)


@_SETTINGS
@given(ADF, st.sampled_from(["adf", "nestedContent"]))
def test_every_character_of_a_document_within_a_document_is_there_once(
    body: str, name: str
) -> None:
    document = body if name == "adf" else json.loads(body)
    node = {
        "type": "extension",
        "attrs": {"extensionKey": "legacy-content", "parameters": {name: document}},
    }
    outer = json.dumps({"type": "doc", "content": [node]})

    assert to_markdown(outer, "atlas_doc_format") == to_markdown(body, "atlas_doc_format")
    assert to_text(outer, "atlas_doc_format") == to_text(body, "atlas_doc_format")
