"""A Confluence Cloud site that runs on loopback, for tests, demonstrations and benchmarks."""

from __future__ import annotations

from tests.demo_site.faults import Faults
from tests.demo_site.recorder import Recorded, Requests
from tests.demo_site.server import DemoSite
from tests.demo_site.wiki import Wiki

__all__ = ["DemoSite", "Faults", "Recorded", "Requests", "Wiki"]
