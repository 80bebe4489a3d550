"""With `resolve_includes`, readable bodies show the pages that they include."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.datacenter import runs as datacenter
from tests.demo_site import DemoSite, Wiki
from tests.demo_site.datacenter import DataCenterSite
from tests.running import run_tap, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.demo_site.model import Page
    from tests.running import Json, Run

READABLE: dict[str, Any] = {"body_markdown": True, "body_text": True, "resolve_includes": True}


class Site:
    """A site of either deployment with a page that includes others.

    Attributes:
        site: The site.
        wiki: What is on it.
        host: The page that includes others.
        guest: A page that is included, of the same space.
        stranger: One of another space.
    """

    def __init__(self, site: DemoSite | DataCenterSite) -> None:
        self.site, self.wiki = site, site.wiki
        pages = [p for p in site.wiki.pages if p.status == "current"]
        without = {page.num for page in pages if site.wiki.is_homepage(page)}
        pages = [p for p in pages if p.num not in without | set(site.wiki.empty_bodies)]
        self.host = pages[0]
        self.guest = next(p for p in pages[1:] if p.space == self.host.space)
        self.stranger = next(p for p in pages if p.space != self.host.space)

    def key_of(self, page: Page) -> str:
        return next(space.key for space in self.wiki.spaces if space.num == page.space)

    def include(self, page: Page, macro: str = "include") -> str:
        return (
            f'<ac:structured-macro ac:name="{macro}"><ac:parameter ac:name="nopanel">true'
            '</ac:parameter><ac:parameter ac:name=""><ac:link>'
            f'<ri:page ri:space-key="{self.key_of(page)}" ri:content-title="{page.title}" />'
            "</ac:link></ac:parameter></ac:structured-macro>"
        )

    def run(self, **more: object) -> Run:
        if isinstance(self.site, DemoSite):
            config = settings_of(self.site)
        else:
            config = datacenter.settings_of(self.site)
        return run_tap({**config, **READABLE, **more}, streams=("pages",))

    def shown(self, run: Run, page: Page | None = None) -> tuple[str, str]:
        assert run.exit_status == 0, run.complaints
        wanted = (page or self.host).id
        [row] = [row for row in run.records["pages"] if row["id"] == wanted]
        return row["bodyMarkdown"], row["bodyText"]


@pytest.fixture(params=[DemoSite, DataCenterSite])
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    with request.param(Wiki.seeded(pages=24, seed=7)) as site:
        yield Site(site)


def test_pages_and_excerpts_are_shown_of_all_spaces(site: Site) -> None:
    wiki = site.wiki
    excerpt = (
        '<ac:structured-macro ac:name="excerpt"><ac:rich-text-body><p>the gist</p>'
        "</ac:rich-text-body></ac:structured-macro>"
    )
    wiki.set_body(site.guest.id, f"<p>of the guest</p>{site.include(site.stranger)}")
    wiki.set_body(site.stranger.id, f"<p>of the stranger</p>{excerpt}")
    part = site.include(site.stranger, "excerpt-include")
    wiki.set_body(site.host.id, f"<p>Before</p>{site.include(site.guest)}<p>Again:</p>{part}")

    run = site.run()

    shown = "Before\n\nof the guest\n\nof the stranger\n\nthe gist\n\nAgain:\n\nthe gist"
    assert site.shown(run) == (shown, shown)
    assert site.shown(run, site.guest)[1] == "of the guest\n\nof the stranger\n\nthe gist"


def test_each_is_asked_for_once_a_run(site: Site) -> None:
    for page in site.wiki.pages:
        site.wiki.set_body(page.id, site.include(site.guest) * 2)
    site.wiki.set_body(site.guest.id, "<p>of the guest</p>")

    run = site.run()

    assert site.shown(run)[1] == "of the guest\n\nof the guest"
    titles = [request.query.get("title") for request in site.site.requests]
    assert titles.count([site.guest.title]) == 1


def test_by_default_nothing_is_asked_for_it(site: Site) -> None:
    site.wiki.set_body(site.host.id, site.include(site.guest))

    run = site.run(resolve_includes=False)

    assert site.shown(run)[1] == f"[include: {site.guest.title}]"
    assert not any("title" in request.query for request in site.site.requests)


@pytest.mark.parametrize("reason", ["space", "status", "label", "gone"])
def test_what_filters_leave_out_or_nobody_may_see_is_not_shown(site: Site, reason: str) -> None:
    wiki = site.wiki
    wiki.set_body(site.stranger.id, "<p>for few eyes</p>")
    wiki.set_body(site.host.id, f"<p>Before</p>{site.include(site.stranger)}")
    more: Json = {}
    if reason == "space":
        more = {"exclude_space_keys": [site.key_of(site.stranger)]}
    elif reason == "label":
        wiki.add_label(site.stranger.id, "secret")
        more = {"exclude_labels": ["secret"]}
    elif reason == "status":
        wiki.trash_page(site.stranger.id)
    else:
        wiki.purge_page(site.stranger.id)

    _, text = site.shown(site.run(**more))

    assert text == f"Before\n\n[include: {site.stranger.title}]"


def test_a_site_that_fails_for_it_costs_that_page_alone(site: Site) -> None:
    site.wiki.set_body(site.host.id, f"<p>Before</p>{site.include(site.guest)}")
    faults = site.site.faults
    on_cloud = isinstance(site.site, DemoSite)
    path = "/api/v2/pages" if on_cloud else "/rest/api/content"

    def fail(number: int, asked: str) -> None:
        if "title" in site.site.requests[number].query and asked == path:
            faults.fail_next(1, "503", path)

    faults.before_request = fail

    run = site.run(max_retries=1)

    assert site.shown(run)[1] == f"Before\n\n[include: {site.guest.title}]"
    said = "An included page is named and not shown"
    assert sum(said in line for line in run.log) == 1


def test_rendered_bodies_need_no_such_setting() -> None:
    run = run_tap(
        {"domain": "acme", "email": "a@example.com", "api_token": "t", "body_format": "view"}
        | READABLE
    )

    assert run.exit_status == 1
    said = "'resolve_includes' is not needed with 'body_format' 'view'"
    assert any(said in line for line in run.complaints)
