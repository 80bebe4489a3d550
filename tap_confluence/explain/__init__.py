"""Why a run does or does not extract something: the words of `tap-confluence-check --explain`."""

from __future__ import annotations

from collections import defaultdict
from enum import IntEnum
from typing import TYPE_CHECKING

from tap_confluence.errors import ForbiddenError, ScopeError
from tap_confluence.explain.cloud import CloudFinder
from tap_confluence.explain.datacenter import DataCenterFinder
from tap_confluence.filters.left_out import failing
from tap_confluence.settings import CLOUD, deployment
from tap_confluence.streams.incremental import Hidden, IncrementalStream
from tap_confluence.streams.progress import Progress
from tap_confluence.streams.state.state_format import CHILDREN, failed_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_confluence.explain.found import Finder, Found
    from tap_confluence.run import Run
    from tap_confluence.streams.base import ConfluenceStream


class Outcome(IntEnum):
    """What becomes of something, as an exit status."""

    EXTRACTED = 0
    """The next run writes it."""

    LEFT_OUT = 3
    """No run with these settings writes it, or there is nothing of this id."""

    WRITTEN = 4
    """By the state an earlier run has written it, so that the next one does not."""


def explain(run: Run, item_id: str) -> tuple[Outcome, list[str]]:
    """Say where something is on a site, and why it is or is not extracted.

    It is judged by the filters, the bookmarks and the catalog of a run, at the cost of a few
    requests; where page trees or labels are asked for, of those that a run begins with.

    Args:
        run: With the settings; with the catalog and the state, if there are any.
        item_id: What a user took for its id, or the key of a space.

    Returns:
        What becomes of it, and the lines that say so.

    Raises:
        ConfluenceError: The site cannot be read with these settings.
    """
    _ = run.reader
    kind = CloudFinder if deployment(run.config) == CLOUD else DataCenterFinder
    finder = kind(run)
    # What is not found in one place is looked for in the next: the account is asked after once.
    confirm_account, run.client.confirm_account = run.client.confirm_account, None
    try:
        found = finder.find(item_id.strip())
    finally:
        run.client.confirm_account = confirm_account
    if found is None:
        if confirm_account is not None:
            confirm_account()
        return Outcome.LEFT_OUT, [_nothing_found(finder, item_id)]
    return _outcome(found), [*_lines(run, found)]


def _nothing_found(finder: Finder, item_id: str) -> str:
    """Say in one line that there is nothing of an id, as far as the account may see."""
    site, last = finder.run.client.root, next(reversed(finder.refusals.values()), None)
    if isinstance(last, ForbiddenError):
        return f"{site} forbids this account to see {item_id} (403: {last}): no run reads it."
    if finder.is_withheld:
        return f"{site} fails for {item_id}: {last}. A run leaves out what the site fails for."
    if unseen := [n for n, each in finder.refusals.items() if isinstance(each, ScopeError)]:
        return (
            f"Nothing has the id {item_id} at {site} as far as the token may look, which lacks the "
            f"scope for: {', '.join(unseen)}."
        )
    return (
        f"Nothing has the id {item_id} at {site}, or this account may not see it: the site answers "
        "both with 404."
    )


def _lines(run: Run, found: Found) -> Iterator[str]:
    title = f' "{found.title}"' if found.title else ""
    told = [found.status, found.modified_at and f"last modified {found.modified_at}"]
    yield f"{found.noun.capitalize()} {found.id}{title}: {', '.join(filter(None, told))}"
    for place in found.place:
        yield f"- {place}"
    yield f"- {run.signed_in}, who may see it{'; ' if found.access else ''}{found.access}"
    for name, passes in found.verdicts.items():
        yield f"- filter {name}: {'passes' if passes else 'does not pass'}"
    if not found.verdicts:
        yield "- no filter is set that concerns it"
    if found.stream is not None:
        if found.stream.is_incremental and found.modified_at is not None:
            yield f"- date: {_date(found, found.stream)}"
        alike: defaultdict[str, list[str]] = defaultdict(list)
        for stream in (found.stream, *found.others):
            alike[_of_stream(found, stream)].append(stream.name)
        for words, names in alike.items():
            yield f"- {'streams' if len(names) > 1 else 'stream'} {', '.join(names)}: {words}"
    yield _verdict(found)


def _of_stream(found: Found, stream: ConfluenceStream) -> str:
    if not stream.selected:
        return "not selected"
    if found.hindrance or not all(found.verdicts.values()):
        return "selected, but it is left out"
    if not stream.is_incremental or found.modified_at is None:
        return "selected, read in each run whatever has changed"
    if _has_failed(found, stream):
        return "selected, listed as failed in the state: each run tries it once more"
    if _is_due(found, stream):
        return "selected, the next run writes it"
    return "selected, " + ("older than it starts" if stream.bookmark is None else "written already")


def _date(found: Found, stream: ConfluenceStream) -> str:
    """Compare the date of something with where a stream starts."""
    bookmark, date = stream.bookmark, found.modified_at or ""
    if bookmark is None:
        settings = ("anchor_date", "lookback_days")
        default = "by default, one year back"
        setting = next((name for name in settings if stream.config.get(name)), default)
        side = "not before" if _is_due(found, stream) else "before"
        return (
            f"{side} {stream.anchor} ({setting}), where '{stream.name}' starts without a bookmark"
        )
    if date > bookmark:
        return f"after the bookmark {bookmark} of '{stream.name}'"
    if _is_hidden_anew(found, stream):
        return f"not after the bookmark {bookmark}, but it has come to be {found.status} since"
    again = ", but so near that the next run looks at it once more"
    overlaps = Progress(stream).reaches_back_to(date)
    return f"not after the bookmark {bookmark} of '{stream.name}'{again if overlaps else ''}"


def _is_due(found: Found, stream: ConfluenceStream) -> bool:
    """Tell whether the next run writes something to a stream of which it is."""
    if not stream.is_incremental or found.modified_at is None:
        return True
    if stream.bookmark is None:
        return Progress(stream).reaches_back_to(found.modified_at)
    if _has_failed(found, stream):
        return True
    return found.modified_at > stream.bookmark or _is_hidden_anew(found, stream)


def _has_failed(found: Found, stream: ConfluenceStream) -> bool:
    """Tell whether the state lists something as failed, so that its bookmark does not count."""
    failed = failed_of(stream.entry)
    return found.id in failed or f"{found.id}{CHILDREN}" in failed


def _is_hidden_anew(found: Found, stream: ConfluenceStream) -> bool:
    """Tell whether something came into the trash or the archive without a new date."""
    owner = found.stream
    if not isinstance(owner, IncrementalStream) or "trash" not in stream.entry:
        return False
    if found.id not in found.hidden:
        return False
    return (
        stream in owner.lacking_hidden({stream: Progress(stream)}, Hidden(found.hidden))[found.id]
    )


def _outcome(found: Found) -> Outcome:
    stream = found.stream
    if stream is None or found.hindrance or not all(found.verdicts.values()):
        return Outcome.LEFT_OUT
    if not stream.selected:
        return Outcome.LEFT_OUT
    if _is_due(found, stream):
        return Outcome.EXTRACTED
    return Outcome.LEFT_OUT if stream.bookmark is None else Outcome.WRITTEN


def _verdict(found: Found) -> str:
    stream, outcome = found.stream, _outcome(found)
    if outcome is Outcome.EXTRACTED and stream is not None:
        return f"Extracted: the next run writes it to '{stream.name}'."
    if outcome is Outcome.WRITTEN and stream is not None:
        return (
            f"Not in the next run: by the bookmark of '{stream.name}' an earlier run has written "
            "it. If its row is missing, it was moved here, restored or shown to this account "
            "without a new date since: the stream is then read whole, within "
            f"{stream.config['reconcile_interval_hours']:g} hours where 'content_inventory' is "
            "read too ('reconcile_interval_hours')."
        )
    reasons = [found.hindrance]
    if not all(found.verdicts.values()):
        reasons.append(f"it {failing(found.verdicts)}")
    if stream is not None and not stream.selected:
        reasons.append(f"'{stream.name}' is not selected")
    if stream is not None and not _is_due(found, stream):
        reasons.append(f"it is older than '{stream.name}' starts")
    return f"Not extracted: {'; '.join(filter(None, reasons))}."
