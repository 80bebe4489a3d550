"""Whatever the clock of the site says, no change is passed over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest
from typing_extensions import override

from tests.datacenter.runs import only, sync, truth_of
from tests.demo_site import Wiki
from tests.demo_site.clock import epoch_ms
from tests.hardening.distortion import Distortion
from tests.hardening.odd_sites import OddDataCenter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aiohttp import web

    from tests.demo_site.datacenter import DataCenterSite

STREAMS = ("pages", "blog_posts", "page_footer_comments", "attachments")
NOTHING = Distortion(0, 0.0, ())
LAST_MOMENT = epoch_ms("9999-12-31T23:00:00Z")

NOW = datetime.now(UTC)
DATES = {
    "right": format_datetime(NOW, usegmt=True),
    "hours ahead": format_datetime(NOW + timedelta(hours=30), usegmt=True),
    "years ahead": "Wed, 01 Jan 2150 00:00:00 GMT",
    "hours behind": format_datetime(NOW - timedelta(hours=30), usegmt=True),
    "years behind": "Thu, 01 Jan 2015 00:00:00 GMT",
    "not set": "Thu, 01 Jan 1970 00:00:00 GMT",
    "no date": "around noon",
    "empty": "",
    "missing": None,
}


class MistakenDataCenter(OddDataCenter):
    """A site whose `Date` header says what it is told to; None leaves it out."""

    distortion = NOTHING
    date: str | None = None

    @override
    def _respond(self, request: web.BaseRequest, path: str, raw_query: str) -> web.Response:
        response = super()._respond(request, path, raw_query)
        if self.date is not None:
            response.headers["Date"] = self.date
        return response


@pytest.fixture
def site() -> Iterator[MistakenDataCenter]:
    # With an account in UTC, so that nothing but the tap makes up for a clock that is ahead.
    with MistakenDataCenter(Wiki.seeded(pages=20, seed=7), time_zone="UTC") as site:
        yield site


def change(site: DataCenterSite) -> set[str]:
    """Change something of each stream, and return what."""
    wiki = site.wiki
    page = next(page.id for page in wiki.pages if page.status == "current")
    made = {wiki.add_page(), wiki.add_blog_post(), wiki.add_footer_comment(page)}
    return {*made, wiki.add_attachment(page)}


@pytest.mark.parametrize("clock", DATES)
def test_a_wrong_clock_hides_no_change(site: MistakenDataCenter, clock: str) -> None:
    site.date = DATES[clock]
    first = sync(site, catalog=only(*STREAMS))
    for stream in STREAMS:
        assert set(first.keys(stream)) == truth_of(site)[stream]
    state = first.state

    for _ in range(2):
        changed = change(site)
        run = sync(site, state, only(*STREAMS))

        assert changed <= {row["id"] for stream in STREAMS for row in run.rows(stream)}
        state = run.state


def test_a_row_dated_in_the_future_hides_no_change(site: MistakenDataCenter) -> None:
    wiki = site.wiki
    now, wiki.now_ms, wiki.tick_ms = wiki.now_ms, LAST_MOMENT, 1000
    odd = change(site)
    wiki.now_ms = now
    first = sync(site, catalog=only(*STREAMS))
    changed = change(site)
    second = sync(site, first.state, only(*STREAMS))
    third = sync(site, second.state, only(*STREAMS))

    assert odd <= {row["id"] for stream in STREAMS for row in first.rows(stream)}
    assert changed <= {row["id"] for stream in STREAMS for row in second.rows(stream)}
    assert not any(third.rows(stream) for stream in STREAMS)
    assert "9999" not in str(third.state)


def test_after_a_kill_the_bookmark_is_that_of_the_whole_read(
    site: MistakenDataCenter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tap_confluence.output.writer.RECORDS_TO_STATE", 0)
    site.faults.caps = {"bare": 5, "expand": 5, "body": 5}
    first = sync(site, catalog=only("pages"))
    [*_, killed] = [s for s in first.states if "fullRead" in s["bookmarks"].get("pages", {})]

    second = sync(site, killed, only("pages"))

    assert second.bookmark("pages") == first.bookmark("pages")
    assert len(second.rows("pages")) < len(first.rows("pages"))
