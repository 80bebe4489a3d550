"""Who alone may read or update pages and blog posts, on Cloud and on Data Center."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.demo_site import DataCenterSite, DemoSite, Wiki
from tests.running import not_by_default, run_tap, settings_of
from tests.waits import waits_skipped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.running import Json, Run

PAGES, POSTS = "page_restrictions", "blog_post_restrictions"
SEARCH = "/rest/api/content/search"
ONE = "/rest/api/content/{id}/restriction/byOperation"
OF_NO_MODEL = frozenset(
    {
        *("page_restrictions", "blog_post_restrictions", "folder_restrictions"),
        *("whiteboard_restrictions", "database_restrictions", "embed_restrictions"),
    }
)


def read(config: Json, **more: Any) -> Run:
    return run_tap({**config, **more}, streams=(PAGES, POSTS))


def assert_same(run: Run, site: DemoSite | DataCenterSite) -> None:
    """Check that a run has brought each restriction of the site, once."""
    assert run.exit_status == 0, run.complaints
    for stream in (PAGES, POSTS):
        keys = run.keys(stream)
        assert len(keys) == len(set(keys)), stream
        assert set(keys) == site.truth()[stream], stream
    assert run.activated >= {PAGES, POSTS}


def asked(site: DemoSite, path: str) -> int:
    """Return how often something was asked for."""
    return site.requests.by_template().get(path, 0)


def current_page(wiki: Wiki) -> str:
    """Return the id of a page that a search finds and nothing restricts."""
    archived = {space.num for space in wiki.spaces if space.status == "archived"}
    return next(
        page.id
        for page in wiki.pages
        if page.status == "current"
        and page.space not in archived
        and page.num not in wiki.restrictions
    )


def test_all_restrictions_are_read(config: Json, site: DemoSite) -> None:
    assert_same(read(config), site)


def test_what_is_in_the_trash_has_none(config: Json, wiki: Wiki) -> None:
    trashed = {page.id for page in wiki.pages if page.status == "trashed"}
    assert any(wiki.restrictions.get(int(page)) for page in trashed)

    assert not trashed & {row["pageId"] for row in read(config).records[PAGES]}


def test_names_come_with_the_ids(config: Json, wiki: Wiki) -> None:
    page, group, (account, *_) = current_page(wiki), wiki.groups[2], wiki.accounts
    wiki.restrict(page, "update", users=[account], groups=[group.id])

    rows = [row for row in read(config).records[PAGES] if row["pageId"] == page]

    name = next(user.name for user in wiki.users if user.account_id == account)
    assert {(r["principalType"], r["principalId"], r["displayName"]) for r in rows} == {
        ("user", account, name),
        ("group", group.id, group.name),
    }


def test_somebody_whom_the_site_does_not_name_still_closes_a_page(config: Json, wiki: Wiki) -> None:
    page = current_page(wiki)
    wiki.restrict(page, users=[""])

    assert (page, "read", "user", "unknown") in read(config).keys(PAGES)


def test_few_requests_do() -> None:
    wiki = Wiki.seeded(pages=1_000, seed=3)
    with DemoSite(wiki) as site:
        site.faults.finds_archived = True
        run = run_tap(settings_of(site), streams=(PAGES,))

        assert set(run.keys(PAGES)) == site.truth()[PAGES]
        # A search for each 200 pages, another for what is in archived spaces, another for what is
        # archived; some requests for the page that more than 200 may read.
        assert asked(site, SEARCH) <= 5 + 1 + 1
        assert asked(site, ONE) == 1
        assert asked(site, "/api/v2/pages") <= 5


def test_what_a_site_does_not_let_search_for_is_asked_one_by_one(
    config: Json, site: DemoSite, wiki: Wiki
) -> None:
    archived = [page for page in wiki.pages if page.status == "archived"]

    run = run_tap(config, streams=(PAGES,))

    assert set(run.keys(PAGES)) == site.truth()[PAGES]
    # Beside them, the page that more than 200 may read.
    assert asked(site, ONE) == len(archived) + 1


def test_what_was_written_a_moment_ago_is_read(config: Json, site: DemoSite, wiki: Wiki) -> None:
    site.faults.index_lag = 60
    for _ in range(6):
        wiki.restrict(wiki.add_page("ENG"), users=wiki.accounts[:1])

    assert_same(read(config), site)


@pytest.mark.parametrize("cap", [1, 7, 50])
def test_a_limit_that_is_lowered_loses_nothing(config: Json, site: DemoSite, cap: int) -> None:
    site.faults.lower_limit(cap)

    assert_same(read(config), site)


def test_pages_of_any_size_do(config: Json, site: DemoSite) -> None:
    assert_same(read(config, page_size=9), site)


@pytest.mark.parametrize("tells_limits", [True, False])
@pytest.mark.parametrize("cap", [25, 200])
def test_long_lists_are_read_to_their_end(
    config: Json, site: DemoSite, cap: int, *, tells_limits: bool
) -> None:
    site.faults.nested_caps["restrictions"] = cap
    site.faults.tells_nested_limits = tells_limits or cap > 25

    assert_same(read(config), site)


@pytest.mark.parametrize("status", [404, 500, 504])
def test_one_bad_item_does_not_hide_the_others(
    config: Json, site: DemoSite, wiki: Wiki, status: int
) -> None:
    for page in (current_page(wiki), wiki.spaces.nth(0).homepage):
        wiki.restrict(str(page), users=wiki.accounts[:1])
        site.faults.poison(str(page), status)

    with waits_skipped():
        assert_same(read(config), site)


def test_answers_that_take_too_long_are_asked_for_in_parts(config: Json, site: DemoSite) -> None:
    site.faults.most_in_time = 30

    with waits_skipped():
        assert_same(read(config), site)


def test_a_page_that_is_gone_meanwhile_is_marked_and_stops_nothing(
    config: Json, site: DemoSite, wiki: Wiki
) -> None:
    gone = current_page(wiki)
    wiki.restrict(gone, users=wiki.accounts[:1])

    def purge(_: int, path: str) -> None:
        if path == SEARCH and int(gone) in wiki.pages:
            wiki.purge_page(gone)

    site.faults.before_request = purge
    run = run_tap(config, streams=(PAGES,))

    # It cannot be told from one that is there and refused.
    assert set(run.keys(PAGES)) == {*site.truth()[PAGES], (gone, "read", "unknown", "unknown")}
    assert run.activated == {PAGES}
    assert "Skipped 1 of 'page_restrictions': 1 gone" in run.stderr


def test_without_the_scope_the_stream_is_named(config: Json, site: DemoSite) -> None:
    site.faults.deny_scope("/rest/api/content/")
    run = read(config)

    assert run.exit_status == 1
    assert "read:content-details:confluence" in run.complaints[-1]
    assert not run.activated & {PAGES, POSTS}


def test_a_second_run_sees_what_was_opened_and_what_was_restricted(
    config: Json, site: DemoSite, wiki: Wiki
) -> None:
    state = read(config).state
    opened = next(key[0] for key in site.truth()[PAGES])
    wiki.unrestrict(opened)
    wiki.restrict(current_page(wiki), groups=[wiki.groups[0].id])

    assert_same(run_tap(config, state, streams=(PAGES, POSTS)), site)


def test_only_wanted_pages_are_asked_for(config: Json, site: DemoSite, wiki: Wiki) -> None:
    run = read(config, space_keys=["OPS"])

    space = next(space.num for space in wiki.spaces if space.key == "OPS")
    inside = {content.id for content in (*wiki.pages, *wiki.blog_posts) if content.space == space}
    for stream in (PAGES, POSTS):
        assert set(run.keys(stream)) == {k for k in site.truth()[stream] if k[0] in inside}


def test_the_streams_are_left_out_unless_they_are_selected() -> None:
    assert {PAGES, POSTS} <= not_by_default()


@pytest.fixture
def data_center(wiki: Wiki) -> Iterator[DataCenterSite]:
    with DataCenterSite(wiki) as site:
        yield site


def data_center_settings(site: DataCenterSite) -> Json:
    return {
        "base_url": site.base_url,
        "personal_access_token": site.personal_access_token,
        "anchor_date": "2000-01-01",
    }


@pytest.mark.parametrize("beside", [(), ("pages", "blog_posts")])
@pytest.mark.parametrize("cap", [30, 200])
def test_data_center_tells_them_with_its_lists(
    data_center: DataCenterSite, beside: tuple[str, ...], cap: int
) -> None:
    data_center.faults.nested_caps["restrictions"] = cap
    settings = data_center_settings(data_center)

    first = run_tap(settings, streams=(PAGES, POSTS, *beside))
    assert_same(first, data_center)

    again = run_tap(settings, first.state, streams=(PAGES, POSTS, *beside))
    assert_same(again, data_center)
