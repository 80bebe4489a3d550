"""A wiki: what it holds, what may be done to it, and what a complete reading of it must find."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any, Self

from tests.demo_site import answers
from tests.demo_site.audit import plant_audit_log
from tests.demo_site.body_truth import bodies_of
from tests.demo_site.changes import Changes
from tests.demo_site.label_truth import labels_of
from tests.demo_site.model import Attachment, BlogPost, CustomContent, Page
from tests.demo_site.people_truth import people_of
from tests.demo_site.readers import readers_of
from tests.demo_site.restrictions import Planter, restrictions_of
from tests.demo_site.usage import plant_usage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.demo_site.model import Comment, Content

Keys = set[tuple[Any, ...]]
MIN_PAGES = 12
FEW_PEOPLE = 10
"""People in the biggest group of a plain wiki."""


class Wiki(Changes):
    """The wiki behind a demo site. Every method may be called from any thread."""

    @classmethod
    def seeded(cls, pages: int = 300, seed: int = 1, *, body_bytes: int | None = None) -> Self:
        """Make a wiki that is the same for the same arguments in every process.

        Args:
            pages: The number of pages; everything else scales with it.
            seed: Another seed makes another wiki.
            body_bytes: The exact length of each page's storage body.

        Raises:
            ValueError: There would be too few pages for every awkward case to have one.
        """
        if pages < MIN_PAGES:
            msg = f"a wiki has at least {MIN_PAGES} pages"
            raise ValueError(msg)
        return cls._planted(pages, seed, body_bytes, plain=False)

    @classmethod
    def plain(cls, pages: int = MIN_PAGES, seed: int = 1) -> Self:
        """Make a wiki with some of everything, few people, and without the awkward cases.

        A run reads one of few pages in half of the time: no list is long, no version the 320th.

        Args:
            pages: The number of pages; all but the people scales with it.
            seed: Another seed makes another wiki.
        """
        return cls._planted(pages, seed, body_bytes=None, plain=True)

    @classmethod
    def _planted(cls, pages: int, seed: int, body_bytes: int | None, *, plain: bool) -> Self:
        from tests.demo_site.hierarchy_seed import plant_tree_items  # noqa: PLC0415 - as below
        from tests.demo_site.people_seed import CROWD, plant_people  # noqa: PLC0415 - as below
        from tests.demo_site.remark_seed import plant_remarks  # noqa: PLC0415 - as below
        from tests.demo_site.seed import Seeder  # noqa: PLC0415 - the seeder needs this class

        wiki = cls(seed, body_bytes)
        collecting = gc.isenabled()
        # Nothing of what is planted becomes garbage, so looking for some is half of the time.
        gc.disable()
        try:
            Seeder(wiki, pages, seed, plain=plain).plant()
            plant_tree_items(wiki, seed)
            plant_remarks(wiki, seed)
            plant_people(wiki, seed, crowd=FEW_PEOPLE if plain else CROWD)
            plant_usage(wiki, seed)
            plant_audit_log(wiki, seed)
            Planter(wiki, seed).plant()
        finally:
            if collecting:
                gc.enable()
        return wiki

    def truth(self) -> dict[str, Keys]:
        """Get the primary keys that each stream has to deliver."""
        with self.lock:
            return {
                **self._spaces(),
                **self._details("page", self.pages, "page_content_properties"),
                **self._details("blog_post", self.blog_posts, "blog_post_content_properties"),
                **self._details("attachment", self.attachments, "attachment_content_properties"),
                **self._details(
                    "custom_content", self.custom_content, "custom_content_content_properties"
                ),
                "pages": _ids(self.pages),
                **bodies_of(self, self.pages),
                "blog_posts": _ids(self.blog_posts),
                "attachments": _ids(self.attachments),
                "custom_content": _ids(self.custom_content),
                "custom_content_footer_comments": _ids(_on(CustomContent, self.footer_comments)),
                **{
                    f"{kind}s": _ids(i for i in items if i.status in {"current", "archived"})
                    for kind, items in self.tree_items.items()
                },
                "child_pages": {
                    (str(page.parent), page.id)
                    for page in self.pages
                    if page.parent is not None and page.status in {"current", "archived"}
                },
                "page_footer_comments": _ids(_on(Page, self.footer_comments)),
                "attachment_footer_comments": _ids(_on(Attachment, self.footer_comments)),
                "page_inline_comments": _ids(_on(Page, self.inline_comments)),
                "blog_post_footer_comments": _ids(_on(BlogPost, self.footer_comments)),
                "blog_post_inline_comments": _ids(_on(BlogPost, self.inline_comments)),
                "tasks": {(str(task.num),) for task in self.tasks},
                "page_restrictions": restrictions_of(self, self.pages),
                "blog_post_restrictions": restrictions_of(self, self.blog_posts),
                **{
                    f"{kind}_restrictions": restrictions_of(self, items)
                    for kind, items in self.tree_items.items()
                },
                "groups": {(group.id,) for group in self.groups},
                **people_of(self),
                **answers.truth(self),
                "labels": {(str(label.num),) for label in self.labels},
                "content_inventory": {
                    (content.id,) for collection in self.contents() for content in collection
                },
            }

    def effective_readers(self) -> set[tuple[str, str]]:
        """Get each page with each account that may read it; see `readers_of`."""
        with self.lock:
            return readers_of(self, self.pages)

    def effective_blog_post_readers(self) -> set[tuple[str, str]]:
        """Get each blog post with each account that may read it; see `readers_of`."""
        with self.lock:
            return readers_of(self, self.blog_posts)

    def _spaces(self) -> dict[str, Keys]:
        spaces = list(self.spaces)
        return {
            "spaces": {(str(space.num),) for space in spaces},
            "space_labels": {(str(s.num), str(label)) for s in spaces for label in s.labels},
            "space_permissions": {(str(s.num), str(p.num)) for s in spaces for p in s.permissions},
            "space_properties": {(str(s.num), str(p.num)) for s in spaces for p in s.properties},
        }

    def _details(self, name: str, contents: Iterable[Content], properties: str) -> dict[str, Keys]:
        return {
            f"{name}_labels": labels_of(contents),
            f"{name}_versions": {(c.id, n + 1) for c in contents for n in range(c.version)},
            properties: {(c.id, str(p.num)) for c in contents for p in c.properties},
        }


def _ids(contents: Iterable[Content]) -> Keys:
    return {(content.id,) for content in contents}


def _on(kind: type[Content], comments: Iterable[Comment]) -> list[Comment]:
    return [comment for comment in comments if isinstance(comment.container, kind)]
