"""The files of attachments on Data Center, which serves them itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.datacenter.runs import ClockedDataCenter
from tests.demo_site.media import LEGACY
from tests.http.other_sites import other_site
from tests.streams.fetched import assert_complete, files_in, small_wiki, sync
from tests.waits import waits_skipped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message
    from pathlib import Path


@pytest.fixture
def site() -> Iterator[ClockedDataCenter]:
    with ClockedDataCenter(small_wiki()) as site:
        yield site


def test_each_file_is_fetched_with_the_credentials(site: ClockedDataCenter, tmp_path: Path) -> None:
    run = sync(site, tmp_path)

    assert_complete(run, site, tmp_path)
    asked = [request for request in site.requests if request.path.startswith(LEGACY)]
    assert len(asked) == len(run.records["attachments"])
    assert all(request.authorization for request in asked)


def test_another_host_gets_no_credentials(site: ClockedDataCenter, tmp_path: Path) -> None:
    received: list[Message] = []
    with other_site(200, "from elsewhere", received=received) as elsewhere:
        site.faults.redirect(LEGACY, elsewhere)
        with waits_skipped():
            run = sync(site, tmp_path, max_concurrency=1)

    assert run.exit_status == 0
    assert received
    assert not [headers for headers in received if headers["Authorization"] or headers["Cookie"]]


def test_who_is_sent_to_sign_in_may_not_have_the_file(
    site: ClockedDataCenter, tmp_path: Path
) -> None:
    site.faults.redirect(LEGACY, f"{site.base_url}/login.action?os_destination=")

    run = sync(site, tmp_path)

    assert run.exit_status == 0
    assert {record["fileSkipped"] for record in run.records["attachments"]} == {"forbidden"}
    assert files_in(tmp_path) == {}


def test_a_link_that_would_lead_to_another_host_is_none(tmp_path: Path) -> None:
    with HostileLinks(small_wiki()) as site:
        run = sync(site, tmp_path)

    assert run.exit_status == 0
    assert {record["fileSkipped"] for record in run.records["attachments"]} == {"no link"}


class HostileLinks(ClockedDataCenter):
    """A site whose links, put behind its address, would make it the user name of another."""

    def _with_keys(self, body: bytes) -> bytes:
        return super()._with_keys(body).replace(b'"/download/', b'"@evil.example.com/download/')
