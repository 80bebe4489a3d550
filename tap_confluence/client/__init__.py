"""Between a stream and the wire. Knows no stream by name."""

from __future__ import annotations

from tap_confluence.client.credentials import Basic, Bearer, Credentials, OAuth
from tap_confluence.client.gateway import find_cloud_id, gateway_root
from tap_confluence.client.lists import ListPage, ListRequest, collect
from tap_confluence.client.pace import Pace
from tap_confluence.client.reader import Reader
from tap_confluence.client.session import Client
from tap_confluence.client.sign_in import check_cloud, check_data_center
from tap_confluence.client.workers import LookAhead, StopFlag, Workers

__all__ = [
    "Basic",
    "Bearer",
    "Client",
    "Credentials",
    "ListPage",
    "ListRequest",
    "LookAhead",
    "OAuth",
    "Pace",
    "Reader",
    "StopFlag",
    "Workers",
    "check_cloud",
    "check_data_center",
    "collect",
    "find_cloud_id",
    "gateway_root",
]
