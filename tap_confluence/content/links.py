"""Where the references of a body lead."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

# What would make a scheme, a query or an anchor of a part of a name.
_UNLIKE_PATH: Final = re.compile(r"[:?#%]")


@dataclass(frozen=True)
class Links:
    """Resolves pages, attachments and people that a body refers to by name or id.

    Without arguments nothing is known, and references stay names. A subclass may look things up
    elsewhere by overriding the three methods; None from any of them means "not known".

    Attributes:
        base_url: Address of the site, such as `https://acme.atlassian.net/wiki`.
        pages: Addresses by space key, None for the space of the body, and title.
        attachments: Addresses by page title, None for the page of the body, and file name.
        users: Names by account id (Cloud), user key or user name (Data Center).
    """

    base_url: str = ""
    pages: Mapping[tuple[str | None, str], str] = field(default_factory=dict)
    attachments: Mapping[tuple[str | None, str], str] = field(default_factory=dict)
    users: Mapping[str, str] = field(default_factory=dict)

    def page_url(self, title: str, space_key: str | None) -> str | None:
        """Return the address of a page or blog post."""
        return self.pages.get((space_key, title))

    def attachment_url(self, filename: str, page_title: str | None) -> str | None:
        """Return the address of a file."""
        return self.attachments.get((page_title, filename))

    def user_name(self, account_id: str) -> str | None:
        """Return the name of a person."""
        return self.users.get(account_id)

    def absolute(self, href: str) -> str:
        """Return the address that a link from the root of the host, `/wiki/...`, leads to."""
        if not self.base_url or not href.startswith("/") or href.startswith("//"):
            return href
        site = urlsplit(self.base_url)
        return f"{site.scheme}://{site.netloc}{href}"

    def page(self, title: str, space_key: str | None) -> str:
        """Return the address of a page, or else its name as a wiki link has it."""
        name = f"{space_key}/{title}" if space_key else title
        return self.page_url(title, space_key) or _UNLIKE_PATH.sub(_percent, name)

    def attachment(self, filename: str, page_title: str | None = None) -> str:
        """Return the address of a file, or else its name."""
        return self.attachment_url(filename, page_title) or _UNLIKE_PATH.sub(_percent, filename)

    def mention(self, account_id: str, text: str = "") -> str:
        """Return what stands for a person in text: `@` and the best name there is."""
        return f"@{(self.user_name(account_id) or text or account_id).removeprefix('@')}"

    def space(self, key: str) -> str:
        """Return the address of a space, or else its key."""
        return f"{self.base_url.rstrip('/')}/spaces/{key}" if self.base_url else key


def _percent(found: re.Match[str]) -> str:
    return quote(found[0], safe="")
