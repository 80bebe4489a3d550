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
        expected: How the answers begin that the tap counts on; none where any will do.
    """

    fact: str
    how: str
    find: Callable[[], str]
    expected: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fact:
    """What was found out.

    Attributes:
        fact: What the answer is about.
        answer: It.
        how: How it was found out.
        expected: What it should have been, if it is not; else empty.
    """

    fact: str
    answer: str
    how: str
    expected: str = ""

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
            yield Fact(question.fact, f"not known ({error})", question.how)
            continue
        differs = question.expected and not answer.startswith(question.expected)
        expected = " or ".join(question.expected) if differs else ""
        yield Fact(question.fact, answer, question.how, expected)


def as_text(facts: Sequence[Fact]) -> list[str]:
    """Write facts as lines to read, at the end those again that differ from what is expected."""
    differing = [f"- {f.fact}: {f.answer}; expected: {f.expected}" for f in facts if f.expected]
    heading = "Differs from what is expected:" if differing else "All is as it is expected."
    return [NOTE, "", *map(str, facts), "", heading, *differing]


def as_json(facts: Sequence[Fact]) -> list[str]:
    """Write facts as the lines of JSON: `{"facts": [...], "note"}`, each fact as it is here."""
    written = json.dumps({"facts": [asdict(fact) for fact in facts], "note": NOTE}, indent=2)
    return written.splitlines()
