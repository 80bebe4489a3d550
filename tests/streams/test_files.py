"""The files of attachments: each is fetched once, and whole."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from tests.demo_site import DemoSite
from tests.demo_site.datacenter import DataCenterSite
from tests.demo_site.model import BlogPost, Page
from tests.running import run_tap, settings_of
from tests.waits import waits_skipped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


from tests.streams.fetched import (
    DOWNLOAD,
    FILE,
    STREAMS,
    AnySite,
    an_attachment,
    assert_complete,
    content_of,
    file_id_of,
    files_in,
    record_of,
    small_wiki,
    sync,
    way_to_files,
)

PASSING = ("500", "503", "reset", "429", "429-retry-after")


@pytest.fixture
def site() -> Iterator[DemoSite]:
    with DemoSite(small_wiki()) as site:
        yield site


@pytest.fixture(params=[DemoSite, DataCenterSite])
def any_site(request: pytest.FixtureRequest) -> Iterator[AnySite]:
    with request.param(small_wiki()) as site:
        yield site


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "below" / "files"


def test_each_file_is_fetched_to_where_its_record_says(any_site: AnySite, folder: Path) -> None:
    assert_complete(sync(any_site, folder), any_site, folder)


def test_without_the_setting_nothing_is_fetched(site: DemoSite) -> None:
    run = run_tap(settings_of(site), streams=STREAMS)

    assert site.count(FILE) == site.count(DOWNLOAD) == 0
    assert not any(record.get("filePath") for record in run.records["attachments"])


@pytest.mark.parametrize("kind", [Page, BlogPost])
def test_a_path_is_made_of_space_container_and_attachment(
    any_site: AnySite, folder: Path, kind: type
) -> None:
    file = an_attachment(any_site.wiki, kind)
    assert file.container is not None
    any_site.wiki.spaces[file.space].key = "DOCS"

    run = sync(any_site, folder)

    path = record_of(run, file.id)["filePath"]
    assert path == f"DOCS/{file.container.id}/{file.id}-v{file.version}-{file.title}"


def test_a_file_on_custom_content_lies_in_the_folder_of_that(site: DemoSite, folder: Path) -> None:
    on_custom = [a for a in site.wiki.attachments if a.container and "custom" in a.container.kind]

    run = sync(site, folder)

    assert on_custom
    for file in on_custom:
        assert file.container is not None
        key = site.wiki.spaces[file.space].key
        assert record_of(run, file.id)["filePath"].startswith(f"{key}/{file.container.id}/")


def test_the_space_is_unknown_where_the_token_may_not_ask(site: DemoSite, folder: Path) -> None:
    site.faults.deny_scope("/api/v2/spaces")

    run = sync(site, folder)

    assert_complete(run, site, folder)
    assert all(record["filePath"].startswith("_unknown/") for record in run.records["attachments"])


def test_files_and_folders_are_for_their_owner_only(site: DemoSite, folder: Path) -> None:
    sync(site, folder)

    modes = {(p.is_dir(), stat.S_IMODE(p.stat().st_mode)) for p in (folder, *folder.rglob("*"))}
    assert modes == {(True, 0o700), (False, 0o600)}


def test_records_come_in_the_order_of_a_run_without_files(site: DemoSite, folder: Path) -> None:
    plain = run_tap(settings_of(site), streams=STREAMS)

    assert sync(site, folder, max_concurrency=16).keys("attachments") == plain.keys("attachments")


def test_what_is_there_is_not_fetched_again(any_site: AnySite, folder: Path) -> None:
    first = sync(any_site, folder)
    any_site.requests.clear()

    again = sync(any_site, folder)

    assert not any(any_site.count(path) for path in way_to_files(any_site))
    assert again.records == first.records
    assert_complete(again, any_site, folder)


def test_a_later_run_fetches_what_is_new(any_site: AnySite, folder: Path) -> None:
    first = sync(any_site, folder)
    any_site.requests.clear()
    edited = any_site.wiki.edit_attachment(an_attachment(any_site.wiki).id)

    run = sync(any_site, folder, first.state)

    assert any_site.count(way_to_files(any_site)[-1]) == 1
    record = record_of(run, edited)
    new = any_site.wiki.attachments[int(edited.removeprefix("att"))]
    assert f"{edited}-v{new.version}-" in record["filePath"]
    assert (folder / record["filePath"]).read_bytes() == content_of(any_site, new)
    assert (folder / record_of(first, edited)["filePath"]).exists()


def test_what_is_there_in_another_size_is_fetched_again(site: DemoSite, folder: Path) -> None:
    first = sync(site, folder)
    path = folder / record_of(first, an_attachment(site.wiki).id)["filePath"]
    path.write_bytes(b"half")
    site.requests.clear()

    assert_complete(sync(site, folder), site, folder)
    assert site.count(FILE) == 1


def test_a_file_that_is_too_large_is_not_asked_for(site: DemoSite, folder: Path) -> None:
    large = an_attachment(site.wiki, size=10_001)

    run = sync(site, folder, attachment_max_bytes=10_000)

    assert record_of(run, large.id)["fileSkipped"] == "too large"
    assert record_of(run, large.id)["filePath"] is None
    assert len(files_in(folder)) == len(run.records["attachments"]) - 1
    assert not [r for r in site.requests if large.id in r.path]


def test_a_file_that_is_larger_than_it_is_said_to_be_is_given_up(
    site: DemoSite, folder: Path
) -> None:
    large = an_attachment(site.wiki, size=100)
    site.media.contents[large.id] = b"x" * 10_001

    run = sync(site, folder, attachment_max_bytes=10_000)

    assert run.exit_status == 0
    assert record_of(run, large.id)["fileSkipped"] == "too large"
    assert len(files_in(folder)) == len(run.records["attachments"]) - 1


def test_only_files_of_the_wanted_types_are_fetched(site: DemoSite, folder: Path) -> None:
    run = sync(site, folder, attachment_media_types=["image/*", "Application/PDF"])

    fetched = {each["mediaType"] for each in run.records["attachments"] if each["filePath"]}
    skipped = {
        each["mediaType"]
        for each in run.records["attachments"]
        if each["fileSkipped"] == "media type"
    }
    assert "application/pdf" in fetched
    assert all(each.startswith("image/") for each in fetched - {"application/pdf"})
    assert skipped
    assert not any(each.startswith("image/") for each in skipped)


@pytest.mark.each_value
@pytest.mark.parametrize(("status", "reason"), [(404, "gone"), (403, "forbidden"), (410, "gone")])
@pytest.mark.parametrize("where", ["site", "media"])
def test_a_file_that_is_not_given_is_left_out_and_counted(
    site: DemoSite, folder: Path, status: int, reason: str, where: str
) -> None:
    file = an_attachment(site.wiki)
    sync(site, folder)
    path = next(r.path for r in site.requests if file.id in r.path)
    if where == "media":
        file_id = file_id_of(site, file)
        path = f"{FILE}{file_id}/binary"
    site.faults.forbid(path, status)

    run = sync(site, folder / "again")

    assert run.exit_status == 0, run.complaints
    assert record_of(run, file.id)["fileSkipped"] == reason
    assert len(files_in(folder / "again")) == len(run.records["attachments"]) - 1
    assert any("Skipped 1 of 'attachments'" in line for line in run.log)


def test_a_file_in_the_trash_is_fetched_if_the_site_gives_it(site: DemoSite, folder: Path) -> None:
    given, refused = an_attachment(site.wiki, Page), an_attachment(site.wiki, BlogPost)
    given.status = refused.status = "trashed"
    site.faults.forbid(f".*/{refused.id}/download", 404)

    run = sync(site, folder)

    assert record_of(run, given.id)["filePath"]
    assert record_of(run, refused.id)["fileSkipped"] == "trashed"


@pytest.mark.each_value
@pytest.mark.parametrize("kind", [*PASSING, "cut-off", "429-absurd"])
def test_what_fails_and_passes_is_repeated(any_site: AnySite, folder: Path, kind: str) -> None:
    any_site.faults.fail_next(2, kind, way_to_files(any_site)[-1])

    with waits_skipped() as waits:
        run = sync(any_site, folder)

    assert_complete(run, any_site, folder)
    assert len(waits.pauses if "429" in kind else waits.retries) >= (1 if "429" in kind else 2)


@pytest.mark.parametrize("kind", PASSING)
def test_a_way_to_a_file_that_fails_and_passes_is_asked_for_again(
    site: DemoSite, folder: Path, kind: str
) -> None:
    site.faults.fail_next(2, kind, DOWNLOAD)

    with waits_skipped() as waits:
        run = sync(site, folder)

    assert_complete(run, site, folder)
    assert len(waits.pauses if "429" in kind else waits.retries) >= (1 if "429" in kind else 2)


def test_a_time_out_amid_a_file_is_a_failure_like_any_other(site: DemoSite, folder: Path) -> None:
    site.faults.fail_next(1, "slow", FILE, delay=0.6)

    with waits_skipped() as waits:
        run = sync(site, folder, request_timeout=0.2)

    assert_complete(run, site, folder)
    assert waits.retries


def test_files_that_all_fail_end_the_run_and_leave_nothing_half_written(
    site: DemoSite, folder: Path
) -> None:
    site.faults.fail_next(1000, "cut-off", FILE)

    with waits_skipped():
        run = sync(site, folder, max_retries=2)

    assert run.exit_status == 1
    [complaint] = run.complaints
    assert "Gave up on /rest/api/content/" in complaint
    assert run.messages[-1]["type"] == "STATE"
    assert not [path for path in files_in(folder) if not path.endswith(".part")]
