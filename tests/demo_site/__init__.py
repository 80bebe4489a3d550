"""Confluence sites that run on loopback, for tests, demonstrations and benchmarks."""

from __future__ import annotations

from tests.demo_site.datacenter import DataCenterFaults, DataCenterSite
from tests.demo_site.faults import Faults
from tests.demo_site.gateway import GatewaySite
from tests.demo_site.recorder import Recorded, Requests
from tests.demo_site.server import DemoSite
from tests.demo_site.wiki import Wiki

__all__ = [
    "DataCenterFaults",
    "DataCenterSite",
    "DemoSite",
    "Faults",
    "GatewaySite",
    "Recorded",
    "Requests",
    "Wiki",
]
