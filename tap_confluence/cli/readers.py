"""The command `tap-confluence-readers`: has the site say whether it agrees who may read what."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from dataclasses import dataclass
from functools import partial
from math import ceil, comb, exp, log, log1p
from random import Random, SystemRandom
from typing import TYPE_CHECKING, Any

import click

from tap_confluence.command import run_beside
from tap_confluence.errors import (
    ConfluenceError,
    ForbiddenError,
    NotFoundError,
    RefusedError,
    RetriesExhaustedError,
    ScopeError,
    SettingsError,
)
from tap_confluence.output.writer import say
from tap_confluence.settings import CLOUD, deployment
from tap_confluence.tap import TapConfluence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import TextIO

    from tap_confluence.http import Client
    from tap_confluence.sdk import ConfigInput

TAG = "readers"

CHECK = "/rest/api/content/{id}/permission/check"
"""What asks, by POST, without changing anything."""

CONTENT_COLUMNS = {"page_id": "page", "blog_post_id": "blog post"}
ACCOUNT_COLUMN, ANSWER_COLUMN = "account_id", "may_read"

ANSWERS = {"t": True, "true": True, "1": True, "f": False, "false": False, "0": False}
"""How databases write whether somebody may read."""

CONFIDENCE = 0.95

LARGEST_SEED = 2**32

NEEDS_RIGHT = (
    "only an account with the global permission 'Confluence Administrator' may ask what others "
    "may read (403)"
)
NEEDS_SCOPE = (
    "the token lacks the scope read:confluence-content.permission, or "
    "read:content.permission:confluence (401)"
)
GONE = "gone since it was loaded, or hidden from the account that asks (404)"
FAILED = "the site failed each time"
ODD = "the answer does not say"


@dataclass(frozen=True)
class Pair:
    """A page or blog post, somebody, and whether they are said to be able to read it.

    Attributes:
        kind: `page` or `blog post`.
        content_id: Its id.
        account_id: The account, or `anonymous`.
        may_read: What the tables say.
    """

    kind: str
    content_id: str
    account_id: str
    may_read: bool

    def __str__(self) -> str:
        return f"{self.kind} {self.content_id}, account {self.account_id}"


@dataclass(frozen=True)
class Verdict:
    """What the site says of a pair.

    Attributes:
        pair: The pair.
        may_read: Whether they may read it; None where the site does not say.
        why: Why they may not, or why it does not say.
    """

    pair: Pair
    may_read: bool | None
    why: str = ""

    @property
    def differs(self) -> bool:
        """Whether the site says something else than the tables."""
        return self.may_read is not None and self.may_read != self.pair.may_read

    def __str__(self) -> str:
        if self.pair.may_read:
            why = f": {self.why}" if self.why else ""
            return f"over-exposed: {self.pair}: the tables say yes, the site says no{why}"
        return f"under-exposed: {self.pair}: the tables say no, the site says yes"


def read_pairs(lines: Iterable[str]) -> Iterator[Pair]:
    """Read pairs from CSV with a header.

    Args:
        lines: With the columns `page_id` or `blog_post_id` or both, `account_id`, and `may_read`,
            without which somebody may read each of them.

    Raises:
        SettingsError: A column or a value is missing, or is none of those.
    """
    try:
        yield from _pairs(csv.DictReader(lines))
    except (csv.Error, UnicodeDecodeError) as error:
        message = f"The pairs are not CSV in UTF-8: {error}"
        raise SettingsError(message) from error


def _pairs(rows: csv.DictReader[str]) -> Iterator[Pair]:
    columns = tuple(rows.fieldnames or ())
    if ACCOUNT_COLUMN not in columns or not CONTENT_COLUMNS.keys() & set(columns):
        message = (
            "The pairs need a header with account_id and page_id or blog_post_id, but theirs is: "
            f"{', '.join(columns) or 'nothing'}"
        )
        raise SettingsError(message)
    for row in rows:
        contents = [(kind, row[c]) for c, kind in CONTENT_COLUMNS.items() if row.get(c)]
        account = row[ACCOUNT_COLUMN]
        may_read = ANSWERS.get((row.get(ANSWER_COLUMN, "true") or "").lower())
        if len(contents) != 1 or not _is_id(contents[0][1]) or not account or may_read is None:
            message = (
                f"Line {rows.line_num} of the pairs is not the id of one page or blog post, an "
                "account id and, in may_read, true or false."
            )
            raise SettingsError(message)
        yield Pair(*contents[0], account, may_read)


def draw(pairs: Iterable[Pair], size: int, seed: int) -> tuple[list[Pair], int]:
    """Draw a random sample without having all pairs in memory (reservoir sampling).

    Args:
        pairs: What to draw from.
        size: How many to draw at most.
        seed: The same draws the same.

    Returns:
        The sample, and how many pairs there are.
    """
    random = Random(seed)  # noqa: S311 - no secret
    sample: list[Pair] = []
    number = 0
    for number, pair in enumerate(pairs, start=1):
        if len(sample) < size:
            sample.append(pair)
        elif (place := random.randrange(number)) < size:
            sample[place] = pair
    return sample, number


def ask(tap: TapConfluence, pairs: Sequence[Pair]) -> Iterator[Verdict]:
    """Ask the site about pairs, several at a time, and yield what it says, in order.

    Raises:
        ConfluenceError: The site cannot be asked with these settings.
    """
    reader = tap.run.reader
    for pair, future in reader.look_ahead(pairs, lambda pair: partial(_ask, tap.run.client, pair)):
        if future is None:
            continue
        try:
            yield _verdict(pair, reader.result(future))
        except (RefusedError, RetriesExhaustedError) as error:
            yield Verdict(pair, None, _refusal(error))


def _ask(client: Client, pair: Pair) -> dict[str, Any]:
    subject = {"type": "user", "identifier": pair.account_id}
    question = {"subject": subject, "operation": "read"}
    return client.post(CHECK.format(id=pair.content_id), question, tag=TAG).body


def _verdict(pair: Pair, body: dict[str, Any]) -> Verdict:
    may_read = body.get("hasPermission")
    if not isinstance(may_read, bool):
        return Verdict(pair, None, ODD)
    return Verdict(pair, may_read, _reason(body.get("errors")))


def _refusal(error: ConfluenceError) -> str:
    """Say why the site does not answer about a pair."""
    match error:
        case ForbiddenError():
            return NEEDS_RIGHT
        case ScopeError():
            return NEEDS_SCOPE
        case NotFoundError():
            return GONE
        case RefusedError(status=status):
            return f"the site does not know the account, or refuses the question ({status})"
        case _:
            return FAILED


def _reason(errors: Any) -> str:
    """Return why somebody may not read something, in the words of the site."""
    first = errors[0] if isinstance(errors, list) and errors else None
    words = first.get("translation") if isinstance(first, dict) else None
    return " ".join(words.split()) if isinstance(words, str) else ""


def most_wrong(wrong: int, of: int) -> float:
    """Return the share of wrong ones that there is at most, with a confidence of 95 %.

    The upper limit of Clopper and Pearson; where none is wrong, about three by the size of the
    sample ("rule of three").

    Args:
        wrong: How many are wrong in the sample.
        of: Its size.

    Returns:
        A share between 0 and 1, exact to a millionth.
    """
    if wrong >= of:
        return 1.0
    low, high = 0.0, 1.0
    while high - low > 1e-6:  # noqa: PLR2004 - as the docstring says
        share = (low + high) / 2
        as_few = sum(
            exp(log(comb(of, n)) + n * log(share) + (of - n) * log1p(-share))
            for n in range(wrong + 1)
        )
        low, high = (share, high) if as_few > 1 - CONFIDENCE else (low, share)
    return high


def compare(tap: TapConfluence, lines: Iterable[str], size: int, seed: int) -> bool:
    """Print where the site does not say what the tables say, and how sure that is.

    Args:
        tap: With the settings.
        lines: The pairs, as CSV.
        size: How many of them to ask about at most.
        seed: Which of them to draw.

    Returns:
        Whether no pair is over-exposed.

    Raises:
        ConfluenceError: The site cannot be asked, or answers nothing; or the pairs are none.
    """
    if deployment(tap.config) != CLOUD:
        message = (
            "Data Center cannot be asked who may read a page: it has nothing like Cloud's "
            "permission check. Look at some pages as some users instead."
        )
        raise ConfluenceError(message)
    sample, number = draw(read_pairs(lines), size, seed)
    if not sample:
        message = "There are no pairs to ask about."
        raise SettingsError(message)
    answered, refused = [], Counter[str]()
    for verdict in ask(tap, sample):
        if verdict.may_read is None:
            refused[verdict.why] += 1
        else:
            answered.append(verdict)
        if verdict.differs:
            say(str(verdict))
    if not answered:
        reasons = "; ".join(why for why, _ in refused.most_common())
        message = f"The site answered none of {len(sample):,} questions: {reasons}"
        raise ConfluenceError(message)
    for why, count in refused.most_common():
        say(f"not answered: {count:,} of {len(sample):,}: {why}")
    over, summary_of_over = _count(answered, "over-exposed", may_read=True)
    _, summary_of_under = _count(answered, "under-exposed", may_read=False)
    say(
        f"{len(sample):,} of {number:,} pairs asked (seed {seed}), {len(answered):,} answered: "
        f"{summary_of_over}, {summary_of_under}"
    )
    return over == 0


def _count(answered: Sequence[Verdict], name: str, *, may_read: bool) -> tuple[int, str]:
    """Count what differs among the pairs of which the tables say the same.

    Returns:
        How many differ, and what that says of all such pairs.
    """
    alike = [verdict for verdict in answered if verdict.pair.may_read == may_read]
    wrong = sum(verdict.differs for verdict in alike)
    if not alike:
        return 0, f"{name} not asked for"
    most = ceil(1000 * most_wrong(wrong, len(alike))) / 10
    sure = f"at most {most} % with {100 * CONFIDENCE:g} % confidence"
    return wrong, f"{wrong:,} of {len(alike):,} {name} ({sure})"


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _invoke(config: ConfigInput, pairs: TextIO, sample: int, seed: int | None) -> None:
    seed = SystemRandom().randrange(LARGEST_SEED) if seed is None else seed
    tap = TapConfluence.from_files(config, None, None)
    sys.exit(0 if compare(tap, pairs, sample, seed) else 1)


def cli() -> None:
    """Run the command."""
    pairs = click.Argument(
        ["pairs"], type=click.File(encoding="utf-8-sig"), default="-", metavar="[PAIRS.csv]"
    )
    sample = click.Option(
        ["--sample"],
        type=click.IntRange(min=1),
        default=200,
        show_default=True,
        help="About how many pairs to ask, a request each.",
    )
    seed = click.Option(["--seed"], type=int, help="Draw the same pairs again.")
    purpose = (
        "Have a Cloud site say whether it agrees who may read what, for a random sample of pairs "
        "of page and account in a CSV file, or from standard input. Only reads."
    )
    params = ("config", sample, seed, pairs)
    run_beside(TapConfluence, "tap-confluence-readers", _invoke, params, purpose)
