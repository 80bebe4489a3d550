"""Resource identifiers: what `ri:` elements refer to, and where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tap_confluence.content.storage.elements import first_child

if TYPE_CHECKING:
    from lxml.etree import _Element

    from tap_confluence.content.document.links import Links


def resource(identifier: _Element | None, links: Links) -> tuple[str | None, str]:
    """Return the address of a resource, if that can be said, and what it is called."""
    if identifier is None:
        return None, ""
    find = _RESOURCES.get(identifier.tag, _content)
    return find(identifier, links)


def leads_elsewhere(identifier: _Element, links: Links) -> bool:
    """Tell whether the address of a resource is not its own, but that of the page it is on."""
    if identifier.tag == "{ri}url":
        return False
    if identifier.tag != "{ri}attachment":
        return True
    holder = first_child(identifier, "{ri}")
    return holder is not None and bool(links.root) and not holder.get("{ri}content-id")


def _content(identifier: _Element, links: Links) -> tuple[str | None, str]:
    content_id = identifier.get("{ri}content-id", "")
    return links.content(content_id), content_id


def _page(identifier: _Element, links: Links) -> tuple[str | None, str]:
    title, key = identifier.get("{ri}content-title", ""), identifier.get("{ri}space-key")
    if title.startswith("@"):
        href, name = links.special(title)
        if href or name != title:
            return href, name
    return (links.page(title, _key(key, links)) if title else None), title


def _blog_post(identifier: _Element, links: Links) -> tuple[str | None, str]:
    title = identifier.get("{ri}content-title", "")
    key, day = _key(identifier.get("{ri}space-key"), links), identifier.get("{ri}posting-day")
    return (links.blog_post(title, key, day) if title else None), title


def _attachment(identifier: _Element, links: Links) -> tuple[str | None, str]:
    filename = identifier.get("{ri}filename", "")
    if not filename:
        return None, ""
    holder = first_child(identifier, "{ri}")
    if holder is None or not links.root:
        return links.attachment(filename), filename
    if holder_id := holder.get("{ri}content-id"):
        return links.attachment(filename, holder_id), filename
    # Files have addresses by the id of what they are on: by its title, only that has one.
    return resource(holder, links)[0], filename


def _user(identifier: _Element, links: Links) -> tuple[str | None, str]:
    account_id, user_key = identifier.get("{ri}account-id"), identifier.get("{ri}userkey")
    user_id = account_id or user_key or identifier.get("{ri}username")
    return links.mention(user_id) if user_id else (None, "")


def _url(identifier: _Element, _links: Links) -> tuple[str | None, str]:
    return identifier.get("{ri}value"), identifier.get("{ri}value", "")


def _space(identifier: _Element, links: Links) -> tuple[str | None, str]:
    key = identifier.get("{ri}space-key", "")
    href, name = links.special(key, is_space=True)
    if href or key.startswith("@"):
        return href, name
    return (links.space(key) if key else None), key


def _key(key: str | None, links: Links) -> str | None:
    """Return the key of a space; None where it is that of the body."""
    return None if key and links.special(key, is_space=True)[0] else key


def _shortcut(identifier: _Element, _links: Links) -> tuple[str | None, str]:
    return None, f"{identifier.get('{ri}parameter', '')}@{identifier.get('{ri}key', '')}"


_RESOURCES: Final = {
    "{ri}attachment": _attachment,
    "{ri}blog-post": _blog_post,
    "{ri}page": _page,
    "{ri}shortcut": _shortcut,
    "{ri}space": _space,
    "{ri}url": _url,
    "{ri}user": _user,
}
