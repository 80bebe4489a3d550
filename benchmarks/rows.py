"""Makes sure that all contestants have read the same before their times are compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.contestants.contestant import key_of, keys_by_stream

if TYPE_CHECKING:
    from benchmarks.contestants import Contestant, Job
    from benchmarks.demo import Keys

REPLYING = frozenset({"page_footer_comments", "page_inline_comments"})


class RowsError(Exception):
    """A contestant has not read what it was to read."""


class Expected:
    """The rows of a site, as its own books have them.

    What lies under a page is what others read page by page: attachments of pages and comments
    that are no replies. The site's books do not say which these are; the rows of this tap do, once
    their keys have turned out to be exactly those of the books. The labels of what is in the trash,
    which others read there too, are no part of the books.
    """

    def __init__(self, tap: Contestant, job: Job) -> None:
        truth = job.site.truth()
        self.all: dict[str, Keys] = {stream: truth[stream] for stream in job.streams}
        self.under_pages: dict[str, Keys] = {stream: set() for stream in job.streams}
        found: dict[str, Keys] = {stream: set() for stream in job.streams}
        self._in_trash: set[str] = set()
        for stream, row in tap.rows(job):
            if stream == "pages" and row["status"] == "trashed":
                self._in_trash.add(row["id"])
            key = key_of(stream, row)
            found[stream].add(key)
            if _is_under_a_page(stream, row):
                self.under_pages[stream].add(key)
        compare(tap.name, found, self.all)

    def check(self, contestant: Contestant, job: Job) -> dict[str, int]:
        """Compare what a contestant has read, and count it by stream.

        Raises:
            RowsError: It is not the same.
        """
        wanted = self.all if contestant.reads_replies else self.under_pages
        found = keys_by_stream(contestant.rows(job))
        if labels := found.get("page_labels"):
            found["page_labels"] = {key for key in labels if key[0] not in self._in_trash}
        compare(contestant.name, found, wanted)
        return {stream: len(keys) for stream, keys in found.items()}


def compare(name: str, found: dict[str, Keys], wanted: dict[str, Keys]) -> None:
    """Compare keys by stream.

    Raises:
        RowsError: They differ; the message says where.
    """
    for stream, keys in wanted.items():
        had = found.get(stream, set())
        if had != keys:
            message = (
                f"{name}, {stream}: {len(keys - had)} missing and {len(had - keys)} too many, "
                f"such as {sorted(keys ^ had)[:3]}"
            )
            raise RowsError(message)


def _is_under_a_page(stream: str, row: dict[str, Any]) -> bool:
    if stream in REPLYING:
        return row.get("parentCommentId") is None
    return stream != "attachments" or row.get("pageId") is not None
