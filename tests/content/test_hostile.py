"""Bodies are what anyone may have typed: none of them crashes, expands or costs too much."""

from __future__ import annotations

import json
import zlib
from base64 import b64encode
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

import pytest

from tap_confluence.content import to_markdown, to_text
from tap_confluence.content.document import blocks
from tap_confluence.content.storage import reader as storage

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tap_confluence.content.document.inline import Run

_LEVELS: Final = 100_000
_MACRO: Final = '<ac:structured-macro ac:name="panel"><ac:rich-text-body>'
both = pytest.mark.parametrize("convert", [to_markdown, to_text])


@both
def test_a_hundred_thousand_levels_neither_crash_nor_recurse(convert: Callable[..., str]) -> None:
    body = f"{'<div>' * _LEVELS}deep{'</div>' * _LEVELS}<p>after</p>"
    assert convert(body, "storage") == "deep\n\nafter"


@pytest.mark.parametrize(
    "opening",
    ["<ul><li>", "<blockquote>", "<strong><em>", "<table><tr><td>", "<pre>", "<ac:link>", _MACRO],
)
@pytest.mark.parametrize("levels", [600, 5000])
def test_whatever_is_nested_deeply_keeps_its_text(opening: str, levels: int) -> None:
    found = to_markdown(f"<p>before</p>{opening * levels}deep", "storage")
    assert "before" in found
    assert "deep" in found


@both
def test_adf_that_no_parser_takes_is_returned_as_its_text(convert: Callable[..., str]) -> None:
    body = (
        '{"type":"x","content":[' * _LEVELS + '{"type":"text","text":"d\\u00e9ep"}' + "]}" * _LEVELS
    )
    assert convert(body, "atlas_doc_format") == "déep"


@both
def test_a_body_of_ten_megabytes_is_converted(convert: Callable[..., str]) -> None:
    body = f"<p>{'word ' * 2_000_000}</p>"
    assert convert(body, "storage") == ("word " * 2_000_000).strip()


@both
def test_entities_of_a_body_s_own_are_never_expanded(convert: Callable[..., str]) -> None:
    laughs = "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, 10))
    body = f'<!DOCTYPE x [<!ENTITY l0 "lol">{laughs}]><p>&l9;</p>'
    assert "lollol" not in convert(body, "storage")
    assert "&l9;" in convert(body, "storage")


@pytest.mark.parametrize("quote", ["&quot;", "&#34;", "&#x27;", "&apos;", "&lt;", "&amp;"])
def test_markup_with_quotes_in_attributes_needs_no_repair(
    quote: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(storage, "repaired")
    body = (
        f"<p><a href='https://example.com' data-datasource=\"{quote}id{quote}\">a {quote}</a></p>"
    )
    link = to_markdown(body, "storage")
    assert link.startswith("[a ")
    assert link.endswith("](https://example.com)")


@both
def test_files_and_addresses_are_never_fetched(convert: Callable[..., str], tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hunter2")
    body = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{secret.as_uri()}">]><p>&e; seen</p>'
    assert "hunter2" not in convert(body, "storage")
    assert "seen" in convert(body, "storage")


@both
@pytest.mark.parametrize(
    ("body", "representation"),
    [
        ("<p>a\0b\ud800c\uffff &#0; &#xd800; &#99999999999; &#x1;</p>", "storage"),
        ('{"type":"text","text":"a\\u0000b\\ud800c"}', "atlas_doc_format"),
        ("a\ud800b", "atlas_doc_format"),
        ("\ud83d\ude80", "view"),
    ],
)
def test_what_is_no_text_leaves_no_trace(
    convert: Callable[..., str], body: str, representation: str
) -> None:
    found = convert(body, representation)
    assert found.encode()
    assert "\0" not in found
    assert "\x01" not in found


@both
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (None, ""),
        (5, "5"),
        (b"<p>x\xff</p>", "x\ufffd"),
        (["y"], "['y']"),
        ("", ""),
        ("plain", "plain"),
    ],
)
def test_what_is_no_string_is_converted_as_one(
    convert: Callable[..., str], body: Any, expected: str
) -> None:
    assert convert(body, "storage").replace("\\", "") == expected


@both
@pytest.mark.parametrize(
    "body",
    [
        "",
        "5",
        "null",
        "[1, null, {}]",
        '{"type": ["x"], "content": {"type": "text"}}',
        '{"type": "text", "text": 5, "marks": [5, {"type": "link"}]}',
        '{"type": "heading", "attrs": {"level": "x"}, "content": [null]}',
        '{"type": "date", "attrs": {"timestamp": "1e999"}}',
        '{"type": "date", "attrs": {"timestamp": 999999999999999999999}}',
        '{"type": "tableCell", "attrs": {"colspan": 1e300, "rowspan": -1}}',
        '{"type": "inlineCard", "attrs": {"data": "x", "url": null}}',
        '{"type": "extension", "attrs": {"parameters": {"macroParams": [1]}}}',
        '{"type": "doc", "content": [{"type": "para',
    ],
)
def test_adf_of_any_shape_is_no_error(convert: Callable[..., str], body: str) -> None:
    assert isinstance(convert(body, "atlas_doc_format"), str)


def test_adf_that_is_decoded_already_is_read_too() -> None:
    body = {"type": "doc", "content": [{"type": "text", "text": "words"}]}
    assert to_markdown(body, "atlas_doc_format") == "words"
    assert to_markdown(json.dumps(body), "atlas_doc_format") == "words"


def test_an_error_of_ours_still_gives_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(blocks.BlockWriter, "boundary", fail)
    assert to_markdown("<p>kept <b>all</b></p>", "storage").split() == ["kept", "all"]


def _packed(source: bytes) -> str:
    deflate = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    return b64encode(deflate.compress(source) + deflate.flush()).decode()


@both
def test_a_diagram_that_grows_without_measure_is_not_inflated(convert: Callable[..., str]) -> None:
    bomb = _packed(b"a" * 50_000_000)
    body = (
        '<ac:structured-macro ac:name="plantumlcloud"><ac:parameter ac:name="data">'
        f"{bomb}</ac:parameter></ac:structured-macro>"
    )
    assert len(convert(body, "storage")) <= len(body)


@both
@pytest.mark.parametrize("name", ["plantumlcloud", "mermaid", "drawio", "roadmap", "markdown"])
@pytest.mark.parametrize(
    "source", ["%", "%7B", "{", "[" * 5000, "AAAA", "eA==", "=", "<mxfile", "<mxfile>" * 999, "~~~"]
)
def test_a_source_of_any_shape_is_no_error(
    convert: Callable[..., str], name: str, source: str
) -> None:
    given = f'<ac:parameter ac:name="source">{escape(source)}</ac:parameter>'
    plain = f"<ac:plain-text-body>{escape(source)}</ac:plain-text-body>"
    for inside in (given, plain, given + plain):
        macro = f'<ac:structured-macro ac:name="{name}">{inside}</ac:structured-macro>'
        found = convert(f"<p>before</p>{macro}<p>after</p>", "storage")
        assert found.startswith("before")
        assert found.endswith("after")


@both
@pytest.mark.parametrize(
    "opening",
    ['<ac:adf-parameter key="k">', '<ac:adf-node type="x">', '<ac:adf-node type="panel">'],
)
def test_extensions_nested_deeply_cost_no_more_than_others(
    convert: Callable[..., str], opening: str
) -> None:
    closing = f"</{opening[1:].split(maxsplit=1)[0]}>"
    inner = f"{opening * 5_000}deep{closing * 5_000}"
    body = (
        '<ac:adf-extension><ac:adf-node type="extension"><ac:adf-attribute key="parameters">'
        f"{inner}</ac:adf-attribute></ac:adf-node>{inner}</ac:adf-extension><p>after</p>"
    )
    assert convert(body, "storage").endswith("after")


@both
def test_documents_within_documents_are_read_to_the_last(convert: Callable[..., str]) -> None:
    document = '{"type":"doc","content":[{"type":"text","text":"deep"}]}'
    for _ in range(12):
        attributes = {"extensionKey": "nested-table", "parameters": {"adf": document}}
        document = json.dumps({"type": "doc", "content": [{"type": "x", "attrs": attributes}]})
    assert convert(document, "atlas_doc_format") == "deep"


@both
@pytest.mark.parametrize(
    "given",
    [
        None,
        5,
        [],
        {"guestParams": None},
        {"guestParams": [1], "macroParams": "x"},
        {"macroParams": {"": None, "a": [{"value": [None, True, 1e999]}]}},
        {"nestedContent": 5, "adf": "{", "cxhtml": 7},
        {"nestedContent": {"type": []}, "__bodyContent": {"value": {}}},
        {"extensionTitle": 5, "id": 7, "collection": None, "alt": []},
        {"guestParams": {"a": {"type": "doc"}, "b": {"type": "doc", "content": [None, 5]}}},
        {"guestParams": {"a": '{"type":"doc","content":[', "b": '{"type": ["doc"]}', "c": "{}"}},
    ],
)
@pytest.mark.parametrize(
    "key", ["legacy-content", "nested-table", "inline-media-image", "a/b/c", "code", "", 7, None]
)
def test_extensions_of_any_shape_are_no_error(
    convert: Callable[..., str], key: Any, given: Any
) -> None:
    for kind in ("extension", "inlineExtension", "bodiedExtension", "syncBlock", "media"):
        node = {"type": kind, "attrs": {"extensionKey": key, "parameters": given}, "marks": [given]}
        nodes = [{"type": "text", "text": "a"}, node, {"type": "text", "text": "b"}]
        found = convert({"type": "doc", "content": nodes}, "atlas_doc_format")
        assert found.startswith("a")
        assert found.endswith("b")


@both
def test_rich_text_in_the_settings_of_apps_is_read_at_any_depth(
    convert: Callable[..., str],
) -> None:
    document: Any = {"type": "doc", "content": [{"type": "text", "text": "deep"}]}
    for _ in range(5_000):
        attributes = {"extensionKey": "nested", "parameters": {"guestParams": [{"a": document}]}}
        document = {"type": "doc", "content": [{"type": "extension", "attrs": attributes}]}
    found = convert(document, "atlas_doc_format")
    assert found.count("[nested]") == 5_000
    assert found.endswith("deep")


@both
def test_numbers_before_rows_are_no_more_than_there_are_rows(convert: Callable[..., str]) -> None:
    cell = {"type": "tableCell", "attrs": {"rowspan": 10**9, "colspan": 10**9}}
    rows = [{"type": "tableRow", "content": [cell]}, {"type": "tableRow"}, 5]
    table = {"type": "table", "attrs": {"isNumberColumnEnabled": True}, "content": rows * 200}
    assert len(convert(table, "atlas_doc_format")) < 100_000


@pytest.mark.parametrize(
    "piece",
    [
        "<p>word</p>",
        "<ul><li>word",
        "<blockquote>word",
        '<div class="panel"><div class="panelHeader">word</div>',
        '<div class="panel"><p>word</p><div class="panelHeader">word',
        '<div class="confluence-information-macro-note"><p class="title">word',
        '<div class="expand-control">word',
        '<span class="status-macro">word',
        '<a data-card-appearance="block" href="/x">',
        "<table><tr><td>word",
        '<table><tr><td colspan="1000" rowspan="1000">word</td></tr><tr><td>x</td></tr></table>',
        '<tr><td colspan="1000" rowspan="1000">word</td></tr>',
        "<b>word</b><i>word</i>",
        "&amp;&bogus;<",
        "<![CDATA[",
        "<!--",
        '<a b="',
        "`*_[",
        _MACRO,
        '<ac:parameter ac:name="a">word',
        '<ac:adf-node type="extension"><ac:adf-attribute key="parameters">',
        '<ac:structured-macro ac:name="a"><ac:parameter ac:name="b">word</ac:parameter>',
        "<ac:adf-fallback><ac:adf-content>word",
    ],
)
def test_markdown_grows_in_proportion_to_the_body(piece: str) -> None:
    for prefix in ("", "<table>"):
        small = len(to_markdown(prefix + piece * 100, "storage"))
        large = len(to_markdown(prefix + piece * 400, "storage"))
        assert large <= 4.5 * small + 2_000


@pytest.mark.parametrize(
    "piece", ["<p>word</p>", "<ul><li>word", "<table><tr><td>word", "<b>word</b><br/>"]
)
def test_work_grows_in_proportion_to_the_body(piece: str, monkeypatch: pytest.MonkeyPatch) -> None:
    handled = 0

    def counted(writer: Any, runs: list[Run]) -> None:
        nonlocal handled
        handled += len(runs)
        write(writer, runs)

    write = blocks.BlockWriter._write_runs  # noqa: SLF001
    monkeypatch.setattr(blocks.BlockWriter, "_write_runs", counted)
    counts = []
    for times in (100, 400):
        handled = 0
        to_markdown(piece * times, "storage")
        counts.append(handled)
    assert counts[1] == 4 * counts[0]


def test_the_same_body_gives_the_same_markdown() -> None:
    body = "<ul><li>a</li></ul><ul><li>b</li></ul><table><tr><td>c</td></tr></table>" * 50
    assert len({to_markdown(body, "storage") for _ in range(5)}) == 1
