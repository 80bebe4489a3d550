"""The statuses of content, as all versions of the API spell them."""

from __future__ import annotations

CURRENT = "current"
ARCHIVED = "archived"
TRASHED = "trashed"
