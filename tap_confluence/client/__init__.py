"""Between a stream and the wire. Knows no stream by name."""

from __future__ import annotations

from tap_confluence.client.lists import ListPage, ListRequest, collect
from tap_confluence.client.pace import Pace
from tap_confluence.client.reader import Reader
from tap_confluence.client.session import Client
from tap_confluence.client.sign_in import check_sign_in
from tap_confluence.client.workers import LookAhead, StopFlag, Workers

__all__ = [
    "Client",
    "ListPage",
    "ListRequest",
    "LookAhead",
    "Pace",
    "Reader",
    "StopFlag",
    "Workers",
    "check_sign_in",
    "collect",
]
