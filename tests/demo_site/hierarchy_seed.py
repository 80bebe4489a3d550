"""Plants the folders, whiteboards, databases and embeds of a wiki whose pages stand already."""

from __future__ import annotations

from collections import defaultdict
from itertools import count
from random import Random
from typing import TYPE_CHECKING

from tests.demo_site.clock import epoch_ms
from tests.demo_site.model import Space, TreeItem
from tests.demo_site.words import TREE_ITEMS

if TYPE_CHECKING:
    from tests.demo_site.model import Page
    from tests.demo_site.store import Store

START = epoch_ms("2024-09-01T00:00:00Z")
END = epoch_ms("2026-06-30T00:00:00Z")
FIRST_NUM = 1_001
"""Below the ids of everything else, which stay as they are without tree items."""

LONGEST_CHAIN = 12
"""Deeper than one list of descendants reaches."""


def plant_tree_items(wiki: Store, seed: int) -> None:
    """Plant them, in every place that they can have.

    Args:
        wiki: A wiki with pages, some of which have a parent that is still missing.
        seed: What the dice start from.
    """
    planter = _Planter(wiki, seed)
    planter.put_parents()
    planter.scatter()
    planter.put_awkward()


def hang(  # noqa: PLR0913
    wiki: Store,
    type_: str,
    above: Page | TreeItem | Space,
    *,
    num: int | None = None,
    at: int | None = None,
    status: str = "current",
    embed_url: str | None = None,
) -> TreeItem:
    """Put a tree item under a page or another tree item, or at the top of a space."""
    num, at = num or wiki.next_num(), at or wiki.tick()
    item = TreeItem(
        num,
        above.num if isinstance(above, Space) else above.space,
        f"{type_.capitalize()} {num}",
        wiki.accounts[num % len(wiki.accounts)],
        at,
        (at, at + num % 5_000),
        status=status,
        type=type_,
        embed_url=embed_url,
    )
    if not isinstance(above, Space):
        item.parent, item.position = above.num, num * 3
        item.parent_type = above.type if isinstance(above, TreeItem) else "page"
    return wiki.put(item)


class _Planter:
    def __init__(self, wiki: Store, seed: int) -> None:
        self._wiki = wiki
        self._dice = Random(seed + 7_001)
        self._nums = count(FIRST_NUM)
        self._pages = sorted(
            (page for page in wiki.pages if page.status == "current"), key=lambda page: page.num
        )

    def put_parents(self) -> None:
        """Put what some pages lie under: under a page that is older, or at the top of a space."""
        wiki = self._wiki
        oldest: defaultdict[int, list[Page]] = defaultdict(list)
        for page in self._pages:
            if len(oldest[page.space]) < 9:
                oldest[page.space].append(page)
        missing = [page for page in wiki.pages if page.parent_type in TREE_ITEMS and page.parent]
        for place, page in enumerate(missing):
            older = [other for other in oldest[page.space] if other.num < page.num]
            above = wiki.spaces[page.space] if place % 3 == 1 or not older else older[-1]
            hang(wiki, str(page.parent_type), above, num=page.parent, at=self._moment())

    def scatter(self) -> None:
        """Put some of each type under any page, with nothing below."""
        for place in range(8 + len(self._pages) // 40):
            self._hang(TREE_ITEMS[place % 4], self._dice.choice(self._pages))

    def put_awkward(self) -> None:
        """Put the cases that are hard to find."""
        homes = [page for page in self._pages if self._wiki.is_homepage(page)]
        above: Page | TreeItem = homes[0]
        for _ in range(LONGEST_CHAIN):
            above = self._hang("folder", above)
        self._hang("whiteboard", above)
        self._hang("embed", above)
        space = self._wiki.spaces[homes[-1].space]
        top = self._hang("folder", space)
        self._hang("database", self._hang("folder", top))
        self._hang("whiteboard", self._hang("embed", space))
        self._hang("whiteboard", self._hang("folder", homes[-1], "archived"))
        self._hang("database", homes[-1], "draft")
        self._hang("folder", space, "trashed")

    def _hang(
        self, type_: str, above: Page | TreeItem | Space, status: str = "current"
    ) -> TreeItem:
        num = next(self._nums)
        url = f"https://example.com/board/{num}" if type_ == "embed" and num % 3 else None
        return hang(
            self._wiki, type_, above, num=num, at=self._moment(), status=status, embed_url=url
        )

    def _moment(self) -> int:
        return self._dice.randrange(START, END)
