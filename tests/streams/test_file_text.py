"""The text of files, read in processes of their own."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from tap_confluence.streams.files import file_text
from tap_confluence.streams.files.file_text import FileTexts
from tests.demo_site import DemoSite
from tests.demo_site.datacenter import DataCenterSite
from tests.demo_site.words import FILES
from tests.streams import documents
from tests.streams.fetched import small_wiki, sync

if TYPE_CHECKING:
    from collections.abc import Iterator

WORDS = "Grüße aus Zürich"
PLAIN_WORDS = "Greetings from Zurich"

READ = {
    "plan.docx": (documents.docx(WORDS), WORDS),
    "costs.xlsx": (documents.xlsx(WORDS), f"Costs\n\n{WORDS} 42"),
    "talk.pptx": (documents.pptx(WORDS), WORDS),
    "plan.odt": (documents.odt(WORDS), WORDS),
    "contract.pdf": (documents.pdf(PLAIN_WORDS), PLAIN_WORDS),
    "page.html": (f"<h1>{WORDS}</h1><script>no()</script>".encode(), WORDS),
    "export.csv": (f"name;sum\r\n{WORDS};5\r\n".encode(), f"name;sum\n{WORDS};5"),
    "old.csv": (f"{WORDS}\nÄrger über Öl\n".encode("latin-1"), f"{WORDS}\nÄrger über Öl"),
    "odd.txt": (b"a\x00b\xef\xbf\xbf", "ab"),
    "notes.md": (f"# {WORDS}".encode("utf-8-sig"), f"# {WORDS}"),
    "data.json": (b'{"a": 1}', '{"a": 1}'),
}

UNREAD = {
    "photo.png": (b"\x89PNG", "media type"),
    "drawing.svg": (b"<svg/>", "media type"),
    "program.exe": (b"MZ", "media type"),
    "scan.pdf": (documents.pdf(), "no text"),
    "cut.pdf": (documents.pdf(PLAIN_WORDS)[:90], "unreadable"),
    "no.docx": (b"PK\x03\x04no", "unreadable"),
    "empty.txt": (b"", "no text"),
}


@pytest.fixture(scope="module")
def texts() -> Iterator[FileTexts]:
    texts = FileTexts()
    yield texts
    texts.close()


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("name", READ)
def test_the_text_of_a_file_is_read(texts: FileTexts, tmp_path: Path, name: str) -> None:
    data, text = READ[name]

    found = texts.read(written(tmp_path, name, data), "application/octet-stream", name)

    assert found == {"fileText": text, "fileTextSkipped": None}


@pytest.mark.parametrize("name", UNREAD)
def test_it_is_said_why_there_is_none(texts: FileTexts, tmp_path: Path, name: str) -> None:
    data, reason = UNREAD[name]

    found = texts.read(written(tmp_path, name, data), "", name)

    assert found == {"fileText": None, "fileTextSkipped": reason}


@pytest.mark.parametrize("media_type", ["application/msword", "application/vnd.ms-excel"])
def test_a_file_is_what_its_ending_says_where_its_type_is_that_of_old_ones(
    texts: FileTexts, tmp_path: Path, media_type: str
) -> None:
    path = written(tmp_path, "a", documents.docx(WORDS))

    assert texts.read(path, f"{media_type}; charset=binary", "plan.DOCX")["fileText"] == WORDS


def test_a_long_text_is_cut(
    texts: FileTexts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_text, "MOST_CHARACTERS", 10)

    found = texts.read(written(tmp_path, "a.txt", b"0123456789abc"), "text/plain", "a.txt")

    assert found == {"fileText": "0123456789", "fileTextSkipped": "cut"}


def test_a_large_file_is_not_read(
    texts: FileTexts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_text, "MOST_BYTES", 3)

    found = texts.read(written(tmp_path, "a.txt", b"four"), "text/plain", "a.txt")

    assert found["fileTextSkipped"] == "too large"


def test_a_file_that_takes_too_long_is_given_up_and_the_next_is_read(tmp_path: Path) -> None:
    texts = FileTexts(most_seconds=0.2)
    endless = tmp_path / "endless.txt"
    os.mkfifo(endless)

    try:
        assert texts.read(endless, "text/plain", "a.txt")["fileTextSkipped"] == "takes too long"
        texts.most_seconds = 60
        whole = written(tmp_path, "b.txt", b"text")
        assert texts.read(whole, "text/plain", "b.txt")["fileText"] == "text"
    finally:
        texts.close()


def has_open(pid: int | None, path: Path) -> bool:
    """Tell whether a process has opened a file."""
    opened = Path(f"/proc/{pid}/fd").iterdir()
    return any(os.path.realpath(each) == str(path) for each in opened)


@pytest.mark.skipif(sys.platform != "linux", reason="finds the reader by what it has opened")
def test_a_file_that_kills_its_reader_kills_nothing_else(tmp_path: Path) -> None:
    texts = FileTexts()
    endless = tmp_path / "endless.txt"
    os.mkfifo(endless)
    before = set(multiprocessing.active_children())
    found: dict[str, Any] = {}
    reading = Thread(target=lambda: found.update(texts.read(endless, "text/plain", "a.txt")))
    reading.start()

    def readers() -> set[multiprocessing.process.BaseProcess]:
        return set(multiprocessing.active_children()) - before

    try:
        # The pipe opens for writing when somebody reads it.
        with endless.open("wb"):
            [reader] = [r for r in readers() if has_open(r.pid, endless)]
            os.kill(reader.pid or 0, signal.SIGKILL)
            reading.join()
        assert found["fileTextSkipped"] == "crashes"
        whole = written(tmp_path, "b.txt", b"text")
        assert texts.read(whole, "text/plain", "b.txt")["fileText"] == "text"
    finally:
        texts.close()
    assert not readers()


def test_readers_that_all_end_at_once_are_started_anew(tmp_path: Path) -> None:
    texts = FileTexts()
    before = set(multiprocessing.active_children())
    whole = written(tmp_path, "b.txt", b"text")

    try:
        assert texts.read(whole, "text/plain", "b.txt")["fileText"] == "text"
        readers = set(multiprocessing.active_children()) - before
        assert readers
        for reader in readers:
            os.kill(reader.pid or 0, signal.SIGKILL)
        found = [texts.read(whole, "text/plain", "b.txt") for _ in range(5)]
        assert found[-1]["fileText"] == "text"
    finally:
        texts.close()


@pytest.mark.parametrize("kind", [DemoSite, DataCenterSite])
def test_records_have_the_text_of_their_files(
    kind: type[DemoSite | DataCenterSite], tmp_path: Path
) -> None:
    wiki = small_wiki()
    given = {
        "csv": f"{WORDS};5".encode(),
        "txt": WORDS.encode(),
        "pdf": documents.pdf(PLAIN_WORDS),
        "xlsx": documents.xlsx(WORDS),
    }
    for attachment in wiki.attachments:
        attachment.data = given.get(attachment.title.rpartition(".")[2])
        attachment.size = attachment.size if attachment.data is None else len(attachment.data)
    with kind(wiki) as site:
        run = sync(site, tmp_path, attachment_text=True)

    assert run.exit_status == 0, run.complaints
    texts = {"csv": f"{WORDS};5", "txt": WORDS, "pdf": PLAIN_WORDS, "xlsx": f"Costs\n\n{WORDS} 42"}
    met = set()
    for record in run.records["attachments"]:
        ending = record["title"].rpartition(".")[2]
        met.add(ending)
        text = texts.get(ending)
        assert record["fileText"] == text, record
        assert record["fileTextSkipped"] == (None if text else "media type"), record
    assert met == {ending for _, ending, _, _ in FILES}


def test_what_was_not_fetched_has_no_text_and_says_why_but_once(tmp_path: Path) -> None:
    with DemoSite(small_wiki()) as site:
        run = sync(site, tmp_path, attachment_text=True, attachment_media_types=["a/b"])

    for record in run.records["attachments"]:
        told = [record[name] for name in ("fileSkipped", "fileText", "fileTextSkipped")]
        assert told == ["media type", None, None]
