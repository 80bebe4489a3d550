"""Everything that people do to a wiki."""
# ruff: noqa: A002 - `id` is what callers call it

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from tests.demo_site import words
from tests.demo_site.chance import uuid_of
from tests.demo_site.model import (
    Attachment,
    BlogPost,
    Comment,
    Content,
    CustomContent,
    Group,
    Page,
    Space,
    Task,
    TreeItem,
)
from tests.demo_site.restrictions import Restricting

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.demo_site.paging import Collection

C = TypeVar("C", bound=Content)


class Changes(Restricting):
    """The changes. Each moves the clock on and returns the id of what it changed.

    Where an id is left out, one is chosen by the wiki's seed.
    """

    def add_space(self, key: str = "NEW", kind: str = "global") -> str:
        """Make a space without a homepage, and get its key."""
        with self.lock:
            now = self.tick()
            name = f"Space {key}"
            self.spaces.add(Space(self.next_num(), key, name, kind, self._author(), now))
            return key

    def delete_space(self, key: str | None = None) -> str:
        """Delete a space for good, with everything in it, and get its key."""
        with self.lock:
            space = self._space(key)
            self.tick()
            for content in self.in_space(space):
                if content.num in self.collection_of(content):
                    self.drop(content)
            self.spaces.discard(space)
            return space.key

    def hide_space(self, key: str | None = None) -> str:
        """Take the right to see a space from the account that reads the site, and get its key."""
        with self.lock:
            space = self._space(key)
            self.tick()
            self.put_out_of_sight(space)
            return space.key

    def edit_hidden_page(self, key: str | None = None) -> str:
        """Edit a page in a space that the account does not see."""
        with self.lock:
            hidden = self.out_of_sight[key or self.dice.choice(sorted(self.out_of_sight))]
            page = self.dice.choice([c for c in hidden.contents if isinstance(c, Page)])
            page.times = (*page.times, self.tick())
            return page.id

    def show_space(self, key: str | None = None) -> str:
        """Give that right back: everything is there again, with the dates that it had."""
        with self.lock:
            self.tick()
            return self.put_in_sight(key or self.dice.choice(sorted(self.out_of_sight))).key

    def edit_page(self, id: str | None = None) -> str:
        return self._edit(self.pages, id)

    def add_page(
        self, space_key: str | None = None, parent_id: str | None = None, title: str | None = None
    ) -> str:
        with self.lock:
            now = self.tick()
            parent = self.pages[int(parent_id)] if parent_id else None
            space = self.spaces[parent.space] if parent else self._space(space_key)
            num = self.next_num()
            above = parent.num if parent else space.homepage
            page = Page(
                num,
                space.num,
                title or f"{self.dice.choice(words.KINDS)} {num}",
                self._author(),
                now,
                (now,),
                parent=above or None,
                parent_type="page" if above else None,
                position=num,
            )
            return self.put(page).id

    def trash_page(self, id: str | None = None, *, bump: bool = False) -> str:
        """Trash a page; its children move up, and it forgets its place."""
        with self.lock:
            page = self._find(self.pages, id)
            now = self.tick()
            self._lift_children(page)

            def alter(page: Page) -> None:
                page.status = "trashed"
                page.former_parent = page.parent
                page.parent = page.parent_type = page.position = None
                if bump:
                    page.times = (*page.times[:-1], now)

            return self.change(page, alter).id

    def restore_page(self, id: str | None = None) -> str:
        with self.lock:
            page = self._find(self.pages, id, "trashed")
            self.tick()

            def alter(page: Page) -> None:
                former = self.pages.get(page.former_parent or 0)
                # Nothing lies below what is in the trash.
                is_there = (
                    former is not None and former.status != "trashed" and former.space == page.space
                )
                home = self.spaces[page.space].homepage
                page.status = "current"
                page.parent = page.former_parent if is_there else home or None
                page.parent_type = "page" if page.parent else None
                page.position = page.num

            return self.change(page, alter).id

    def purge_page(self, id: str | None = None) -> str:
        """Delete a page for good, with its comments, attachments, tasks and custom content."""
        with self.lock:
            page = self._find(self.pages, id)
            self.tick()
            self._lift_children(page)
            self.drop(page)
            return page.id

    def archive_page(self, id: str | None = None) -> str:
        return self._set_status(self.pages, id, "archived")

    def unarchive_page(self, id: str | None = None) -> str:
        with self.lock:
            page = self._find(self.pages, id, "archived")
            self.tick()
            return self.change(page, self._status_setter("current", None)).id

    def move_page(self, id: str | None = None, parent_id: str | None = None) -> str:
        """Move a page, which makes no version; its space becomes that of the parent.

        So does the space of what is below it, and of what is on any of these.
        """
        with self.lock:
            page = self._find(self.pages, id)
            self.tick()
            if parent_id is None:
                parent = self.pages[self.spaces[page.space].homepage]
            else:
                parent = self.pages[int(parent_id)]

            def alter(page: Page) -> None:
                page.parent, page.parent_type = parent.num, "page"

            self.change(page, alter)
            if page.space != parent.space:
                self._take_along(page, parent.space)
            return page.id

    def reorder_page(self, id: str | None = None) -> str:
        """Give a page another place among its siblings, which makes no version."""

        def alter(page: Page) -> None:
            page.position = self.dice.randrange(1_000_000)

        with self.lock:
            page = self._find(self.pages, id)
            self.tick()
            return self.change(page, alter).id

    def add_blog_post(self, space_key: str | None = None, title: str | None = None) -> str:
        with self.lock:
            now = self.tick()
            num = self.next_num()
            space = self._space(space_key).num
            title = title or f"News {num}"
            return self.put(BlogPost(num, space, title, self._author(), now, (now,))).id

    def edit_blog_post(self, id: str | None = None) -> str:
        return self._edit(self.blog_posts, id)

    def trash_blog_post(self, id: str | None = None, *, bump: bool = False) -> str:
        return self._set_status(self.blog_posts, id, "trashed", bump=bump)

    def restore_blog_post(self, id: str | None = None) -> str:
        return self._restore(self.blog_posts, id)

    def purge_blog_post(self, id: str | None = None) -> str:
        return self._purge(self.blog_posts, id)

    def add_label(self, content_id: str, name: str, prefix: str = "global") -> str:
        """Label a content, which makes no version, and return the label's id."""
        with self.lock:
            self.tick()
            label = self.label_named(name, prefix).num
            content = self.content(content_id)
            if label not in content.labels:
                content.labels = (*content.labels, label)
                self.labelled[label].add(content.num)
            return str(label)

    def remove_label(self, content_id: str, name: str, prefix: str = "global") -> str:
        with self.lock:
            self.tick()
            label = self.label_named(name, prefix).num
            content = self.content(content_id)
            content.labels = tuple(num for num in content.labels if num != label)
            self.labelled[label].discard(content.num)
            return str(label)

    def set_property(self, content_id: str, key: str, value: Any) -> str:
        """Set a property of a content and return the property's id."""
        with self.lock:
            now = self.tick()
            content = self.content(content_id)
            for known in content.properties:
                if known.key == key:
                    known.value, known.modified = value, now
                    known.version += 1
                    return str(known.num)
            made = self.property_made(key, value, now)
            content.properties = (*content.properties, made)
            return str(made.num)

    def set_body(self, content_id: str, body: str, body_format: str = "storage") -> str:
        """Give a content another body than the one made up for it, which makes no version."""
        with self.lock:
            self.tick()
            self.given_bodies[self.content(content_id).num, body_format] = body
            return content_id

    def add_footer_comment(
        self,
        page_id: str | None = None,
        blog_post_id: str | None = None,
        parent_id: str | None = None,
        content_id: str | None = None,
    ) -> str:
        """Comment on a page, a blog post, or any content, or reply."""
        on = None if content_id is None else self.content(content_id)
        return self._comment(page_id, blog_post_id, parent_id, on, inline=False)

    def add_inline_comment(
        self,
        page_id: str | None = None,
        blog_post_id: str | None = None,
        parent_id: str | None = None,
    ) -> str:
        return self._comment(page_id, blog_post_id, parent_id, inline=True)

    def edit_comment(self, id: str | None = None) -> str:
        return self._edit(self._comments_with(id), id)

    def resolve_comment(self, id: str | None = None) -> str:
        """Resolve an inline comment, or open it again, which makes no version."""
        with self.lock:
            comment = self._find(self.inline_comments, id)
            is_resolved = comment.resolution == "resolved"
            comment.resolved_at, comment.resolved_by = self.tick(), self._author()
            comment.resolution = "reopened" if is_resolved else "resolved"
            return comment.id

    def delete_comment(self, id: str | None = None) -> str:
        """Delete a comment and the replies to it."""
        return self._purge(self._comments_with(id), id)

    def add_attachment(self, page_id: str | None = None, blog_post_id: str | None = None) -> str:
        with self.lock:
            now = self.tick()
            container = self._container(page_id, blog_post_id)
            num = self.next_num()
            stem, ending, media_type, _ = self.dice.choice(words.FILES)
            attachment = Attachment(
                num,
                container.space,
                f"{stem}-{num}.{ending}",
                self._author(),
                now,
                (now,),
                media_type=media_type,
                size=num % 100_000,
                container=container,
            )
            return self.put(attachment).id

    def edit_attachment(self, id: str | None = None) -> str:
        """Upload a new version of an attachment."""
        return self._edit(self.attachments, id)

    def trash_attachment(self, id: str | None = None, *, bump: bool = False) -> str:
        return self._set_status(self.attachments, id, "trashed", bump=bump)

    def restore_attachment(self, id: str | None = None) -> str:
        return self._restore(self.attachments, id)

    def purge_attachment(self, id: str | None = None) -> str:
        return self._purge(self.attachments, id)

    def add_task(self, page_id: str | None = None, blog_post_id: str | None = None) -> str:
        with self.lock:
            now = self.tick()
            container = self._container(page_id, blog_post_id)
            num = self.next_task_num()
            text = self.dice.choice(words.TASKS)
            return str(self.put_task(Task(num, num, text, container, self._author(), now)).num)

    def complete_task(self, id: str | None = None) -> str:
        with self.lock:
            now = self.tick()
            if id is None:
                task = next(task for task in self.tasks if task.status == "incomplete")
            else:
                task = self.tasks[int(id)]
            task.status = "complete"
            task.completed = task.updated = now
            task.completed_by = self._author()
            return str(task.num)

    def add_custom_content(
        self, type: str = words.CUSTOM_TYPES[0], page_id: str | None = None
    ) -> str:
        with self.lock:
            now = self.tick()
            container = self._container(page_id, None)
            num = self.next_num()
            title = f"Diagram {num}"
            custom = CustomContent(num, container.space, title, self._author(), now, (now,))
            custom.type = type
            custom.container = container
            return self.put(custom).id

    def edit_custom_content(self, id: str | None = None) -> str:
        return self._edit(self.custom_content, id)

    def add_group(self, name: str | None = None) -> str:
        with self.lock:
            now = self.tick()
            group = Group(uuid_of(now, len(self.groups)), name or f"group-{now}")
            self.groups.append(group)
            return group.id

    def remove_group(self, id: str | None = None) -> str:
        with self.lock:
            self.tick()
            gone = next(group for group in self.groups if id in {None, group.id})
            self.groups.remove(gone)
            return gone.id

    def _author(self) -> str:
        return self.dice.choice(self.accounts)

    def _space(self, key: str | None) -> Space:
        if key is None:
            current = [space for space in self.spaces if space.status == "current"]
            return self.dice.choice(current)
        return next(space for space in self.spaces if space.key == key)

    def _find(self, collection: Collection[C], id: str | None, status: str = "current") -> C:
        if id is None:
            return self.some(collection, status)
        return collection[int(id.removeprefix("att"))]

    def _container(self, page_id: str | None, blog_post_id: str | None) -> Page | BlogPost:
        if blog_post_id is not None:
            return self._find(self.blog_posts, blog_post_id)
        return self._find(self.pages, page_id)

    def _comments_with(self, id: str | None) -> Collection[Comment]:
        inline = id is not None and int(id) in self.inline_comments
        return self.inline_comments if inline else self.footer_comments

    def _edit(self, collection: Collection[C], id: str | None) -> str:
        def alter(content: C) -> None:
            content.times = (*content.times, now)

        with self.lock:
            content = self._find(collection, id)
            now = self.tick()
            return self.change(content, alter).id

    def _purge(self, collection: Collection[C], id: str | None) -> str:
        with self.lock:
            content = self._find(collection, id)
            self.tick()
            self.drop(content)
            return content.id

    def _restore(self, collection: Collection[C], id: str | None) -> str:
        with self.lock:
            content = self._find(collection, id, "trashed")
            self.tick()
            return self.change(content, self._status_setter("current", None)).id

    def _set_status(
        self, collection: Collection[C], id: str | None, status: str, *, bump: bool = False
    ) -> str:
        with self.lock:
            content = self._find(collection, id)
            now = self.tick()
            return self.change(content, self._status_setter(status, now if bump else None)).id

    def _status_setter(self, status: str, at: int | None) -> Callable[[Content], None]:
        def alter(content: Content) -> None:
            content.status = status
            if at is not None:
                content.times = (*content.times[:-1], at)

        return alter

    def _take_along(self, content: Content, space: int) -> None:
        """Put a content into another space, with all that is below it or on it."""

        def alter(content: Content) -> None:
            content.space = space

        num = content.num
        for along in (
            *(*self.children[num], *self.tree_items_under[num], *self.comments_on[num]),
            *(*self.attachments_of[num], *self.custom_content_of[num]),
        ):
            self._take_along(along, space)
        self.change(content, alter)

    def _lift_children(self, page: Page) -> None:
        def alter(child: Page | TreeItem) -> None:
            child.parent, child.parent_type = page.parent, page.parent_type

        below: list[Page | TreeItem] = [*self.children[page.num], *self.tree_items_under[page.num]]
        for child in below:
            self.change(child, alter)

    def _comment(
        self,
        page_id: str | None,
        blog_post_id: str | None,
        parent_id: str | None,
        container: Content | None = None,
        *,
        inline: bool,
    ) -> str:
        with self.lock:
            now = self.tick()
            parent: Comment | None = None
            if parent_id is not None:
                parent = (self.inline_comments if inline else self.footer_comments)[int(parent_id)]
                container = parent.container
            elif container is None:
                container = self._container(page_id, blog_post_id)
            comment = Comment(
                self.next_num(),
                container.space,
                f"Re: {container.title}",
                self._author(),
                now,
                (now,),
                container=container,
                parent=parent,
                inline=inline,
                resolution="open" if inline else None,
                selection="the numbers" if inline else "",
            )
            return self.put(comment).id
