"""What a body refers to and includes is told alike for both formats, in its order."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest
from hypothesis import given, settings

from tap_confluence.content.properties import Property, properties_in
from tap_confluence.content.references import (
    ADDRESS,
    BLOG_POST,
    FILE,
    JIRA_ISSUE,
    PAGE,
    PERSON,
    SPACE,
    Inclusion,
    Reference,
    inclusions_in,
    references_in,
)
from tests.content.bodies import ADF, STORAGE
from tests.content.gallery import LINKS

ROOT: Final = LINKS.root


def _doc(*nodes: Any) -> str:
    return json.dumps({"type": "doc", "content": nodes})


def _paragraph(*nodes: Any) -> dict[str, Any]:
    texts = [{"type": "text", "text": node} if isinstance(node, str) else node for node in nodes]
    return {"type": "paragraph", "content": texts}


def _linked(text: str, href: str) -> dict[str, Any]:
    return {"type": "text", "text": text, "marks": [{"type": "link", "attrs": {"href": href}}]}


def _macro(name: str, /, kind: str = "extension", **parameters: str) -> dict[str, Any]:
    given_values = {"" if k == "_" else k: {"value": v} for k, v in parameters.items()}
    attributes = {"extensionKey": name, "parameters": {"macroParams": given_values}}
    return {"type": kind, "attrs": attributes}


def _storage(name: str, /, **parameters: str) -> str:
    inside = "".join(
        f'<ac:parameter ac:name="{"" if key == "_" else key}">{value}</ac:parameter>'
        for key, value in parameters.items()
    )
    return f'<ac:structured-macro ac:name="{name}">{inside}</ac:structured-macro>'


@pytest.mark.parametrize(
    ("href", "reference"),
    [
        (f"{ROOT}/spaces/HR/pages/123/Plan+B?x=1", Reference(PAGE, "123", "HR")),
        (f"{ROOT}/spaces/HR/pages/edit-v2/123", Reference(PAGE, "123", "HR")),
        (f"{ROOT}/spaces/HR/blog/2026/03/01/99/We+won", Reference(BLOG_POST, "99", "HR")),
        (f"{ROOT}/pages/viewpage.action?pageId=123#top", Reference(PAGE, "123")),
        (f"{ROOT}/display/HR/Plan+B", Reference(PAGE, None, "HR", "Plan B")),
        (f"{ROOT}/display/~ana/2026/03/01/We+won", Reference(BLOG_POST, None, "~ana", "We won")),
        (f"{ROOT}/spaces/HR/overview", Reference(SPACE, None, "HR")),
        (f"{ROOT}/display/HR", Reference(SPACE, None, "HR")),
        (f"{ROOT}/download/attachments/7/a%20b.pdf?v=2", Reference(FILE, "7", None, "a b.pdf")),
        (f"{ROOT}/people/5b10", Reference(PERSON, "5b10")),
        ("https://acme.atlassian.net/browse/ENG-7", Reference(JIRA_ISSUE, "ENG-7")),
        ("https://example.com/x?y#z", Reference(ADDRESS)),
        (f"{ROOT}evil.example.com/display/HR", Reference(ADDRESS)),
        ("mailto:ada@example.com", Reference(ADDRESS)),
        ("http://[bad", Reference(ADDRESS)),
    ],
)
def test_an_address_is_told_by_what_it_leads_to(href: str, reference: Reference) -> None:
    wanted = [reference._replace(url=href, text="there")]
    storage = f'<p><a href="{href}">th<b>ere</b></a></p>'

    assert references_in(storage, "storage", LINKS) == wanted
    assert (
        references_in(_doc(_paragraph(_linked("there", href))), "atlas_doc_format", LINKS) == wanted
    )


def test_what_storage_format_names_is_told_in_its_order() -> None:
    body = (
        '<p><ac:link><ri:page ri:content-title="Plan B" /></ac:link>'
        '<ac:link><ri:user ri:account-id="nobody" /></ac:link></p>'
        '<ac:image><ri:attachment ri:filename="a.png" /></ac:image>'
        f"{_storage('jira', key='ENG-1')}"
        f"{_storage('view-file', name='<ri:attachment ri:filename=&quot;b.pdf&quot; />')}"
        '<p><ac:link ac:anchor="top"><ac:link-body>up</ac:link-body></ac:link>'
        '<a href="#top">up</a><a href="javascript:x()">no</a></p>'
    ).replace("&quot;", '"')

    found = references_in(body, "storage", LINKS)

    assert found == [
        Reference(PAGE, None, "ENG", "Plan B", f"{ROOT}/display/ENG/Plan+B", "Plan B"),
        Reference(PERSON, "nobody", text="@nobody"),
        Reference(FILE, "1", None, "a.png", f"{ROOT}/download/attachments/1/a.png", "a.png"),
        Reference(JIRA_ISSUE, "ENG-1", text="ENG-1"),
        Reference(FILE, "1", None, "b.pdf", f"{ROOT}/download/attachments/1/b.pdf", "b.pdf"),
    ]


def test_what_adf_names_is_told_in_its_order() -> None:
    card = f"{ROOT}/spaces/HR/pages/123"
    media = {"type": "media", "attrs": {"id": "1", "collection": "contentId-9", "alt": "a.png"}}
    image = {**media, "marks": [{"type": "link", "attrs": {"href": "https://example.com/"}}]}
    body = _doc(
        _paragraph(
            {"type": "inlineCard", "attrs": {"url": card}},
            {"type": "mention", "attrs": {"id": "5b10", "text": "@A"}},
            _macro("jira", "inlineExtension", key="ENG-1"),
        ),
        {"type": "mediaSingle", "content": [image]},
    )

    found = references_in(body, "atlas_doc_format", LINKS)

    address = f"{ROOT}/download/attachments/9/a.png"
    assert found == [
        Reference(PAGE, "123", "HR", None, card, card),
        Reference(PERSON, "5b10", text="@Ada Lovelace"),
        Reference(JIRA_ISSUE, "ENG-1", text="ENG-1"),
        Reference(ADDRESS, url="https://example.com/", text="a.png"),
        Reference(FILE, "9", None, "a.png", address, "a.png"),
    ]


def test_included_pages_are_told_with_the_excerpt() -> None:
    link = '<ac:link><ri:page ri:content-title="Prices" ri:space-key="SHOP" /></ac:link>'
    storage = _storage("include", _="Rules") + _storage("excerpt-include", _=link, name="net")
    adf = _doc(_macro("include", _="Rules"), _macro("excerpt-include", _="SHOP:Prices", name="net"))
    rules = Reference(PAGE, None, "ENG", "Rules", f"{ROOT}/display/ENG/Rules", "Rules")
    prices = Reference(PAGE, None, "SHOP", "Prices", f"{ROOT}/display/SHOP/Prices", "Prices")
    wanted = [Inclusion("include", rules, None), Inclusion("excerpt-include", prices, "net")]

    assert inclusions_in(storage, "storage", LINKS) == wanted
    assert inclusions_in(adf, "atlas_doc_format", LINKS) == wanted
    assert inclusions_in(_storage("include") + _storage("toc"), "storage", LINKS) == []


_TABLE: Final = (
    "<table><tr><th>Owner</th><td><b>Ada</b> | Bo</td></tr>"
    "<tr><th>Due</th><td><p>May</p><p>or June</p></td></tr><tr><th></th><td>x</td></tr></table>"
)


def _details(table: str, **parameters: str) -> str:
    body = f"<ac:rich-text-body>{table}</ac:rich-text-body>"
    return _storage("details", **parameters).replace("</ac:structured-macro>", "") + (
        f"{body}</ac:structured-macro>"
    )


def test_page_properties_are_names_and_values() -> None:
    columns = "<table><tr><th>State</th><th>Tier</th></tr><tr><td>open</td><td>1</td></tr></table>"
    body = f"{_TABLE}{_details(_TABLE, id='team')}{_details(columns)}"

    assert properties_in(body, "storage", LINKS) == [
        Property(0, "team", "Owner", "Ada | Bo", "**Ada** \\| Bo"),
        Property(0, "team", "Due", "May or June", "May<br>or June"),
        Property(1, None, "State", "open", "open"),
        Property(1, None, "Tier", "1", "1"),
    ]


def test_page_properties_in_adf_are_the_same() -> None:
    def cell(kind: str, text: str) -> dict[str, Any]:
        return {"type": kind, "content": [_paragraph(text)]}

    row = {"type": "tableRow", "content": [cell("tableHeader", "Owner"), cell("tableCell", "Ada")]}
    macro = _macro("details", "bodiedExtension", id="team")
    body = _doc({**macro, "content": [{"type": "table", "content": [row]}]})

    assert properties_in(body, "atlas_doc_format", LINKS) == [
        Property(0, "team", "Owner", "Ada", "Ada")
    ]


@settings(max_examples=30, deadline=None)
@given(STORAGE, ADF)
def test_bodies_of_any_shape_are_no_error(storage: str, adf: str) -> None:
    for body, representation in (
        *((storage, "storage"), (adf, "atlas_doc_format")),
        *((adf, "storage"), (storage, "atlas_doc_format")),
    ):
        assert all(each.kind == ADDRESS for each in references_in(body, representation, LINKS))
        assert inclusions_in(body, representation, LINKS) == []
        assert properties_in(body, representation, LINKS) == []
