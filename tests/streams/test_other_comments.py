"""Comments on files and on custom content are read from the list of all comments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.demo_site import DemoSite, Wiki
from tests.demo_site.model import Attachment, CustomContent
from tests.running import run_tap, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

ON_FILES = "attachment_footer_comments"
ON_DIAGRAMS = "custom_content_footer_comments"
OTHERS = (ON_FILES, ON_DIAGRAMS)


@pytest.fixture(params=[True, False], ids=["replies in lists", "replies by comment"])
def site(request: pytest.FixtureRequest) -> Iterator[DemoSite]:
    with DemoSite(Wiki.seeded(pages=60, seed=5), replies_in_lists=request.param) as site:
        yield site


def test_all_are_there_with_their_replies(site: DemoSite) -> None:
    run = run_tap(settings_of(site), streams=OTHERS)

    assert run.exit_status == 0, run.complaints
    for stream in OTHERS:
        keys = run.keys(stream)
        assert set(keys) == site.truth()[stream]
        assert len(set(keys)) == len(keys)
        assert any(map(_is_reply, run.records[stream]))


def test_each_says_what_it_is_on(site: DemoSite) -> None:
    run = run_tap(settings_of(site), streams=OTHERS)

    for stream, field in ((ON_FILES, "attachmentId"), (ON_DIAGRAMS, "customContentId")):
        containers = {c.id: c.container.id for c in site.wiki.footer_comments}
        for row in run.records[stream]:
            assert row[field] == containers[row["id"]]
            assert row["body"]["storage"]["value"]


def test_a_new_reply_to_an_old_comment_is_found(site: DemoSite) -> None:
    before = run_tap(settings_of(site), streams=OTHERS)
    roots = {
        kind: next(c for c in site.wiki.footer_comments if isinstance(c.container, kind))
        for kind in (Attachment, CustomContent)
    }
    new = [site.wiki.add_footer_comment(parent_id=root.id) for root in roots.values()]

    after = run_tap(settings_of(site), before.state, streams=OTHERS)

    for stream, reply in zip(OTHERS, new, strict=True):
        assert (reply,) in after.keys(stream)
        assert len(after.records[stream]) < len(before.records[stream])
        assert set(before.keys(stream)) | set(after.keys(stream)) == site.truth()[stream]


def test_a_first_comment_on_a_file_is_found(site: DemoSite) -> None:
    before = run_tap(settings_of(site), streams=OTHERS)
    bare = next(a for a in site.wiki.attachments if not site.wiki.comments_on[a.num])
    new = site.wiki.add_footer_comment(content_id=bare.id)

    after = run_tap(settings_of(site), before.state, streams=OTHERS)

    assert (new,) in after.keys(ON_FILES)


def test_all_streams_of_comments_share_the_newest_page_of_the_list() -> None:
    with DemoSite(Wiki.seeded(pages=60, seed=5)) as site:
        names = ("page_footer_comments", "blog_post_footer_comments", *OTHERS)
        before = run_tap(settings_of(site), streams=names)
        asked = site.count("/api/v2/footer-comments")

        run_tap(settings_of(site), before.state, streams=names)

        assert site.count("/api/v2/footer-comments") - asked == 1


def test_the_inventory_has_them_too(site: DemoSite) -> None:
    run = run_tap(settings_of(site), streams=("content_inventory",))

    comments = {row["id"] for row in run.records["content_inventory"] if _is_comment(row)}
    truth = site.truth()
    assert {key for stream in OTHERS for (key,) in truth[stream]} <= comments


def _is_reply(row: dict[str, Any]) -> bool:
    return row.get("parentCommentId") is not None


def _is_comment(row: dict[str, Any]) -> bool:
    return bool(row["type"] == "footer-comment")
