"""A Cloud site that is also reached through the API gateway, with scoped tokens and OAuth."""

from __future__ import annotations

from tests.demo_site.gateway.site import GatewaySite
from tests.demo_site.gateway.tokens import Tokens

__all__ = ["GatewaySite", "Tokens"]
