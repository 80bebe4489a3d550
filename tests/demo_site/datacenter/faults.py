"""What is awkward about Data Center, each thing with its switch."""

from __future__ import annotations

from tests.demo_site.faults import Faults

CAPS = {"bare": 500, "expand": 200, "body": 50, "export": 25}


class DataCenterFaults(Faults):
    """The switches of a Data Center site. All may be set at any time; paths lack the context.

    What real sites always do is on from the start; what some of them do is off.

    Attributes:
        next_skips_rows: Whether a next link counts the rows asked for instead of those served.
        endless_paging: Whether a list of more than 200 goes on for ever behind its end.
        short_pages: Whether each page has fewer rows than it might, though more follow.
        attachment_paging_fails: Whether lists of attachments refuse every page but the first.
        hide_trash: Whether what hangs on trashed content is refused with 404.
        lists_anonymous: Whether the permissions in a space include those of anonymous users.
        administrator: Whether the user may see permissions and the trash of spaces.
    """

    def __init__(self, latency: float = 0.0) -> None:
        super().__init__(latency)
        self.caps = dict(CAPS)
        self.next_skips_rows = True
        self.endless_paging = False
        self.short_pages = False
        self.attachment_paging_fails = False
        self.hide_trash = False
        self.administrator = True
        self.lists_anonymous = False
        self._blocked: list[str] = []

    def clear(self) -> None:
        """Behave as in the beginning; the latency stays, for it is no fault."""
        self.__init__(self.latency)  # type: ignore[misc]

    def block(self, path_prefix: str) -> None:
        """Refuse these paths for good, as a rate limit of zero does."""
        self._blocked.append(path_prefix)

    def blocked(self, path: str) -> bool:
        """Whether a path is refused for good."""
        return any(path.startswith(prefix) for prefix in self._blocked)
