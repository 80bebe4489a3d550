"""Bodies lead to the files that the same run has read: by file id, and to where they lie."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

import pytest

from tap_confluence.streams.bodies import references
from tests.demo_site import DemoSite, Wiki
from tests.demo_site.datacenter import DataCenterSite
from tests.demo_site.model import Page
from tests.running import run_tap, settings_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.demo_site.model import Attachment
    from tests.running import Run

STREAMS = ("attachments", "pages")


@pytest.fixture
def wiki() -> Wiki:
    return Wiki.plain(pages=16)


@pytest.fixture
def file(wiki: Wiki) -> Attachment:
    """A file on a page, whose body shows it."""
    file = next(
        file
        for file in wiki.attachments
        if isinstance(file.container, Page)
        and file.container.status == file.status == "current"
        and sum(o.container is file.container and o.title == file.title for o in wiki.attachments)
        == 1
    )
    name = file.title.replace("&", "&amp;").replace('"', "&quot;")
    body = f'<ac:image><ri:attachment ri:filename="{name}" /></ac:image>'
    wiki.given_bodies[page_of(file).num, "storage"] = body
    return file


def page_of(file: Attachment) -> Page:
    assert isinstance(file.container, Page)
    return file.container


def markdown_of(run: Run, file: Attachment) -> str:
    [page] = [row for row in run.records["pages"] if row["id"] == page_of(file).id]
    markdown: str = page["bodyMarkdown"]
    return markdown


def is_of(row: dict[str, Any], file: Attachment) -> bool:
    return str(row["id"]).removeprefix("att") == str(file.num)


def settings(folder: Path) -> dict[str, Any]:
    more = {"content_links": "file", "body_markdown": True}
    return {**more, "attachment_download_dir": str(folder)}


def assert_leads_to_the_file(run: Run, file: Attachment, folder: Path) -> None:
    [row] = [
        row for row in run.records["attachments"] if row["id"].removeprefix("att") == str(file.num)
    ]
    [address] = re.findall(r"\]\(([^)]+)\)$", markdown_of(run, file))
    assert unquote(address) == row["filePath"]
    assert (folder / unquote(address)).is_file()


def test_links_lead_into_the_folder_of_files(
    site: DemoSite, file: Attachment, tmp_path: Path
) -> None:
    run = run_tap(settings_of(site, **settings(tmp_path)), streams=STREAMS)

    assert_leads_to_the_file(run, file, tmp_path)


def test_so_it_is_on_data_center(wiki: Wiki, file: Attachment, tmp_path: Path) -> None:
    with DataCenterSite(wiki) as site:
        token = {"base_url": site.base_url, "personal_access_token": site.personal_access_token}
        config = {**token, "anchor_date": "2000-01-01", **settings(tmp_path)}
        run = run_tap(config, streams=STREAMS)

    assert_leads_to_the_file(run, file, tmp_path)


@pytest.mark.parametrize("most", [0, 1])
def test_files_that_are_forgotten_or_not_read_are_on_the_site(
    site: DemoSite, file: Attachment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(references, "MOST_FILES", 0)
    streams = STREAMS if most else ("pages",)

    run = run_tap(settings_of(site, **settings(tmp_path)), streams=streams)

    where = f"{site.base_url}/download/attachments/{page_of(file).id}/"
    assert markdown_of(run, file).endswith(f"]({where}{quote(file.title, safe='')})")


@pytest.mark.parametrize("is_read", [True, False])
def test_adf_has_the_name_of_a_file_that_was_read(
    site: DemoSite, file: Attachment, *, is_read: bool
) -> None:
    found = run_tap(settings_of(site), streams=("attachments",)).records["attachments"]
    [file_id] = [row["fileId"] for row in found if is_of(row, file)]
    collection = f"contentId-{page_of(file).id}"
    media = {"type": "media", "attrs": {"id": file_id, "alt": "In words", "collection": collection}}
    document = json.dumps({"type": "doc", "content": [{"type": "mediaSingle", "content": [media]}]})
    site.wiki.given_bodies[page_of(file).num, "atlas_doc_format"] = document
    more = {"body_format": "atlas_doc_format", "body_markdown": True}

    run = run_tap(settings_of(site, **more), streams=STREAMS if is_read else ("pages",))

    root = site.base_url
    here = f"{root}/download/attachments/{page_of(file).id}/{quote(file.title, safe='')}"
    page = f"[In words]({root}/pages/viewpage.action?pageId={page_of(file).id})"
    assert markdown_of(run, file) == (f"![In words]({here})" if is_read else page)
