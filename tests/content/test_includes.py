"""Pages and excerpts are shown in the place of the macros that include them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, Final

import pytest

from tap_confluence.content import IncludedPage, Links, to_markdown, to_text
from tap_confluence.content.includes import MOST_DEEP, MOST_PARTS

HERE: Final = Links("https://acme.example/wiki", "ENG", "1")


class Space:
    """A space whose pages know each other."""

    def __init__(self, representation: str = "storage") -> None:
        self._representation = representation
        self._pages: dict[str, IncludedPage | None] = {}

    def add(self, page_id: str, title: str, body: str, representation: str = "") -> None:
        links = self.links(page_id)
        page = IncludedPage(page_id, body, representation or self._representation, links)
        self._pages[HERE.page(title, None)] = page

    def links(self, page_id: str = "1") -> Links:
        return replace(HERE, content_id=page_id, pages=self._pages)

    def shown(self, body: str) -> str:
        return to_markdown(body, self._representation, self.links())


def include(title: str, macro: str = "include", **parameters: str) -> str:
    given = "".join(
        f'<ac:parameter ac:name="{name}">{value}</ac:parameter>'
        for name, value in parameters.items()
    )
    return (
        f'<ac:structured-macro ac:name="{macro}"><ac:parameter ac:name=""><ac:link>'
        f'<ri:page ri:content-title="{title}" /></ac:link></ac:parameter>{given}'
        "</ac:structured-macro>"
    )


def excerpt(body: str, name: str = "", macro: str = "excerpt", key: str = "name") -> str:
    given = f'<ac:parameter ac:name="{key}">{name}</ac:parameter>' if name else ""
    return (
        f'<ac:structured-macro ac:name="{macro}">{given}'
        f"<ac:rich-text-body>{body}</ac:rich-text-body></ac:structured-macro>"
    )


def extension(key: str, kind: str = "extension", content: Any = None, **given: str) -> Any:
    parameters = {name.strip("_"): {"value": value} for name, value in given.items()}
    node = {
        "type": kind,
        "attrs": {"extensionKey": key, "parameters": {"macroParams": parameters}},
    }
    return node if content is None else {**node, "content": content}


def paragraph(*nodes: Any) -> Any:
    texts = [{"type": "text", "text": node} if isinstance(node, str) else node for node in nodes]
    return {"type": "paragraph", "content": texts}


def document(*nodes: Any) -> str:
    return json.dumps({"type": "doc", "version": 1, "content": nodes})


def test_a_page_is_shown_as_it_is_where_it_is_included() -> None:
    space = Space()
    space.add("2", "Prices", "<h2>Net</h2><ul><li>12 EUR</li></ul>")

    assert space.shown(f"<p>Before</p>{include('Prices')}<p>After</p>") == (
        "Before\n\n## Net\n\n- 12 EUR\n\nAfter"
    )
    assert to_text(include("Prices"), "storage", space.links()) == "Net\n\n- 12 EUR"


def test_it_stands_where_the_macro_does() -> None:
    space = Space()
    space.add("2", "Prices", "<p>12 EUR</p><p>plus tax</p>")

    assert space.shown(f"<ul><li>{include('Prices')}</li><li>more</li></ul>") == (
        "- 12 EUR\n\n  plus tax\n- more"
    )


def test_its_references_lead_from_where_it_is() -> None:
    space = Space()
    picture = '<ac:image><ri:attachment ri:filename="plan.png" /></ac:image>'
    space.add("2", "Plans", f"<p>{picture}</p>")

    shown = space.shown(include("Plans"))

    assert shown == "![plan.png](https://acme.example/wiki/download/attachments/2/plan.png)"


@pytest.mark.parametrize(
    ("macro", "includes"),
    [
        ("excerpt", "excerpt-include"),
        ("multiexcerpt", "multiexcerpt-include"),
        ("multiexcerpt-macro", "multiexcerpt-include-macro"),
    ],
)
def test_of_excerpts_the_one_of_that_name_is_shown(macro: str, includes: str) -> None:
    key = "name" if macro == "excerpt" else "MultiExcerptName"
    space = Space()
    first = excerpt("<p>gross</p>", "Gross", macro, key)
    space.add("2", "Prices", f"<p>not this</p>{first}{excerpt('<p>net</p>', 'Net', macro, key)}")

    def shown(name: str) -> str:
        given = {key: name} if name else {}
        return space.shown(include("Prices", includes, nopanel="true", **given))

    assert shown("Net") == "net"
    assert shown("net") == "net"
    assert shown("") == "gross"
    assert "Prices" in shown("Other")
    assert "gross" not in shown("Other")


def test_without_a_name_it_is_the_one_that_has_none() -> None:
    space = Space()
    space.add("2", "Prices", excerpt("<p>net</p>", "Net") + excerpt("<p>summary</p>"))

    assert space.shown(include("Prices", "excerpt-include", nopanel="true")) == "summary"


def test_an_excerpt_stands_in_a_panel_with_the_title_of_its_page() -> None:
    space = Space()
    space.add("2", "Prices", excerpt("<p>net</p>"))

    assert space.shown(include("Prices", "excerpt-include")) == "> **Prices**\n>\n> net"


def test_an_excerpt_of_one_paragraph_goes_on_with_the_line() -> None:
    space = Space()
    space.add("2", "Prices", excerpt("<p><strong>12</strong> EUR</p>"))

    line = f"<p>It costs {include('Prices', 'excerpt-include')} a month.</p>"
    assert space.shown(line) == "It costs **12** EUR a month."


def test_it_is_the_same_in_adf() -> None:
    space = Space("atlas_doc_format")
    net = extension("excerpt", "bodiedExtension", [paragraph("12 EUR")], name="Net")
    space.add("2", "Prices", document(paragraph("All of it"), net))
    whole = extension("include", _="Prices")
    part = extension("excerpt-include", _="Prices", name="Net", nopanel="true")
    inline = extension("excerpt-include", "inlineExtension", _="Prices", name="net")
    body = document(paragraph("Before"), whole, part, paragraph("It costs ", inline, " a month."))

    assert space.shown(body) == (
        "Before\n\nAll of it\n\n12 EUR\n\n12 EUR\n\nIt costs 12 EUR a month."
    )


def test_a_page_of_another_format_is_shown_too() -> None:
    space = Space()
    space.add("2", "Live", document(paragraph("as it is now")), "atlas_doc_format")

    assert space.shown(include("Live")) == "as it is now"


def test_what_includes_itself_is_shown_once() -> None:
    space = Space()
    space.add("1", "Here", "<p>here</p>")
    space.add("2", "There", f"<p>there</p>{include('Here')}{include('There')}")

    shown = space.shown(include("There"))

    assert shown.count("there") == 1
    assert shown.splitlines().count("here") == 0
    assert "[include: [Here](" in shown
    assert "[include: [There](" in shown


def test_pages_within_pages_come_to_an_end() -> None:
    space = Space()
    for number in range(2, 20):
        space.add(str(number), f"P{number}", f"<p>text {number}.</p>{include(f'P{number + 1}')}")

    shown = space.shown(include("P2"))

    assert [number for number in range(2, 20) if f"text {number}." in shown] == [
        *range(2, 2 + MOST_DEEP)
    ]


def test_a_page_is_shown_a_bounded_number_of_times() -> None:
    space = Space()
    for number in range(2, 6):
        space.add(str(number), f"P{number}", f"<p>text</p>{include(f'P{number + 1}') * 50}")

    assert space.shown(include("P2") * 50).count("text") == MOST_PARTS


def test_what_nobody_has_brought_is_named() -> None:
    mark = "[include: [Prices](https://acme.example/wiki/display/ENG/Prices)]"
    space = Space()
    space.add("2", "Others", "<p>others</p>")

    assert space.shown(include("Prices")) == mark
    assert to_markdown(include("Prices"), "storage", HERE) == mark
