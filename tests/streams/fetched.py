"""Runs that fetch files from a site of either deployment, and what has to come of them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from tests.datacenter import runs as datacenter
from tests.demo_site import DemoSite, Wiki
from tests.demo_site.datacenter import DataCenterSite
from tests.demo_site.media import LEGACY, made_up
from tests.demo_site.model import Attachment, Page
from tests.running import run_tap, settings_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.running import Json, Run


AnySite = DemoSite | DataCenterSite

STREAMS = ("attachments",)
FILE = "/file/"
DOWNLOAD = "/rest/api/content/"


def small_wiki() -> Wiki:
    """A wiki whose files are small, some of them empty."""
    wiki = Wiki.seeded(pages=12, seed=7)
    for place, attachment in enumerate(wiki.attachments):
        attachment.size = 0 if place == 3 else 100 + 977 * attachment.num % 4000
    return wiki


def sync(site: AnySite, folder: Path, state: Json | None = None, **more: Any) -> Run:
    more["attachment_download_dir"] = str(folder)
    if isinstance(site, DataCenterSite):
        catalog = datacenter.only(*STREAMS)
        return run_tap(datacenter.settings_of(site, **more), state, catalog)
    return run_tap(settings_of(site, **more), state, streams=STREAMS)


def way_to_files(site: AnySite) -> tuple[str, ...]:
    """What is asked for a file, one after the other: what their paths begin with."""
    return (LEGACY,) if isinstance(site, DataCenterSite) else (DOWNLOAD, FILE)


def content_of(site: AnySite, attachment: Attachment) -> bytes:
    """What is in a file."""
    if isinstance(site, DataCenterSite):
        return made_up(attachment, attachment.version)
    return site.media.content(attachment)


def files_in(folder: Path) -> dict[str, bytes]:
    """All that lies in a folder, by its path."""
    found = (path for path in folder.rglob("*") if not path.is_dir())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def record_of(run: Run, attachment_id: str) -> Json:
    [record] = [each for each in run.records["attachments"] if each["id"] == attachment_id]
    return record


def reasons(run: Run) -> set[str | None]:
    """Why files were skipped, but for those in the trash."""
    records = run.records["attachments"]
    return {each["fileSkipped"] for each in records if each["status"] != "trashed"}


def an_attachment(wiki: Wiki, *kinds: type, size: int | None = None, **has: Any) -> Attachment:
    """One attachment, that of its kind of container."""
    wanted = kinds or (Page,)
    found = next(
        each
        for each in wiki.attachments
        if isinstance(each.container, wanted)
        and all(
            getattr(each, name) == value for name, value in {"status": "current", **has}.items()
        )
    )
    found.size = found.size if size is None else size
    return found


def assert_complete(run: Run, site: AnySite, folder: Path) -> None:
    """Each record names its file, which is there with all that is in it, and nothing else is."""
    assert run.exit_status == 0, run.complaints
    assert set(run.keys("attachments")) == site.truth()["attachments"]
    on_disk = files_in(folder)
    for record in run.records["attachments"]:
        attachment = site.wiki.attachments[int(record["id"].removeprefix("att"))]
        content = content_of(site, attachment)
        assert on_disk.pop(record["filePath"]) == content
        assert record["fileSha256"] == hashlib.sha256(content).hexdigest()
        assert record["fileSkipped"] is None
    assert on_disk == {}


def file_id_of(site: DemoSite, file: Attachment) -> str:
    """Under which id the media store keeps a file."""
    run = run_tap(settings_of(site), streams=STREAMS)
    file_id: str = record_of(run, file.id)["fileId"]
    return file_id
