"""What a survey finds out, and how it is written down."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

NOTE = (
    "This page holds no content of the wiki: no titles, names, ids, e-mail addresses or URLs. To "
    "help others with it, attach it to an issue of the project."
)


class UnansweredError(Exception):
    """The site does not tell. The message says why, in a word or two of our own."""


@dataclass(frozen=True)
class Question:
    """What to find out.

    Attributes:
        fact: What the answer is about.
        how: How it is found out.
        find: Returns the answer, or raises UnansweredError. It must hold nothing of the wiki.
    """

    fact: str
    how: str
    find: Callable[[], str]


@dataclass(frozen=True)
class Fact:
    """What was found out."""

    fact: str
    answer: str
    how: str

    def __str__(self) -> str:
        """Write it on a line."""
        return f"{self.fact}: {self.answer} ({self.how})"


class Survey(Protocol):
    """The questions to one kind of site."""

    def questions(self) -> Iterator[Question]:
        """Get the questions, the most important first."""


def answered(questions: Iterable[Question]) -> Iterator[Fact]:
    """Find an answer to each question, if only that it is not known."""
    for question in questions:
        try:
            answer = question.find()
        except UnansweredError as error:
            answer = f"not known ({error})"
        yield Fact(question.fact, answer, question.how)


def as_text(facts: Sequence[Fact]) -> list[str]:
    """Write facts as lines to read."""
    return [*map(str, facts), "", NOTE]


def as_json(facts: Sequence[Fact]) -> list[str]:
    """Write facts as the lines of JSON: `{"facts": [{"fact", "answer", "how"}], "note"}`."""
    written = json.dumps({"facts": [asdict(fact) for fact in facts], "note": NOTE}, indent=2)
    return written.splitlines()
