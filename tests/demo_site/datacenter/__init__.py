"""The same wiki on a self-hosted site: Confluence Data Center and its REST API v1."""

from __future__ import annotations

from tests.demo_site.datacenter.faults import DataCenterFaults
from tests.demo_site.datacenter.site import DataCenterSite

__all__ = ["DataCenterFaults", "DataCenterSite"]
