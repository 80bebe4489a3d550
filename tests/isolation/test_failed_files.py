"""Files that the site fails to give: each is missing alone, and tried once in each later run."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from tests.demo_site import DemoSite
from tests.demo_site.datacenter import DataCenterSite
from tests.isolation.test_failed_details import listed
from tests.streams import fetched
from tests.streams.fetched import an_attachment, file_id_of, files_in, record_of, small_wiki

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.demo_site.model import Attachment
    from tests.running import Json, Run
    from tests.streams.fetched import AnySite

KINDS = ("500", "503", "reset", "cut-off", "slow")
TRIES = 2


@pytest.fixture
def cloud() -> Iterator[DemoSite]:
    with DemoSite(small_wiki()) as site:
        yield site


@pytest.fixture
def self_hosted() -> Iterator[DataCenterSite]:
    with DataCenterSite(small_wiki()) as site:
        yield site


@pytest.fixture(params=["cloud", "self_hosted"])
def any_site(request: pytest.FixtureRequest) -> AnySite:
    site: AnySite = request.getfixturevalue(request.param)
    return site


def sync(site: AnySite, folder: Path, state: Json | None = None) -> Run:
    """Fetch files without much patience."""
    return fetched.sync(site, folder, state, max_retries=TRIES - 1, request_timeout=0.4)


def path_of(site: AnySite, file: Attachment) -> str:
    """Where the site gives a file at last."""
    if isinstance(site, DemoSite):
        return f"/file/{file_id_of(site, file)}/binary"
    assert file.container is not None
    return f"/download/attachments/{file.container.id}/{file.title}"


@pytest.mark.each_value
@pytest.mark.parametrize("kind", KINDS)
def test_only_the_file_is_missing_and_the_next_run_tries_it_once(
    any_site: AnySite, tmp_path: Path, kind: str
) -> None:
    file = an_attachment(any_site.wiki)
    file.title = "of-this-name-there-is-one.bin"
    path = path_of(any_site, file)
    any_site.faults.break_path(path, kind, delay=0.8)

    first = sync(any_site, tmp_path)

    assert first.exit_status == 0, first.complaints
    record = record_of(first, file.id)
    assert (record["filePath"], record["fileSha256"]) == (None, None)
    assert record["fileSkipped"] == "failed"
    others = [each for each in first.records["attachments"] if each["id"] != file.id]
    assert {each["filePath"] for each in others} - {None} == set(files_in(tmp_path))
    assert "failed" not in {each["fileSkipped"] for each in others}
    assert any(f"Skipping the file of {file.id} of 'attachments'" in line for line in first.log)
    assert any("Skipped 1 of 'attachments': 1 failed" in line for line in first.log)
    assert first.state["bookmarks"]["attachments"]["replication_key_value"]
    assert listed(first.state) == {"attachments": {file.id}}

    any_site.requests.clear()
    second = sync(any_site, tmp_path, first.state)

    assert second.exit_status == 0, second.complaints
    assert sum(request.path == path for request in any_site.requests) == 1
    assert listed(second.state) == {"attachments": {file.id}}
    assert "attachments" not in second.records

    any_site.faults.heal()
    third = sync(any_site, tmp_path, second.state)

    [row] = third.records["attachments"]
    assert row["id"] == file.id
    assert row["fileSkipped"] is None
    body = (tmp_path / row["filePath"]).read_bytes()
    assert hashlib.sha256(body).hexdigest() == row["fileSha256"]
    assert len(body) == file.size
    assert listed(third.state) == {}


def test_what_the_site_itself_answers_for_a_file_fails_alone_too(
    cloud: DemoSite, tmp_path: Path
) -> None:
    file = an_attachment(cloud.wiki)
    cloud.faults.break_path(f"/rest/api/content/.+/{file.id}/download", "503")

    run = sync(cloud, tmp_path)

    assert run.exit_status == 0, run.complaints
    assert record_of(run, file.id)["fileSkipped"] == "failed"


def test_a_store_that_fails_for_all_files_is_an_outage(any_site: AnySite, tmp_path: Path) -> None:
    any_site.faults.break_path("/(file|download)/.+", "503")

    run = sync(any_site, tmp_path)

    assert run.exit_status == 1
    assert "The site fails for" in run.complaints[-1]
    assert "run again" in run.complaints[-1]
    entry = run.state["bookmarks"].get("attachments", {})
    assert "replication_key_value" not in entry
    assert "failed" not in entry


def test_a_file_of_another_size_than_said_is_kept_and_the_record_says_so(
    cloud: DemoSite, tmp_path: Path
) -> None:
    odd = an_attachment(cloud.wiki, size=100)
    cloud.media.contents[odd.id] = b"x" * 99

    run = sync(cloud, tmp_path)

    assert run.exit_status == 0
    record = record_of(run, odd.id)
    assert record["fileSkipped"] == "wrong size"
    assert (tmp_path / record["filePath"]).read_bytes() == b"x" * 99
    assert record["fileSha256"] == hashlib.sha256(b"x" * 99).hexdigest()
    assert listed(run.state) == {}
