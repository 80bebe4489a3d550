"""A stream is read whole where something undated has happened, though not too often."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.demo_site.model import Page
from tests.reconciliation.tables import AT_ONCE

if TYPE_CHECKING:
    from tests.reconciliation.tables import Tables


def test_days_of_edits_read_nothing_whole(tables: Tables) -> None:
    content = ("pages", "blog_posts", "attachments", "page_footer_comments", "tasks")
    tables.sync(*content, **AT_ONCE)
    wiki = tables.wiki
    for _ in range(5):
        tables.pass_hours(24)
        page = wiki.edit_page(wiki.add_page())
        wiki.add_footer_comment(page)
        wiki.edit_attachment(wiki.add_attachment(page))
        wiki.add_task(wiki.edit_page(page))
        wiki.edit_blog_post()

        run = tables.sync(*content, **AT_ONCE)

        assert run.activated == {"content_inventory"}
    assert not tables.wrong(content)


def test_it_is_not_read_whole_twice_within_the_interval(tables: Tables) -> None:
    tables.sync("pages")
    tables.wiki.purge_page()
    tables.pass_hours(20)
    assert "pages" not in tables.sync("pages").activated
    assert tables.entry("pages")["isDue"]

    tables.pass_hours(4)

    assert "pages" in tables.sync("pages").activated
    assert "isDue" not in tables.entry("pages")
    assert not tables.wrong(["pages"])


@pytest.mark.parametrize(("hours", "is_read"), [(22.4, False), (22.99, True), (23.5, True)])
def test_a_daily_job_may_begin_a_little_early(
    tables: Tables, hours: float, *, is_read: bool
) -> None:
    tables.sync("pages")
    tables.wiki.purge_page()
    tables.pass_hours(hours)

    assert ("pages" in tables.sync("pages").activated) is is_read


@pytest.mark.parametrize(
    ("interval", "hours", "is_read"),
    [(24, 6 * 24, False), (24, 7 * 24, True), (0, 6 * 24, False), (0, 7 * 24, True), (2, 14, True)],
)
def test_after_seven_intervals_it_is_read_whole_without_any_evidence(
    tables: Tables, interval: int, hours: int, *, is_read: bool
) -> None:
    tables.sync("pages", reconcile_interval_hours=interval)
    tables.pass_hours(hours)

    run = tables.sync("pages", reconcile_interval_hours=interval)

    assert ("pages" in run.activated) is is_read


def test_what_is_made_and_purged_between_two_looks_goes_after_seven_intervals(
    tables: Tables,
) -> None:
    tables.sync("pages", **AT_ONCE)
    page = tables.wiki.add_page()
    tables.sync("pages", inventory=False, **AT_ONCE)
    tables.wiki.purge_page(page)
    tables.sync("pages", **AT_ONCE)
    assert tables.wrong(["pages"]) == {"pages": {(page,)}}
    tables.pass_hours(7 * 24)

    tables.sync("pages", inventory=False, **AT_ONCE)

    assert not tables.wrong(["pages"])


def test_without_the_inventory_a_stream_is_read_whole_by_time_alone(tables: Tables) -> None:
    tables.sync("pages", inventory=False)
    tables.wiki.purge_page()
    tables.pass_hours(6 * 24)
    assert not tables.sync("pages", inventory=False).activated
    tables.pass_hours(24)

    assert tables.sync("pages", inventory=False).activated == {"pages"}
    assert not tables.wrong(["pages"])


def test_a_first_run_tells_nothing_of_deletions(tables: Tables) -> None:
    run = tables.sync("pages", "blog_posts", "tasks", "page_footer_comments", **AT_ONCE)

    assert run.activated == {"content_inventory"}
    assert "isDue" not in tables.entry("pages")


def test_a_state_without_any_of_this_has_everything_read_at_once(tables: Tables) -> None:
    tables.sync("pages")
    del tables.state["bookmarks"]["pages"]["reconciliation"]  # type: ignore[index]
    tables.wiki.purge_page()

    assert "pages" in tables.sync("pages", anchor_date="2026-07-01T02:00:00Z").activated
    assert tables.entry("pages")["tableStart"] is None
    assert not tables.wrong(["pages"])


BROKEN: dict[str, Any] = {
    "nothing": {},
    "no object": "x",
    "a list": [],
    "no times": {"tableStart": 3, "lastWholeRead": "yesterday", "evidence": {"count": "many"}},
    "a time to come": {"tableStart": None, "lastWholeRead": "2100-01-01T00:00:00.000Z"},
    "odd rows": {"tableStart": None, "lastWholeRead": "2026-07-01T00:00:00.000Z", "rows": "all"},
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_cannot_be_read_of_the_state_costs_requests_and_no_row(
    tables: Tables, what: str
) -> None:
    tables.sync("pages")
    tables.state["bookmarks"]["pages"]["reconciliation"] = BROKEN[what]  # type: ignore[index]
    tables.wiki.purge_page()
    tables.pass_hours(24)

    tables.sync("pages")

    assert not tables.wrong(["pages"])


def test_another_account_has_its_sight_of_the_site_at_once(tables: Tables) -> None:
    tables.sync("pages")
    tables.wiki.hide_space("OPS")
    tables.state["bookmarks"]["pages"]["reconciliation"]["account"] = "0123456789ab"  # type: ignore[index]

    assert "pages" in tables.sync("pages").activated
    assert not tables.wrong(["pages"])
    assert tables.entry("pages")["account"] != "0123456789ab"


def test_the_report_tells_when_a_stream_was_last_whole(tables: Tables) -> None:
    tables.sync("pages")
    first = tables.entry("pages")["lastWholeRead"]
    tables.pass_hours(24)

    run = tables.sync("pages")

    assert [line for line in run.log if "| pages: " in line and f"last whole {first}" in line]


def first_of(tables: Tables, stream: str) -> str:
    """Return the id of what there is of a stream and has not been put away."""
    wiki = tables.wiki
    if stream == "tasks":
        return str(next(iter(wiki.tasks)).num)
    if stream == "page_footer_comments":
        return next(c.id for c in wiki.footer_comments if isinstance(c.container, Page))
    items: Any = getattr(wiki, stream)
    return str(next(item.id for item in items if item.status == "current"))


STREAMS = ("pages", "blog_posts", "page_footer_comments", "tasks")


@pytest.mark.parametrize("stream", STREAMS)
def test_where_the_site_fails_for_an_item_a_whole_read_is_not_repeated_in_each_run(
    tables: Tables, stream: str
) -> None:
    tables.sync(stream, inventory=False)
    # Tasks of Data Center are in the bodies of pages.
    is_in_page = stream == "tasks" and not tables.is_cloud
    broken = first_of(tables, "pages" if is_in_page else stream)
    if is_in_page:
        broken = next(iter(tables.wiki.tasks)).container.id
    tables.site.faults.lists.poison(broken)
    if not tables.is_cloud:
        tables.site.faults.poison(broken)
    tables.pass_hours(7 * 24)
    tried = tables.sync(stream, inventory=False, max_retries=0)
    assert stream not in tried.activated
    assert tried.rows(stream)

    for _ in range(3):
        tables.pass_hours(7)  # 21 in all
        run = tables.sync(stream, inventory=False, max_retries=0)
        assert len(run.rows(stream)) < len(tried.rows(stream))
    tables.pass_hours(3)
    assert len(tables.sync(stream, inventory=False, max_retries=0).rows(stream)) == len(
        tried.rows(stream)
    )

    tables.site.faults.lists.cure(broken)
    tables.site.faults.cure(broken)
    assert stream not in tables.sync(stream, inventory=False).activated
    tables.pass_hours(24)
    assert stream in tables.sync(stream, inventory=False).activated
    assert not tables.wrong([stream])
    assert "incompleteRead" not in tables.entry(stream)


def test_what_is_due_waits_for_the_interval_after_an_incomplete_read(tables: Tables) -> None:
    tables.sync("pages")
    tables.wiki.purge_page()
    tables.pass_hours(20)
    tables.sync("pages")
    broken = first_of(tables, "pages")
    tables.site.faults.lists.poison(broken)
    tables.pass_hours(4)
    tried = tables.sync("pages", max_retries=0)
    assert "pages" not in tried.activated

    tables.pass_hours(12)
    assert len(tables.sync("pages", max_retries=0).rows("pages")) < len(tried.rows("pages"))
    tables.site.faults.lists.cure(broken)
    assert "pages" not in tables.sync("pages").activated
    tables.pass_hours(12)

    assert "pages" in tables.sync("pages").activated
    assert not tables.wrong(["pages"])


def test_another_account_does_not_wait_for_what_failed_for_the_former_one(tables: Tables) -> None:
    tables.sync("pages", inventory=False)
    broken = first_of(tables, "pages")
    tables.site.faults.lists.poison(broken)
    tables.pass_hours(7 * 24)
    tables.sync("pages", inventory=False, max_retries=0)
    tables.site.faults.lists.cure(broken)
    tables.wiki.hide_space("OPS")
    entry = tables.entry("pages")
    entry["account"] = entry["incompleteRead"]["account"] = "0123456789ab"

    assert "pages" in tables.sync("pages").activated
    assert not tables.wrong(["pages"])
