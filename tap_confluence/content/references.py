"""What a body refers to: which pages, files, people, issues and addresses, and what it includes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import parse_qs, unquote, unquote_plus, urlsplit

from typing_extensions import override

from tap_confluence.content.any_format import read_as_far_as_it_goes
from tap_confluence.content.document.constructs import Reading
from tap_confluence.content.document.escaping import is_followable
from tap_confluence.content.document.links import Links
from tap_confluence.content.macros import EXCERPT_NAMES, INCLUDES, included_pages
from tap_confluence.content.plain import PlainWriter
from tap_confluence.content.repair import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_confluence.content.document.blocks import End
    from tap_confluence.content.document.macro import Macro

PAGE: Final = "page"
BLOG_POST: Final = "blog_post"
FILE: Final = "file"
PERSON: Final = "person"
SPACE: Final = "space"
JIRA_ISSUE: Final = "jira_issue"
ADDRESS: Final = "url"
KINDS: Final = (PAGE, BLOG_POST, FILE, PERSON, SPACE, JIRA_ISSUE, ADDRESS)
"""What a link can lead to."""

_PERSON_SCHEME: Final = "confluence-person:"
_ISSUE_SCHEME: Final = "jira-issue:"
_BY_ID: Final = re.compile(
    r"/spaces/(?P<key>[^/]+)/(?P<kind>pages|blog)(?:/edit-v2|/\d{4}/\d\d?/\d\d?)?/(?P<id>\d+)"
    r"(?:/.*)?"
)
_BY_TITLE: Final = re.compile(
    r"/display/(?P<key>[^/]+)(?:(?P<day>/\d{4}/\d\d?/\d\d?)?/(?P<title>[^/]+))?"
)
_FILE: Final = re.compile(r"/download/(?:attachments|thumbnails)/(?P<id>\d+)/(?P<name>[^/]+)")
_PERSON: Final = re.compile(r"/people/(?P<id>[^/]+)")
_OVERVIEW: Final = re.compile(r"/spaces/(?P<key>[^/]+)(?:/overview)?/?")
_ISSUE: Final = re.compile(r"https?://[^?#\s]+/browse/(?P<key>[A-Z][A-Z0-9_]+-\d+)(?:[?#].*)?")


class Reference(NamedTuple):
    """What a link leads to.

    Attributes:
        kind: One of `KINDS`.
        target_id: Id of the page, blog post or person, or key of the issue; of a file, the id of
            what it is on.
        space_key: The space of a page, a blog post or of itself.
        title: Title of the page or blog post, or name of the file, where that is what is known.
        url: The address, where there is one.
        text: What is shown.
    """

    kind: str
    target_id: str | None = None
    space_key: str | None = None
    title: str | None = None
    url: str | None = None
    text: str = ""


class Inclusion(NamedTuple):
    """A page, or a part of one, that a body shows.

    Attributes:
        macro: The name of the macro that shows it.
        page: Which page it is.
        excerpt: The name of the excerpt; None is the whole page, or its excerpt without a name.
    """

    macro: str
    page: Reference
    excerpt: str | None


def references_in(body: Any, representation: str, links: Links) -> list[Reference]:
    """Return what the links of a body lead to, in their order.

    Args:
        body: The body as the API gives it.
        representation: `storage` or `atlas_doc_format`.
        links: Where references lead.
    """
    writer = _LinkCollector(_links_that_tell(links))
    read_as_far_as_it_goes(body, representation, Reading(writer, writer.links))
    return [reference for reference in writer.found() if reference is not None]


def inclusions_in(body: Any, representation: str, links: Links) -> list[Inclusion]:
    """Return what a body shows of other pages; the arguments are those of `references_in`."""
    links = _links_that_tell(links)
    macros: list[Macro] = []
    read_as_far_as_it_goes(body, representation, Reading(PlainWriter(), links, note=macros.append))
    found = []
    for macro in macros:
        if macro.name.lower() not in INCLUDES:
            continue
        excerpt = macro.text(*EXCERPT_NAMES) or None
        for page in included_pages(macro, links):
            reference = _reference(page.href or "", page.text, links)
            if reference is not None:
                found.append(Inclusion(macro.name.lower(), reference, excerpt))
    return found


class _TellingLinks(Links):
    """Gives addresses to people and issues of which nobody knows where they are."""

    @override
    def mention(self, identity: str, text: str = "") -> tuple[str | None, str]:
        _, name = super().mention(identity, text)
        return f"{_PERSON_SCHEME}{identity}", name

    @override
    def issue(self, key: str) -> str | None:
        return f"{_ISSUE_SCHEME}{key}"


def _links_that_tell(links: Links) -> _TellingLinks:
    return _TellingLinks(links.root, links.space_key, links.content_id, links.people, links.files)


class _LinkCollector(PlainWriter):
    """Takes note of links and their texts, as a body is read."""

    def __init__(self, links: Links) -> None:
        super().__init__()
        self.links = links
        self._found: list[tuple[str, list[str]]] = []
        # The text of the link that is being read; of links within links, that of the outermost.
        self._words: list[str] | None = None

    def found(self) -> Iterator[Reference | None]:
        for href, words in self._found:
            yield _reference(href, " ".join("".join(words).split()), self.links)

    @override
    def text(self, text: str) -> None:
        super().text(text)
        if self._words is not None:
            self._words.append(text)

    @override
    def span(self, text: str, marks: int, href: str | None = None) -> None:
        close_link = self.open_link(href)
        super().span(text, marks)
        close_link()

    @override
    def image(self, name: str, source: str) -> None:
        if is_followable(source):
            self._found.append((source, [name]))
        super().image(name, source)

    @override
    def open_link(self, href: str | None) -> End:
        outer = self._words
        if outer is None and href is not None and is_followable(href):
            self._words = []
            self._found.append((href, self._words))
        close_link = super().open_link(href)

        def close() -> None:
            close_link()
            self._words = outer

        return close


def _reference(href: str, text: str, links: Links) -> Reference | None:
    """Return what an address leads to; None if that is a place on the page it stands on."""
    text = clean(text)
    if href.startswith(_PERSON_SCHEME):
        return Reference(PERSON, href.removeprefix(_PERSON_SCHEME), text=text)
    if href.startswith(_ISSUE_SCHEME):
        return Reference(JIRA_ISSUE, href.removeprefix(_ISSUE_SCHEME), text=text)
    found = _on_site(href, links)
    if found is not None:
        is_here = found.target_id == links.content_id and found.kind in {PAGE, BLOG_POST}
        return None if is_here and "#" in href else found._replace(url=href, text=text)
    if href.startswith("#"):
        return None
    issue = _ISSUE.fullmatch(href)
    if issue:
        return Reference(JIRA_ISSUE, issue["key"], url=href, text=text)
    return Reference(ADDRESS, url=href, text=text)


def _on_site(href: str, links: Links) -> Reference | None:
    """Return what an address of the site itself leads to."""
    root = links.root
    if not root or not (href == root or href.startswith((f"{root}/", f"{root}?"))):
        return None
    try:
        parts = urlsplit(href[len(root) :])
    except ValueError:
        return None
    if parts.path == "/pages/viewpage.action":
        return _by_query(parse_qs(parts.query))
    for pattern, make in _PATHS:
        found = pattern.fullmatch(parts.path)
        if found:
            return make(found)
    return None


def _by_query(query: dict[str, list[str]]) -> Reference | None:
    given = {name: values[0] for name, values in query.items()}
    if given.get("pageId"):
        return Reference(PAGE, given["pageId"])
    if given.get("title"):
        return Reference(PAGE, None, given.get("spaceKey"), given["title"])
    return None


def _by_id(found: re.Match[str]) -> Reference:
    kind = BLOG_POST if found["kind"] == "blog" else PAGE
    return Reference(kind, found["id"], unquote(found["key"]))


def _by_title(found: re.Match[str]) -> Reference:
    key = unquote(found["key"])
    if found["title"] is None:
        return Reference(SPACE, None, key)
    return Reference(BLOG_POST if found["day"] else PAGE, None, key, unquote_plus(found["title"]))


def _space(found: re.Match[str]) -> Reference:
    return Reference(SPACE, None, unquote(found["key"]))


def _file(found: re.Match[str]) -> Reference:
    return Reference(FILE, found["id"], None, unquote(found["name"]))


def _person(found: re.Match[str]) -> Reference:
    return Reference(PERSON, unquote(found["id"]))


_PATHS: Final = (
    (_BY_ID, _by_id),
    (_BY_TITLE, _by_title),
    (_OVERVIEW, _space),
    (_FILE, _file),
    (_PERSON, _person),
)
