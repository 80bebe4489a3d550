"""Which stream the report says requests were sent for: the one that needs what they ask for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.datacenter import runs as datacenter
from tests.datacenter.runs import ClockedDataCenter
from tests.demo_site import Wiki
from tests.incremental.runs import ClockedSite, sync
from tests.running import only

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.running import Run

LINE = re.compile(r"INFO \| tap-confluence \| ([^:|]+): .*?(\d+) requests \(")
SHARED = {"sign-in", "spaces", "filters", "In all"}
"""What a run asks for once, whichever streams need it."""

LISTS_OF_A_LATER_RUN = 2
"""What changed, and what is in the trash."""


def requests(run: Run) -> dict[str, int]:
    """How many requests the report tells of each stream, and of what was needed besides."""
    return {told[1]: int(told[2]) for line in run.log if (told := LINE.match(line))}


@pytest.fixture(scope="module")
def cloud() -> Iterator[ClockedSite]:
    with ClockedSite(Wiki.plain(pages=24)) as site:
        yield site


@pytest.fixture(scope="module")
def data_center() -> Iterator[ClockedDataCenter]:
    with ClockedDataCenter(Wiki.plain(pages=24)) as site:
        yield site


@pytest.mark.parametrize(
    "stream",
    [
        *("page_labels", "blog_post_labels", "attachment_labels", "custom_content_labels"),
        *("page_likes", "blog_post_likes", "footer_comment_likes", "inline_comment_likes"),
        *("page_watchers", "page_views", "blog_post_views", "content_states", "content_inventory"),
        *("page_classification_levels", "page_restrictions", "child_pages"),
    ],
)
def test_a_stream_that_reads_the_list_of_another_bears_the_cost(
    cloud: ClockedSite, stream: str
) -> None:
    told = requests(sync(cloud, catalog=only(stream)))

    # The types of custom content are asked for once, for all that needs them.
    assert told.keys() - SHARED - {"custom_content"} == {stream}
    assert told.get("custom_content", 0) <= 1


@pytest.mark.parametrize(
    "stream", ["page_labels", "page_restrictions", "page_watchers", "content_inventory"]
)
def test_so_does_one_of_data_center(data_center: ClockedDataCenter, stream: str) -> None:
    told = requests(datacenter.sync(data_center, catalog=datacenter.only(stream)))

    assert told.keys() - SHARED == {stream}


@pytest.mark.parametrize("kind", ["attachment", "blog_post"])
def test_where_nothing_is_new_labels_do_not_count_as_reading_their_carriers(
    cloud: ClockedSite, kind: str
) -> None:
    catalog = only(f"{kind}s", f"{kind}_labels")
    first = sync(cloud, catalog=catalog)

    told = requests(sync(cloud, first.state, catalog))

    assert told[f"{kind}s"] == LISTS_OF_A_LATER_RUN
    assert told.keys() - SHARED == {f"{kind}s", f"{kind}_labels"}
    assert sum(told.values()) == 2 * told["In all"]
