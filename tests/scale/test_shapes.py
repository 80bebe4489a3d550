"""Odd sizes: all comes as the site has it, for the requests of the formula, and little is held."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.demo_site import DataCenterSite, DemoSite
from tests.scale import shapes
from tests.scale.formula import requests_by_formula
from tests.scale.measured import measure

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tests.demo_site import Wiki
    from tests.scale.measured import Measured

pytestmark = pytest.mark.proof

CLOUD, DATA_CENTER = DemoSite, DataCenterSite
CLOUD_WITHOUT_REPLIES = partial(DemoSite, replies_in_lists=False)

MOST_MB = 100
"""What a run may hold of any of these sites: a run of a small one holds 65 MB."""

MOST_OPEN = 24
"""Files and connections: 8 requests are in flight."""

NOT_OF_LISTS = {"sign-in", "progress", "In all"}
"""What the report tells of apart from the requests of streams."""

PAGES = ("pages", "content_inventory")
FILES = ("attachments", "content_inventory")
VERSIONS = ("pages", "page_versions", "blog_post_versions", "attachment_versions")
GROUPS = ("groups", "group_members")
LABELS = ("labels", "page_labels")
TREE = ("pages", "child_pages")
RESTRICTIONS = ("page_restrictions", "blog_post_restrictions")
SPACES = ("spaces", "space_labels", "space_permissions", "content_inventory")
COMMENTS = ("page_footer_comments", "page_inline_comments", "content_inventory")


@dataclass(frozen=True)
class Shape:
    """An odd size.

    Attributes:
        plant: Makes a wiki with so much of it.
        size: How much.
        deployment: What the wiki is served by.
        streams: What is read.
        beyond: The requests beyond those of the formula, by size: for what has more than one
            answer holds.
        about: How many more or less these may be.
        grows: The memory that may come on top of what a tenth takes, in MB.
    """

    plant: Callable[[int], Wiki]
    size: int
    deployment: Callable[[Wiki], DemoSite | DataCenterSite]
    streams: Sequence[str]
    beyond: Callable[[int], int] = lambda _: 0
    about: int = 0
    grows: float = 12


def up(number: int, by: int) -> int:
    """Divide, and round up."""
    return -(-number // by)


def of_principals(size: int) -> int:
    """Of a page and a blog post that name more people than come along: of each operation."""
    return 2 * (1 + 2 * (1 + size // 100)) if size > 200 else 0


SHAPES = {
    "comments, Cloud": Shape(shapes.comments, 20_000, CLOUD, COMMENTS),
    "comments, Data Center": Shape(shapes.comments, 20_000, DATA_CENTER, COMMENTS),
    "files, Cloud": Shape(shapes.files, 100_000, CLOUD, FILES, grows=25),
    # Both read the list of its files, 200 at a time, of which one stands on the page before.
    "files, Data Center": Shape(
        shapes.files, 100_000, DATA_CENTER, FILES, lambda size: 2 * (1 + size // 199), grows=25
    ),
    "versions, Cloud": Shape(
        shapes.versions, 3_000, CLOUD, VERSIONS, lambda size: 3 * up(size - 50, 250), grows=15
    ),
    "versions, Data Center": Shape(
        shapes.versions,
        3_000,
        DATA_CENTER,
        VERSIONS,
        lambda size: 3 * ((size - 1) // 499),
        grows=15,
    ),
    "groups, Cloud": Shape(shapes.groups, 2_000, CLOUD, GROUPS),
    # One of the small wiki has a slash in its name, so that nobody answers for it.
    "groups, Data Center": Shape(shapes.groups, 2_000, DATA_CENTER, GROUPS, lambda _: -1),
    "labels, Cloud": Shape(shapes.labels, 6_000, CLOUD, LABELS, lambda _: 3, grows=8),
    "labels, Data Center": Shape(shapes.labels, 6_000, DATA_CENTER, LABELS, lambda _: 1, grows=8),
    "a tree, Cloud": Shape(
        shapes.deep_tree, 60, CLOUD, (*TREE, "folders"), lambda size: 5 + 2 * (size // 10), grows=8
    ),
    "a tree, Data Center": Shape(shapes.deep_tree, 60, DATA_CENTER, TREE, grows=8),
    "a restriction, Cloud": Shape(
        shapes.restriction, 300, CLOUD, RESTRICTIONS, of_principals, grows=6
    ),
    "a restriction, Data Center": Shape(
        shapes.restriction, 300, DATA_CENTER, RESTRICTIONS, of_principals, grows=6
    ),
    "no replies in a list": Shape(
        shapes.comments_without_replies,
        20_000,
        CLOUD_WITHOUT_REPLIES,
        ("page_footer_comments", "content_inventory"),
        # Each comment is asked, as are those of the small wiki, and searched for once.
        lambda size: size,
        about=30,
    ),
    "spaces, Cloud": Shape(shapes.spaces, 1_500, CLOUD, SPACES, grows=8),
    "spaces, Data Center": Shape(shapes.spaces, 1_500, DATA_CENTER, SPACES, grows=10),
    # What the inventory has read is kept for others, compressed, in at most 32 MB.
    "pages, Cloud": Shape(shapes.pages, 200_000, CLOUD, PAGES, grows=32),
    "pages, Data Center": Shape(shapes.pages, 200_000, DATA_CENTER, PAGES, grows=32),
}


@pytest.mark.parametrize("name", SHAPES)
def test_all_of_it_comes_for_the_requests_of_the_formula_in_flat_memory(
    name: str, tmp_path: Path
) -> None:
    shape = SHAPES[name]

    tenth = measured(shape, shape.size // 10, tmp_path)
    whole = measured(shape, shape.size, tmp_path)

    told(name, shape, tenth, whole)
    assert max(tenth.cost.open_files, whole.cost.open_files) <= MOST_OPEN
    assert whole.cost.peak_mb <= MOST_MB
    assert whole.cost.peak_mb - tenth.cost.peak_mb <= shape.grows


def measured(shape: Shape, size: int, folder: Path) -> Measured:
    """Read a site of some size, which has to bring all, for the requests that the formula tells."""
    with shape.deployment(shape.plant(size)) as site:
        found = measure(site, folder, shape.streams)
        formula = sum(requests_by_formula(site, shape.streams).values())
    assert found.wrong == []
    assert "ERROR" not in found.log
    assert found.answered == found.requests["In all"]
    of_lists = sum(n for name, n in found.requests.items() if name not in NOT_OF_LISTS)
    assert abs(of_lists - formula - shape.beyond(size)) <= shape.about
    return found


def told(name: str, shape: Shape, tenth: Measured, whole: Measured) -> None:
    """Print the row of the table in docs/benchmarks.md."""
    peaks = f"{tenth.cost.peak_mb:.0f} | {whole.cost.peak_mb:.0f}"
    figures = f"{whole.rows:,} | {whole.answered:,} | {peaks} | {whole.cost.open_files}"
    print(f"| {name} | {shape.size:,} | {figures} |")  # noqa: T201 - what the documents show


@pytest.mark.parametrize("plant", [shapes.comments, shapes.files], ids=["comments", "files"])
def test_what_is_on_a_page_that_comes_into_the_archive_is_read_in_little_memory(
    plant: Callable[[int], Wiki], tmp_path: Path
) -> None:
    streams = ("page_footer_comments", "attachments")
    peaks = []
    for size in (2_000, 20_000):
        wiki = plant(size)
        page = shapes.shown_page(wiki)
        with DataCenterSite(wiki) as site:
            first = measure(site, tmp_path, streams)
            wiki.archive_page(page.id)
            second = measure(site, tmp_path, streams, first.state)
        assert first.wrong == second.wrong == []
        assert second.rows >= size // 2, "it is read from there"
        peaks.append(second.cost.peak_mb)

    tenth, whole = peaks
    print(f"in the archive: {tenth:.0f} MB, {whole:.0f} MB")  # noqa: T201 - as above
    assert whole - tenth <= 20
