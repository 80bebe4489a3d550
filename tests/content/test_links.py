"""References of a body are resolved through `Links`, or stay names."""

from __future__ import annotations

from typing_extensions import override

from tap_confluence.content import Links, to_markdown, to_text

_PAGE = '<ac:link><ri:page ri:content-title="Plan B" ri:space-key="HR" /></ac:link>'
_FILE = '<ac:link><ri:attachment ri:filename="a b.pdf" /></ac:link>'
_USER = '<ac:link><ri:user ri:account-id="5b10" /></ac:link>'


def test_without_links_references_are_names() -> None:
    assert to_markdown(_PAGE, "storage") == "[Plan B](HR/Plan%20B)"
    assert to_markdown(_FILE, "storage") == "[a b.pdf](a%20b.pdf)"
    assert to_markdown(_USER, "storage") == "@5b10"


def test_given_links_are_used() -> None:
    links = Links(
        pages={("HR", "Plan B"): "https://example.com/p"},
        attachments={(None, "a b.pdf"): "https://example.com/a"},
        users={"5b10": "Ada"},
    )
    assert to_markdown(_PAGE, "storage", links=links) == "[Plan B](https://example.com/p)"
    assert to_markdown(_FILE, "storage", links=links) == "[a b.pdf](https://example.com/a)"
    assert to_markdown(_USER, "storage", links=links) == "@Ada"
    assert to_text(_PAGE + _USER, "storage", links=links) == "Plan B@Ada"


def test_links_may_look_things_up_elsewhere() -> None:
    class Directory(Links):
        @override
        def user_name(self, account_id: str) -> str | None:
            return account_id.upper()

    assert to_markdown(_USER, "storage", links=Directory()) == "@5B10"


def test_links_from_the_root_of_the_host_become_whole_addresses() -> None:
    links = Links(base_url="https://example.com/wiki")
    assert links.absolute("/wiki/x") == "https://example.com/wiki/x"
    assert links.absolute("//cdn.example.com/x") == "//cdn.example.com/x"
    assert links.absolute("x") == "x"
    assert Links().absolute("/wiki/x") == "/wiki/x"
