"""The question to the site whether it agrees who may read what, as a command."""

from __future__ import annotations

import csv
import io
import json
import random
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tap_confluence.cli.readers import compare, draw, most_wrong, read_pairs
from tap_confluence.errors import ConfluenceError, SettingsError
from tap_confluence.tap import TapConfluence
from tests import running
from tests.demo_site import DataCenterSite, DemoSite, GatewaySite, Wiki
from tests.demo_site.readers import ANONYMOUS, READABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tests.running import Json

COMMAND = [sys.executable, "-c", "from tap_confluence.cli.readers import cli; cli()"]
LONGEST = 60.0
ALL = 10**6
CHECKS = "/rest/api/content/"

Row = tuple[str, str, str]
Pairs = set[tuple[str, str]]


@pytest.fixture(scope="module")
def small() -> Iterator[DemoSite]:
    with DemoSite(Wiki.seeded(pages=30, seed=5)) as site:
        yield site


@pytest.fixture
def faulty(small: DemoSite) -> Iterator[DemoSite]:
    """A site that behaves again afterwards."""
    yield small
    small.faults.clear()


def every_pair(wiki: Wiki) -> Pairs:
    """Return each readable page with each account, and with nobody in particular."""
    accounts = [*(user.account_id for user in wiki.users), ANONYMOUS]
    pages = [page.id for page in wiki.pages if page.status in READABLE]
    return {(page, account) for page in pages for account in accounts}


def as_csv(rows: Iterable[tuple[str, ...]], header: str = "page_id,account_id,may_read") -> str:
    written = io.StringIO()
    csv.writer(written).writerows([header.split(","), *rows])
    return written.getvalue()


def rows_of(wiki: Wiki, readers: Pairs) -> list[Row]:
    """Say of each pair whether these are the readers, as PostgreSQL writes it."""
    pairs = sorted(every_pair(wiki))
    return [(*pair, "t" if pair in readers else "f") for pair in pairs]


def some_of(wiki: Wiki, readers: Pairs, *also: tuple[str, str]) -> list[Row]:
    """Say so of some pairs, so that a test does not ask about all."""
    some = random.Random(3).sample(rows_of(wiki, readers), 60)
    return [*some, *(row for row in rows_of(wiki, readers) if row[:2] in also and row not in some)]


def compared(
    settings: Json,
    text: str,
    capsys: pytest.CaptureFixture[str],
    *,
    sample: int = ALL,
    seed: int = 1,
) -> tuple[bool, list[str]]:
    """Compare in this process; return whether nothing is over-exposed, and what is printed."""
    capsys.readouterr()
    with running.signals_left_alone():
        tap = TapConfluence(config=settings)
        is_safe = compare(tap, text.splitlines(keepends=True), sample, seed)
    return is_safe, capsys.readouterr().out.splitlines()


def test_correct_pairs_differ_in_nothing(
    small: DemoSite, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = some_of(small.wiki, small.wiki.effective_readers())

    is_safe, [summary] = compared(running.settings_of(small), as_csv(rows), capsys)

    assert is_safe
    readable = sum(row[2] == "t" for row in rows)
    assert summary.startswith(f"60 of 60 pairs asked (seed 1), 60 answered: 0 of {readable} over-")
    assert f"0 of {60 - readable} under-exposed" in summary


def test_the_summary_says_how_sure_the_sample_is(
    small: DemoSite, capsys: pytest.CaptureFixture[str]
) -> None:
    readers = sorted(small.wiki.effective_readers())[:10]

    _, [summary] = compared(
        running.settings_of(small), as_csv([(*pair, "t") for pair in readers]), capsys
    )

    assert "0 of 10 over-exposed (at most 25.9 % with 95 % confidence)" in summary


def test_planted_errors_are_found_and_nothing_else(
    small: DemoSite, capsys: pytest.CaptureFixture[str]
) -> None:
    readers = small.wiki.effective_readers()
    missing = min(readers)
    planted = min(every_pair(small.wiki) - readers)
    rows = some_of(small.wiki, (readers - {missing}) | {planted}, missing, planted)

    is_safe, [*lines, summary] = compared(running.settings_of(small), as_csv(rows), capsys)

    assert not is_safe
    over, under = sorted(lines)
    assert over == (
        f"over-exposed: page {planted[0]}, account {planted[1]}: the tables say yes, the site says "
        "no: User does not have permission to the content"
    )
    assert under == (
        f"under-exposed: page {missing[0]}, account {missing[1]}: the tables say no, the site says "
        "yes"
    )
    assert " 1 of " in summary.partition("over-exposed")[0]


def test_who_is_only_missing_is_no_failure(
    small: DemoSite, capsys: pytest.CaptureFixture[str]
) -> None:
    page, account = min(small.wiki.effective_readers())

    is_safe, lines = compared(running.settings_of(small), as_csv([(page, account, "f")]), capsys)

    assert is_safe
    assert lines[0].startswith("under-exposed")
    assert "over-exposed not asked for" in lines[1]


def test_without_a_column_for_it_somebody_may_read_each(
    small: DemoSite, capsys: pytest.CaptureFixture[str]
) -> None:
    readers = small.wiki.effective_blog_post_readers()
    post = next(p for p in small.wiki.blog_posts if p.status in READABLE)
    nobody = next(u.account_id for u in small.wiki.users if (post.id, u.account_id) not in readers)
    text = as_csv([min(readers), (post.id, nobody)], "blog_post_id,account_id")

    is_safe, [line, summary] = compared(running.settings_of(small), text, capsys)

    assert not is_safe
    assert line.startswith(f"over-exposed: blog post {post.id}, account {nobody}")
    assert "1 of 2 over-exposed" in summary


def test_it_asks_about_a_sample_and_the_same_again_with_its_seed(
    small: DemoSite, capsys: pytest.CaptureFixture[str]
) -> None:
    text = as_csv(rows_of(small.wiki, small.wiki.effective_readers()))
    asked = []
    for seed in (4, 4, 5):
        before = len(small.requests)
        compared(running.settings_of(small), text, capsys, sample=12, seed=seed)
        asked.append(sorted(r.path for r in small.requests[before:] if r.method == "POST"))

    assert [len(paths) for paths in asked] == [12, 12, 12]
    assert asked[0] == asked[1] != asked[2]


def test_it_asks_nothing_that_changes_the_site(
    small: DemoSite, capsys: pytest.CaptureFixture[str]
) -> None:
    before = len(small.requests)

    compared(running.settings_of(small), as_csv(rows_of(small.wiki, set())[:3]), capsys)

    posted = [r.path for r in small.requests[before:] if r.method != "GET"]
    assert len(posted) == 3
    assert all(path.endswith("/permission/check") for path in posted)


def test_what_the_site_does_not_answer_is_counted_and_not_taken_for_right(
    faulty: DemoSite, capsys: pytest.CaptureFixture[str]
) -> None:
    wiki = faulty.wiki
    page, account = min(wiki.effective_readers())
    trashed = next(page.id for page in wiki.pages if page.status == "trashed")
    rows = [
        *((page, account, "t"), (trashed, account, "t"), ("987654321", account, "f")),
        (page, "712020:nobody-knows-them", "t"),
    ]

    is_safe, lines = compared(running.settings_of(faulty), as_csv(rows), capsys)

    gone, unknown, summary = lines
    assert is_safe
    assert gone.startswith("not answered: 2 of 4: gone since it was loaded, or hidden from")
    assert unknown.startswith("not answered: 1 of 4: the site does not know the account")
    assert "1 answered: 0 of 1 over-exposed" in summary


def test_a_page_that_the_site_fails_for_is_counted_too(
    faulty: DemoSite, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = random.Random(1).sample(sorted(faulty.wiki.effective_readers()), 2)
    faulty.faults.fail_next(1, "500", f"{CHECKS}{first[0]}/")
    rows = [(*first, "t"), (*second, "t")]

    is_safe, lines = compared(running.settings_of(faulty, max_retries=0), as_csv(rows), capsys)

    assert is_safe
    assert lines[0] == "not answered: 1 of 2: the site failed each time"


def test_without_the_right_to_ask_one_line_says_which_it_is(
    faulty: DemoSite, capsys: pytest.CaptureFixture[str]
) -> None:
    faulty.faults.is_administrator = False
    others = {p for p in every_pair(faulty.wiki) if p[1] != faulty.wiki.users[0].account_id}
    rows = [(*pair, "t") for pair in sorted(others)[:4]]

    with pytest.raises(ConfluenceError, match=r"none of 4 .*'Confluence Administrator'") as raised:
        compared(running.settings_of(faulty), as_csv(rows), capsys)

    assert len(str(raised.value).splitlines()) == 1


def test_without_the_scope_one_line_says_which_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    with GatewaySite(Wiki.seeded(pages=12, seed=5)) as gateway:
        pair = min(gateway.wiki.effective_readers())
        settings = running.settings_through(gateway)
        assert compared(settings, as_csv([(*pair, "t")]), capsys)[0]
        gateway.tokens.scopes -= {"read:content.permission:confluence"}

        with pytest.raises(ConfluenceError, match=r"scope read:confluence-content\.permission"):
            compared(settings, as_csv([(*pair, "t")]), capsys)


def test_data_center_cannot_be_asked(capsys: pytest.CaptureFixture[str]) -> None:
    with DataCenterSite(Wiki.seeded(pages=12, seed=5)) as site:
        config = {"base_url": site.base_url, "personal_access_token": site.personal_access_token}

        with pytest.raises(ConfluenceError, match="Data Center cannot be asked"):
            compared(config, as_csv([("1", "ana", "t")]), capsys)

        assert not site.requests


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "theirs is: nothing"),
        ("page,account\n1,a\n", "theirs is: page, account"),
        ("page_id,account_id\n", "no pairs"),
        ("page_id,account_id\n../user,a\n", "Line 2 "),
        ("page_id,account_id\n1,\n", "Line 2 "),
        ("page_id,account_id,may_read\n1,a,\n", "Line 2 "),
        ("page_id,account_id,may_read\n1,a,t\n2,a,perhaps\n", "Line 3 "),
        ("page_id,blog_post_id,account_id\n1,2,a\n", "Line 2 "),
    ],
)
def test_what_is_wrong_with_the_pairs_is_one_line(
    small: DemoSite, text: str, complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SettingsError, match=complaint):
        compared(running.settings_of(small), text, capsys)


def test_every_pair_is_as_likely_to_be_drawn() -> None:
    pairs = list(read_pairs(["page_id,account_id\n", *(f"{n},a\n" for n in range(20))]))
    times = dict.fromkeys(pairs, 0)
    for seed in range(2000):
        sample, number = draw(pairs, 5, seed)
        assert (len(set(sample)), number) == (5, 20)
        for pair in sample:
            times[pair] += 1

    assert all(400 < count < 600 for count in times.values())


@pytest.mark.parametrize(
    ("wrong", "of", "most"),
    # The limits of Clopper and Pearson, one-sided, 95 %.
    [(0, 200, 0.01487), (0, 10, 0.2589), (1, 200, 0.02350), (5, 50, 0.1992), (10, 10, 1.0)],
)
def test_the_confidence_is_that_of_the_tables(wrong: int, of: int, most: float) -> None:
    assert most_wrong(wrong, of) == pytest.approx(most, rel=2e-3)
    assert most_wrong(3 * wrong, 100 * of) < 1


@pytest.mark.parametrize("through", ["a file", "standard input"])
def test_the_command_ends_with_1_where_somebody_sees_too_much(
    small: DemoSite, tmp_path: Path, through: str
) -> None:
    readers = small.wiki.effective_readers()
    rows = [(*min(readers), "t"), (*min(every_pair(small.wiki) - readers), "t")]
    config, pairs = tmp_path / "config.json", tmp_path / "pairs.csv"
    config.write_text(json.dumps(running.settings_of(small)))
    pairs.write_text(as_csv(rows))
    is_file = through == "a file"

    done = subprocess.run(  # noqa: S603 - the command is ours
        [*COMMAND, "--config", str(config), "--sample", "5", *([str(pairs)] if is_file else [])],
        capture_output=True,
        check=False,
        env=running.clean_environment(),
        input=None if is_file else as_csv(rows),
        text=True,
        timeout=LONGEST,
    )

    assert done.returncode == 1, done.stderr
    difference, summary = done.stdout.splitlines()
    assert difference.startswith("over-exposed: page ")
    assert summary.startswith("2 of 2 pairs asked (seed ")
