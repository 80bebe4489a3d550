"""What is counted of a site of Confluence Cloud."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import cached_property, partial
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

from typing_extensions import override

from tap_confluence.cli.counts.site import MOST_LISTED, TAG, SiteCounts, share
from tap_confluence.cloud.api.content_search import MOST_EXPANDED, Question
from tap_confluence.cloud.api.incremental_list import NEWEST_FIRST
from tap_confluence.cloud.filters.content_filter import ContentFilter
from tap_confluence.cloud.filters.labels import LABELS
from tap_confluence.cloud.streams.comments import FOOTER_COMMENTS, INLINE_COMMENTS, is_reply
from tap_confluence.cloud.streams.expanded_search import WAYS
from tap_confluence.cloud.streams.users import EVERYONE, USER_SEARCH
from tap_confluence.http import LinkPaginator
from tap_confluence.rest_v1 import search
from tap_confluence.statuses import ARCHIVED, CURRENT, TRASHED
from tap_confluence.streams.cost import Amount
from tap_confluence.timestamps import is_due, modified_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tap_confluence.cloud.streams.content import ContentStream
    from tap_confluence.http import ListPage

    Row = dict[str, Any]

FEW_TYPES = 10
"""Types of custom content of which each is counted."""

POSTS = ("pages", "blog_posts")
TREE_ITEMS = ("folders", "whiteboards", "databases", "embeds")


class CloudCounts(SiteCounts):
    """Counts what there is on a site of Cloud."""

    @cached_property
    @override
    def ways(self) -> Mapping[str, Callable[[], Amount | None]]:
        return {
            "spaces": self.spaces,
            **{name: partial(self._posts, name) for name in POSTS},
            "attachments": self._attachments,
            "footer_comments": partial(self._comments, FOOTER_COMMENTS),
            "inline_comments": partial(self._comments, INLINE_COMMENTS),
            "listed_replies": self._listed_replies,
            "custom_content_types": lambda: Amount.of(len(self._filter.custom_content_types)),
            "custom_content": self._custom_content,
            "tasks": partial(self._short_list, "/api/v2/tasks"),
            "labels": partial(self._short_list, LABELS),
            "groups": self.groups,
            "users": self._users,
            "classification_levels": self._levels,
            **{name: partial(self.of_search, f"type={name[:-1]}") for name in TREE_ITEMS},
        }

    @cached_property
    def _newest_comments(self) -> dict[str, ListPage]:
        return {}

    @property
    def _filter(self) -> ContentFilter:
        return ContentFilter.of(self.run)

    def _stream(self, name: str) -> ContentStream:
        return cast("ContentStream", self.run.streams[name])

    def _posts(self, name: str) -> Amount:
        """Count pages or blog posts, one by one as far as that is cheap."""
        stream = self._stream(name)
        listed = 0

        def rows() -> Iterator[Row]:
            nonlocal listed
            for row in stream.all_rows(tag=TAG):
                listed += 1
                yield row

        found = list(islice(stream.wanted(rows(), stream=TAG), MOST_LISTED + 1))
        amount = self._made_up_as(found, listed)
        if len(found) <= MOST_LISTED:
            return amount
        [current] = search.counts(self.run.reader, f"type={stream.kind}", tag=TAG)
        known = amount.wanted - amount.hidden
        return amount.times(share(max(current or known, known), known))

    def _made_up_as(self, found: Sequence[Row], listed: int) -> Amount:
        """Return an amount of which these are all, or the first."""
        statuses: dict[str, list[str]] = {}
        changed = 0
        for item in found:
            statuses.setdefault(str(item.get("status")), []).append(str(item["id"]))
            changed += is_due(modified_at(item), self.start)
        trashed = len(statuses.get(TRASHED, ()))
        archived = statuses.get(ARCHIVED, ())
        return Amount(
            listed=listed,
            wanted=len(found),
            hidden=trashed + len(archived),
            trashed=trashed,
            changed=changed,
            unsearched=self._unsearched(statuses.get(CURRENT, ()), CURRENT)
            + self._unsearched(archived, ARCHIVED),
        )

    def _unsearched(self, ids: Sequence[str], status: str) -> int:
        """Return how many items of a status a search by ids does not find.

        The first ones are searched for, as a run does to learn whether that pays.
        """
        asked = ids[: min(MOST_EXPANDED, self.run.reader.page_size)]
        if not asked:
            return 0
        found: set[str] = set()
        for params in WAYS[status]:
            question = Question([], TAG, params)
            answer = self.run.reader.start(self._filter.content_search.find, question, asked)
            found = {*self.run.reader.result(answer)} & {*asked}
            if found:
                break
        return round(len(ids) * (1 - share(len(found), len(asked))))

    def _attachments(self) -> Amount | None:
        stream = self._stream("attachments")
        statuses = stream.wanted_statuses
        page = self.first_page_of(stream.lists(*statuses, tag=TAG, bodies=False)[0])
        amount = self._made_up_as([*stream.wanted(page.items, stream=TAG)], len(page.items))
        if page.next is None:
            return amount
        [current] = search.counts(self.run.reader, "type=attachment", tag=TAG)
        found = amount.shown - amount.unsearched
        if not current or not found:
            return None
        scaled = amount.times(current / found)
        known = self.of_search("type=attachment")
        changed = round(scaled.wanted * share(known.changed, known.wanted)) if known else 0
        return replace(scaled, changed=changed)

    def _comments(self, path: str) -> Amount | None:
        """Count comments of one kind; a search tells how many there are of both kinds together."""
        pages = {each: self._newest(each) for each in (FOOTER_COMMENTS, INLINE_COMMENTS)}
        own = pages.pop(path)
        [other] = pages.values()
        if own.next is None:
            return Amount.of(len(own.items))
        [both] = search.counts(self.run.reader, "type=comment", tag=TAG)
        if both is None:
            return None
        if other.next is None:
            number = both - len(other.items)
        else:
            number = round(both * share(_rate(own.items), _rate(own.items) + _rate(other.items)))
        return Amount.of(max(number, len(own.items)), is_counted=False)

    def _listed_replies(self) -> Amount:
        """Count the replies among the newest comments; none may mean that lists hold none."""
        pages = (self._newest(each) for each in (FOOTER_COMMENTS, INLINE_COMMENTS))
        return Amount.of(sum(is_reply(item) for page in pages for item in page.items))

    def _newest(self, path: str) -> ListPage:
        """Return the newest comments of a kind."""
        if path not in self._newest_comments:
            request = self.run.reader.first_page(path, {"sort": NEWEST_FIRST}, tag=TAG)
            self._newest_comments[path] = self.first_page_of(request)
        return self._newest_comments[path]

    def _custom_content(self) -> Amount | None:
        lists = self._stream("custom_content").lists(tag=TAG, bodies=False)
        amounts = []
        for request in lists[:FEW_TYPES]:
            page = self.first_page_of(request)
            amount = self._made_up_as(page.items, len(page.items))
            if page.next is not None:
                found = self.of_search(f'type="{request.params["type"]}"')
                if found is None:
                    return None
                amount = amount.times(share(found.listed, amount.listed))
            amounts.append(amount)
        return None if len(lists) > FEW_TYPES else sum(amounts, Amount())

    def _short_list(self, path: str) -> Amount | None:
        return self.of_short_list(self.run.reader.first_page(path, tag=TAG), LinkPaginator())

    def _users(self) -> Amount | None:
        params = {**EVERYONE, "limit": "1"}
        found = self.run.reader.get(USER_SEARCH, params, tag=TAG).get("totalSize")
        return Amount.of(found) if isinstance(found, int) else None

    def _levels(self) -> Amount:
        levels: Any = self.run.streams["classification_levels"]
        return Amount.of(len([*levels.read(None)]))


def _rate(newest_first: Sequence[Row]) -> float:
    """Return how many of some items there are a second, by the dates of the first and the last."""
    dates = [datetime.fromisoformat(date) for item in newest_first if (date := modified_at(item))]
    seconds = (max(dates) - min(dates)).total_seconds() if dates else 0
    return len(dates) / max(1.0, seconds)
