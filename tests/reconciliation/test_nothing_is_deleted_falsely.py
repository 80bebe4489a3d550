"""Nothing is taken for gone that may be there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typing_extensions import override

from tests.incremental.runs import ClockedSite, killed_after
from tests.reconciliation.conftest import wiki_of_two_spaces
from tests.reconciliation.tables import AT_ONCE, Tables

if TYPE_CHECKING:
    from aiohttp import web

    from tests.running import Json

PERCENT = "reconcile_max_deleted_percent"
ALL_MAY_GO: Json = {PERCENT: 100, **AT_ONCE}


def purge(tables: Tables) -> None:
    """Purge the page that was made last."""
    tables.wiki.purge_page(max(tables.wiki.pages, key=lambda page: page.num).id)


def fill(tables: Tables, count: int = 100) -> list[str]:
    """Fill a space with pages, and have them in the table."""
    pages = [tables.wiki.add_page("OPS") for _ in range(count)]
    tables.sync("pages", "blog_posts", **AT_ONCE)
    return pages


def test_an_inventory_that_is_not_complete_is_no_evidence(tables: Tables) -> None:
    tables.sync("pages", "blog_posts", **AT_ONCE)
    before = tables.entry("pages")
    purge(tables)
    lists = "/api/v2/blogposts" if tables.is_cloud else "/rest/api/content/scan"
    tables.site.faults.lists.poison(next(iter(tables.wiki.blog_posts)).id)

    run = tables.try_sync("pages", "blog_posts", max_retries=0, **AT_ONCE)

    assert "pages" not in run.activated, lists
    assert tables.entry("pages") == before


def test_nothing_goes_of_a_stream_whose_list_lacks_an_item(tables: Tables) -> None:
    tables.sync("pages", **AT_ONCE)
    kept = next(page.id for page in tables.wiki.pages if page.status == "current")
    purge(tables)
    tables.wiki.edit_page(kept)
    tables.pass_hours(7 * 24)
    tables.site.faults.lists.poison(kept)

    run = tables.try_sync("pages", inventory=False, max_retries=0, **AT_ONCE)

    assert not run.activated
    assert (kept,) in tables.warehouse.keys("pages")
    tables.site.faults.lists.cure(kept)
    assert "pages" in tables.sync("pages", **AT_ONCE).activated
    assert not tables.wrong(["pages"])


def test_a_page_without_its_body_is_there_and_others_go(tables: Tables) -> None:
    tables.sync("pages", **AT_ONCE)
    broken = next(page.id for page in tables.wiki.pages if page.status == "current")
    tables.wiki.edit_page(broken)
    tables.site.faults.lists.poison(broken, in_body=True)
    if tables.is_cloud:
        tables.site.faults.break_path(f"/api/v2/pages/{broken}", "500")
    for _ in range(2):
        purge(tables)

        run = tables.sync("pages", max_retries=0, **AT_ONCE)

        assert "pages" in run.activated
        assert not tables.wrong(["pages"])


def test_nothing_goes_after_an_error_and_the_next_run_repeats_it(tables: Tables) -> None:
    tables.sync("pages", **AT_ONCE)
    purge(tables)
    asked = len(tables.site.requests)
    tables.sync("pages", **AT_ONCE)
    last = len(tables.site.requests) - asked
    purge(tables)
    whole = tables.warehouse.keys("pages")
    begun = len(tables.site.requests)

    def break_down(number: int, _: str) -> None:
        # The account is confirmed last, and before that the list is read whole.
        if number >= begun + last - 1:
            tables.site.faults.fail_next(1, "500")

    tables.site.faults.before_request = break_down
    run = tables.try_sync("pages", max_retries=0, **AT_ONCE)
    tables.site.faults.before_request = None

    assert run.exit_status == 1
    assert "pages" not in run.activated
    assert tables.warehouse.keys("pages") == whole
    assert "pages" in tables.sync("pages", **AT_ONCE).activated
    assert not tables.wrong(["pages"])


def test_a_run_that_is_killed_at_any_message_is_repeated(tables: Tables) -> None:
    tables.sync("pages", **AT_ONCE)
    page = tables.wiki.trash_page(tables.wiki.add_page())
    purge_other = next(p.id for p in tables.wiki.pages if p.status == "current")
    tables.wiki.purge_page(purge_other)
    begun_with = tables.state
    run = tables.sync("pages", **AT_ONCE)
    restored = tables.wiki.restore_page(page)

    for count in range(0, len(run.messages), 3):
        tables.state = begun_with
        tables.load(killed_after(run, count))
        tables.sync("pages", **AT_ONCE)
        assert not tables.wrong(["pages"]), count
        assert tables.column("pages", "status", restored) == "current", count


def test_where_most_of_a_stream_would_go_nothing_goes_and_the_run_fails(tables: Tables) -> None:
    fill(tables)
    before = tables.warehouse.keys("pages")
    tables.wiki.hide_space("OPS")

    run = tables.try_sync("pages", "blog_posts", **AT_ONCE)

    assert run.exit_status == 1
    [complaint] = run.complaints
    assert f"'{PERCENT}' at 100" in complaint
    assert "rows of 'pages'" in complaint
    assert tables.warehouse.keys("pages") == before
    # Of the other streams, what is gone goes.
    assert not tables.wrong(["blog_posts"])


def test_the_setting_lets_it_happen(tables: Tables) -> None:
    fill(tables)
    tables.wiki.hide_space("OPS")
    tables.try_sync("pages", **AT_ONCE)

    tables.sync("pages", **ALL_MAY_GO)

    assert not tables.wrong(["pages"])


def test_what_was_held_back_is_there_when_the_right_is_back(tables: Tables) -> None:
    fill(tables)
    tables.wiki.hide_space("OPS")
    tables.try_sync("pages", **AT_ONCE)
    tables.wiki.show_space("OPS")

    tables.sync("pages", **AT_ONCE)

    assert not tables.wrong(["pages"])


def test_without_an_inventory_most_of_a_stream_does_not_go_either(tables: Tables) -> None:
    fill(tables)
    before = tables.warehouse.keys("pages")
    tables.wiki.hide_space("OPS")
    tables.pass_hours(7 * 24)

    run = tables.try_sync("pages", inventory=False)

    assert run.exit_status == 1
    assert tables.warehouse.keys("pages") == before


@pytest.mark.parametrize(("purged", "is_held_back"), [(50, False), (51, True)])
def test_few_rows_may_go_whatever_share_they_are(
    cloud: Tables, purged: int, *, is_held_back: bool
) -> None:
    for page in fill(cloud, 60)[:purged]:
        cloud.wiki.purge_page(page)

    run = cloud.try_sync("pages", **AT_ONCE)

    assert bool(run.exit_status) is is_held_back
    assert ("pages" in run.activated) is not is_held_back


def test_what_is_new_does_not_stand_for_what_is_gone(cloud: Tables) -> None:
    for page in fill(cloud):
        cloud.wiki.add_page("OPS")
        cloud.wiki.purge_page(page)

    assert cloud.try_sync("pages", **AT_ONCE).exit_status == 1


def test_another_run_of_the_same_stream_leaves_it_to_the_next(
    cloud: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud.sync("pages", **AT_ONCE)
    purge(cloud)
    with monkeypatch.context() as patched:
        patched.setattr("tap_confluence.locks.StreamLocks._take", lambda *_: True)
        assert not cloud.sync("pages", **AT_ONCE).activated

    assert "pages" in cloud.sync("pages", **AT_ONCE).activated
    assert not cloud.wrong(["pages"])


def test_a_row_without_a_key_may_be_any() -> None:
    with KeylessSite(wiki_of_two_spaces()) as site:
        tables = Tables(site)
        tables.sync("pages", **AT_ONCE)
        purge(tables)
        site.is_keyless = True
        tables.pass_hours(7 * 24)

        assert not tables.sync("pages", **AT_ONCE).activated
        site.is_keyless = False
        assert "pages" in tables.sync("pages", **AT_ONCE).activated
        assert not tables.wrong(["pages"])


class KeylessSite(ClockedSite):
    """A site that leaves out the id of the first page of each list, if told so."""

    is_keyless = False

    @override
    def _respond(self, request: web.BaseRequest, path: str, raw_query: str) -> web.Response:
        response = super()._respond(request, path, raw_query)
        if not self.is_keyless or not path.endswith("/api/v2/pages"):
            return response
        assert isinstance(response.body, bytes)
        payload = json.loads(response.body)
        payload["results"][0].pop("id")
        response.body = json.dumps(payload).encode()
        return response
