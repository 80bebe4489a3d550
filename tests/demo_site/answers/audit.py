"""The audit log, by REST v1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.demo_site.api_v2 import Reply
from tests.demo_site.audit import cloud_answer
from tests.demo_site.audit_truth import audit_keys

if TYPE_CHECKING:
    from tests.demo_site.answers import Keys
    from tests.demo_site.store import Store

OF_THE_SITE = frozenset({"audit_records"})


def answer(wiki: Store, base_url: str, path: str, raw_query: str) -> Reply | None:
    """Answer what has been logged."""
    return Reply(200, cloud_answer(wiki, raw_query, base_url)) if path == "audit" else None


def truth(wiki: Store) -> dict[str, Keys]:
    """Get the keys."""
    return {"audit_records": audit_keys(wiki)}
