"""References of a body lead somewhere as soon as it is known where the body comes from."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, unquote, unquote_plus, urlsplit
from xml.sax.saxutils import escape

import pytest

from tap_confluence.content import Links, Person, mentions_in, to_markdown, to_text

ROOT = "https://acme.atlassian.net/wiki"
LINKS = Links(
    root=ROOT,
    space_key="OPS",
    content_id="77",
    people={"5b10": Person("Ada", f"{ROOT}/people/5b10")},
)

_PAGE = '<ac:link><ri:page ri:content-title="Plan B" ri:space-key="HR" /></ac:link>'
_FILE = '<ac:link><ri:attachment ri:filename="a b.pdf" /></ac:link>'
_ON = '<ri:attachment ri:filename="a.pdf">{}</ri:attachment>'
_USER = '<ac:link><ri:user ri:account-id="5b10" /></ac:link>'


def test_without_links_references_are_names() -> None:
    assert to_markdown(_PAGE, "storage") == "[Plan B](HR/Plan%20B)"
    assert to_markdown(_FILE, "storage") == "[a b.pdf](a%20b.pdf)"
    assert to_markdown(_USER, "storage") == "@5b10"


@pytest.mark.parametrize(
    ("reference", "address"),
    [
        ('<ri:page ri:content-title="Plan B" ri:space-key="HR" />', "/display/HR/Plan+B"),
        ('<ri:page ri:content-title="Plan B" />', "/display/OPS/Plan+B"),
        ('<ri:page ri:content-title="Plan B" ri:space-key="~ana" />', "/display/~ana/Plan+B"),
        (
            '<ri:blog-post ri:content-title="We won" ri:posting-day="2026/03/01" />',
            "/display/OPS/2026/03/01/We+won",
        ),
        ('<ri:content-entity ri:content-id="123" />', "/pages/viewpage.action?pageId=123"),
        ('<ri:attachment ri:filename="a b+c.pdf" />', "/download/attachments/77/a%20b%2Bc.pdf"),
        (_ON.format('<ri:content-entity ri:content-id="9" />'), "/download/attachments/9/a.pdf"),
        (_ON.format('<ri:page ri:content-title="Home" />'), "/display/OPS/Home"),
        ('<ri:space ri:space-key="HR" />', "/display/HR"),
        ('<ri:user ri:account-id="5b10" />', "/people/5b10"),
    ],
)
def test_what_is_referred_to_has_an_address(reference: str, address: str) -> None:
    body = f"<ac:link>{reference}<ac:link-body>there</ac:link-body></ac:link>"

    assert to_markdown(body, "storage", LINKS) == f"[there]({ROOT}{address})"
    assert to_text(body, "storage", LINKS) == "there"


@pytest.mark.parametrize(
    "title",
    [
        *("Grün", "日本語", "50 % off", "C++", "a/b", "a\\b", "What?", "#1", "R&D", "a;b", "a: b"),
        *('He said "no"', "it's (not) <b>", "..", "..."),
    ],
)
def test_a_title_comes_out_of_its_address_as_it_was(title: str) -> None:
    parts = urlsplit(LINKS.page(title, "R&D"))

    if parts.query:
        assert parse_qs(parts.query) == {"spaceKey": ["R&D"], "title": [title]}
    else:
        *_, key, last = parts.path.split("/")
        assert (unquote(key), unquote_plus(last)) == ("R&D", title)
    assert not parts.fragment
    assert " " not in parts.geturl()


@pytest.mark.parametrize("name", ["ä b.png", "100%.png", "a#b?.png", "a+b&c.png", 'q".png'])
def test_a_file_name_comes_out_of_its_address_as_it_was(name: str) -> None:
    parts = urlsplit(LINKS.attachment(name))

    assert unquote(parts.path.rpartition("/")[2]) == name
    assert not parts.query + parts.fragment


def test_an_image_leads_to_its_file() -> None:
    body = '<ac:image><ri:attachment ri:filename="net work.png" /></ac:image>'

    wanted = f"![net work.png]({ROOT}/download/attachments/77/net%20work.png)"
    assert to_markdown(body, "storage", LINKS) == wanted


def test_anchors_are_kept_and_without_a_page_lead_to_the_one_they_are_on() -> None:
    here = '<ac:link ac:anchor="top"><ac:link-body>up</ac:link-body></ac:link>'
    there = '<ac:link ac:anchor="a b"><ri:page ri:content-title="Home" /></ac:link>'

    page = f"{ROOT}/pages/viewpage.action?pageId=77"
    assert to_markdown(here, "storage", LINKS) == f"[up]({page}#top)"
    assert to_markdown('<a href="#top">up</a>', "storage", LINKS) == f"[up]({page}#top)"
    assert to_markdown(there, "storage", LINKS) == f"[Home]({ROOT}/display/OPS/Home#a%20b)"


def test_people_are_called_by_name() -> None:
    assert to_markdown(_USER, "storage", LINKS) == f"[@Ada]({ROOT}/people/5b10)"
    assert to_text(_USER, "storage", LINKS) == "@Ada"
    stranger = _USER.replace("5b10", "ff")
    assert to_markdown(stranger, "storage", LINKS) == "@ff"


def test_a_page_of_an_unknown_space_stays_a_name() -> None:
    page = '<ac:link><ri:page ri:content-title="Plan B" /></ac:link>'

    assert to_markdown(page, "storage", Links(root=ROOT)) == "[Plan B](Plan%20B)"


def test_references_in_adf_lead_to_the_same_places() -> None:
    def paragraph(*nodes: dict[str, Any]) -> str:
        return json.dumps({"type": "doc", "content": [{"type": "paragraph", "content": nodes}]})

    media = {"type": "media", "attrs": {"id": "0-1", "collection": "contentId-9", "alt": "a.png"}}
    image = f"![a.png]({ROOT}/download/attachments/9/a.png)"
    assert to_markdown(paragraph(media), "atlas_doc_format", LINKS) == image
    mention = {"type": "mention", "attrs": {"id": "5b10", "text": "@Ada L."}}
    person = f"[@Ada]({ROOT}/people/5b10)"
    assert to_markdown(paragraph(mention), "atlas_doc_format", LINKS) == person
    card = {"type": "inlineCard", "attrs": {"url": "/wiki/x/AbC"}}
    address = "<https://acme.atlassian.net/wiki/x/AbC>"
    assert to_markdown(paragraph(card), "atlas_doc_format", LINKS) == address


def test_links_from_the_root_of_the_host_become_whole_addresses() -> None:
    assert LINKS.absolute("/wiki/x") == "https://acme.atlassian.net/wiki/x"
    assert LINKS.absolute("//cdn.example.com/x") == "//cdn.example.com/x"
    assert LINKS.absolute("x") == "x"
    assert Links().absolute("/wiki/x") == "/wiki/x"


def test_the_mentions_in_a_body_are_found_by_the_best_id_there_is() -> None:
    value = (
        '<ri:user ri:account-id="a" /><ri:user ri:username="x&amp;y" ri:userkey="k"/>'
        "<ri:user ri:username='n&amp;m'></ri:user><ri:user/><ri:user ri:userkey='' />"
    )

    found = {"a": "account-id", "k": "userkey", "n&m": "username"}
    assert mentions_in({"storage": {"value": value}}) == found
    document = {"type": "doc", "content": [{"type": "mention", "attrs": {"id": "b"}}]}
    adf = {"atlas_doc_format": {"value": json.dumps(document)}}
    assert mentions_in(adf) == {"b": "account-id"}
    for name, inner in (
        ("nestedContent", document),
        ("adf", json.dumps(document)),
        ("cxhtml", '<p><ri:user ri:account-id="b" /></p>'),
    ):
        attributes = {"extensionKey": "legacy-content", "parameters": {name: inner}}
        nested = json.dumps({"type": "doc", "content": [{"type": "x", "attrs": attributes}]})
        assert mentions_in({"atlas_doc_format": {"value": nested}}) == {"b": "account-id"}
    given = {"macroParams": {"user": {"value": "b"}}}
    profile = {"type": "inlineExtension", "attrs": {"extensionKey": "profile", "parameters": given}}
    assert mentions_in({"atlas_doc_format": {"value": json.dumps(profile)}}) == {"b": "account-id"}
    odd_ones: tuple[Any, ...] = (None, {}, [], {"storage": None}, {"storage": {"value": 3}})
    for odd in odd_ones:
        assert mentions_in(odd) == {}


def test_the_mentions_in_rich_text_that_an_app_keeps_in_its_settings_are_found() -> None:
    document = {"type": "doc", "content": [{"type": "mention", "attrs": {"id": "b"}}]}
    faq = {"extensionKey": "a/b/static/faq", "parameters": {"guestParams": {"answer": document}}}
    node = json.dumps({"type": "extension", "attrs": faq})
    assert mentions_in({"atlas_doc_format": {"value": node}}) == {"b": "account-id"}

    text = json.dumps(document)
    for kept in (escape(text), escape(text, {'"': "&quot;"})):
        storage = f'<ac:adf-parameter key="answer">{kept}</ac:adf-parameter>'
        assert mentions_in({"storage": {"value": storage}}) == {"b": "account-id"}


def test_people_are_found_in_a_body_of_tags_that_never_end() -> None:
    assert mentions_in({"storage": {"value": "<ri:user " * 200_000}}) == {}
    assert mentions_in({"storage": {"value": "mention<ac:adf-parameter>{" * 100_000}}) == {}
    assert mentions_in({"storage": {"value": '<ri:user ri:userkey="' * 100_000}}) == {}
