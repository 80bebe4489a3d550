"""What a wiki holds, and the links between the parts."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from random import Random
from threading import RLock
from typing import TYPE_CHECKING, Any, TypeVar

from tests.demo_site import words
from tests.demo_site.audit import AuditLog
from tests.demo_site.bodies import Bodies
from tests.demo_site.chance import uuid_of
from tests.demo_site.clock import epoch_ms, iso
from tests.demo_site.model import (
    Attachment,
    BlogPost,
    Comment,
    Content,
    CustomContent,
    Group,
    Label,
    Page,
    Property,
    Restriction,
    Space,
    Task,
    TreeItem,
    User,
)
from tests.demo_site.paging import Collection
from tests.demo_site.people import People
from tests.demo_site.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

C = TypeVar("C", bound=Content)


@dataclass(frozen=True)
class OutOfSight:
    """A space that the account which reads the site may not see, with all that is in it."""

    space: Space
    contents: list[Content]
    tasks: list[Task]


FIRST_CHANGE = epoch_ms("2026-07-01T00:00:00.000Z")


class Store:
    """The state of a wiki with lookups. Hold `lock` while reading more than one thing."""

    def __init__(self, seed: int, body_bytes: int | None = None) -> None:
        self.lock = RLock()
        self.tick_ms = 3_217
        self.now_ms = FIRST_CHANGE
        self.dice = Random(seed)
        self.users = [
            User(account, name, f"user{place}@example.com")
            for place, (account, name) in enumerate(words.USERS)
        ]
        self.users.append(User(*words.APP_USER, account_type="app"))
        self.accounts = [user.account_id for user in self.users]
        self.groups = [Group(uuid_of(7, place), name) for place, name in enumerate(words.GROUPS)]
        self.people = People(self.users, self.accounts, self.groups)
        self.usage = Usage()
        self.audit = AuditLog()
        self.spaces: Collection[Space] = Collection()
        self.labels: Collection[Label] = Collection()
        self.pages: Collection[Page] = Collection()
        self.blog_posts: Collection[BlogPost] = Collection()
        self.attachments: Collection[Attachment] = Collection()
        self.footer_comments: Collection[Comment] = Collection()
        self.inline_comments: Collection[Comment] = Collection()
        self.custom_content: Collection[CustomContent] = Collection()
        self.tree_items: dict[str, Collection[TreeItem]] = {
            kind: Collection() for kind in words.TREE_ITEMS
        }
        self.tasks: Collection[Task] = Collection()
        self.out_of_sight: dict[str, OutOfSight] = {}
        self.empty_bodies: set[int] = set()
        self.given_bodies: dict[tuple[int, str], str] = {}
        self.children: defaultdict[int, list[Page]] = defaultdict(list)
        self.tree_items_under: defaultdict[int, list[TreeItem]] = defaultdict(list)
        self.comments_on: defaultdict[int, list[Comment]] = defaultdict(list)
        self.replies_to: defaultdict[int, list[Comment]] = defaultdict(list)
        self.attachments_of: defaultdict[int, list[Attachment]] = defaultdict(list)
        self.custom_content_of: defaultdict[int, list[CustomContent]] = defaultdict(list)
        self.tasks_on: defaultdict[int, list[Task]] = defaultdict(list)
        self.restrictions: dict[int, tuple[Restriction, ...]] = {}
        self.bodies = Bodies(self.accounts, body_bytes, self.tasks_on)
        self.labelled: defaultdict[int, set[int]] = defaultdict(set)
        self._label_nums: dict[tuple[str, str], int] = {}
        self._last_num = 65_536
        self._last_task_num = 0

    @property
    def now(self) -> str:
        """The wiki's clock as ISO 8601; each change moves it on, and it may be set."""
        return iso(self.now_ms)

    @now.setter
    def now(self, text: str) -> None:
        self.now_ms = epoch_ms(text)

    @property
    def custom_types(self) -> list[str]:
        """The types of custom content that apps have registered."""
        with self.lock:
            used = {content.type for content in self.custom_content}
        return sorted(used | set(words.CUSTOM_TYPES))

    def contents(self) -> Iterator[Collection[Any]]:
        """Get each collection of contents that has a list."""
        yield from (self.pages, self.blog_posts, self.attachments)
        yield from (self.footer_comments, self.inline_comments, self.custom_content)

    def content(self, content_id: str) -> Content:
        """Find any content by the id the API gives it.

        Raises:
            KeyError: There is none.
        """
        num = int(content_id.removeprefix("att"))
        for collection in self.contents():
            found: Content | None = collection.get(num)
            if found is not None and found.id == content_id:
                return found
        raise KeyError(content_id)

    def collection_of(self, content: Content) -> Collection[Any]:
        """Find the collection that a content belongs to."""
        if isinstance(content, TreeItem):
            return self.tree_items[content.type]
        if isinstance(content, Comment):
            return self.inline_comments if content.inline else self.footer_comments
        by_kind: dict[str, Collection[Any]] = {
            "page": self.pages,
            "blogpost": self.blog_posts,
            "attachment": self.attachments,
            "custom-content": self.custom_content,
        }
        return by_kind[content.kind]

    def next_num(self) -> int:
        """Take the next id; they grow with gaps, as a shared sequence makes them."""
        self._last_num += 1 + self.dice.randrange(9)
        return self._last_num

    def next_task_num(self) -> int:
        """Take the next number of a task, which none had before, out of sight or gone by now."""
        return self._last_task_num + 1

    def tick(self) -> int:
        """Move the clock on and return its new time."""
        self.now_ms += self.tick_ms
        return self.now_ms

    def label_named(self, name: str, prefix: str = "global") -> Label:
        """Find a label, or make it."""
        num = self._label_nums.get((prefix, name))
        if num is None:
            num = self._label_nums[prefix, name] = self.next_num()
            return self.labels.add(Label(num, prefix, name, self.now_ms))
        return self.labels[num]

    def link(self, content: Content) -> None:
        """Enter a content wherever it is looked up from."""
        for label in content.labels:
            self.labelled[label].add(content.num)
        match content:
            case Page(parent=int(parent)):
                self.children[parent].append(content)
            case TreeItem(parent=int(parent)):
                self.tree_items_under[parent].append(content)
            case Comment():
                self.comments_on[content.container.num].append(content)
                if content.parent is not None:
                    self.replies_to[content.parent.num].append(content)
            case Attachment(container=Content() as container):
                self.attachments_of[container.num].append(content)
            case CustomContent(container=Content() as container):
                self.custom_content_of[container.num].append(content)

    def unlink(self, content: Content) -> None:
        """Undo `link`."""
        for label in content.labels:
            self.labelled[label].discard(content.num)
        match content:
            case Page(parent=int(parent)):
                self.children[parent].remove(content)
            case TreeItem(parent=int(parent)):
                self.tree_items_under[parent].remove(content)
            case Comment():
                self.comments_on[content.container.num].remove(content)
                if content.parent is not None:
                    self.replies_to[content.parent.num].remove(content)
            case Attachment(container=Content() as container):
                self.attachments_of[container.num].remove(content)
            case CustomContent(container=Content() as container):
                self.custom_content_of[container.num].remove(content)

    def put(self, content: C) -> C:
        """Add a content."""
        self.link(content)
        self.collection_of(content).add(content)
        return content

    def drop(self, content: Content) -> None:
        """Remove a content for good, together with everything on it."""
        for comment in [*self.comments_on[content.num], *self.replies_to[content.num]]:
            if comment.num in self.collection_of(comment):
                self.drop(comment)
        for attachment in list(self.attachments_of[content.num]):
            self.drop(attachment)
        for custom in list(self.custom_content_of[content.num]):
            self.drop(custom)
        for task in self.tasks_on.pop(content.num, []):
            self.tasks.discard(task)
        self.restrictions.pop(content.num, None)
        self.unlink(content)
        self.collection_of(content).discard(content)

    def in_space(self, space: Space) -> list[Content]:
        """Get all contents of a space."""
        collections = (*self.contents(), *self.tree_items.values())
        return [c for collection in collections for c in collection if c.space == space.num]

    def put_out_of_sight(self, space: Space) -> None:
        """Take a space out, with everything in it, until it is put back in sight."""
        contents = self.in_space(space)
        tasks = [task for task in self.tasks if task.container.space == space.num]
        self.out_of_sight[space.key] = OutOfSight(space, contents, tasks)
        for content in contents:
            self.unlink(content)
            self.collection_of(content).discard(content)
        for task in tasks:
            self.tasks.discard(task)
        self.spaces.discard(space)

    def put_in_sight(self, key: str) -> Space:
        """Undo `put_out_of_sight`."""
        hidden = self.out_of_sight.pop(key)
        self.spaces.add(hidden.space)
        for content in hidden.contents:
            self.put(content)
        for task in hidden.tasks:
            self.tasks.add(task)
        return hidden.space

    def put_task(self, task: Task) -> Task:
        """Add a task."""
        self._last_task_num = max(self._last_task_num, task.num)
        self.tasks_on[task.container.num].append(task)
        return self.tasks.add(task)

    def change(self, content: C, alter: Callable[[C], None]) -> C:
        """Alter a content and keep every index of it true."""
        collection = self.collection_of(content)
        self.unlink(content)
        collection.discard(content)
        alter(content)
        collection.add(content)
        self.link(content)
        return content

    def some(self, collection: Collection[C], status: str = "current") -> C:
        """Choose a content of a status.

        Raises:
            LookupError: There is none.
        """
        for _ in range(200):
            if not len(collection):
                break
            candidate = collection.nth(self.dice.randrange(len(collection)))
            if candidate.status == status and not self.is_homepage(candidate):
                return candidate
        for candidate in collection:
            if candidate.status == status and not self.is_homepage(candidate):
                return candidate
        msg = f"nothing is {status}"
        raise LookupError(msg)

    def is_homepage(self, content: Content) -> bool:
        """Whether a content is the homepage of its space."""
        return self.spaces[content.space].homepage == content.num

    def property_made(self, key: str, value: Any, at: int) -> Property:
        """Make a property that belongs to nothing yet."""
        return Property(self.next_num(), key, value, self.dice.choice(self.accounts), at, at)
