"""Attachments: what is known about the files, and where the tap has put them."""

from __future__ import annotations

from typing import Any

from singer_sdk import typing as th

from tap_confluence.schemas.content import (
    container_id,
    created_at,
    latest_version,
    status,
    title,
)
from tap_confluence.schemas.links import links
from tap_confluence.schemas.record import key, record

ATTACHMENT: dict[str, Any] = record(
    key("id", "Id of the attachment; on Cloud it begins with `att`."),
    status(),
    title("Name of the file."),
    created_at("attachment"),
    container_id("pageId", "page"),
    container_id("blogPostId", "blog post"),
    container_id("customContentId", "custom content"),
    th.Property(
        "mediaType",
        th.StringType,
        description="Media type of the file, such as `image/png`.",
    ),
    th.Property(
        "mediaTypeDescription",
        th.StringType,
        description="Media type in words, such as `PNG Image`.",
    ),
    th.Property(
        "comment",
        th.StringType,
        description="Remark left at the upload; empty or null when there is none.",
    ),
    th.Property(
        "fileId",
        th.StringType,
        description="Id of the file in the media store, which `atlas_doc_format` bodies refer to.",
    ),
    th.Property("fileSize", th.IntegerType, description="Size of the file in bytes."),
    th.Property(
        "webuiLink",
        th.StringType,
        description="Where a browser shows the attachment, below the site's base URL.",
    ),
    th.Property(
        "downloadLink",
        th.StringType,
        description="Where the file can be fetched, below the site's base URL.",
    ),
    th.Property(
        "filePath",
        th.StringType,
        description=(
            "Where the tap has put the file, below the folder of the setting "
            "`attachment_download_dir`, with slashes. Null when it was not fetched."
        ),
    ),
    th.Property(
        "fileSha256",
        th.StringType,
        description="SHA-256 of the file that was fetched, as 64 hexadecimal digits.",
    ),
    th.Property(
        "fileSkipped",
        th.StringType,
        description=(
            "Why the file was not fetched though files are: `too large` or `media type` by the "
            "settings; `gone`, `forbidden`, `refused` or `redirect` by the site; `failed` when the "
            "site fails to give it, which later runs try again; `trashed` when the site does not "
            "give it because the attachment is in the trash; `no link` when the site does not tell "
            "where it is. Or what is wrong with one that was: `wrong size` when it came twice in "
            "another size than `fileSize`, so that it may not be whole."
        ),
    ),
    th.Property(
        "fileText",
        th.StringType,
        description=(
            "Text of the file that was fetched, with `attachment_text`: the first million "
            "characters. Null when there is none, or it cannot be read."
        ),
    ),
    th.Property(
        "fileTextSkipped",
        th.StringType,
        description=(
            "Why there is no text of a file that was fetched: `media type` (no text is read from "
            "such files), `too large` (100 MB, or more memory than it may take), `takes too long` "
            "(a minute), `locked` (by a password), `unreadable` (broken, or not what it is said "
            "to be), `crashes` (what reads it), `no text` (such as a scan). Or `cut`: there is "
            "more."
        ),
    ),
    *latest_version(),
    links("webui", "download"),
)
