"""How a site may misbehave, and the limits it may set."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING

from tests.demo_site.list_faults import ListFaults
from tests.demo_site.unbounded import KINDS as UNBOUNDED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

CAPS = {"bare": 1000, "expand": 200, "body": 50}
NESTED_CAPS = {"children": 25, "labels": 200, "properties": 25, "restrictions": 200}
KINDS = (
    "429",
    "429-retry-after",
    "429-absurd",
    "429-reset",
    "500",
    "503",
    "503-retry-after",
    "504",
    "reset",
    "cut-off",
    "not-json",
    "bad-json",
    "slow",
    "wrong-shape",
    *UNBOUNDED,
)


@dataclass
class Trouble:
    """One kind of failure, for the next `left` requests under a path.

    `retry_after` is in seconds and goes with the kinds that send it; `delay`, in seconds, goes
    with "slow", after which the request is answered, and lies between the bytes that dribble;
    `status` is that of an answer without bounds.
    """

    kind: str
    path_prefix: str = ""
    left: int = 1
    retry_after: int = 1
    delay: float = 0.5
    status: int = 200


class TokenBucket:
    """Lets `rate` requests a second through, and as many at once after a rest."""

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self._tokens = float(max(1, rate))
        self._filled_at = time.monotonic()

    def take(self) -> bool:
        """Let one request through, or not."""
        now = time.monotonic()
        self._tokens = min(max(1, self.rate), self._tokens + (now - self._filled_at) * self.rate)
        self._filled_at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    @property
    def left(self) -> int:
        """How many requests would be let through at once."""
        return int(self._tokens)


class Quota:
    """Points that may be spent until a reset; `reset_in` is in seconds."""

    def __init__(self, points: int, reset_in: float) -> None:
        self.points = points
        self.spent = 0
        self._reset_in = reset_in
        self._reset_at = time.time() + reset_in

    def spend(self, points: int) -> None:
        """Note what a request has cost."""
        self.spent += points

    def exhausted(self) -> bool:
        """Whether nothing is left, after starting anew if it is time to."""
        if time.time() >= self._reset_at:
            self.spent, self._reset_at = 0, time.time() + self._reset_in
        return self.spent >= self.points

    def headers(self) -> dict[str, str]:
        """Say how things stand."""
        left = max(0, self.points - self.spent)
        reset = datetime.fromtimestamp(self._reset_at, tz=UTC)
        headers = {
            "X-RateLimit-Limit": str(self.points),
            "X-RateLimit-Remaining": str(left),
            "X-RateLimit-Reset": reset.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        if left * 5 < self.points:
            headers["X-RateLimit-NearLimit"] = "true"
        return headers

    def seconds_left(self) -> int:
        """How long until the reset, rounded up."""
        return max(1, int(self._reset_at - time.time()) + 1)


class Faults:
    """The switches of a site. All may be set at any time; paths are without `/wiki`.

    Attributes:
        latency: Seconds that every answer takes at least.
        anonymous: Whether the site lets strangers in, to see nothing.
        is_administrator: Whether the account that signs in may ask what others may do.
        empty_pages: Whether each list of several pages has an empty one after the first.
        replies_in_lists: Whether the site-wide lists of comments have replies in them.
        sections_come_along: Whether an item that is asked for on its own brings the sections of its
            details that are wanted, instead of leaving them to their lists.
        label_side_statuses: The statuses that `/labels/{id}/pages` and the like list, or all.
        limit_cap: The most rows a page has, however many are asked for.
        caps: The most rows of a page of REST v1 that are served without a word, by what is
            expanded.
        tells_no_replies: Whether what is spelled out of a comment says that it has no replies.
        nested_caps: The most rows of a list inside a row of REST v1, by what it holds.
        tells_nested_limits: Whether a list inside a row says at how many rows it is cut off.
        index_lag: Seconds of the wiki's clock by which the search index is behind.
        most_in_time: The most rows with anything expanded that a search answers in time, if not
            all.
        finds_archived: Whether a search that asks for archived content finds it.
        unknown_types: The types of content that a search refuses.
        restrictions_untold: The types of content whose restrictions nothing tells.
        unsearched_ids: The types of content that a search for ids passes over.
        missed_one_in: Of how many items a search for ids misses one, if it misses any.
        numeric_ids_only: Whether a search refuses the ids of attachments, which begin with `att`.
        finds_files_by_number: Whether it finds attachments by the numbers in their ids.
        user_search_ceiling: How many users the search for them gives at most.
        refuses_past_ceiling: Whether it answers 400 behind that, instead of giving nothing.
        ignores_start: How the paths of lists of people end that begin anew at each offset.
        send_retry_after: Whether the answer to too many requests a second says when to return.
        spelling: The way of `troubles.SPELLINGS` in which JSON is written, if not as it should be.
        lists: The switches of its lists.
        before_request: Called with a request's number and path before it is answered.
        bare_attachment_ids: Whether REST v1 gives attachments ids without `att`, and knows no
            others.
        untold_containers: The ids of comments and attachments whose container is null in lists of
            REST v1.
        orphans: The ids of those whose container is null wherever REST v1 is asked for them, and
            of comments that lack the id of their container in the lists of v2.
        sign_on: The headers by which the proxy before the site knows people; others are sent to
            where one signs on. Names are in small letters.
        file_pause: Seconds between the pieces of a file, which are small then.
        amid_file: Called with the path of a file when half of it has been sent.
    """

    def __init__(self, latency: float = 0.0, *, replies_in_lists: bool = True) -> None:
        self.latency = latency
        self.replies_in_lists = replies_in_lists
        self.anonymous = False
        self.is_administrator = True
        self.empty_pages = False
        self.sections_come_along = True
        self.label_side_statuses: Sequence[str] | None = None
        self.limit_cap: int | None = None
        self.user_search_ceiling = 10_000
        self.refuses_past_ceiling = False
        self.ignores_start: str | None = None
        self.caps = dict(CAPS)
        self.nested_caps = dict(NESTED_CAPS)
        self.tells_no_replies = False
        self.tells_nested_limits = True
        self.index_lag = 0.0
        self.most_in_time: int | None = None
        self.finds_archived = False
        self.unknown_types: tuple[str, ...] = ()
        self.restrictions_untold: tuple[str, ...] = ()
        self.unsearched_ids: tuple[str, ...] = ()
        self.missed_one_in: int | None = None
        self.numeric_ids_only = False
        self.finds_files_by_number = False
        self.send_retry_after = False
        self.spelling: str | None = None
        self.before_request: Callable[[int, str], None] | None = None
        self.sign_on: dict[str, str] = {}
        self.file_pause = 0.0
        self.bare_attachment_ids = False
        self.untold_containers: set[str] = set()
        self.orphans: set[str] = set()
        self.amid_file: Callable[[str], None] | None = None
        self.lists = ListFaults()
        self.bucket: TokenBucket | None = None
        self.points: Quota | None = None
        self._next: list[Trouble] = []
        self._random: tuple[float, tuple[str, ...], Random] | None = None
        self._slow: tuple[int, float] | None = None
        self._answers = 0
        self._denied: list[str] = []
        self._forbidden: list[tuple[re.Pattern[str], int]] = []
        self._repeated: list[str] = []
        self._redirects: list[tuple[str, str]] = []
        self._poisoned: dict[str, int] = {}
        self._unrendered: dict[str, int] = {}
        self._broken: list[tuple[re.Pattern[str], Trouble]] = []

    def clear(self) -> None:
        """Behave again; latency and the place of replies stay, for they are no faults."""
        self.__init__(  # type: ignore[misc]
            self.latency, replies_in_lists=self.replies_in_lists
        )

    def fail_next(  # noqa: PLR0913
        self,
        n: int,
        kind: str,
        path_prefix: str = "",
        *,
        retry_after: int = 1,
        delay: float = 0.5,
        status: int = 200,
    ) -> None:
        """Make the next requests under a path fail."""
        self._check(kind)
        self._next.append(Trouble(kind, path_prefix, n, retry_after, delay, status))

    def fail_rate(self, p: float, kinds: Sequence[str], seed: int = 1) -> None:
        """Make a random share of all requests fail; 0 ends it."""
        for kind in kinds:
            self._check(kind)
        self._random = (p, tuple(kinds), Random(seed)) if p else None

    def slow_down(self, one_in: int, delay: float) -> None:
        """Answer one of so many requests so many seconds late, but answer it."""
        self._slow = (one_in, delay)

    def deny_scope(self, path_prefix: str) -> None:
        """Answer as if the token lacked the scope for these paths."""
        self._denied.append(path_prefix)

    def grant_scope(self, path_prefix: str) -> None:
        """Undo `deny_scope`."""
        self._denied.remove(path_prefix)

    def forbid(self, path_regex: str, status: int = 404) -> None:
        """Refuse the paths that a pattern matches from their start to their end."""
        self._forbidden.append((re.compile(path_regex), status))

    def forget_forbidden(self) -> None:
        """Refuse nothing any more."""
        self._forbidden.clear()

    def lower_limit(self, limit: int | None) -> None:
        """Serve at most so many rows a page, without a word."""
        self.limit_cap = limit

    def repeat_cursor(self, path: str) -> None:
        """From its second page on, make a list answer with the same next link for ever."""
        self._repeated.append(path.removeprefix("/wiki"))

    def quota(self, points: int | None, reset_in: float = 3600) -> None:
        """Set a quota of points; None ends it."""
        self.points = None if points is None else Quota(points, reset_in)

    def redirect(self, path_prefix: str, to_url: str) -> None:
        """Send whoever asks for these paths to the same path under another URL."""
        self._redirects.append((path_prefix, to_url.rstrip("/")))

    def break_path(self, path_regex: str, kind: str, *, delay: float = 0.5) -> None:
        """Make every request fail whose path a pattern matches from its start to its end."""
        self._check(kind)
        self._broken.append((re.compile(path_regex), Trouble(kind, delay=delay)))

    def heal(self) -> None:
        """Undo `break_path`, `forbid` and `break_rendering`."""
        self._broken.clear()
        self._forbidden.clear()
        self._unrendered.clear()

    def break_rendering(self, content_id: str, status: int = 500) -> None:
        """Make every answer fail in which this content would stand as a reader sees it."""
        self._unrendered[content_id] = status

    def unrendered(self, content_id: str) -> int | None:
        """Get the status that the rendering of a content makes an answer fail with, if it does."""
        return self._unrendered.get(content_id)

    def poison(self, content_id: str, status: int = 500) -> None:
        """Make every v1 answer fail in which this content would stand with anything expanded."""
        self._poisoned[content_id] = status

    def cure(self, content_id: str) -> None:
        """Undo `poison`."""
        self._poisoned.pop(content_id, None)

    def poisoned(self, content_id: str) -> int | None:
        """Get the status that a content makes an answer fail with, if it does."""
        return self._poisoned.get(content_id)

    @property
    def requests_per_second(self) -> float | None:
        """The rate beyond which requests are refused."""
        return None if self.bucket is None else self.bucket.rate

    @requests_per_second.setter
    def requests_per_second(self, rate: float | None) -> None:
        self.bucket = TokenBucket(rate) if rate else None

    def trouble_for(self, path: str) -> Trouble | None:
        """Decide whether this request fails, and count it if so."""
        for pattern, broken in self._broken:
            if pattern.fullmatch(path):
                return broken
        for trouble in self._next:
            if trouble.left and path.startswith(trouble.path_prefix):
                trouble.left -= 1
                return trouble
        if self._slow is not None:
            one_in, delay = self._slow
            self._answers += 1
            if self._answers % one_in == 0:
                return Trouble("slow", delay=delay)
        if self._random is not None:
            share, kinds, dice = self._random
            if dice.random() < share:
                return Trouble(dice.choice(kinds))
        return None

    def signed_on(self, headers: Mapping[str, str]) -> bool:
        """Whether the proxy before the site lets a request through."""
        return all(headers.get(name) == value for name, value in self.sign_on.items())

    def scope_missing(self, path: str) -> bool:
        """Whether the token lacks the scope for a path."""
        return any(path.startswith(prefix) for prefix in self._denied)

    def forbidden(self, path: str) -> int | None:
        """Get the status that a path is refused with, if it is."""
        return next((s for pattern, s in self._forbidden if pattern.fullmatch(path)), None)

    def redirected(self, path: str) -> str | None:
        """Get the URL under which a path is said to be, if not here."""
        return next((url for prefix, url in self._redirects if path.startswith(prefix)), None)

    def repeats_cursor(self, path: str) -> bool:
        """Whether a list is a trap."""
        return path in self._repeated

    def _check(self, kind: str) -> None:
        if kind not in KINDS:
            msg = f"no such kind of failure: {kind}"
            raise ValueError(msg)
