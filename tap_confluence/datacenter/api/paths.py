"""Where REST v1 has its lists and items, below the root of the site."""

from __future__ import annotations

CONTENT = "/rest/api/content"
SPACES = "/rest/api/space"
USER = "/rest/api/user"
