"""The part of the query language that finds content by type, space, label, id and date."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.demo_site.datacenter.extent import is_here
from tests.demo_site.errors import ApiError
from tests.demo_site.paging import Order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.demo_site.datacenter.times import LocalTimes
    from tests.demo_site.model import Content
    from tests.demo_site.paging import Collection
    from tests.demo_site.store import Store

MINUTE_MS = 60_000
_TOKEN = re.compile(
    r"""\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(>=|<=|!=|[=<>(),])|([^\s"'=<>!(),]+))"""
)
_NOW = re.compile(r"-(\d+)([mhdw])")
_UNITS = {"m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
_FIELDS = ("type", "space", "lastmodified", "created", "id", "content", "label")
_REFUSED = "com.atlassian.confluence.api.service.exceptions.api.BadRequestException: "


class Hit(NamedTuple):
    """A content that a search found; its key says where in the order of the search it stands."""

    key: tuple[int, ...]
    content: Content


@dataclass
class Search:
    """A query taken apart: what each field has to be, and in which order."""

    text: str
    types: set[str]
    tests: list[Callable[[Content, int], bool]] = field(default_factory=list)
    since: int | None = None
    order: list[tuple[str, bool]] = field(default_factory=list)


class Searcher:
    """Searches one wiki as its index has it.

    Args:
        wiki: The wiki.
        times: Reads dates in the time zone of the user.
        has: Whether a content exists on this kind of site.
    """

    def __init__(
        self, wiki: Store, times: LocalTimes, has: Callable[[Content], bool] = is_here
    ) -> None:
        self._wiki = wiki
        self._times = times
        self._has = has
        self.collections: dict[str, tuple[Collection[Any], ...]] = {
            "page": (wiki.pages,),
            "blogpost": (wiki.blog_posts,),
            "comment": (wiki.footer_comments, wiki.inline_comments),
            "attachment": (wiki.attachments,),
        }

    def find(self, cql: str, *, archived_spaces: bool, lag: float) -> list[Content]:
        """Find content; see `hits`."""
        return [hit.content for hit in self.hits(cql, archived_spaces=archived_spaces, lag=lag)]

    def hits(
        self,
        cql: str,
        *,
        archived_spaces: bool,
        lag: float,
        statuses: frozenset[str] = frozenset({"current"}),
    ) -> list[Hit]:
        """Find content, in the order that is asked for.

        The index has all only as it was before the lag.

        Args:
            cql: The query.
            archived_spaces: Whether to look into spaces that are archived, too.
            lag: Seconds of the wiki's clock by which the index is behind.
            statuses: The statuses of what is looked for.

        Raises:
            ApiError: The query is none that is understood.
        """
        search = _Parser(self._wiki, self._times, cql, set(self.collections)).search()
        horizon = self._wiki.now_ms - round(lag * 1000) if lag else None
        shut = set()
        if not archived_spaces:
            shut = {space.num for space in self._wiki.spaces if space.status == "archived"}
        found = []
        for collection in self._collections(search.types):
            for content in _candidates(collection, search.since if horizon is None else None):
                modified = content.modified
                if horizon is not None and modified > horizon:
                    modified = max((at for at in content.times if at <= horizon), default=-1)
                if (
                    modified >= 0
                    and content.space not in shut
                    and type_of(content) in search.types
                    and all(test(content, modified) for test in search.tests)
                    and self._is_indexed(content, statuses)
                ):
                    found.append(Hit(_place(search.order, modified, content), content))
        return sorted(found, key=lambda hit: hit.key)

    def _collections(self, types: set[str]) -> Iterator[Collection[Any]]:
        wanted = (self.collections[name] for name in types)
        yield from {id(each): each for collections in wanted for each in collections}.values()

    def _is_indexed(self, content: Content, statuses: frozenset[str]) -> bool:
        if content.status not in statuses or not self._has(content):
            return False
        holder = getattr(content, "container", None)
        return holder is None or self._is_indexed(holder, statuses)


def type_of(content: Content) -> str:
    """Get the type by which a content is searched for, such as `page` or one of an app."""
    return getattr(content, "type", None) or content.kind


class _Parser:
    def __init__(self, wiki: Store, times: LocalTimes, cql: str, types: set[str]) -> None:
        self._wiki = wiki
        self._times = times
        self._types = types
        self._found = Search(cql, set(types))
        self._tokens: list[tuple[str, bool]] = []
        at = 0
        text = cql.rstrip()
        while at < len(text):
            token = _TOKEN.match(text, at)
            if token is None:
                raise self._refusal()
            double, single, sign, word = token.groups()
            quoted = double if double is not None else single
            if quoted is not None:
                self._tokens.append((re.sub(r"\\(.)", r"\1", quoted), True))
            else:
                self._tokens.append((sign or word, False))
            at = token.end()

    def search(self) -> Search:
        """Read the whole query."""
        if not self._tokens:
            raise self._refusal()
        self._clause()
        while self._skip("and"):
            self._clause()
        if self._skip("order"):
            self._expect("by")
            self._sort()
            while self._skip(","):
                self._sort()
        if self._tokens:
            raise self._refusal()
        return self._found

    def _clause(self) -> None:
        name = self._next().lower()
        if name not in _FIELDS:
            raise self._refusal()
        sign = self._next().lower()
        if sign == "not":
            self._expect("in")
            sign = "not in"
        if sign in {"in", "not in"}:
            self._expect("(")
            values = [self._value()]
            while self._skip(","):
                values.append(self._value())
            self._expect(")")
        elif sign in {"=", "!=", ">=", "<=", ">", "<"}:
            values = [self._value()]
        else:
            raise self._refusal()
        if name in {"lastmodified", "created"}:
            self._date(name, sign, values[0])
        elif sign[0] in "<>":
            raise self._refusal()
        else:
            self._membership(name, values, wanted=sign in {"=", "in"})

    def _membership(self, name: str, values: list[str], *, wanted: bool) -> None:
        if name == "type":
            unknown = sorted(set(values) - self._types)
            if unknown:
                why = (
                    f". Unsupported value '{unknown[0]}' for field 'type'. "
                    f"Supported values are: [{', '.join(sorted(self._types))}]"
                )
                raise self._refusal(why)
            self._found.types &= set(values) if wanted else self._types - set(values)
            return
        tests = self._found.tests
        if name == "space":
            spaces = {space.num for space in self._wiki.spaces if space.key in values}
            tests.append(lambda content, _: (content.space in spaces) == wanted)
        elif name == "label":
            labels = {
                label.num
                for label in self._wiki.labels
                if label.name in values or f"{label.prefix}:{label.name}" in values
            }
            tests.append(lambda content, _: bool(labels & set(content.labels)) == wanted)
        else:
            ids = set(values)
            tests.append(lambda content, _: (content.id in ids) == wanted)

    def _date(self, name: str, sign: str, value: str) -> None:
        try:
            bound = self._moment(value)
        except ValueError as error:
            raise self._refusal() from error
        first, last = {
            ">=": (bound, None),
            ">": (bound + 1, None),
            "<": (None, bound - 1),
            "<=": (None, bound),
            "=": (bound, bound + MINUTE_MS - 1),
        }.get(sign, (None, None))
        if first is None and last is None:
            raise self._refusal()

        def test(content: Content, modified: int) -> bool:
            at = modified if name == "lastmodified" else content.created
            return (first is None or at >= first) and (last is None or at <= last)

        self._found.tests.append(test)
        if name == "lastmodified" and first is not None:
            self._found.since = max(first, self._found.since or 0)

    def _moment(self, value: str) -> int:
        if value.startswith("now("):
            offset = value[4:-1]
            back = _NOW.fullmatch(offset)
            if back is None and offset:
                raise ValueError(value)
            return self._wiki.now_ms - (int(back[1]) * _UNITS[back[2]] if back else 0)
        return self._times.read(value)

    def _sort(self) -> None:
        name = self._next().lower()
        if name not in {"lastmodified", "created", "id"}:
            raise self._refusal()
        descending = self._skip("desc")
        if not descending:
            self._skip("asc")
        self._found.order.append((name, descending))

    def _value(self) -> str:
        value = self._next()
        if value.lower() == "now" and self._skip("("):
            offset = "" if self._peek() == ")" else self._next()
            self._expect(")")
            return f"now({offset})"
        return value

    def _peek(self) -> str | None:
        return self._tokens[0][0] if self._tokens else None

    def _next(self) -> str:
        if not self._tokens:
            raise self._refusal()
        return self._tokens.pop(0)[0]

    def _skip(self, word: str) -> bool:
        if self._tokens and not self._tokens[0][1] and self._tokens[0][0].lower() == word:
            self._tokens.pop(0)
            return True
        return False

    def _expect(self, word: str) -> None:
        if not self._skip(word):
            raise self._refusal()

    def _refusal(self, why: str = "") -> ApiError:
        return ApiError(400, f"{_REFUSED}Could not parse cql : {self._found.text}{why}")


def _candidates(collection: Collection[Any], since: int | None) -> Iterator[Any]:
    if since is None:
        return iter(collection)
    return collection.walk(Order("modified-date"), (since, -1))


def _place(order: list[tuple[str, bool]], modified: int, content: Content) -> tuple[int, ...]:
    values = {"lastmodified": modified, "created": content.created, "id": content.num}
    if not order:
        # The best match comes first, which says nothing about dates or ids.
        return content.num * 2_654_435_761 % 2**32, content.num
    return (*(-values[name] if down else values[name] for name, down in order), content.num)
