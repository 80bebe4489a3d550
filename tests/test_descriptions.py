"""Atlassian's descriptions of its API are fetched once, and nothing else is taken for them."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from tests.descriptions import DESCRIPTIONS, Description, main
from tests.reference import reference

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAMES = sorted(description.name for description in DESCRIPTIONS)
FIRST = DESCRIPTIONS[0]
EVERY_DESCRIPTION = pytest.mark.parametrize("description", DESCRIPTIONS, ids=lambda d: d.name)


def made_up(description: Description) -> dict[str, Any]:
    """The least that is a description."""
    return {
        "openapi": "3.0.1",
        "info": {"title": description.title, "version": description.version or "1.0.0"},
        "paths": {description.operation: {"get": {}}},
        "components": {"schemas": {description.model: {"type": "object"}}},
    }


class Publisher(ThreadingHTTPServer):
    """A server that publishes descriptions.

    Attributes:
        published: What lies under each path.
        asked: The paths that were asked for.
        failing: How many requests are still answered by 503.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Publication)
        self.published = {d.path: json.dumps(made_up(d)).encode() for d in DESCRIPTIONS}
        self.asked: list[str] = []
        self.failing = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Publication(BaseHTTPRequestHandler):
    server: Publisher

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        body = self.server.published.get(self.path, b"")
        status = 200 if body else 404
        if self.server.failing:
            self.server.failing -= 1
            status = 503
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """The tests look at what was asked instead."""


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def fetched(publisher: Publisher, folder: Path) -> int:
    return main([str(folder), "--publisher", publisher.address])


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_all_descriptions_are_fetched(publisher: Publisher, tmp_path: Path) -> None:
    folder = tmp_path / "not there yet"

    assert fetched(publisher, folder) == 0
    assert files(folder) == NAMES
    assert (folder / FIRST.name).read_bytes() == publisher.published[FIRST.path]


def test_what_is_there_is_not_fetched_again(publisher: Publisher, tmp_path: Path) -> None:
    fetched(publisher, tmp_path)
    (tmp_path / FIRST.name).unlink()
    publisher.asked.clear()

    assert fetched(publisher, tmp_path) == 0
    assert publisher.asked == [FIRST.path]


def test_a_server_in_trouble_is_asked_again(publisher: Publisher, tmp_path: Path) -> None:
    publisher.failing = 1

    assert fetched(publisher, tmp_path) == 0
    assert publisher.asked.count(FIRST.path) == 2


def test_a_description_that_is_not_published_fails(
    publisher: Publisher, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del publisher.published[FIRST.path]

    assert fetched(publisher, tmp_path) == 1
    assert "404" in capsys.readouterr().err
    assert files(tmp_path) == []


@pytest.mark.parametrize(
    "body",
    [b"<html>Moved</html>", b"[]", b"{}", b'{"openapi": 3, "info": {}}', b"\xff\xfe"],
)
def test_what_is_no_description_is_not_kept(
    publisher: Publisher, tmp_path: Path, capsys: pytest.CaptureFixture[str], body: bytes
) -> None:
    publisher.published[FIRST.path] = body

    assert fetched(publisher, tmp_path) == 1
    assert f"{FIRST.name} is no description of an API" in capsys.readouterr().err
    assert files(tmp_path) == []


@EVERY_DESCRIPTION
@pytest.mark.parametrize(
    ("part", "value", "complaint"),
    [
        ("openapi", "2.0", "OpenAPI 3"),
        ("info", {"title": "The Jira REST API", "version": "10.0.3"}, "the title"),
        ("paths", {}, "the path"),
        ("components", {"schemas": {}}, "the model"),
    ],
)
def test_another_description_is_not_kept(  # noqa: PLR0913, PLR0917 - pytest passes by name
    publisher: Publisher,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    description: Description,
    part: str,
    value: object,
    complaint: str,
) -> None:
    other = json.dumps({**made_up(description), part: value})
    publisher.published[description.path] = other.encode()

    assert fetched(publisher, tmp_path) == 1
    assert f"{description.name} is another description, without {complaint}" in (
        capsys.readouterr().err
    )
    assert description.name not in files(tmp_path)


def test_another_release_is_not_kept(
    publisher: Publisher, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (release,) = (d for d in DESCRIPTIONS if d.version)
    other = made_up(release)
    other["info"]["version"] = "9.2.0"
    publisher.published[release.path] = json.dumps(other).encode()

    assert fetched(publisher, tmp_path) == 1
    assert f"without the version {release.version}" in capsys.readouterr().err


def test_what_lies_there_broken_is_said(
    publisher: Publisher, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / FIRST.name).write_text('{"openapi": "3')

    assert fetched(publisher, tmp_path) == 1
    assert f"{FIRST.name} is no description of an API" in capsys.readouterr().err


@EVERY_DESCRIPTION
def test_what_is_published_is_known(description: Description) -> None:
    description.check(json.dumps(reference(description.name)).encode())
