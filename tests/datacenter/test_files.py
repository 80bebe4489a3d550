"""The files of attachments on Data Center, which serves them itself."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from tests.datacenter.runs import ClockedDataCenter, only, settings_of
from tests.demo_site import Wiki
from tests.demo_site.media import made_up
from tests.http.other_sites import other_site
from tests.running import run_tap
from tests.waits import waits_skipped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message
    from pathlib import Path
    from typing import Any

    from tests.demo_site.model import Attachment
    from tests.running import Json, Run

FILES = "/download/attachments/"


@pytest.fixture
def site() -> Iterator[ClockedDataCenter]:
    wiki = Wiki.seeded(pages=12, seed=7)
    for attachment in wiki.attachments:
        attachment.size = 977 * attachment.num % 4000
    with ClockedDataCenter(wiki) as site:
        yield site


def sync(site: ClockedDataCenter, folder: Path, state: Json | None = None, **settings: Any) -> Run:
    config = settings_of(site, attachment_download_dir=str(folder), **settings)
    return run_tap(config, state, only("attachments"))


def a_file(site: ClockedDataCenter) -> Attachment:
    ids = {identity for (identity,) in site.truth()["attachments"]}
    return next(each for each in site.wiki.attachments if each.id in ids)


def record_of(run: Run, attachment_id: str) -> Json:
    [record] = [each for each in run.records["attachments"] if each["id"] == attachment_id]
    return record


def assert_complete(run: Run, site: ClockedDataCenter, folder: Path) -> None:
    assert run.exit_status == 0, run.complaints
    assert set(run.keys("attachments")) == site.truth()["attachments"]
    for record in run.records["attachments"]:
        attachment = site.wiki.attachments[int(record["id"].removeprefix("att"))]
        assert attachment.container is not None
        key = site.wiki.spaces[attachment.space].key
        path = folder / record["filePath"]
        assert path.parent == folder / key / attachment.container.id
        assert path.read_bytes() == made_up(attachment, attachment.version)
        assert record["fileSha256"] == hashlib.sha256(path.read_bytes()).hexdigest()


def test_each_file_is_fetched_with_the_credentials(site: ClockedDataCenter, tmp_path: Path) -> None:
    run = sync(site, tmp_path)

    assert_complete(run, site, tmp_path)
    asked = [request for request in site.requests if request.path.startswith(FILES)]
    assert len(asked) == len(run.records["attachments"])
    assert all(request.authorization for request in asked)


def test_a_later_run_fetches_what_is_new(site: ClockedDataCenter, tmp_path: Path) -> None:
    first = sync(site, tmp_path)
    site.requests.clear()
    edited = site.wiki.edit_attachment(a_file(site).id)

    run = sync(site, tmp_path, first.state)

    record = record_of(run, edited)
    attachment = site.wiki.attachments[int(edited.removeprefix("att"))]
    assert site.count(FILES) == 1
    assert record["filePath"].split("/")[0] == site.wiki.spaces[attachment.space].key
    assert (tmp_path / record["filePath"]).read_bytes() == made_up(attachment, attachment.version)


def test_what_is_there_is_not_fetched_again(site: ClockedDataCenter, tmp_path: Path) -> None:
    sync(site, tmp_path)
    site.requests.clear()

    assert_complete(sync(site, tmp_path), site, tmp_path)
    assert site.count(FILES) == 0


@pytest.mark.parametrize("kind", ["500", "reset", "cut-off", "429-absurd"])
def test_what_fails_and_passes_is_repeated(
    site: ClockedDataCenter, tmp_path: Path, kind: str
) -> None:
    site.faults.fail_next(2, kind, FILES)

    with waits_skipped():
        assert_complete(sync(site, tmp_path), site, tmp_path)


def test_another_host_gets_no_credentials(site: ClockedDataCenter, tmp_path: Path) -> None:
    received: list[Message] = []
    with other_site(200, "from elsewhere", received=received) as elsewhere:
        site.faults.redirect(FILES, elsewhere)
        with waits_skipped():
            run = sync(site, tmp_path, max_concurrency=1)

    assert run.exit_status == 0
    assert received
    assert not [headers for headers in received if headers["Authorization"] or headers["Cookie"]]


def test_who_is_sent_to_sign_in_may_not_have_the_file(
    site: ClockedDataCenter, tmp_path: Path
) -> None:
    site.faults.redirect(FILES, f"{site.base_url}/login.action?os_destination=")

    run = sync(site, tmp_path)

    assert run.exit_status == 0
    assert {record["fileSkipped"] for record in run.records["attachments"]} == {"forbidden"}
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_link_that_would_lead_to_another_host_is_none(tmp_path: Path) -> None:
    wiki = Wiki.seeded(pages=12, seed=7)
    with HostileLinks(wiki) as site:
        run = sync(site, tmp_path)

    assert run.exit_status == 0
    assert {record["fileSkipped"] for record in run.records["attachments"]} == {"no link"}


class HostileLinks(ClockedDataCenter):
    """A site whose links, put behind its address, would make it the user name of another."""

    def _with_keys(self, body: bytes) -> bytes:
        return super()._with_keys(body).replace(b'"/download/', b'"@evil.example.com/download/')
