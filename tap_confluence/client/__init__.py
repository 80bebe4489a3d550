"""Between a stream and the wire. Knows no stream by name."""

from __future__ import annotations

from tap_confluence.client.credentials import Basic, Bearer, Credentials, OAuth
from tap_confluence.client.download import Download, MisdirectedError, Source, TooLargeError
from tap_confluence.client.gateway import find_cloud_id, gateway_root
from tap_confluence.client.lists import (
    ListPage,
    ListRequest,
    collect,
    collect_offsets,
    get_item,
    get_page,
    in_chunks,
    rows_of,
)
from tap_confluence.client.pace import Pace
from tap_confluence.client.reader import FEW_AHEAD, MANY_AHEAD, Reader
from tap_confluence.client.session import Client
from tap_confluence.client.sign_in import check_cloud, check_data_center
from tap_confluence.client.usage import Usage
from tap_confluence.client.workers import LookAhead, StopFlag, Workers

__all__ = [
    "FEW_AHEAD",
    "MANY_AHEAD",
    "Basic",
    "Bearer",
    "Client",
    "Credentials",
    "Download",
    "ListPage",
    "ListRequest",
    "LookAhead",
    "MisdirectedError",
    "OAuth",
    "Pace",
    "Reader",
    "Source",
    "StopFlag",
    "TooLargeError",
    "Usage",
    "Workers",
    "check_cloud",
    "check_data_center",
    "collect",
    "collect_offsets",
    "find_cloud_id",
    "gateway_root",
    "get_item",
    "get_page",
    "in_chunks",
    "rows_of",
]
