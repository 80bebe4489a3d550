"""The command `tap-confluence-shards`: shares of a large site, to be read beside each other."""

from __future__ import annotations

import json
from bisect import bisect_left
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import click

from tap_confluence.command import run_beside
from tap_confluence.errors import ConfluenceError, SettingsError
from tap_confluence.filters.settings import space_number
from tap_confluence.http import in_chunks
from tap_confluence.output.writer import say
from tap_confluence.rest_v1 import search
from tap_confluence.tap import TapConfluence

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tap_confluence.sdk import ConfigInput

    Spaces = Sequence[dict[str, Any]]

TAG = "shards"

MOST_KEYS = 50
"""Spaces to count the pages of at once: the address of a request may not grow too long."""

PARTS_OF_A_SHARD = 10
"""Into how many parts to weigh what makes one shard, so that shards come out even."""


@dataclass(frozen=True)
class Shard:
    """A share of a site: the spaces whose ids are in a range.

    Each space is in exactly one, also a space that is made later. So a shard can be read for ever
    with the same settings, and all of them together are the whole site.

    Attributes:
        space_id_from: Its lowest id, as in the setting; None in the first one.
        space_id_below: The lowest id beyond it; None in the last one.
        spaces: How many spaces are in it now.
        pages: About how many current pages these have.
    """

    space_id_from: int | None
    space_id_below: int | None
    spaces: int
    pages: int


@dataclass(frozen=True)
class _Part:
    """Spaces that follow each other by their ids, and about how many pages they have."""

    spaces: Spaces
    pages: int


def make_shards(tap: TapConfluence, most: int) -> list[Shard]:
    """Divide a site, or what the filters leave of it, into shares of about as many pages.

    Args:
        tap: With the settings.
        most: How many shards to make; fewer do where a single space outweighs the others.

    Returns:
        Them, in the order of the ids.

    Raises:
        ConfluenceError: The settings name a range already, the site cannot be read with them, or
            it does not count its pages.
    """
    if tap.run.filters.by_range:
        message = (
            "Leave out 'space_id_from' and 'space_id_below': they are what shards are made of."
        )
        raise SettingsError(message)
    spaces = sorted(tap.run.content_filter.spaces(), key=space_number)
    groups = _group(_weigh(tap, spaces, most), most)
    starts = [space_number(group[0].spaces[0]) for group in groups[1:]]
    return [
        Shard(first, end, sum(len(part.spaces) for part in group), sum(p.pages for p in group))
        for (first, end), group in zip(pairwise([None, *starts, None]), groups, strict=True)
    ]


def _weigh(tap: TapConfluence, spaces: Spaces, most: int) -> list[_Part]:
    """Count the pages of many spaces at once, and of fewer where there are many pages."""
    parts = _count(tap, in_chunks(spaces, MOST_KEYS))
    light = sum(part.pages for part in parts) / most / PARTS_OF_A_SHARD
    while heavy := [part for part in parts if part.pages > light and len(part.spaces) > 1]:
        halves = _count(tap, (half for part in heavy for half in _halves(part.spaces)))
        parts = [part for part in parts if part not in heavy] + halves
    return sorted(parts, key=lambda part: space_number(part.spaces[0]))


def _count(tap: TapConfluence, chunks: Iterable[Spaces]) -> list[_Part]:
    chunks = list(chunks)
    keys = ([str(space["key"]) for space in chunk] for chunk in chunks)
    queries = (f"type=page and {search.in_spaces(some)}" for some in keys)
    counts = search.counts(tap.run.reader, *queries, tag=TAG)
    if None in counts:
        message = "The site does not count its pages, by which shards are made."
        raise ConfluenceError(message)
    return [_Part(chunk, pages or 0) for chunk, pages in zip(chunks, counts, strict=True)]


def _halves(spaces: Spaces) -> tuple[Spaces, Spaces]:
    middle = len(spaces) // 2
    return spaces[:middle], spaces[middle:]


def _group(parts: Sequence[_Part], most: int) -> list[list[_Part]]:
    """Group what follows each other, so that the largest group is as small as can be."""
    sizes = range(max((part.pages for part in parts), default=0), sum(p.pages for p in parts) + 1)
    least = sizes[bisect_left(sizes, True, key=lambda size: len(_fill(parts, size)) <= most)]  # noqa: FBT003
    return _fill(parts, least)


def _fill(parts: Sequence[_Part], size: int) -> list[list[_Part]]:
    """Group what follows each other, each group up to a size."""
    groups: list[list[_Part]] = []
    room = 0
    for part in parts:
        if not groups or part.pages > room:
            groups.append([])
            room = size
        groups[-1].append(part)
        room -= part.pages
    return groups


def _invoke(config: ConfigInput, shards: int) -> None:
    made = make_shards(TapConfluence.from_files(config, None, None), shards)
    say(*json.dumps([asdict(shard) for shard in made], indent=2).splitlines())


def cli() -> None:
    """Run the command."""
    most = click.Option(
        ["--shards"],
        type=click.IntRange(min=1),
        required=True,
        help="How many to make at most.",
    )
    purpose = "Divide a large site into shards, by which it can be read on several machines."
    run_beside(TapConfluence, "tap-confluence-shards", _invoke, ["config", most], purpose)
