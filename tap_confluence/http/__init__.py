"""Between a stream and the wire. Knows no stream by name."""

from __future__ import annotations

from tap_confluence.http.auth.credentials import Basic, Bearer, Credentials, OAuth
from tap_confluence.http.auth.gateway import find_cloud_id, gateway_root
from tap_confluence.http.client import Client
from tap_confluence.http.download import Download, MisdirectedError, Source, TooLargeError
from tap_confluence.http.lists.kept_rows import KeptRows
from tap_confluence.http.lists.list_page import (
    FailedItem,
    ListPage,
    ListRequest,
    StuckError,
    rows_of,
)
from tap_confluence.http.pagination.detours import Detour, SeenItems, UndividedPaginator
from tap_confluence.http.pagination.halving import BODY
from tap_confluence.http.pagination.paginators import (
    CircleGuard,
    CursorPaginator,
    LinkPaginator,
    OffsetPaginator,
    OverlappingOffsetPaginator,
    Paginator,
    collect,
    get_item,
    get_page,
    in_chunks,
    read_items,
    read_pages,
)
from tap_confluence.http.rate_limit.governor import RateLimit
from tap_confluence.http.reader import FEW_AHEAD, MANY_AHEAD, Reader
from tap_confluence.http.sign_in import SERVER_INFORMATION, check_cloud, check_data_center
from tap_confluence.http.threads.early_start import with_first
from tap_confluence.http.threads.stop_flag import StopFlag
from tap_confluence.http.threads.thread_pool import MOST_AHEAD, LookAhead, ThreadPool
from tap_confluence.http.usage import Usage

__all__ = [
    "BODY",
    "FEW_AHEAD",
    "MANY_AHEAD",
    "MOST_AHEAD",
    "SERVER_INFORMATION",
    "Basic",
    "Bearer",
    "CircleGuard",
    "Client",
    "Credentials",
    "CursorPaginator",
    "Detour",
    "Download",
    "FailedItem",
    "KeptRows",
    "LinkPaginator",
    "ListPage",
    "ListRequest",
    "LookAhead",
    "MisdirectedError",
    "OAuth",
    "OffsetPaginator",
    "OverlappingOffsetPaginator",
    "Paginator",
    "RateLimit",
    "Reader",
    "SeenItems",
    "Source",
    "StopFlag",
    "StuckError",
    "ThreadPool",
    "TooLargeError",
    "UndividedPaginator",
    "Usage",
    "check_cloud",
    "check_data_center",
    "collect",
    "find_cloud_id",
    "gateway_root",
    "get_item",
    "get_page",
    "in_chunks",
    "read_items",
    "read_pages",
    "rows_of",
    "with_first",
]
