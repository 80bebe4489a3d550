"""People, on any deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from tap_confluence.errors import RefusedError
from tap_confluence.streams.base import ConfluenceStream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from singer_sdk.helpers.types import Record

    from tap_confluence.run import Run


class UserStream(ConfluenceStream):
    """Everyone a run meets, in lists of people and in the records of the other streams.

    Who has left is still the author of old pages, which a run that reads what has changed does
    not see. So nobody who is not met is taken for gone.
    """

    name = "users"
    primary_keys = ("accountId",)
    is_filtered = False
    is_whole = False
    comes_last = True

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._known: set[str] = set()

    @override
    def prepare(self) -> None:
        self.begin()

    @property
    def unknown(self) -> list[str]:
        """The ids of those whom the records of the run name, and who have not come yet."""
        return sorted(self.run.user_ids - self._known)

    def each_once(
        self,
        of_site: Sequence[Callable[[], Iterable[Record]]],
        of_records: Callable[[], Iterable[Record]],
    ) -> Iterator[Record]:
        """Yield people from the wanted sources in turn, without those who came before.

        A source that is refused fails the run at its end, but keeps nobody from being read who is
        in another one.

        Args:
            of_site: What reads those whom the site itself tells, each in its way.
            of_records: What reads those whom the records of the run name.
        """
        sources = [*(of_site if "site" in self.config["user_sources"] else ())]
        if self.run.collects_user_ids:
            sources.append(of_records)
        for source in sources:
            if source not in of_site[:1]:
                # What comes now depends on what the other streams have met.
                self.reader.wait_for_turn()
            try:
                for person in source():
                    if person["accountId"] not in self._known:
                        self._known.add(person["accountId"])
                        yield person
            except RefusedError as error:
                self.deny(error)
