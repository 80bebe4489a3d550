"""Where the references of a body lead."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import quote, quote_plus, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

# What would make a scheme, a query or an anchor of a part of a name.
_UNLIKE_PATH: Final = re.compile(r"[:?#%]")
# Confluence does not find a page with one of these in its title by path, only by query
# (https://confluence.atlassian.com/confkb/278692715.html).
_UNFIT_FOR_PATH: Final = re.compile(r'[+%&?/\\;"]|^\.+$')
# What an anchor may have besides letters and digits, as in a URI (RFC 3986, 3.5).
_SAFE_IN_ANCHOR: Final = "-._~!$&'*+,;=:@/?%"
# A page as macros in wiki markup name it, in another space: `HR:Plan B`.
_SPACE_AND_TITLE: Final = re.compile(r"([A-Z0-9_]{1,255}|~[^\s:]{1,255}):(\S.*)", re.DOTALL)
_HERE: Final = re.compile(r"current(Space|Content)\(\)", re.IGNORECASE)


class Person(NamedTuple):
    """Somebody a body mentions.

    Attributes:
        name: The name people know them by.
        url: The address of their profile.
    """

    name: str
    url: str


class IncludedPage(NamedTuple):
    """A page that others show, or a part of which they show.

    Attributes:
        content_id: Its id.
        body: Its body as the API gives it.
        representation: `storage` or `atlas_doc_format`.
        links: Where the references of its body lead.
    """

    content_id: str
    body: Any
    representation: str
    links: Links


@dataclass(frozen=True)
class Links:
    """Turns what a body refers to by name or id into addresses.

    Without arguments nothing is known, and references stay names.

    Attributes:
        root: Address of the site, such as `https://acme.atlassian.net/wiki`.
        space_key: The space that the body is in.
        content_id: The page or blog post that the body is of, or on.
        people: Those who are known, by account id (Cloud), user key or user name (Data Center).
        files: The names of files that are known, by file id, which is all that ADF has of them.
        paths: Where files have been fetched to, relative to their folder, by the id of what they
            are on and their name.
        pages: The pages that are shown where others include them, by their addresses.
    """

    root: str = ""
    space_key: str | None = None
    content_id: str | None = None
    people: Mapping[str, Person] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    paths: Mapping[tuple[str, str], str] = field(default_factory=dict)
    pages: Mapping[str, IncludedPage | None] = field(default_factory=dict)

    def absolute(self, href: str) -> str:
        """Return the address that a link from the root of the host, or to an anchor, leads to."""
        if href.startswith("#"):
            return f"{self.content(self.content_id) or ''}{href}"
        if not self.root or not href.startswith("/") or href.startswith("//"):
            return href
        site = urlsplit(self.root)
        return f"{site.scheme}://{site.netloc}{href}"

    def anchor(self, name: str, href: str | None = None) -> str:
        """Return the address of a place on a page, or on the one that the body is on."""
        page = self.content(self.content_id) if href is None else href
        return f"{page or ''}#{quote(name, safe=_SAFE_IN_ANCHOR) if self.root else name}"

    def content(self, content_id: str | None) -> str | None:
        """Return the address of content of any type by its id, if that can be said."""
        if not self.root or not content_id:
            return None
        return f"{self.root}/pages/viewpage.action?pageId={quote(content_id, safe='')}"

    def page(self, title: str, space_key: str | None) -> str:
        """Return the address of a page, or else its name as a wiki link has it."""
        key = space_key or self.space_key
        if not self.root or not key:
            return _relative_link(f"{space_key}/{title}" if space_key else title)
        if _UNFIT_FOR_PATH.search(title):
            query = f"spaceKey={quote_plus(key)}&title={quote_plus(title)}"
            return f"{self.root}/pages/viewpage.action?{query}"
        return f"{self.space(key)}/{quote_plus(title)}"

    def named_page(self, name: str) -> tuple[str, str]:
        """Return the address and the title of a page as macros name it: `Plan B`, `HR:Plan B`."""
        found = _SPACE_AND_TITLE.fullmatch(name)
        key, title = (found[1], found[2]) if found else (None, name)
        return self.page(title, key), title

    def special(self, name: str, *, is_space: bool = False) -> tuple[str | None, str]:
        """Return where a name leads that depends on where it stands, and what to call that.

        Args:
            name: `@self`, `@home`, `@parent` or `currentSpace()`; any other name stays as it is.
            is_space: Whether it is that of a space.
        """
        key, called = self.space_key, name.lower()
        if called == "currentspace()" or (is_space and called == "@self"):
            return (self.space(key), key) if self.root and key else (None, name)
        if called == "@self" and self.root and self.content_id:
            return self.content(self.content_id), "this page"
        if called == "@home" and self.root and key:
            return self.space(key), "home page"
        return None, "parent page" if called == "@parent" else name

    def current(self, query: str) -> str:
        """Return a query with `currentSpace()` and `currentContent()` as what they stand for."""

        def here(found: re.Match[str]) -> str:
            return (self.space_key if found[1].lower() == "space" else self.content_id) or found[0]

        return _HERE.sub(here, query)

    def blog_post(self, title: str, space_key: str | None, day: str | None) -> str:
        """Return the address of a blog post, or else its name.

        Args:
            title: Its title.
            space_key: Its space; None is that of the body.
            day: When it was published, `YYYY/MM/DD`, without which it has no address.
        """
        key = space_key or self.space_key
        if not self.root or not key or not day:
            return _relative_link(f"{space_key}/{title}" if space_key else title)
        return f"{self.space(key)}/{quote(day.replace('-', '/'))}/{quote_plus(title)}"

    def attachment(self, filename: str, content_id: str | None = None) -> str:
        """Return the address of a file, or where it has been fetched to, or else its name.

        Args:
            filename: Its name.
            content_id: What it is on; None is what the body is of, or on.
        """
        holder = content_id or self.content_id
        if not self.root or not holder:
            return _relative_link(filename)
        path = self.paths.get((holder, filename))
        if path is not None:
            return quote(path)
        where = f"{self.root}/download/attachments/{quote(holder, safe='')}"
        return f"{where}/{quote(filename, safe='')}"

    def mention(self, identity: str, text: str = "") -> tuple[str | None, str]:
        """Return what stands for a person: where it leads, and `@` and the best name there is.

        Args:
            identity: Account id, user key or user name.
            text: The name that the body gives.
        """
        person = self.people.get(identity)
        if person is None:
            return None, f"@{(text or identity).removeprefix('@')}"
        return person.url, f"@{person.name.removeprefix('@')}"

    def issue(self, key: str) -> str | None:  # noqa: ARG002
        """Return the address of a Jira issue; no body says where Jira is."""
        return None

    def space(self, key: str) -> str:
        """Return the address of a space, or else its key."""
        return f"{self.root}/display/{quote(key, safe='~:@')}" if self.root else key


def _relative_link(name: str) -> str:
    """Return a name as a relative link."""
    return _UNLIKE_PATH.sub(lambda found: quote(found[0], safe=""), name)
