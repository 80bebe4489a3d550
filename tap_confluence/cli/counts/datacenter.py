"""What is counted of a site of Confluence Data Center."""

from __future__ import annotations

from collections import Counter
from functools import cached_property, partial
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

from typing_extensions import override

from tap_confluence.cli.counts.site import MOST_LISTED, TAG, SiteCounts, share
from tap_confluence.datacenter.api.batches import MOST_EXPANDED, BatchPaginator, Query
from tap_confluence.datacenter.filters import ContentFilter
from tap_confluence.datacenter.streams.spaces import Spaces
from tap_confluence.statuses import CURRENT, TRASHED
from tap_confluence.streams.cost import Amount

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tap_confluence.datacenter.streams.content import ContentStream

POSTS = ("pages", "blog_posts")


class DataCenterCounts(SiteCounts):
    """Counts what there is on a site of Data Center."""

    @cached_property
    @override
    def ways(self) -> Mapping[str, Callable[[], Amount | None]]:
        return {
            "spaces": self.spaces,
            **{name: partial(self._posts, name) for name in POSTS},
            "attachments": partial(self.of_search, "type=attachment"),
            "comments": partial(self.of_search, "type=comment"),
            "groups": self.groups,
            "labels": partial(self._short_list, "labels"),
            "users": partial(self._short_list, "users"),
            "anonymous": self._anonymous,
        }

    @override
    def of_search(self, cql: str) -> Amount | None:
        return super().of_search(ContentFilter.of(self.run).narrowed(cql))

    def _posts(self, name: str) -> Amount:
        """Count pages or blog posts, one by one as far as that is cheap."""
        stream = cast("ContentStream", self.run.streams[name])
        found = islice(stream.all_items(tag=TAG), MOST_LISTED + 1)
        statuses = Counter(str(item.get("status")) for item in found)
        number = statuses.total()
        hidden = number - statuses[CURRENT]
        known = self.of_search(f"type={stream.kind}")
        changed = share(known.changed, known.wanted) if known else 1.0
        amount = Amount(number, number, hidden, statuses[TRASHED], round(number * changed))
        if number <= MOST_LISTED or known is None:
            return amount
        return amount.times(max(1.0, share(known.wanted, statuses[CURRENT])))

    def _short_list(self, name: str) -> Amount | None:
        path = getattr(self.run.streams[name], "path", "")
        query = Query(path, {}, TAG, limit=MOST_EXPANDED)
        return self.of_short_list(query.first_page(), BatchPaginator())

    def _anonymous(self) -> Amount:
        spaces: Any = self.run.streams[Spaces.name]
        return Amount.of(int(spaces.lets_anonymous_in()))
