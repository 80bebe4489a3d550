"""The keys of audit records, which are the tap's own: the log has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.demo_site.audit import cloud_row, data_center_row

if TYPE_CHECKING:
    from tests.demo_site.store import Store
    from tests.demo_site.wiki import Keys

# A site runs where there is no tap as well; only who asks for the truth needs it.
# ruff: noqa: PLC0415


def audit_keys(wiki: Store) -> Keys:
    """Get the keys that Cloud's stream has to deliver."""
    from tap_confluence.cloud.streams.audit import audit_record
    from tap_confluence.streams.audit import with_ids

    rows = [cloud_row(wiki, event) for event in wiki.audit.events]
    return {(record["id"],) for record in with_ids(map(audit_record, rows))}


def audit_keys_of_data_center(wiki: Store) -> Keys:
    """Get the keys that Data Center's stream has to deliver."""
    from tap_confluence.datacenter.streams.audit import audit_record
    from tap_confluence.streams.audit import with_ids

    rows = [data_center_row(wiki, event) for event in wiki.audit.events]
    return {(record["id"],) for record in with_ids(map(audit_record, rows))}
