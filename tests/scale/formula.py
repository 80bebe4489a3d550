"""How many requests the formula of docs/costs.md says that a first run takes of a wiki."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_confluence.cli.estimate import requests_of
from tap_confluence.streams.base import ConfluenceStream
from tap_confluence.streams.cost import Amount, Size
from tap_confluence.tap import TapConfluence
from tests import running
from tests.demo_site import DataCenterSite
from tests.demo_site.datacenter.extent import is_here, is_listed
from tests.running import signals_left_alone
from tests.scale.measured import settings_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tests.demo_site.model import Content
    from tests.scale.rows import Site


def requests_by_formula(
    site: Site, streams: Sequence[str], *, is_first: bool = True
) -> Mapping[str, int]:
    """Return the requests that a run takes which reads some streams, by stream."""
    with signals_left_alone():
        tap = TapConfluence(config=settings_of(site), catalog=running.only(*streams))
    known = amounts(site)
    size = Size(is_first, tap.config["page_size"], lambda kind: known.get(kind, Amount()))
    read = [s for s in tap.streams.values() if isinstance(s, ConfluenceStream)]
    return requests_of(read, size)


def amounts(site: Site) -> dict[str, Amount]:
    """Return how much there is of what, counted one by one."""
    wiki = site.wiki
    is_cloud = not isinstance(site, DataCenterSite)
    footer, inline = list(wiki.footer_comments), list(wiki.inline_comments)
    files = [f for f in wiki.attachments if is_cloud or is_listed(f)]
    comments = [c for c in (*footer, *inline) if is_cloud or is_here(c)]
    replies = sum(c.parent is not None for c in comments)
    types = {content.type for content in wiki.custom_content}
    return {
        "pages": _made_up_as(wiki.pages),
        "blog_posts": _made_up_as(wiki.blog_posts),
        "attachments": _made_up_as(files),
        "custom_content": _made_up_as(wiki.custom_content),
        "custom_content_types": Amount.of(len(types)),
        "comments": Amount.of(len(comments)),
        "footer_comments": Amount.of(len(footer)),
        "inline_comments": Amount.of(len(inline)),
        "listed_replies": Amount.of(replies if not is_cloud or site.faults.replies_in_lists else 0),
        "tasks": Amount.of(len(wiki.tasks)),
        "labels": Amount.of(len(wiki.labels)),
        "groups": Amount.of(len(wiki.groups)),
        "users": Amount.of(len(wiki.people.searchable()) if is_cloud else len(wiki.users)),
        "spaces": Amount.of(len(wiki.spaces)),
        "anonymous": Amount.of(int(wiki.people.anonymous_use)),
        **{
            f"{kind}s": Amount.of(sum(i.status in {"current", "archived"} for i in items))
            for kind, items in wiki.tree_items.items()
        },
    }


def _made_up_as(contents: Iterable[Content]) -> Amount:
    found = list(contents)
    trashed = sum(content.status == "trashed" for content in found)
    archived = sum(content.status == "archived" for content in found)
    return Amount(
        listed=len(found),
        wanted=len(found),
        hidden=trashed + archived,
        trashed=trashed,
        changed=len(found),
        unsearched=archived,
    )
