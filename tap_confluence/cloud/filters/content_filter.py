"""Which content of a Cloud site is wanted, by the filters of the settings."""

from __future__ import annotations

from collections import deque
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tap_confluence.cloud.api.content_search import ContentSearch
from tap_confluence.cloud.api.custom_types import find_types
from tap_confluence.cloud.api.descendants import PATHS
from tap_confluence.cloud.api.incremental_list import in_stable_order
from tap_confluence.cloud.api.tree_discovery import TreeDiscovery
from tap_confluence.cloud.filters.containers import LISTS, MOST_IDS, Container, Containers
from tap_confluence.cloud.filters.labels import LabelFilter
from tap_confluence.cloud.filters.page_trees import PageTreeFilter
from tap_confluence.cloud.filters.spaces import SpaceFilter
from tap_confluence.errors import FailedItemError
from tap_confluence.filters.left_out import NOWHERE, failing, names_left_out
from tap_confluence.http import FailedItem, ListRequest
from tap_confluence.run import ContentFilter as AnyContentFilter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from tap_confluence.errors import RefusedError
    from tap_confluence.filters.left_out import TellLeftOut
    from tap_confluence.filters.settings import Filters, Verdicts
    from tap_confluence.http import Reader

    OnRefused = Callable[[str, RefusedError], None]

TAG = "filters"

MOST_LOOK_UPS = 2
"""Times to look up what rows are on; where there are more rows, all pages are listed instead."""

PAGE = "pageId"

Row = dict[str, Any]


class ContentFilter(AnyContentFilter):
    """What is wanted of a site.

    Everything is asked for when it is first needed and once a run. Without filters nothing is.

    Args:
        reader: Reads the site.
        filters: The filters.
        custom_content_types: The types of custom content that the settings name, if they do.
    """

    def __init__(
        self, reader: Reader, filters: Filters, custom_content_types: Sequence[str] | None
    ) -> None:
        self._reader = reader
        self._filters = filters
        self._named_types = custom_content_types
        self._spaces = SpaceFilter(reader, filters)
        self._trees = PageTreeFilter(reader, filters, tag=TAG)
        self._labels = LabelFilter(reader, filters, self._spaces, tag=TAG)
        self._containers = Containers(reader, lambda: self.custom_content_types, TAG)
        self._verdicts: dict[str, bool] = {}
        self._look_ups = 0
        self._has_judged_all_posts = False

    @override
    def check(self) -> None:
        """Make sure of what the settings name before anything is read.

        Raises:
            SettingsError: A space or a page does not exist or is not visible.
        """
        self._spaces.check()
        self._trees.check()
        self._labels.check()

    @override
    def spaces(self) -> Iterable[Row]:
        """Read the wanted spaces, as the API lists them."""
        return self._spaces

    def ask_spaces_ahead(self) -> None:
        """Have the list of spaces on the way for one who reads it."""
        self._spaces.ask_ahead()

    def space_keys(self) -> Mapping[str, str]:
        """Return the key of each space by its id, of the wanted ones at least."""
        return self._spaces.keys()

    def has_space_id(self, space_id: str) -> bool:
        """Tell whether a space is wanted."""
        return self._spaces.has(space_id)

    def verdicts_on_space(self, space_id: str) -> Verdicts:
        """Tell which filters a space passes."""
        return self._spaces.verdicts(space_id)

    def space_lists(self, request: ListRequest, *, to_the_end: bool = True) -> list[ListRequest]:
        """Restrict a list that takes `space-id` to the wanted spaces, where that is cheaper.

        Args:
            request: Its first page.
            to_the_end: Whether it will be read to its end.
        """
        return self._spaces.lists(request, to_the_end=to_the_end)

    def filtered(
        self,
        rows: Iterable[Row],
        field: str = PAGE,
        *,
        stream: str = "",
        on_refused: OnRefused | None = None,
    ) -> Iterator[Row]:
        """Yield the rows that are wanted, in their order.

        Args:
            rows: Pages, blog posts, folders, or what is on them, as REST v2 has them.
            field: What refers to the rows themselves. Unless they are pages or blog posts, what
                they are on is judged.
            stream: The name of the stream they are for, whose log names those that are left out.
            on_refused: Called with the id of a page or blog post that was left out because its
                labels could not be read, and with the reason.
        """
        if not self._filters.by_anything:
            yield from rows
            return
        tell = names_left_out(stream)
        waiting: list[Row] = []
        for row in rows:
            if not waiting and self._is_known(row, field):
                if self._has(row, field, on_refused):
                    yield row
                else:
                    self._leave_out(row, field, stream, tell)
                continue
            waiting.append(row)
            if len(waiting) >= MOST_IDS:
                yield from self._resolved(waiting, field, on_refused, stream)
                waiting = []
        yield from self._resolved(waiting, field, on_refused, stream)

    def filtered_but_for_labels(self, rows: Iterable[Row], *, stream: str) -> Iterator[Row]:
        """Yield those pages or blog posts that are wanted unless they carry the wrong labels.

        Args:
            rows: The pages or blog posts.
            stream: As for `filtered`.
        """
        tell = names_left_out(stream)
        for row in rows:
            if not self._filters.by_anything or self._has_place(row):
                yield row
            elif tell:
                tell(row["id"], failing(self._verdicts_on_place(row)))

    def verdicts(self, row: Row, field: str = PAGE) -> Verdicts:
        """Tell which filters something passes, looking up what it is on if need be.

        Args:
            row: As in `filtered`; it has a `type` if it is neither a page nor a blog post.
            field: As in `filtered`.

        Returns:
            The verdicts on what it is on, if it is on something: a single one if that is nowhere.
        """
        if not self._filters.by_anything:
            return {}
        for container, found in self.containers_of(row):
            if found is None:
                return {NOWHERE: False}
            row, field = {"id": container.id, **found}, container.field
        if ":" in str(row.get("type")):
            return self._filters.verdicts_on_what_spaces_keep | self._verdicts_on_space(row)
        if row.get("type") in PATHS:
            return self.verdicts_on_tree_item(row)
        if field not in LISTS:
            return {NOWHERE: False}
        post = Container(field, str(row["id"]))
        self._labels.ask([(post, row.get("status"))])
        return self._verdicts_on_post(row, post)

    def _why_not(self, row: Row, field: str) -> str:
        """Say why something was left out, by what is known: nothing is asked for."""
        if (container := Container.of(row)) is not None:
            return f"on {container.field} {container.id}, which is left out, gone or not visible"
        if ":" in str(row.get("type")) or row.get("type") in PATHS:
            return failing(self.verdicts(row, field))
        if field not in LISTS:
            return failing({NOWHERE: False})
        return failing(self._verdicts_on_post(row, Container(field, str(row["id"]))))

    def _verdicts_on_post(self, row: Row, post: Container) -> Verdicts:
        return self._verdicts_on_place(row) | self._labels.verdicts(post)

    def _verdicts_on_place(self, row: Row) -> Verdicts:
        of_status = self._filters.verdicts_on_status(row.get("status"))
        return of_status | self._verdicts_on_space(row) | self._trees.verdicts(row)

    def containers_of(self, row: Row) -> Iterator[tuple[Container, Row | None]]:
        """Look up what something is on, and what that is on, up to a page or a blog post.

        Yields:
            Each with hardly more than its status; with None if it is gone or not visible.
        """
        passed: set[Container] = set()
        while (container := Container.of(row)) is not None:
            found = None if container in passed else self._containers.get(container)
            yield container, found
            if found is None:
                return
            passed.add(container)
            row = {"id": container.id, **found}

    def verdicts_on_tree_item(self, row: Row) -> Verdicts:
        """Tell which filters a folder, whiteboard, database or embed passes, which has no label.

        Args:
            row: What is known of it: its `id`, and its space and parent if they are.
        """
        labels = {"labels": False} if self._filters.labels else {}
        return labels | self._verdicts_on_space(row) | self._trees.verdicts(row)

    def has_tree_item(self, row: Row) -> bool:
        """Tell whether a folder, whiteboard, database or embed is wanted.

        Args:
            row: As in `verdicts_on_tree_item`.
        """
        return all(self.verdicts_on_tree_item(row).values())

    @property
    def kinds_in_trees(self) -> Mapping[str, str]:
        """The kind of all that lies in the trees asked for, such as `folder`, by id."""
        return self._trees.kinds

    @cached_property
    def tree_discovery(self) -> TreeDiscovery:
        """The folders, whiteboards, databases and embeds there are."""
        return TreeDiscovery(self._reader, self, self._filters)

    @cached_property
    def content_search(self) -> ContentSearch:
        """The search for content by its ids."""
        return ContentSearch(self._reader.client)

    @property
    def custom_content_types(self) -> Sequence[str]:
        """The types of custom content to read."""
        if self._named_types is not None:
            return self._named_types
        find = partial(find_types, self._reader, tag="custom_content")
        return self._reader.shared("types of custom content", find)

    @property
    @override
    def lacks_verdicts(self) -> bool:
        """Whether something was left out of which it could not be told whether it is wanted."""
        return bool(self._labels.refusals or self._containers.failures)

    @property
    def leaves_nothing(self) -> bool:
        """Whether no space is wanted."""
        return self._spaces.few == []

    def _is_known(self, row: Row, field: str) -> bool:
        """Tell whether nothing has to be looked up to judge a row."""
        container = Container.of(row)
        if container is not None:
            return self._judged(container, row) is not None
        if ":" in str(row.get("type")) or field not in LISTS or not self._has_place(row):
            return True
        post = Container(field, str(row["id"]))
        return self._labels.verdict(post, row.get("status")) is not None

    def _resolved(
        self,
        rows: Sequence[Row],
        field: str,
        on_refused: OnRefused | None,
        stream: str,
    ) -> Iterator[Row]:
        unjudged = self._unjudged(rows)
        asked: set[Container] = set()
        while unjudged := [each for each in unjudged if each not in asked]:
            asked.update(unjudged)
            self._look_ups += any(container.field in LISTS for container in unjudged)
            if self._look_ups > MOST_LOOK_UPS:
                self._judge_all_posts()
            unjudged = [each for each in unjudged if self._judged_post(each) is None]
            # A file may be on an app's content, which is on a page.
            unjudged = self._unjudged(self._containers.look_up(unjudged))
        posts = [
            (Container(field, str(row["id"])), row)
            for row in rows
            if field in LISTS and Container.of(row) is None
        ]
        posts += [
            (each, {"id": each.id, **row})
            for each in asked
            if each.field in LISTS
            and self._judged_post(each) is None
            and (row := self._containers.get(each)) is not None
        ]
        self._labels.ask(
            (post, row.get("status"))
            for post, row in posts
            if ":" not in str(row.get("type")) and self._has_place(row)
        )
        tell = names_left_out(stream)
        for row in rows:
            if self._has(row, field, on_refused):
                yield row
            else:
                self._leave_out(row, field, stream, tell)

    def _leave_out(self, row: Row, field: str, stream: str, tell: TellLeftOut | None) -> None:
        """Name a row that is not wanted; where the site fails to tell that, it is asked again."""
        if (error := self._failure_to_judge(row, field)) is not None:
            request = ListRequest("", {}, stream or TAG)
            self._reader.tell(FailedItem(request, error, row))
        elif tell:
            tell(row["id"], self._why_not(row, field))

    def _failure_to_judge(self, row: Row, field: str) -> FailedItemError | None:
        """Return how the site fails to tell whether a row is wanted, if it does."""
        container = Container.of(row) or Container(field, str(row["id"]))
        passed: set[Container] = set()
        while container not in passed:
            passed.add(container)
            if container in self._containers.failures:
                return self._containers.failures[container]
            refusal = self._labels.refusals.get(container.id)
            if isinstance(refusal, FailedItemError):
                return refusal
            above = self._containers.known(container)
            container = (above and Container.of(above)) or container
        return None

    def _unjudged(self, rows: Iterable[Row]) -> list[Container]:
        """Return what some rows are on, as far as it has to be looked up."""
        containers = [(row, Container.of(row)) for row in rows]
        return [each for row, each in containers if each and self._judged(each, row) is None]

    def _judge_all_posts(self) -> None:
        """List all wanted pages and blog posts, which is cheaper than to look up most of them."""
        if self._has_judged_all_posts:
            return
        for field, (path, statuses) in LISTS.items():
            wanted = [status for status in statuses if status in self._filters.statuses]
            if wanted:
                whole = self._reader.first_page(path, {"status": wanted}, tag=TAG)
                for request in map(in_stable_order, self.space_lists(whole)):
                    deque(self.filtered(self._reader.items_once(request), field), maxlen=0)
        self._has_judged_all_posts = True

    def _has(self, row: Row, field: str, on_refused: OnRefused | None, *passed: Container) -> bool:
        """Tell whether a row is wanted.

        Args:
            row: The row.
            field: What refers to the row itself, if it is a page or a blog post.
            on_refused: As for `filtered`.
            passed: What led to it, as it is on this.
        """
        container = Container.of(row)
        if container is not None:
            self._tell_refusal(container.id, on_refused)
            verdict = self._judged(container, row)
            if verdict is not None:
                return verdict
            return self._judge_container(container, on_refused, *passed)
        if ":" in str(row.get("type")):
            return self._filters.takes_what_spaces_keep and self._is_in_wanted_space(row)
        if field not in LISTS:
            # It is on nothing that it tells of, so that nothing says whether it is wanted.
            return False
        post = Container(field, str(row["id"]))
        has_place = self._has_place(row)
        if has_place:
            self._labels.ask([(post, row.get("status"))])
        verdict = has_place and self._labels.has(post, row.get("status"))
        self._tell_refusal(post.id, on_refused)
        self._verdicts[post.id] = verdict
        return verdict

    def _tell_refusal(self, post_id: str, on_refused: OnRefused | None) -> None:
        refusal = self._labels.refusals.get(post_id)
        if on_refused is not None and refusal and not isinstance(refusal, FailedItemError):
            on_refused(post_id, refusal)

    def _judged(self, container: Container, row: Row) -> bool | None:
        """Tell whether what a row is on is wanted, if that needs no look-up."""
        if container.field not in LISTS:
            return None
        verdict = self._judged_post(container)
        if verdict is not None:
            return verdict
        labelled = self._labels.verdict(container, None)
        if (
            labelled is False
            or not self._is_in_wanted_space(row)
            or not self._trees.has({"id": container.id})
        ):
            return False
        knows_space = row.get("spaceId") is not None or not self._filters.by_space
        return True if labelled and knows_space and not self._filters.by_status else None

    def _judged_post(self, container: Container) -> bool | None:
        """Tell whether a page or blog post is wanted that has been judged already."""
        if container.field not in LISTS:
            return None
        unknown = False if self._has_judged_all_posts else None
        return self._verdicts.get(container.id, unknown)

    def _judge_container(
        self, container: Container, on_refused: OnRefused | None, *passed: Container
    ) -> bool:
        # What is said to be on itself, or on what is on it, is nowhere.
        row = None if container in passed else self._containers.get(container)
        if row is None:
            return False
        named = {"id": container.id, **row}
        return self._has(named, container.field, on_refused, container, *passed)

    def _has_place(self, row: Row) -> bool:
        """Tell whether a page, a blog post or something else in the tree is where it is wanted."""
        return (
            (
                row.get("type") in PATHS
                or all(self._filters.verdicts_on_status(row.get("status")).values())
            )
            and self._is_in_wanted_space(row)
            and self._trees.has(row)
        )

    def _is_in_wanted_space(self, row: Row) -> bool:
        return all(self._verdicts_on_space(row).values())

    def _verdicts_on_space(self, row: Row) -> Verdicts:
        space_id = row.get("spaceId")
        return {} if space_id is None else self.verdicts_on_space(str(space_id))
