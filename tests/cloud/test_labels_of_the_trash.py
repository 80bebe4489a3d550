"""Label filters hold for what is put away, whether or not the lists of carriers have it in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.demo_site import DemoSite
from tests.filtered_truth import filtered_truth
from tests.incremental.small_wiki import small_wiki
from tests.running import run_tap, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.running import Run

SECRET = "secret"  # noqa: S105 - a label
STREAMS = (
    *("pages", "page_labels", "page_versions", "page_footer_comments", "page_inline_comments"),
    *("blog_posts", "blog_post_versions", "blog_post_footer_comments"),
    *("attachments", "attachment_versions", "child_pages", "tasks", "content_inventory"),
)
STATUSES: dict[str, list[str] | None] = {
    "all that carries a label": None,
    "no trash": ["current", "archived"],
    "only what is current": ["current"],
}


@pytest.fixture(params=list(STATUSES.values()), ids=list(STATUSES))
def site(request: pytest.FixtureRequest) -> Iterator[DemoSite]:
    """A site whose lists of what carries a label hold this; some of all carries `secret`."""
    wiki = small_wiki(20, tick_ms=600_000)
    for post in [*list(wiki.pages)[::4], *list(wiki.blog_posts)[::3]]:
        wiki.add_label(post.id, SECRET)
    with DemoSite(wiki) as site:
        site.faults.label_side_statuses = request.param
        yield site


def put_away(site: DemoSite) -> list[str]:
    """Write on pages and blog posts, of which every other is secret, and put them away."""
    wiki, ids = site.wiki, []
    for place in range(6):
        for add, away in (
            (wiki.add_page, wiki.trash_page),
            (wiki.add_page, wiki.archive_page),
            (wiki.add_blog_post, wiki.trash_blog_post),
        ):
            post = add()
            if add == wiki.add_page:
                wiki.add_footer_comment(post)
                wiki.add_attachment(post)
            if place % 2:
                wiki.add_label(post, SECRET)
            away(post)
            ids.append(post)
    return ids


FILTERS = [{"exclude_labels": [SECRET]}, {"labels": [SECRET]}]


@pytest.mark.each_value
@pytest.mark.parametrize("filters", FILTERS, ids=["excluded", "asked for"])
def test_a_first_run_has_what_the_labels_leave(
    site: DemoSite, filters: dict[str, Sequence[str]]
) -> None:
    put_away(site)

    run = run_tap(settings_of(site, **filters), streams=STREAMS)

    truth = filtered_truth(site.wiki, **filters)
    for stream in STREAMS:
        assert {*run.keys(stream)} == truth[stream], stream
    assert run.activated == {"page_labels", "child_pages", "content_inventory"}


@pytest.mark.each_value
@pytest.mark.parametrize("filters", FILTERS, ids=["excluded", "asked for"])
def test_what_is_put_away_later_is_judged_by_its_labels(
    site: DemoSite, filters: dict[str, Sequence[str]]
) -> None:
    wiki = site.wiki
    first = run_tap(settings_of(site, **filters), streams=STREAMS)
    new = put_away(site)
    old = [page.id for page in wiki.pages if page.status == "current"][::3]
    for page in old:
        wiki.trash_page(page)

    second = run_tap(settings_of(site, **filters), first.state, streams=STREAMS)

    truth = filtered_truth(wiki, **filters)
    for stream in STREAMS:
        assert {*second.keys(stream)} <= truth[stream], stream
    assert written(second) >= {key for (key,) in truth["pages"] | truth["blog_posts"]} & {
        *new,
        *old,
    }
    assert {*second.keys("content_inventory")} == truth["content_inventory"]


def written(run: Run) -> set[str]:
    return {key for stream in ("pages", "blog_posts") for (key,) in run.keys(stream)}


@pytest.mark.each_value
@pytest.mark.parametrize("filters", FILTERS, ids=["excluded", "asked for"])
def test_a_later_run_asks_for_the_labels_of_what_is_new_in_the_trash_alone(
    site: DemoSite, filters: dict[str, Sequence[str]]
) -> None:
    # What changed after the last of what is wanted is judged again.
    for collection, edit in (
        (site.wiki.pages, site.wiki.edit_page),
        (site.wiki.blog_posts, site.wiki.edit_blog_post),
    ):
        for post in list(collection):
            if post.status == "current" and bool(post.labels) == ("labels" in filters):
                edit(post.id)
    first = run_tap(settings_of(site, **filters), streams=("pages", "blog_posts"))
    trashed = site.wiki.trash_page()
    before = len(site.requests)

    run_tap(settings_of(site, **filters), first.state, streams=("pages", "blog_posts"))

    asked = {
        request.path for request in site.requests[before:] if "include-labels" in request.query
    }
    assert asked <= {f"/api/v2/pages/{trashed}"}


def test_what_cannot_be_judged_is_left_out_and_counted(site: DemoSite) -> None:
    site.faults.label_side_statuses = ["current"]
    hidden = site.wiki.trash_page(site.wiki.add_page())
    site.faults.forbid(f"/api/v2/pages/{hidden}", 403)

    run = run_tap(settings_of(site, exclude_labels=[SECRET]), streams=("pages", "page_labels"))

    assert hidden not in {row["id"] for row in run.records["pages"]}
    assert [line for line in run.log if "Skipped 1 of 'pages'" in line]
    assert run.activated == {"page_labels"}


def test_nothing_is_taken_for_deleted_because_it_could_not_be_judged(site: DemoSite) -> None:
    site.faults.label_side_statuses = ["current"]
    hidden = site.wiki.add_page()
    site.wiki.add_label(hidden, SECRET)
    site.wiki.trash_page(hidden)
    site.faults.forbid(f"/api/v2/pages/{hidden}", 403)

    run = run_tap(
        settings_of(site, labels=[SECRET]),
        streams=("spaces", "space_permissions", "page_labels", "pages", "content_inventory"),
    )

    assert hidden not in {row["id"] for row in run.records["pages"]}
    assert [line for line in run.log if "Skipped 1 of 'pages'" in line]
    assert run.activated == {"spaces", "space_permissions"}
