"""What comments and files are on, also where the site does not say so at once, or by another id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.datacenter.runs import ClockedDataCenter, only, sync, truth_of
from tests.demo_site.model import Page
from tests.incremental.small_wiki import small_wiki

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.demo_site.model import Content

COMMENTS = (
    "page_footer_comments",
    "page_inline_comments",
    "blog_post_footer_comments",
    "blog_post_inline_comments",
    "attachment_footer_comments",
)
ATTACHMENTS = (
    "attachments",
    "attachment_labels",
    "attachment_versions",
    "attachment_content_properties",
    "attachment_footer_comments",
)


@pytest.fixture(params=["9.2.1", "7.19.0"])
def site(request: pytest.FixtureRequest) -> Iterator[ClockedDataCenter]:
    """A site that scans comments, and an old one that is asked for them page by page."""
    with ClockedDataCenter(small_wiki(), version=request.param) as site:
        yield site


def comments_of(site: ClockedDataCenter) -> list[Content]:
    """All comments that are on what has not been put away."""
    on_site = (*site.wiki.footer_comments, *site.wiki.inline_comments)
    return [c for c in on_site if isinstance(c.container, Page) and c.container.status == "current"]


def expected(site: ClockedDataCenter, *streams: str) -> dict[str, Any]:
    truth = truth_of(site)
    if site.version < "8":
        # Old sites list no comments on files.
        truth["attachment_footer_comments"] = set()
    return {stream: truth[stream] for stream in streams}


def test_a_comment_whose_container_is_null_in_lists_is_asked_for(site: ClockedDataCenter) -> None:
    untold = {comment.id for comment in comments_of(site)[:4]}
    site.faults.untold_containers = untold

    run = sync(site, catalog=only(*COMMENTS))

    assert run.exit_status == 0, run.stderr
    for stream, keys in expected(site, *COMMENTS).items():
        assert set(run.keys(stream)) == keys, stream
        assert all(row.get("pageId") or "page" not in stream for row in run.rows(stream))


def test_so_is_one_that_a_search_finds(site: ClockedDataCenter) -> None:
    first = sync(site, catalog=only(*COMMENTS))
    comment = comments_of(site)[0]
    site.wiki.edit_comment(comment.id)
    site.faults.untold_containers = {comment.id}

    second = sync(site, first.state, only(*COMMENTS))

    [row] = [r for stream in COMMENTS for r in second.rows(stream) if r["id"] == comment.id]
    assert row["pageId"] == comment.container.id  # type: ignore[attr-defined]


@pytest.mark.parametrize("filters", [{}, {"space_types": ["global", "personal"]}])
def test_one_that_nobody_tells_of_is_named_and_nothing_is_taken_for_gone(
    filters: dict[str, Any],
) -> None:
    with ClockedDataCenter(small_wiki()) as site:
        orphan = comments_of(site)[0].id
        site.faults.orphans = {orphan}

        run = sync(site, catalog=only(*COMMENTS), **filters)

        assert run.exit_status == 0, run.stderr
        [said] = [line for line in run.stderr.splitlines() if "WARNING" in line and orphan in line]
        assert "does not say what it is on" in said
        found = {row["id"] for stream in COMMENTS for row in run.rows(stream)}
        truth = {key for keys in expected(site, *COMMENTS).values() for (key,) in keys}
        assert found == truth - {orphan}
        assert not run.activated & set(COMMENTS)


def test_one_that_the_site_no_longer_has_holds_up_nothing() -> None:
    with ClockedDataCenter(small_wiki()) as site:
        site.faults.orphans = {comments_of(site)[0].id}
        site.faults.forbid(f"/rest/api/content/{comments_of(site)[0].id}", 404)

        run = sync(site, catalog=only(*COMMENTS))

        assert run.exit_status == 0, run.stderr
        assert "does not say what it is on" in run.stderr


def test_a_changed_file_whose_container_is_null_says_what_it_is_on() -> None:
    with ClockedDataCenter(small_wiki()) as site:
        first = sync(site, catalog=only("attachments"))
        page = next(p for p in site.wiki.pages if p.status == "current")
        file = site.wiki.add_attachment(page.id)
        site.faults.untold_containers = {file}

        second = sync(site, first.state, only("attachments"))

        [row] = [row for row in second.rows("attachments") if row["id"] == file]
        assert row["pageId"] == page.id


def test_an_attachment_is_asked_for_by_the_id_that_it_has() -> None:
    with ClockedDataCenter(small_wiki()) as site:
        site.faults.bare_attachment_ids = True
        for file in site.wiki.attachments:
            site.wiki.add_label(file.id, "scanned")
            site.wiki.set_property(file.id, "checked", {"by": "a machine"})

        first = sync(site, catalog=only(*ATTACHMENTS))
        changed = site.wiki.edit_attachment(first.rows("attachments")[0]["id"])
        second = sync(site, first.state, only(*ATTACHMENTS))

        assert (first.exit_status, second.exit_status) == (0, 0), first.stderr
        truth = truth_of(site)
        for stream in ATTACHMENTS:
            assert first.keys(stream) or stream == "attachment_footer_comments", stream
            assert set(first.keys(stream)) | set(second.keys(stream)) == truth[stream], stream
        assert second.ids("attachments") == {changed}
        assert "Skipping" not in "".join(
            line for line in first.stderr.splitlines() if "WARNING" in line
        )
