"""What bodies show of other pages, in the place of the macros that show it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from tap_confluence.content.adf.nodes import extension_macro
from tap_confluence.content.adf.tree import Node, attribute, children
from tap_confluence.content.any_format import read_tree, tree_of
from tap_confluence.content.document.macro_parameters import folded
from tap_confluence.content.macros import EXCERPT_NAMES
from tap_confluence.content.sizes import MOST_AT_ONCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lxml.etree import _Element

    from tap_confluence.content.document.constructs import Reading
    from tap_confluence.content.document.links import IncludedPage, Links
    from tap_confluence.content.document.macro import Macro

MOST_DEEP: Final = 5
"""Pages that are shown within each other at most."""

MOST_PARTS: Final = 200
"""Pages and excerpts that one body shows at most: of pages that show pages that show pages, each
might be a thousand."""

EXCERPTS: Final = frozenset(("excerpt", "multiexcerpt", "multiexcerpt-macro"))
"""The macros that other pages show."""


class Includes:
    """Shows pages, and excerpts of them, in one body.

    Args:
        content_id: The page that the body is of.
    """

    def __init__(self, content_id: str | None) -> None:
        self._path = [content_id]
        self._left = MOST_PARTS

    def find(
        self, address: str | None, links: Links, *, excerpt: str | None
    ) -> Callable[..., None] | None:
        """Find a page, or an excerpt of it.

        Args:
            address: That of the page.
            links: Those of the body that shows it.
            excerpt: The name of the excerpt, "" for that without one; None for the whole page.

        Returns:
            What reads it into a reading, `is_inline` or not; None where it is not known or too
            large, or would be shown within itself or too deep.
        """
        page = links.pages.get(address or "")
        if page is None or page.content_id in self._path:
            return None
        if self._left <= 0 or len(self._path) > MOST_DEEP:
            return None
        if len(page.body) > MOST_AT_ONCE:
            return None
        tree = tree_of(page.body, page.representation)
        if excerpt is not None:
            tree = _excerpt_in(tree, excerpt, page.links)
        return None if tree is None else partial(self._show, page, tree)

    def _show(self, page: IncludedPage, tree: Any, reading: Reading, *, is_inline: bool) -> None:
        self._left -= 1
        self._path.append(page.content_id)
        tree = _words_of(tree) if is_inline else tree
        read_tree(tree, page.representation, reading._replace(links=page.links))
        self._path.pop()


def _excerpt_in(tree: Any, name: str, links: Links) -> Any:
    """Return what stands in the excerpt of a name; None if there is none.

    Without a name it is the first that has none either, or else the first.
    """
    first = None
    find = _excerpts_in_adf if isinstance(tree, dict) else _excerpts_in
    for macro, holder in find(tree, links):
        if folded(macro.text(*EXCERPT_NAMES)) == folded(name):
            return holder
        first = holder if first is None else first
    return None if name else first


def _excerpts_in(tree: _Element, links: Links) -> Iterator[tuple[Macro, _Element]]:
    # An XML parser takes long to import, and is there when there is a tree.
    from tap_confluence.content.storage.macros import structured_macro  # noqa: PLC0415

    for element in tree.iter("{ac}structured-macro", "{ac}macro"):
        body = element.find("{ac}rich-text-body")
        if element.get("{ac}name", "").lower() in EXCERPTS and body is not None:
            yield structured_macro(element, links), body


def _excerpts_in_adf(tree: Node, links: Links) -> Iterator[tuple[Macro, Node]]:
    left: list[Any] = [tree]
    while left:
        node = left.pop()
        if not isinstance(node, dict):
            continue
        if attribute(node, "extensionKey").lower() in EXCERPTS and children(node):
            yield extension_macro(node, links), {"type": "doc", "content": children(node)}
        left.extend(reversed(children(node)))


def _words_of(tree: Any) -> Any:
    """Return what stands in a paragraph, if it is all there is, to go on with a line."""
    if isinstance(tree, dict):
        only = children(tree)
        is_paragraph = len(only) == 1 and isinstance(only[0], dict)
        is_paragraph = is_paragraph and only[0].get("type") == "paragraph"
        return {"content": children(only[0])} if is_paragraph else tree
    if len(tree) == 1 and tree[0].tag == "p" and not (tree.text or tree[0].tail or "").strip():
        paragraph = tree[0]
        paragraph.tag, paragraph.tail = "span", None
        return paragraph
    return tree
