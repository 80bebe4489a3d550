"""A token that is revoked in mid-run on a site that is open to the public has nothing deleted.

Such a site goes on to answer 200, as to nobody: with what everybody may see.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.demo_site import DemoSite, Wiki
from tests.demo_site.datacenter import DataCenterSite
from tests.running import run_tap, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.running import Json, Run

Site = DemoSite | DataCenterSite

WHO_AM_I = "/rest/api/user/current"


@pytest.fixture(scope="module", params=[DemoSite, DataCenterSite])
def kind(request: pytest.FixtureRequest) -> type[Site]:
    kind: type[Site] = request.param
    return kind


@pytest.fixture
def site(kind: type[Site]) -> Iterator[Site]:
    with public(kind) as site:
        yield site


def public(kind: type[Site]) -> Site:
    """Make a site that is open to the public, with the same wiki each time."""
    site = kind(Wiki.plain(pages=12, seed=7))
    site.faults.anonymous = True
    return site


@dataclass(frozen=True)
class Undisturbed:
    """Runs whose token was not revoked.

    Attributes:
        first: The first.
        cost: How many requests the next one took, after which nothing had changed.
    """

    first: Run
    cost: int


@pytest.fixture(scope="module")
def undisturbed(kind: type[Site]) -> Undisturbed:
    with public(kind) as site:
        first = sync(site)
        whole = len(site.requests)
        again = sync(site, first.state)
        assert again.activated == first.activated != set()
        return Undisturbed(first, len(site.requests) - whole)


def sync(site: Site, state: Json | None = None, **more: Any) -> Run:
    """Run the tap once, one request at a time, so that a run is like the next."""
    more = {"max_concurrency": 1, "anchor_date": "2000-01-01", **more}
    streams = more.pop("streams", None)
    if isinstance(site, DemoSite):
        return run_tap(settings_of(site, **more), state, streams=streams)
    token = {"personal_access_token": site.personal_access_token, "deployment": "datacenter"}
    return run_tap({"base_url": site.base_url, **token, **more}, state, streams=streams)


def claims_of(run: Run) -> Json:
    """Return what the last state of a run says, by stream."""
    return {name: entry for name, entry in run.state["bookmarks"].items() if entry}


def revoke_after(site: Site, requests: int) -> None:
    """Revoke the token when so many more requests have come in."""
    last = len(site.requests) + requests

    def revoke(number: int, _: str) -> None:
        if number >= last:
            site.revoke_token()

    site.faults.before_request = revoke


@pytest.mark.each_value
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 1.0])
def test_nothing_is_taken_for_deleted(site: Site, undisturbed: Undisturbed, share: float) -> None:
    first = undisturbed.first
    site.wiki.edit_page()
    # After the sign-in, and before the last request, which is the one that makes sure.
    revoke_after(site, 2 + round(share * (undisturbed.cost - 3)))

    run = sync(site, first.state)

    assert run.exit_status == 1
    assert run.activated == set()
    [complaint] = run.complaints
    assert "no longer answers to the account" in complaint
    assert claims_of(run) == claims_of(first)


def test_the_next_run_reads_what_was_held_back(site: Site, undisturbed: Undisturbed) -> None:
    first = undisturbed.first
    edited = site.wiki.edit_page()
    revoke_after(site, 4)
    sync(site, first.state)
    site.faults.before_request = None
    with type(site)(site.wiki) as same:
        run = sync(same, first.state)

    assert edited in {page for (page,) in run.keys("pages")}


@pytest.mark.parametrize(
    ("streams", "more", "asked"),
    [
        (("pages", "groups", "labels"), {}, 2),
        (("pages",), {}, 1),
        (("groups",), {"emit_activate_version_messages": False}, 1),
    ],
)
def test_it_costs_one_request_if_anything_may_be_deleted(
    site: Site, streams: tuple[str, ...], more: Json, asked: int
) -> None:
    run = sync(site, streams=streams, **more)

    assert run.exit_status == 0
    assert site.count(WHO_AM_I) == asked


def test_a_token_that_may_not_say_whose_it_is_is_believed_as_before() -> None:
    with DemoSite(Wiki.plain(pages=12, seed=7)) as site:
        site.faults.deny_scope("/rest/api/user")
        run = sync(site, streams=("groups",))

    assert run.exit_status == 0
    assert run.activated == {"groups"}
