"""Where the files of attachments are kept, and how one gets at them."""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
from typing import TYPE_CHECKING
from urllib.parse import unquote

from aiohttp import web

from tests.demo_site import queries
from tests.demo_site.api_v2 import Reply
from tests.demo_site.chance import uuid_of
from tests.demo_site.errors import ApiError, v1_envelope

if TYPE_CHECKING:
    from tests.demo_site.faults import Faults
    from tests.demo_site.model import Attachment
    from tests.demo_site.store import Store

LEGACY = "/download/attachments/"
CURRENT = "current"

_DOWNLOAD = re.compile(r"/rest/api/content/(\d+)/child/attachment/(att\d+)/download")
_FILE = re.compile(r"/file/([0-9a-f-]+)/binary")
_IN_PIECES = 1 << 16
_SMALL_PIECES = 1 << 12


class Media:
    """The media store of a Cloud site: another host, which wants to know of no credentials.

    Args:
        wiki: The wiki.
        faults: The switches of the site.

    Attributes:
        contents: What is in a file, by the id of its attachment, if not what is made up for it.
        tokens: The tokens it has handed out; each opens one file.
    """

    def __init__(self, wiki: Store, faults: Faults) -> None:
        self.contents: dict[str, bytes] = {}
        self.tokens: dict[str, str] = {}
        self.url = ""
        self._wiki = wiki
        self._faults = faults
        self._files: dict[str, tuple[Attachment, int]] = {}

    def content(self, attachment: Attachment, version: int | None = None) -> bytes:
        """Get the bytes of a file, of the size that the wiki knows it has."""
        made = made_up(attachment, version or attachment.version)
        return self.contents.get(attachment.id, made)

    def legacy_reply(self, path: str) -> Reply | None:
        """Refuse API tokens where only browsers may fetch files; None for other paths."""
        if not path.startswith(LEGACY):
            return None
        return Reply(401, {"code": 401, "message": "Unauthorized"})

    def reply(self, path: str, raw_query: str) -> Reply | None:
        """Answer the request for a file with where it is; None for other paths."""
        found = _DOWNLOAD.fullmatch(path)
        if found is None:
            return None
        try:
            query = queries.read(raw_query, {"version": queries.number, "status": queries.texts})
            with self._wiki.lock:
                location = self._location(found[1], found[2], query)
        except ApiError as error:
            return Reply(error.status, v1_envelope(error.status, error.title))
        return Reply(302, {}, headers={"Location": location})

    async def answer(
        self, request: web.BaseRequest, path: str, raw_query: str
    ) -> web.StreamResponse:
        """Serve a file to whoever has the token for it."""
        if {"Authorization", "Cookie"} & set(request.headers):
            return web.Response(status=400, text="Only one auth mechanism allowed")
        status = self._faults.forbidden(path)
        if status is not None:
            return web.Response(status=status, text="No such file")
        found = _FILE.fullmatch(path)
        token = queries.split(raw_query).get("token", [""])[0]
        if found is None or self.tokens.get(token) != found[1]:
            return web.Response(status=403, text="Invalid token")
        attachment, version = self._files[found[1]]
        body = self.content(attachment, version)
        response = web.StreamResponse(headers={"Content-Type": "application/octet-stream"})
        response.content_length = len(body)
        await response.prepare(request)
        half = len(body) // 2
        pause = self._faults.file_pause
        step = _SMALL_PIECES if pause else _IN_PIECES
        for start in range(0, half, step):
            await response.write(body[start : min(start + step, half)])
            await asyncio.sleep(pause)
        if self._faults.amid_file is not None:
            self._faults.amid_file(path)
        await response.write(body[half:])
        await response.write_eof()
        return response

    def _location(self, container_id: str, attachment_id: str, query: queries.Query) -> str:
        attachment = self._wiki.attachments.get(int(attachment_id.removeprefix("att")))
        at = attachment.container if attachment else None
        if attachment is None or at is None or at.id != container_id:
            raise ApiError(404, f"No attachment found with id {attachment_id}")
        if attachment.status not in (query.get("status") or [CURRENT]):
            raise ApiError(404, f"No attachment found with id {attachment_id}")
        version = query.get("version", attachment.version)
        if not 1 <= version <= attachment.version:
            raise ApiError(400, f"Attachment has no version {version}")
        file_id = uuid_of(attachment.num, version)
        self._files[file_id] = (attachment, version)
        token = f"eyJhbGciOiJIUzI1NiJ9.{secrets.token_urlsafe(24)}.{secrets.token_urlsafe(24)}"
        self.tokens[token] = file_id
        return f"{self.url}/file/{file_id}/binary?token={token}&client=confluence&dl=true"


def made_up(attachment: Attachment, version: int) -> bytes:
    """Make up what is in a file, of the size that it is said to have, unless it is given."""
    if attachment.data is not None:
        return attachment.data
    block = hashlib.sha512(f"{attachment.num} {version}".encode()).digest()
    return (block * (attachment.size // len(block) + 1))[: attachment.size]


def legacy_file(wiki: Store, path: str, raw_query: str) -> bytes | None:
    """Find a file by the path that Data Center serves it at."""
    holder, _, title = path.removeprefix(LEGACY).partition("/")
    query = queries.split(raw_query)
    number, modified = (query.get(name, [""])[0] for name in ("version", "modificationDate"))
    if not holder.isdecimal():
        return None
    with wiki.lock:
        for file in wiki.attachments_of.get(int(holder), ()):
            if (file.title, str(file.modified), file.status) == (unquote(title), modified, CURRENT):
                return made_up(file, int(number))
    return None
