"""One item that the site fails for is left out and named; all others are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.datacenter.runs import ClockedDataCenter, only, sync, truth_of
from tests.demo_site import Wiki
from tests.waits import waits_skipped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.waits import Waits


@pytest.fixture
def waits() -> Iterator[Waits]:
    with waits_skipped() as waits:
        yield waits


@pytest.fixture
def site(waits: Waits) -> Iterator[ClockedDataCenter]:  # noqa: ARG001
    with ClockedDataCenter(Wiki.seeded(pages=120)) as site:
        yield site


@pytest.mark.parametrize("status", [404, 500])
@pytest.mark.parametrize("place", [0, 60, -1])
def test_a_page_in_a_scan(site: ClockedDataCenter, status: int, place: int) -> None:
    page = [page for page in site.wiki.pages if page.status == "current"][place]
    site.faults.poison(page.id, status)

    run = sync(site, catalog=only("pages", "page_labels"))

    assert run.exit_status == 0, run.complaints
    assert set(run.keys("pages")) == truth_of(site)["pages"] - {(page.id,)}
    assert len(run.keys("pages")) == len(set(run.keys("pages")))
    assert any(f"Skipping {page.id} of 'pages'" in line for line in run.log)
    # It is not read, but not gone either.
    assert "page_labels" not in run.activated
    assert len(run.asked("/rest/api/content/scan")) <= 30


@pytest.mark.parametrize("status", [404, 500])
def test_two_pages_beside_each_other(site: ClockedDataCenter, status: int) -> None:
    pages = [page.id for page in site.wiki.pages if page.status == "current"][20:22]
    for page in pages:
        site.faults.poison(page, status)

    run = sync(site, catalog=only("pages"))

    assert set(run.keys("pages")) == truth_of(site)["pages"] - {(page,) for page in pages}


@pytest.mark.parametrize("status", [404, 500])
def test_a_page_in_a_list_by_offset(waits: Waits, status: int) -> None:
    assert not waits.pauses
    with ClockedDataCenter(Wiki.seeded(pages=60), version="7.19", supports_scan=False) as site:
        page = [page for page in site.wiki.pages if page.status == "current"][20]
        site.faults.poison(page.id, status)

        run = sync(site, catalog=only("pages"))

        assert set(run.keys("pages")) == truth_of(site)["pages"] - {(page.id,)}


@pytest.mark.parametrize("status", [404, 500])
def test_a_page_in_a_search(site: ClockedDataCenter, status: int) -> None:
    first = sync(site, catalog=only("pages"))
    edited = [site.wiki.edit_page() for _ in range(9)]
    site.faults.poison(edited[4], status)

    run = sync(site, first.state, only("pages"))

    assert run.exit_status == 0, run.complaints
    assert run.ids("pages") >= {*edited} - {edited[4]}
    assert edited[4] not in run.ids("pages")


@pytest.mark.parametrize("status", [404, 500])
def test_a_page_that_came_into_the_trash(site: ClockedDataCenter, status: int) -> None:
    first = sync(site, catalog=only("pages"))
    trashed = [site.wiki.trash_page() for _ in range(2)]
    site.faults.poison(trashed[0], status)

    run = sync(site, first.state, only("pages"))

    assert run.exit_status == 0, run.complaints
    assert run.ids("pages") == {trashed[1]}


def test_a_batch_is_taken_apart_without_waiting_each_time(
    site: ClockedDataCenter, waits: Waits
) -> None:
    page = [page for page in site.wiki.pages if page.status == "current"][20]
    site.faults.poison(page.id, 500)

    sync(site, catalog=only("pages"))

    assert len(waits.retries) <= 5 + 6


def test_a_site_that_is_down_ends_the_run(site: ClockedDataCenter) -> None:
    site.faults.fail_next(1000, "500", "/rest/api/content")

    run = sync(site, catalog=only("pages"))

    assert run.exit_status == 1
    assert "Gave up on /rest/api/content/scan" in run.complaints[-1]
    assert not run.bookmark("pages")


def test_passing_failures_lose_nothing(site: ClockedDataCenter) -> None:
    site.faults.fail_rate(0.1, ("500", "503", "reset", "cut-off", "bad-json"), seed=4)

    run = sync(site, catalog=only("pages", "page_versions", "page_footer_comments", "attachments"))

    assert run.exit_status == 0, run.complaints
    truth = truth_of(site)
    for stream in ("pages", "page_versions", "page_footer_comments", "attachments"):
        assert set(run.keys(stream)) == truth[stream], stream


@pytest.mark.parametrize("place", [0, 60, -1])
def test_a_body(site: ClockedDataCenter, place: int) -> None:
    page = [page for page in site.wiki.pages if page.status == "current"][place]
    site.faults.lists.poison(page.id, in_body=True)

    run = sync(site, catalog=only("pages"))

    assert run.exit_status == 0, run.complaints
    assert set(run.keys("pages")) == truth_of(site)["pages"]
    assert [row["id"] for row in run.rows("pages") if not row["body"]] == [page.id]
    assert any(f"Skipping the body of {page.id} of 'pages'" in line for line in run.log)


@pytest.mark.parametrize("place", [0, 60, -1])
def test_a_page_that_cannot_be_got_at_all(site: ClockedDataCenter, place: int) -> None:
    page = [page for page in site.wiki.pages if page.status == "current"][place]
    site.faults.lists.poison(page.id)

    run = sync(site, catalog=only("pages"))

    assert run.exit_status == 0, run.complaints
    assert set(run.keys("pages")) == truth_of(site)["pages"] - {(page.id,)}
    assert len(run.keys("pages")) == len(set(run.keys("pages")))
    assert any("Skipped 1 of 'pages': 1 failed" in line for line in run.log)


def test_two_pages_that_cannot_be_got_at_all(site: ClockedDataCenter) -> None:
    pages = [page.id for page in site.wiki.pages if page.status == "current"][20:40:6]
    for page in pages:
        site.faults.lists.poison(page)

    run = sync(site, catalog=only("pages", "page_labels"))

    assert run.exit_status == 0, run.complaints
    assert set(run.keys("pages")) == truth_of(site)["pages"] - {(page,) for page in pages}
    assert "page_labels" not in run.activated


@pytest.mark.parametrize("stream", ["groups", "spaces", "page_footer_comments", "blog_posts"])
def test_an_item_of_any_list(site: ClockedDataCenter, stream: str) -> None:
    truth = truth_of(site)[stream]
    item = sorted(truth)[1][0]
    group = next((group.id for group in site.wiki.groups if group.name == item), None)
    site.faults.lists.poison(group or item)

    run = sync(site, catalog=only(stream))

    assert run.exit_status == 0, run.complaints
    assert set(run.keys(stream)) == truth - {(item,)}
    assert any(f"of '{stream}': 1 failed" in line for line in run.log), run.log
    assert stream not in run.activated


def test_a_change_that_cannot_be_got_at_all(site: ClockedDataCenter) -> None:
    first = sync(site, catalog=only("pages"))
    edited = [site.wiki.edit_page() for _ in range(9)]
    site.faults.lists.poison(edited[4])

    run = sync(site, first.state, only("pages"))

    assert run.exit_status == 0, run.complaints
    assert run.ids("pages") >= {*edited} - {edited[4]}
    assert edited[4] not in run.ids("pages")


@pytest.mark.parametrize("most", [1, 7])
def test_a_batch_that_is_too_large(site: ClockedDataCenter, most: int) -> None:
    site.faults.lists.most_in_time = most

    run = sync(site, catalog=only("pages"))

    assert run.exit_status == 0, run.complaints
    assert set(run.keys("pages")) == truth_of(site)["pages"]
    assert not any("Skipped" in line for line in run.log)


@pytest.mark.parametrize("after", [0, 1])
def test_a_cursor_that_expires(site: ClockedDataCenter, after: int) -> None:
    site.faults.caps["body"] = 25
    site.faults.lists.expire("/rest/api/content/scan", after)

    run = sync(site, catalog=only("pages"))

    assert run.exit_status == 0, run.complaints
    assert set(run.keys("pages")) == truth_of(site)["pages"]
    assert len(run.keys("pages")) == len(set(run.keys("pages")))


def test_a_scan_of_empty_pages_ends_after_a_few(site: ClockedDataCenter) -> None:
    site.faults.caps["body"] = 25
    site.faults.lists.never_end("/rest/api/content/scan")

    run = sync(site, catalog=only("pages"))

    assert len(run.requests) < 100
    assert run.rows("pages")
    assert not run.activated
