"""Values of settings that the code goes by."""

from __future__ import annotations

TOKEN_PAGE = "https://id.atlassian.com/manage-profile/security/api-tokens"  # noqa: S105
DATE_FORMAT = "YYYY-MM-DD"
CLOUD = "cloud"
DATA_CENTER = "datacenter"

STORAGE = "storage"
READABLE = (STORAGE, "atlas_doc_format")
"""The formats of bodies that lists give, and of which Markdown and plain text are made."""

RENDERED = ("view", "export_view")
"""The formats of bodies that the site makes for one reader at a time."""
