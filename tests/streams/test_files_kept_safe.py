"""Credentials go nowhere but to the site, and files nowhere but into their folder."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.demo_site import DemoSite
from tests.demo_site.gateway import GatewaySite
from tests.forked import run_forked
from tests.http.other_sites import other_site
from tests.running import clean_environment, command, only, run_tap, settings_of
from tests.waits import waits_skipped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message
    from pathlib import Path

    from aiohttp import web


from tests.streams.fetched import (
    DOWNLOAD,
    FILE,
    STREAMS,
    an_attachment,
    assert_complete,
    file_id_of,
    files_in,
    reasons,
    record_of,
    small_wiki,
    sync,
)


@pytest.fixture
def site() -> Iterator[DemoSite]:
    with DemoSite(small_wiki()) as site:
        yield site


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "below" / "files"


def test_no_credentials_and_no_cookies_leave_the_site(site: DemoSite, folder: Path) -> None:
    sync(site, folder)

    media = [request for request in site.requests if request.through == "media"]
    assert {request.status for request in media} == {200}
    assert {request.authorization for request in media} == {None}
    assert all(request.authorization for request in site.requests if request.through == "site")


def test_another_host_gets_no_credentials_however_often_it_redirects(
    site: DemoSite, folder: Path
) -> None:
    received: list[Message] = []
    with other_site(302, received=received, Location="/again") as elsewhere:
        site.faults.redirect(FILE, elsewhere)
        run = sync(site, folder)

    assert run.exit_status == 0
    assert reasons(run) == {"redirect"}
    assert received
    assert not [headers for headers in received if headers["Authorization"] or headers["Cookie"]]


def test_a_host_that_redirects_back_to_the_site_gets_nothing_signed(
    site: DemoSite, folder: Path
) -> None:
    file = an_attachment(site.wiki)
    back = f"{site.base_url}/rest/api/user/current"
    with other_site(302, Location=back) as elsewhere:
        site.faults.redirect(FILE, elsewhere)
        run = sync(site, folder)

    asked = [request for request in site.requests if request.path == "/rest/api/user/current"]
    assert record_of(run, file.id)["fileSkipped"] == "forbidden"
    assert {request.authorization for request in asked[1:]} == {None}
    assert files_in(folder) == {}


@pytest.mark.parametrize(
    "location", ["ftp://media.example.com", "file:///etc", "https://", "http://[", "https://a b"]
)
def test_a_redirect_to_no_web_address_is_not_followed(
    site: DemoSite, folder: Path, location: str
) -> None:
    site.faults.redirect(DOWNLOAD, location)

    with waits_skipped():
        run = sync(site, folder, max_retries=0)

    assert reasons(run) == {"redirect"}


def test_tokens_are_in_no_log_and_no_record_even_when_it_fails(
    site: DemoSite, folder: Path
) -> None:
    site.faults.fail_next(3, "cut-off", FILE)
    site.faults.fail_next(3, "reset", FILE)
    site.faults.forbid(f"{FILE}{file_id_of(site, an_attachment(site.wiki))}/binary", 403)
    config = settings_of(site, attachment_download_dir=str(folder), max_retries=9)

    run = run_forked(
        config,
        catalog=only(*STREAMS),
        environment={"TAP_CONFLUENCE_LOGLEVEL": "DEBUG", "LOGLEVEL": "DEBUG"},
    )

    assert run.exit_status == 0, run.stderr
    assert "/file/" in run.stderr
    assert site.media.tokens
    for token in site.media.tokens:
        assert token not in run.stderr
        assert token not in run.stdout
    assert "token=" not in run.stderr + run.stdout


def test_through_the_gateway_files_are_fetched_below_its_root(folder: Path) -> None:
    with GatewaySite(small_wiki()) as site:
        config = {
            "base_url": site.base_url,
            "api_token": site.scoped_token,
            "use_api_gateway": True,
            "api_gateway_url": site.gateway_url,
            "anchor_date": "2000-01-01",
            "attachment_download_dir": str(folder),
        }
        run = run_tap(config, streams=STREAMS)

        assert_complete(run, site, folder)
        through = {request.through for request in site.requests if DOWNLOAD in request.path}
        assert through == {"gateway"}


def test_the_links_that_refuse_api_tokens_are_not_used(site: DemoSite, folder: Path) -> None:
    run = sync(site, folder)

    links = {record["downloadLink"].split("/")[1] for record in run.records["attachments"]}
    assert "download" in links
    assert site.count("/download/") == 0


def test_a_hostile_site_writes_nothing_outside_the_folder(site: DemoSite, folder: Path) -> None:
    file = an_attachment(site.wiki)
    file.title = "../../../../etc/passwd"
    site.wiki.spaces[file.space].key = "../.."

    run = sync(site, folder)

    assert run.exit_status == 0
    path = folder / record_of(run, file.id)["filePath"]
    assert folder.resolve() in path.resolve().parents
    assert len(files_in(folder.parent.parent)) == len(run.records["attachments"])


class OddSite(DemoSite):
    """A site that writes texts where numbers should be."""

    def _respond(self, request: web.BaseRequest, path: str, raw_query: str) -> web.Response:
        response = super()._respond(request, path, raw_query)
        body = bytes(response.body) if isinstance(response.body, bytes) else b""
        body = re.sub(rb'"number":(\d+)', rb'"number":"../../../\1"', body)
        response.body = re.sub(rb'"(fileSize|spaceId)":"?(\d+)"?', rb'"\1":"../../\2"', body)
        return response


def test_what_should_be_a_number_leads_nowhere_else(folder: Path) -> None:
    with OddSite(small_wiki()) as site:
        run = sync(site, folder, attachment_max_bytes=10**9)

        assert run.exit_status == 0
        for record in run.records["attachments"]:
            assert record["filePath"].startswith("_unknown/")
            assert f"/{record['id']}-v0-" in record["filePath"]
        assert len(files_in(folder.parent.parent)) == len(run.records["attachments"])


def test_no_link_is_followed_out_of_the_folder(
    site: DemoSite, folder: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    file = an_attachment(site.wiki)
    folder.mkdir(parents=True)
    (folder / site.wiki.spaces[file.space].key).symlink_to(outside, target_is_directory=True)

    run = sync(site, folder)

    assert run.exit_status == 1
    [complaint] = run.complaints
    assert "is a link to elsewhere" in complaint
    assert list(outside.iterdir()) == []


def test_a_link_in_the_place_of_a_file_is_replaced_not_followed(
    site: DemoSite, folder: Path, tmp_path: Path
) -> None:
    file = an_attachment(site.wiki)
    outside = tmp_path / "precious"
    outside.write_bytes(b"x" * file.size)
    path = folder / record_of(sync(site, folder), file.id)["filePath"]
    path.unlink()
    path.symlink_to(outside)

    assert_complete(sync(site, folder), site, folder)
    assert not path.is_symlink()
    assert outside.read_bytes() == b"x" * file.size


def test_a_folder_that_is_full_ends_the_run_in_one_line(site: DemoSite, folder: Path) -> None:
    file = an_attachment(site.wiki)
    folder.mkdir(parents=True)
    (folder / site.wiki.spaces[file.space].key).write_text("in the way")

    run = sync(site, folder)

    assert run.exit_status == 1
    [complaint] = run.complaints
    assert "Cannot write" in complaint
    assert "'attachment_download_dir'" in complaint


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_run_that_is_killed_amid_a_file_leaves_no_half_file_in_its_place(
    site: DemoSite, folder: Path, tmp_path: Path, number: signal.Signals
) -> None:
    for attachment in site.wiki.attachments:
        attachment.size += 400_000
    config = settings_of(site, attachment_download_dir=str(folder), max_concurrency=3)
    process = subprocess.Popen(  # noqa: S603 - the tap
        command(tmp_path, config=config, catalog=only(*STREAMS)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=clean_environment(),
    )
    sent: list[str] = []

    def kill(path: str) -> None:
        sent.append(path)
        if len(sent) == 7:
            while process.poll() is None and not parts():
                os.sched_yield()
            process.send_signal(number)
            process.wait()

    def parts() -> list[Path]:
        return [part for part in folder.rglob("*.part") if part.stat().st_size]

    site.faults.amid_file = kill
    stdout, _ = process.communicate(timeout=60)

    site.faults.amid_file = None
    assert process.returncode in {-signal.SIGKILL, 128 + signal.SIGTERM}
    sizes = {attachment.id: attachment.size for attachment in site.wiki.attachments}
    whole = {path.name.partition("-")[0]: path.stat().st_size for path in folder.rglob("att*")}
    assert whole.items() <= sizes.items()
    assert 0 < len(whole) < len(sizes)
    if number == signal.SIGKILL:
        assert parts()
    lines = [json.loads(line) for line in stdout.decode().splitlines() if line.endswith("}")]
    assert all((folder / each["record"]["filePath"]).exists() for each in lines if "record" in each)
    site.requests.clear()

    assert_complete(sync(site, folder), site, folder)
    assert not {request.path.split("/")[-2] for request in site.requests} & set(whole)
