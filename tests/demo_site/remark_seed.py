"""Plants comments on files and on custom content, which are rare, and replies to them."""

from __future__ import annotations

from itertools import count
from random import Random
from typing import TYPE_CHECKING

from tests.demo_site.clock import epoch_ms
from tests.demo_site.model import Comment

if TYPE_CHECKING:
    from tests.demo_site.model import Content
    from tests.demo_site.store import Store

START = epoch_ms("2022-01-01T00:00:00Z")
END = epoch_ms("2026-06-30T00:00:00Z")
FIRST_NUM = 30_001
"""Below the ids of everything else, which stay as they are without these comments."""


def plant_remarks(wiki: Store, seed: int) -> None:
    """Plant a few, on content of every status.

    Args:
        wiki: A wiki with attachments and custom content.
        seed: What the dice start from.
    """
    dice, nums = Random(seed + 9_001), count(FIRST_NUM)
    remarked: list[Content] = [*list(wiki.attachments)[::12], *list(wiki.custom_content)[1::7]]
    for content in remarked:
        parent = None
        for _ in range(dice.randint(1, 4)):
            at = dice.randrange(START, END)
            parent = wiki.put(
                Comment(
                    next(nums),
                    content.space,
                    f"Re: {content.title}",
                    dice.choice(wiki.accounts),
                    at,
                    (at,),
                    container=content,
                    parent=parent,
                )
            )
