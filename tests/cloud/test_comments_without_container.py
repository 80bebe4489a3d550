"""A comment of which the site does not say what it is on is named, and holds up nothing."""

from __future__ import annotations

import pytest

from tests.demo_site import DemoSite, Wiki
from tests.demo_site.model import Page
from tests.running import run_tap, settings_of

STREAMS = ("page_footer_comments", "blog_post_footer_comments")


@pytest.mark.parametrize("replies_in_lists", [True, False])
def test_it_is_named_and_nothing_is_taken_for_gone(*, replies_in_lists: bool) -> None:
    wiki = Wiki.seeded(pages=20, seed=5)
    with DemoSite(wiki, replies_in_lists=replies_in_lists) as site:
        truth = site.truth()
        orphan = next(
            comment.id
            for comment in wiki.footer_comments
            if isinstance(comment.container, Page)
            and (comment.id,) in truth["page_footer_comments"]
            and not any(each.parent is comment for each in wiki.footer_comments)
            and comment.parent is None
        )
        site.faults.orphans = {orphan}

        run = run_tap(settings_of(site), streams=STREAMS)

    assert run.exit_status == 0, run.stderr
    [said] = [line for line in run.log if "WARNING" in line and f"Skipping {orphan}" in line]
    assert "does not say what it is on" in said
    assert set(run.keys("page_footer_comments")) == truth["page_footer_comments"] - {(orphan,)}
    assert set(run.keys("blog_post_footer_comments")) == truth["blog_post_footer_comments"]
    assert "page_footer_comments" not in run.activated
