"""What a run costs where a list of the whole site holds little that is wanted, or nothing."""

from __future__ import annotations

import pytest

from tests.demo_site import Wiki
from tests.incremental.runs import ClockedSite, sync
from tests.running import only

PAGE_SIZE = 10
COMMENTS = "page_footer_comments"
FOOTER_COMMENTS = "/api/v2/footer-comments"
ATTACHMENTS = "/api/v2/attachments"


def wiki_with(*, quiet: str, busy: str) -> Wiki:
    """Make a wiki of a quiet space, and of a busy one that people have written in since."""
    wiki = Wiki(seed=1)
    wiki.tick_ms = 60_000
    for key in (quiet, busy):
        wiki.add_space(key)
        page = wiki.add_page(key)
        for _ in range(6 * PAGE_SIZE if key == busy else 1):
            comment = wiki.add_footer_comment(page)
            wiki.add_attachment(page)
        wiki.add_footer_comment(parent_id=comment)
    return wiki


@pytest.mark.parametrize("stream", ["attachment_footer_comments", "custom_content_footer_comments"])
def test_a_stream_without_rows_is_not_read_from_the_beginning_again(stream: str) -> None:
    with ClockedSite(wiki_with(quiet="QUIET", busy="BUSY")) as site:
        first = sync(site, None, only(stream), page_size=PAGE_SIZE)
        second = sync(site, first.state, only(stream), page_size=PAGE_SIZE)

    assert len(first.asked(FOOTER_COMMENTS)) > 1
    assert len(second.asked(FOOTER_COMMENTS)) == 1
    assert second.rows(stream) == []


def test_a_quiet_space_is_not_looked_for_among_old_changes_of_others() -> None:
    streams = only(COMMENTS, "attachments")
    with ClockedSite(wiki_with(quiet="QUIET", busy="BUSY")) as site:
        settings = {"page_size": PAGE_SIZE, "space_keys": ["QUIET"]}
        first = sync(site, None, streams, **settings)
        second = sync(site, first.state, streams, **settings)

    assert len(second.asked(FOOTER_COMMENTS)) == 1
    # One for what changed, one for what is in the trash.
    assert len(second.asked(ATTACHMENTS)) == 2


def test_what_is_written_in_a_quiet_space_later_still_comes() -> None:
    streams = only(COMMENTS, "attachments")
    with ClockedSite(wiki_with(quiet="QUIET", busy="BUSY")) as site:
        settings = {"page_size": PAGE_SIZE, "space_keys": ["QUIET"]}
        page = next(page.id for page in site.wiki.pages)
        first = sync(site, None, streams, **settings)
        comment, file = site.wiki.add_footer_comment(page), site.wiki.add_attachment(page)
        second = sync(site, first.state, streams, **settings)

    assert {comment} <= second.ids(COMMENTS)
    assert {file} <= second.ids("attachments")
