"""Every setting of the tap: its name, meaning, type and default; and what follows from them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pendulum
from singer_sdk import typing as th

from tap_confluence.settings.extraction import EXTRACTION
from tap_confluence.settings.site import SITE
from tap_confluence.settings.transport import TRANSPORT
from tap_confluence.settings.values import (
    CLOUD,
    DATA_CENTER,
    DATE_FORMAT,
    READABLE,
    RENDERED,
    STORAGE,
    TOKEN_PAGE,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "CLOUD",
    "DATA_CENTER",
    "READABLE",
    "RENDERED",
    "SETTINGS",
    "STORAGE",
    "TOKEN_PAGE",
    "anchor",
    "deployment",
    "download_folder",
    "parse_anchor",
    "site_url",
]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""Before anything was in any wiki: clocks of sites and databases need not know earlier times."""

RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)

SETTINGS: dict[str, Any] = th.PropertiesList(
    *SITE, *EXTRACTION, *TRANSPORT, additional_properties=False
).to_dict()


def site_url(config: Mapping[str, Any]) -> str:
    """Return the root of the site, without a slash at the end.

    Args:
        config: Checked settings.

    Returns:
        Such as `https://your-company.atlassian.net/wiki`.
    """
    if base_url := config.get("base_url"):
        root = str(base_url).rstrip("/")
        parts = urlsplit(root)
        is_bare_cloud_host = (parts.hostname or "").endswith(".atlassian.net") and not parts.path
        return f"{root}/wiki" if is_bare_cloud_host else root
    host = str(config["domain"]).strip().removeprefix("https://").rstrip("/").removesuffix("/wiki")
    return f"https://{host if '.' in host else f'{host}.atlassian.net'}/wiki"


def deployment(config: Mapping[str, Any]) -> str:
    """Tell what the site runs, by its address and the kind of credentials.

    Args:
        config: Settings.

    Returns:
        `cloud` or `datacenter`.
    """
    given = config.get("deployment", "auto")
    if given != "auto":
        return str(given)
    host = urlsplit(str(config.get("base_url") or "")).hostname or ""
    if config.get("domain") or host.endswith(".atlassian.net"):
        return CLOUD
    self_hosted = config.get("personal_access_token") or config.get("username")
    return DATA_CENTER if self_hosted else CLOUD


def anchor(config: Mapping[str, Any]) -> datetime:
    """Return the time at which a stream without a bookmark starts.

    Args:
        config: Checked settings.

    Returns:
        A time in UTC.
    """
    if date := config.get("anchor_date"):
        return max(parse_anchor(date), EPOCH)
    now = pendulum.now("UTC")
    if days := config.get("lookback_days"):
        return now.subtract(days=days)
    return now.subtract(years=1).start_of("day")


def download_folder(config: Mapping[str, Any]) -> Path | None:
    """Return the folder to put files into; None when none are to be fetched.

    Args:
        config: Checked settings.
    """
    folder = config.get("attachment_download_dir")
    return Path(folder).expanduser() if folder else None


def parse_anchor(value: str) -> datetime:
    """Read a day, `YYYY-MM-DD`, as its beginning in UTC, or a date-time of RFC 3339.

    Returns:
        A time in UTC.

    Raises:
        ValueError: It is neither.
        OverflowError: In UTC it is in no year from 1 to 9999.
    """
    if RFC_3339.fullmatch(value):
        return datetime.fromisoformat(value.upper()).astimezone(UTC)
    return pendulum.from_format(value, DATE_FORMAT, tz="UTC")
