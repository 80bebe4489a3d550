"""The command `tap-confluence-check`: a look at the site before the first run, or at one item."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from tap_confluence.cli.counts.site import TAG
from tap_confluence.cli.estimate import counts_of, told
from tap_confluence.command import run_beside
from tap_confluence.errors import (
    ForbiddenError,
    RefusedError,
    RetriesExhaustedError,
    ScopeError,
)
from tap_confluence.explain import explain
from tap_confluence.output.writer import say
from tap_confluence.streams.base import ConfluenceStream
from tap_confluence.tap import TapConfluence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from concurrent.futures import Future

    from tap_confluence.cli.counts.site import SiteCounts
    from tap_confluence.http.client import Answer
    from tap_confluence.sdk import ConfigInput

NOUNS = {"pages": "page", "blog_posts": "blog post", "spaces": "space"}
"""What is counted, and what to call one of it."""

ONE = {"limit": "1"}
"""How many items to ask for."""

NOTHING = "0"
"""An id that nothing has: what is refused for it is refused for everything."""


def check(tap: TapConfluence) -> bool:
    """Say who is signed in, what the filters select and which streams may be read.

    Args:
        tap: With the settings, and the catalog if there is one.

    Returns:
        Whether all selected streams may be read.

    Raises:
        ConfluenceError: The site cannot be read with these settings.
    """
    _ = tap.run.reader
    say(tap.run.signed_in)
    if lacking := tap.run.deployment.lacking(tap.run.client):
        say(lacking)
    if tap.run.filters.by_anything:
        tap.run.content_filter.check()
    refused = _refused(tap)
    missing = [stream for stream in refused if stream.selected]
    say(*_told_of_streams(tap, refused))
    counts = counts_of(tap)
    say(*told(tap, counts))
    pages, posts, spaces = (_counted(counts, kind, noun) for kind, noun in NOUNS.items())
    found = f"{pages} and {posts} in {spaces}"
    if missing:
        say(f"Connection successful, but not all streams may be read; found {found}")
    else:
        say(f"Connection successful, found {found}")
    return not missing


def _told_of_streams(
    tap: TapConfluence, refused: Mapping[ConfluenceStream, RefusedError]
) -> Iterator[str]:
    """Yield which streams may be read, and what is needed for the others, those alike together."""
    selected = [stream for stream in tap.streams.values() if stream.selected]
    readable = sum(1 for stream in selected if stream not in refused)
    which = f"All {readable}" if readable == len(selected) else f"{readable} of {len(selected)}"
    yield f"{which} selected streams may be read, of {len(tap.streams)} there are"
    alike: dict[tuple[bool, str], list[str]] = {}
    for stream, error in refused.items():
        alike.setdefault((stream.selected, stream.needed(error)), []).append(stream.name)
    for (is_selected, needed), names in sorted(alike.items(), reverse=True):
        state = "selected" if is_selected else "not selected"
        verb = "need" if len(names) > 1 else "needs"
        yield f"- {', '.join(names)} ({state}) {verb} {needed}"


def _counted(counts: SiteCounts, kind: str, noun: str) -> str:
    """Say how many there are of a kind that the filters select."""
    amount = counts(kind)
    if amount is None:
        return f"no {noun}"
    number = amount.wanted
    about = "" if amount.is_counted else "about "
    return f"{about}{number:,} {noun}{'' if number == 1 else 's'}"


def _refused(tap: TapConfluence) -> dict[ConfluenceStream, RefusedError]:
    """Ask once for each kind of thing, for one item of it or for none at all.

    Returns:
        The streams that may not be read, and what the site says.
    """
    streams = [s for s in tap.streams.values() if isinstance(s, ConfluenceStream)]
    asked: dict[str, Future[Answer]] = {}
    for path in dict.fromkeys(filter(None, (stream.probe_path for stream in streams))):
        some = path.format(id=NOTHING, key=NOTHING, name=NOTHING)
        asked[path] = tap.run.reader.start(tap.run.client.get, some, ONE, tag=TAG, max_retries=0)
    refusals: dict[str, RefusedError] = {}
    for path, future in asked.items():
        try:
            tap.run.reader.result(future)
        except (ScopeError, ForbiddenError) as error:
            refusals[path] = error
        except (RefusedError, RetriesExhaustedError) as error:
            # That there is no such thing is no refusal to tell.
            tap.logger.debug("%s: %s", path, error)
    return {
        stream: refusals[stream.probe_path] for stream in streams if stream.probe_path in refusals
    }


def _invoke(
    config: ConfigInput,
    state: dict[str, Any] | None,
    catalog: dict[str, Any] | None,
    item_id: str | None,
) -> None:
    tap = TapConfluence.from_files(config, state, catalog)
    if item_id is None:
        sys.exit(0 if check(tap) else 1)
    outcome, lines = explain(tap.run, item_id)
    say(*lines)
    sys.exit(outcome)


def cli() -> None:
    """Run the command."""
    item = click.Option(
        ["--explain", "item_id"],
        metavar="ID",
        help="Say of one page, blog post, comment, attachment, or space instead, by its id as in a "
        "URL, where it is and why it is or is not extracted; with the state of the last run, "
        "whether it is there already. Ends with 0 if the next run writes it, with 3 if it is left "
        "out, with 4 if an earlier run has written it.",
    )
    purpose = "Say who is signed in, what the filters select and which streams may be read."
    options = ("config", "state", "catalog", item)
    run_beside(TapConfluence, "tap-confluence-check", _invoke, options, purpose)
