"""What people do to a wiki between two runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.incremental.runs import INCREMENTAL

if TYPE_CHECKING:
    from tests.demo_site import Wiki


@dataclass
class Day:
    """What people do to a wiki of 1,000 pages between two runs, each to items of its own."""

    wiki: Wiki
    bump: bool = False
    edited: set[str] = field(default_factory=set)
    added: set[str] = field(default_factory=set)
    trashed: set[str] = field(default_factory=set)
    comments: set[str] = field(default_factory=set)
    attachments: set[str] = field(default_factory=set)
    tasks: set[str] = field(default_factory=set)

    def pass_by(self) -> None:
        wiki = self.wiki
        current = [p for p in wiki.pages if p.status == "current" and not wiki.is_homepage(p)]
        pages = [page.id for page in current[100:400:10]]
        self.edited = {wiki.edit_page(pages.pop()) for _ in range(10)}
        self.added = {wiki.add_page() for _ in range(5)}
        self.trashed = {wiki.trash_page(pages.pop(), bump=self.bump) for _ in range(3)}
        for _ in range(2):
            wiki.purge_page(pages.pop())
        for _ in range(3):
            wiki.add_label(pages.pop(), "just-added")
        for page in [page for page in current[:60] if page.labels][:2]:
            label = wiki.labels[page.labels[0]]
            wiki.remove_label(page.id, label.name, label.prefix)
        roots = [c for c in wiki.footer_comments if c.parent is None and c.container in current]
        self.comments = {
            wiki.add_footer_comment(pages.pop()),
            wiki.add_footer_comment(pages.pop()),
            *(wiki.add_footer_comment(parent_id=root.id) for root in roots[:2]),
        }
        self.attachments = {wiki.add_attachment(pages.pop()) for _ in range(3)}
        self.tasks = {wiki.complete_task()}

    def expected(self) -> dict[str, set[str]]:
        """The items that the next run has to bring, by stream; details by their owner."""
        details = self.edited | self.added | (self.trashed if self.bump else set())
        return {
            **{stream: set() for stream in INCREMENTAL},
            "pages": self.edited | self.added | self.trashed,
            "page_versions": details,
            "page_content_properties": {id_ for id_ in details if self._has_properties(id_)},
            "page_footer_comments": self.comments,
            "attachments": self.attachments,
            "attachment_versions": self.attachments,
            "tasks": self.tasks,
        }

    def _has_properties(self, content_id: str) -> bool:
        return bool(self.wiki.content(content_id).properties)
