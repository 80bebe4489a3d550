"""A date that is not true moves no bookmark past what has been read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.demo_site.clock import epoch_ms, iso
from tests.incremental.runs import ClockedSite, sync
from tests.running import only

if TYPE_CHECKING:
    from tests.demo_site import Wiki

STREAMS = (
    *("pages", "blog_posts", "page_footer_comments", "page_inline_comments", "attachments"),
    *("custom_content", "tasks"),
)
DAY_MS = 86_400_000
LAST_MOMENT = epoch_ms("9999-12-31T23:00:00Z")


def change_everything(wiki: Wiki) -> set[str]:
    """Change something of each stream, and return what."""
    page = next(page.id for page in wiki.pages if page.status == "current")
    return {
        *(wiki.add_page(), wiki.add_blog_post(), wiki.complete_task()),
        *(wiki.add_footer_comment(page), wiki.add_inline_comment(page)),
        *(wiki.add_attachment(page), wiki.add_custom_content(page_id=page)),
    }


def change_everything_in_the_future(wiki: Wiki, moment: int) -> set[str]:
    """Do the same under the date of a clock that is wrong."""
    now, wiki.now_ms, wiki.tick_ms = wiki.now_ms, moment, 1000
    changed = change_everything(wiki)
    wiki.now_ms, wiki.tick_ms = now, 600_000
    return changed


@pytest.mark.parametrize("replies_in_lists", [True, False])
@pytest.mark.parametrize("ahead", ["a day", "for ever"])
def test_rows_dated_in_the_future_hide_no_change(
    site: ClockedSite, ahead: str, *, replies_in_lists: bool
) -> None:
    site.replies_in_lists = replies_in_lists
    wiki = site.wiki
    moment = wiki.now_ms + DAY_MS if ahead == "a day" else LAST_MOMENT
    changed = change_everything_in_the_future(wiki, moment)
    state = None

    for _ in range(3):
        run = sync(site, state, only(*STREAMS))

        assert changed <= {row["id"] for stream in STREAMS for row in run.rows(stream)}
        assert all("" < (run.bookmark(s) or "") <= wiki.now for s in STREAMS), run.state
        changed, state = change_everything(wiki), run.state


def test_rows_dated_in_the_future_cost_no_more_than_themselves(site: ClockedSite) -> None:
    change_everything_in_the_future(site.wiki, LAST_MOMENT)
    first = sync(site, catalog=only(*STREAMS))
    second = sync(site, first.state, only(*STREAMS))

    # Each, and what the overlap brings up again.
    assert all(len(second.rows(stream)) <= 2 for stream in STREAMS)
    assert second.cost < first.cost + len(STREAMS)


def test_a_bookmark_is_always_the_date_of_something_that_was_read(site: ClockedSite) -> None:
    change_everything_in_the_future(site.wiki, LAST_MOMENT)

    run = sync(site, catalog=only(*STREAMS))

    for stream in STREAMS:
        assert run.bookmark(stream) in {row["modifiedAt"] for row in run.rows(stream)}
    assert iso(LAST_MOMENT)[:4] not in str(run.state)
