"""The demo wiki has every awkward case, and its truth follows every change."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections import Counter
from typing import Any

import pytest

from tests.demo_site import Wiki
from tests.demo_site.control import CHANGES
from tests.demo_site.paging import Order


@pytest.fixture
def wiki() -> Wiki:
    return Wiki.seeded(90)


def test_a_plain_wiki_has_something_of_everything_and_little_of_each() -> None:
    plain, awkward = Wiki.plain(12).truth(), Wiki.seeded(12).truth()

    assert plain.keys() == awkward.keys()
    assert all(plain.values())
    assert 2 * sum(map(len, plain.values())) < sum(map(len, awkward.values()))


def test_seeding_is_the_same_in_every_process() -> None:
    script = "from tests.test_demo_site_wiki import digest; print(digest())"
    command = [sys.executable, "-c", script]
    told = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    assert told.stdout.strip() == digest()


def digest() -> str:
    wiki = Wiki.seeded(60, 4)
    keys = sorted((stream, sorted(keys)) for stream, keys in wiki.truth().items())
    pages = [(page.id, page.title, page.times) for page in wiki.pages]
    return hashlib.sha256(repr((keys, pages)).encode()).hexdigest()


def test_seeds_and_sizes_differ() -> None:
    assert Wiki.seeded(60, 1).truth() == Wiki.seeded(60, 1).truth()
    assert Wiki.seeded(60, 1).truth() != Wiki.seeded(60, 2).truth()
    assert len(Wiki.seeded(1_000).pages) == 1_000


@pytest.mark.parametrize("pages", [60, 300, 2_000])
def test_every_awkward_case_is_there(pages: int) -> None:
    wiki = Wiki.seeded(pages)
    versions = [page.version for page in wiki.pages]
    assert {320, 50, 51} <= set(versions)
    assert max(len(page.labels) for page in wiki.pages) > 60
    assert max(len(page.properties) for page in wiki.pages) == 55
    assert max(len(post.labels) for post in wiki.blog_posts) > 50
    assert max(file.version for file in wiki.attachments) == 260
    assert max(len(file.labels) for file in wiki.attachments) == 55
    assert max(len(file.properties) for file in wiki.attachments) == 60
    assert {file.status for file in wiki.attachments} >= {"current"}
    assert max(len(space.permissions) for space in wiki.spaces) == 70
    assert max(len(space.labels) for space in wiki.spaces) == 60
    assert max(len(space.properties) for space in wiki.spaces) == 60
    assert {page.status for page in wiki.pages} == {"current", "archived", "trashed"}
    assert {page.parent_type for page in wiki.pages} == {
        *(None, "page", "folder", "whiteboard", "database"),
    }
    assert max(len(page.title) for page in wiki.pages) > 200
    assert any('"' in page.title for page in wiki.pages)
    assert any(not page.title.isascii() for page in wiki.pages)
    assert wiki.empty_bodies
    assert {comment.resolution for comment in wiki.inline_comments} == {
        *("open", "reopened", "resolved", "dangling"),
    }
    ties = Counter(page.modified for page in wiki.pages)
    assert max(ties.values()) > 1
    assert any(page.created % 1000 == 0 for page in wiki.pages)
    assert any(comment.parent and comment.parent.parent for comment in wiki.footer_comments)
    assert {type(prop.value) for page in wiki.pages for prop in page.properties} == {
        *(str, int, float, bool, type(None), list, dict),
    }


def test_a_wiki_too_small_for_the_awkward_cases_is_refused() -> None:
    assert len(Wiki.seeded(12).pages) == 12
    with pytest.raises(ValueError, match="at least 12"):
        Wiki.seeded(11)


def test_trashed_pages_have_no_place(wiki: Wiki) -> None:
    trashed = [page for page in wiki.pages if page.status == "trashed"]
    assert trashed
    assert {(page.parent, page.parent_type, page.position) for page in trashed} == {
        (None, None, None)
    }


def test_parents_exist_in_the_same_space(wiki: Wiki) -> None:
    for page in wiki.pages:
        if page.parent_type == "page":
            assert page.parent is not None
            assert wiki.pages[page.parent].space == page.space


def test_times_of_versions_never_go_back(wiki: Wiki) -> None:
    for collection in wiki.contents():
        for content in collection:
            assert content.created <= content.times[0]
            assert list(content.times) == sorted(content.times)


@pytest.mark.parametrize(
    ("change", "args", "stream"),
    [
        ("add_page", {}, "pages"),
        ("add_blog_post", {}, "blog_posts"),
        ("add_footer_comment", {}, "page_footer_comments"),
        ("add_inline_comment", {}, "page_inline_comments"),
        ("add_attachment", {}, "attachments"),
        ("add_task", {}, "tasks"),
        ("add_custom_content", {"type": "forge:made-up"}, "custom_content"),
        ("add_group", {}, "groups"),
    ],
)
def test_what_is_added_becomes_true(
    wiki: Wiki, change: str, args: dict[str, Any], stream: str
) -> None:
    before = wiki.truth()[stream]
    made = getattr(wiki, change)(**args)
    assert wiki.truth()[stream] - before == {(made,)}


@pytest.mark.parametrize(
    ("change", "stream"),
    [
        ("purge_page", "pages"),
        ("purge_blog_post", "blog_posts"),
        ("purge_attachment", "attachments"),
        ("remove_group", "groups"),
    ],
)
def test_what_is_purged_is_no_longer_true(wiki: Wiki, change: str, stream: str) -> None:
    before = wiki.truth()[stream]
    gone = getattr(wiki, change)()
    assert before - wiki.truth()[stream] == {(gone,)}


@pytest.mark.parametrize(
    ("change", "stream"),
    [
        ("edit_page", "page_versions"),
        ("edit_blog_post", "blog_post_versions"),
        ("edit_attachment", "attachment_versions"),
    ],
)
def test_an_edit_makes_a_version_at_the_time_of_the_clock(
    wiki: Wiki, change: str, stream: str
) -> None:
    before = wiki.truth()[stream]
    edited = getattr(wiki, change)()
    ((id_, number),) = wiki.truth()[stream] - before
    content = wiki.content(edited)
    assert (id_, number) == (edited, content.version)
    assert content.modified == wiki.now_ms


def test_a_purge_takes_everything_on_the_page_along(wiki: Wiki) -> None:
    page = next(
        page
        for page in wiki.pages
        if wiki.comments_on[page.num] and wiki.attachments_of[page.num] and page.labels
    )
    wiki.add_task(page.id)
    wiki.add_custom_content(page_id=page.id)
    wiki.purge_page(page.id)
    truth = wiki.truth()
    for stream in ("page_labels", "page_versions", "page_content_properties", "child_pages"):
        assert page.id not in {key[0] for key in truth[stream]}
    for collection in (wiki.footer_comments, wiki.inline_comments, wiki.attachments):
        assert not any(content.container is page for content in collection)
    assert not any(task.container is page for task in wiki.tasks)
    assert all(page.num not in nums for nums in wiki.labelled.values())


@pytest.mark.parametrize("bump", [False, True])
def test_trashing_may_move_the_date_or_not(wiki: Wiki, *, bump: bool) -> None:
    page = wiki.pages[int(wiki.edit_page())]
    child = wiki.pages[int(wiki.add_page(parent_id=page.id))]
    before, parent = page.modified, page.parent
    wiki.trash_page(page.id, bump=bump)
    assert page.status == "trashed"
    assert (page.modified > before) == bump
    assert child.parent == parent
    wiki.restore_page(page.id)
    assert (page.status, page.parent) == ("current", parent)


def test_what_is_archived_may_come_back_as_it_was(wiki: Wiki) -> None:
    page = wiki.pages[int(wiki.archive_page())]
    before, parent = page.modified, page.parent
    assert page.status == "archived"
    wiki.unarchive_page(page.id)
    assert (page.status, page.modified, page.parent) == ("current", before, parent)


def test_a_page_that_moves_takes_along_what_is_below_it_and_on_it(wiki: Wiki) -> None:
    wiki.add_space("FAR")
    far = wiki.pages[int(wiki.add_page("FAR"))]
    page = wiki.pages[int(wiki.add_page())]
    below = wiki.pages[int(wiki.add_page(parent_id=page.id))]
    wiki.add_footer_comment(parent_id=wiki.add_footer_comment(below.id))
    wiki.add_attachment(below.id)
    before = page.modified, below.modified
    wiki.move_page(page.id, far.id)
    assert (page.parent, below.parent) == (far.num, page.num)
    assert (page.modified, below.modified) == before
    moved = [page, below, *wiki.comments_on[below.num], *wiki.attachments_of[below.num]]
    assert [content.space for content in moved] == [far.space] * 5


def test_what_is_restored_where_its_parent_is_no_more_is_at_the_top(wiki: Wiki) -> None:
    wiki.add_space("FAR")
    above = wiki.add_page("FAR")
    page = wiki.pages[int(wiki.add_page(parent_id=above))]
    wiki.trash_page(page.id)
    wiki.move_page(above, next(p.id for p in wiki.pages if p.space != page.space))
    wiki.restore_page(page.id)
    assert (page.parent, page.parent_type) == (None, None)


def test_a_deleted_space_takes_everything_in_it_along(wiki: Wiki) -> None:
    space = next(s for s in wiki.spaces if s.homepage)
    assert wiki.in_space(space)
    wiki.delete_space(space.key)
    assert not wiki.in_space(space)
    assert (str(space.num),) not in wiki.truth()["spaces"]


def test_a_hidden_space_comes_back_with_what_is_in_it(wiki: Wiki) -> None:
    space = next(s for s in wiki.spaces if s.homepage)
    before = wiki.truth()
    wiki.hide_space(space.key)
    hidden = wiki.truth()
    edited = wiki.edit_hidden_page(space.key)
    wiki.show_space(space.key)
    after = wiki.truth()
    streams = ("pages", "page_footer_comments", "attachments", "tasks", "page_labels", "spaces")
    for stream in streams:
        assert hidden[stream] < before[stream] == after[stream], stream
    assert after["page_versions"] - before["page_versions"] == {
        (edited, wiki.content(edited).version)
    }


def test_no_two_tasks_have_a_number_though_one_was_out_of_sight(wiki: Wiki) -> None:
    wiki.add_page(wiki.add_space("OPS"))
    hidden_page = wiki.add_page("OPS")
    hidden = wiki.add_task(hidden_page)
    wiki.hide_space("OPS")
    purged = wiki.add_task()
    assert purged != hidden
    wiki.purge_page(wiki.tasks[int(purged)].container.id)
    wiki.show_space("OPS")
    assert wiki.add_task() not in {hidden, purged}

    wiki.purge_page(hidden_page)

    numbers = [task.num for task in wiki.tasks.walk(Order("id"), None)]
    assert numbers == sorted(task.num for task in wiki.tasks)
    assert int(hidden) not in numbers


def test_what_has_a_number_of_another_one_is_refused(wiki: Wiki) -> None:
    with pytest.raises(ValueError, match="already"):
        wiki.tasks.add(next(iter(wiki.tasks)))


def test_what_is_restored_where_its_parent_is_in_the_trash_is_at_the_top(wiki: Wiki) -> None:
    above = wiki.add_page(wiki.add_space("FAR"))
    below = wiki.add_page(parent_id=above)
    wiki.trash_page(below)
    wiki.trash_page(above)

    assert wiki.pages[int(wiki.restore_page(below))].parent is None


def test_the_order_of_pages_and_what_is_resolved_make_no_version(wiki: Wiki) -> None:
    page = wiki.content(wiki.add_page())
    comment = wiki.inline_comments[int(wiki.add_inline_comment(page.id))]
    wiki.reorder_page(page.id)
    wiki.resolve_comment(comment.id)
    assert (page.version, comment.version) == (1, 1)
    assert (comment.resolution, comment.resolved_at) == ("resolved", wiki.now_ms)


def test_deleting_a_comment_deletes_its_replies(wiki: Wiki) -> None:
    root = wiki.add_footer_comment()
    reply = wiki.add_footer_comment(parent_id=root)
    wiki.add_footer_comment(parent_id=reply)
    before = wiki.truth()["page_footer_comments"]
    wiki.delete_comment(root)
    assert len(before - wiki.truth()["page_footer_comments"]) == 3


def test_labels_and_properties_make_no_version(wiki: Wiki) -> None:
    page = wiki.pages[int(wiki.add_page())]
    label = wiki.add_label(page.id, "brand-new")
    prop = wiki.set_property(page.id, "k", [1])
    assert wiki.set_property(page.id, "k", {"a": None}) == prop
    assert page.version == 1
    assert (page.id, label) in wiki.truth()["page_labels"]
    assert (page.id, prop) in wiki.truth()["page_content_properties"]
    wiki.remove_label(page.id, "brand-new")
    assert (page.id, label) not in wiki.truth()["page_labels"]


def test_completing_a_task_sets_its_dates(wiki: Wiki) -> None:
    task = wiki.tasks[int(wiki.complete_task())]
    assert task.status == "complete"
    assert task.completed == task.updated == wiki.now_ms
    assert task.completed_by


def test_the_clock_moves_with_each_change_and_can_be_set(wiki: Wiki) -> None:
    assert wiki.now == "2026-07-01T00:00:00.000Z"
    wiki.edit_page()
    assert wiki.now == "2026-07-01T00:00:03.217Z"
    wiki.now = "2026-08-01T12:00:00Z"
    assert wiki.now == "2026-08-01T12:00:00.000Z"


def test_every_change_can_choose_for_itself(wiki: Wiki) -> None:
    needs = {"add_label", "remove_label", "set_property", "set_body"}
    wiki.add_page(wiki.add_space("HIDDEN"))
    wiki.hide_space("HIDDEN")
    # There is nothing left to choose in a space that is not there.
    last = ["delete_space", "hide_space"]
    for name in [*sorted(CHANGES - needs - {*last}), *last]:
        result = getattr(wiki, name)()
        assert isinstance(result, str), name
    assert {"edit_page", "restore_page", "purge_page", "add_task"} <= CHANGES
