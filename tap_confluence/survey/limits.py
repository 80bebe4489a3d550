"""What the answers of a survey tell of the site's rate limits: names and shapes of headers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tap_confluence.survey.facts import Question

if TYPE_CHECKING:
    from collections.abc import Iterator

    import requests

ABOUT_LIMITS = re.compile(r"[a-z-]*(?:ratelimit|retry-after)[a-z-]*", re.IGNORECASE)
TOO_MANY = 429

SHAPES = (
    (re.compile(r"\d{1,12}"), "a number"),
    (re.compile(r"\d{13,}"), "a number of more than 12 digits"),
    (re.compile(r"true|false"), "true or false"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\dZ"), "a time without seconds"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S*"), "a time with seconds"),
)
POLICY = re.compile(r"[a-z0-9;=,\" -]{1,120}")
"""Such as `"global-app-quota";q=65000;w=3600`, or the reason of a refusal."""

WORDS = re.compile(
    "account|api|app|based|burst|conf|confluence|cost|day|endpoint|global|hour|ip|limit|minute|org|"
    "per|points|policy|q|quota|r|rate|read|request|requests|second|site|t|tenant|tier|token|user|w|"
    "write"
)
"""Words that tell of limits, and not of the site."""


class Limits:
    """Takes note of every answer, those included that only say that there were too many."""

    def __init__(self) -> None:
        self._answers = 0
        self._limited = 0
        self._shapes: dict[str, set[str]] = {}

    def note(self, response: requests.Response) -> None:
        """Look at the headers of an answer."""
        self._answers += 1
        self._limited += response.status_code == TOO_MANY
        for name, value in response.headers.items():
            if ABOUT_LIMITS.fullmatch(name):
                self._shapes.setdefault(name, set()).add(shape_of(value))

    def questions(self) -> Iterator[Question]:
        """Ask what was noted; the last questions of a survey."""
        yield Question("headers about rate limits", "names and shapes, all answers", self._headers)
        yield Question("answers 429", "all answers", lambda: f"{self._limited} of {self._answers}")

    def _headers(self) -> str:
        shapes = (f"{name} {' | '.join(sorted(s))}" for name, s in sorted(self._shapes.items()))
        return "; ".join(shapes) or "none"


def shape_of(value: str) -> str:
    """Describe the value of a header, without its digits and all words that are not of limits."""
    for pattern, shape in SHAPES:
        if pattern.fullmatch(value):
            return shape
    if not POLICY.fullmatch(value):
        return "text"
    words = re.sub(
        r"[a-z]+", lambda found: found[0] if WORDS.fullmatch(found[0]) else "word", value
    )
    return re.sub(r"\d+", "N", words)
