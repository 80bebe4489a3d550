"""Fills a wiki with content that has every awkward trait of a real one."""
# ruff: noqa: RUF001 - typographic dashes and quotes are what real titles have

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

from tests.demo_site import words
from tests.demo_site.chance import uuid_of
from tests.demo_site.clock import epoch_ms
from tests.demo_site.model import (
    Attachment,
    BlogPost,
    Comment,
    Content,
    CustomContent,
    Page,
    Permission,
    Property,
    Space,
    Task,
)

if TYPE_CHECKING:
    from tests.demo_site.wiki import Wiki

START = epoch_ms("2019-01-01T00:00:00Z")
END = epoch_ms("2026-06-30T00:00:00Z")
VALUES: tuple[Any, ...] = (
    "full-width",
    7,
    2.5,
    True,
    False,
    None,
    [1, "two", None],
    {"layout": "wide", "columns": [1, 2], "owner": None},
    '{"v":2}',
    "",
)
LONG_TITLE = "Minutes of the quarterly architecture review – " + "with everything we decided, " * 7


class Seeder:
    """Plants one wiki.

    Args:
        wiki: The empty wiki.
        pages: How many pages to plant.
        seed: What the dice start from.
        plain: Whether to leave out what is long, and the awkward cases.
    """

    def __init__(self, wiki: Wiki, pages: int, seed: int, *, plain: bool = False) -> None:
        self._wiki = wiki
        self._plain = plain
        self._count = pages
        self._dice = Random(seed)
        self._bulk_times = [self._dice.randrange(START, END) for _ in range(12)]
        self._titles: dict[tuple[int, str], int] = {}
        self._folders: list[tuple[int, str]] = []
        self._task_num = 0
        self._labels = [
            wiki.label_named(name, prefix).num
            for place, name in enumerate(words.LABELS)
            for prefix in ("my" if place % 17 == 3 else "team" if place % 13 == 5 else "global",)
        ]

    def plant(self) -> None:
        """Plant everything."""
        self._wiki.dice.seed(self._dice.random())
        for space in self._spaces():
            self._grow(space, self._share(space))
        self._folders_as_parents()
        for place in range(max(12, self._count // 10)):
            self._blog_post(place)
        self._custom_content()
        self._statuses()
        if not self._plain:
            self._awkward_pages()
            self._awkward_rest()

    def _spaces(self) -> list[Space]:
        extra = min(40, self._count // 1000)
        named = list(words.SPACES)
        for place in range(extra):
            word = words.MORE_SPACES[place % len(words.MORE_SPACES)]
            named.append((f"{word[:4].upper()}{place}", f"{word} {place}", "global", "current"))
        labeled, propertied = ("", "") if self._plain else ("ENG", "OPS")
        spaces = []
        for place, (key, name, kind, status) in enumerate(named):
            author = self._someone()
            space = Space(self._wiki.next_num(), key, name, kind, author, self._moment(), status)
            space.description = "" if place % 3 else f"Everything about {name} & more"
            size = 60 if key == labeled else self._dice.randrange(4)
            space.labels = tuple(self._dice.sample(self._labels, size))
            size = 60 if key == propertied else self._dice.randrange(3)
            space.properties = self._properties(size)
            space.permissions = self._permissions(70 if key == labeled else 6 + place % 9)
            spaces.append(self._wiki.spaces.add(space))
        return spaces

    def _share(self, space: Space) -> int:
        """Two big spaces hold half of the pages, and the rest is divided among the others."""
        others = len(self._wiki.spaces) - 2
        if space.key == "ENG":
            return self._count - int(self._count * 0.2) - int(self._count * 0.5 / others) * others
        if space.key == "OPS":
            return int(self._count * 0.2)
        return int(self._count * 0.5 / others)

    def _grow(self, space: Space, size: int) -> None:
        planted: list[Page] = []
        for place in range(size):
            page = self._content(Page, space.num, self._title(space.num))
            if place:
                parent = planted[0 if place % 5 == 1 else self._dice.randrange(place)]
                page.parent, page.parent_type = parent.num, "page"
            else:
                page.title = f"{space.name} Home"
                space.homepage = page.num
            page.position = place * 40 + 797
            page.subtype = "live" if place % 41 == 7 else "page"
            self._decorate(page)
            planted.append(self._wiki.put(page))
            self._surround(page, thin=False)

    def _content(self, kind: type[Any], space: int, title: str, versions: int = 0) -> Any:
        created = self._moment()
        if not versions:
            versions = self._dice.choice((1, 1, 1, 2, 2, 3, 4))
        times = self._times(created, versions)
        extra: dict[str, Any] = {}
        return kind(self._wiki.next_num(), space, title, self._someone(), created, times, **extra)

    def _times(self, created: int, versions: int) -> tuple[int, ...]:
        later = sorted(self._dice.randrange(created, END) for _ in range(versions - 1))
        if later and self._dice.random() < 0.06:
            bulk = max(self._bulk_times)
            later[-1] = max(later[-1], bulk)
        return (created, *later)

    def _moment(self) -> int:
        chance = self._dice.random()
        if chance < 0.06:
            return self._dice.choice(self._bulk_times)
        moment = self._dice.randrange(START, END)
        return moment - moment % 1000 if chance > 0.9 else moment

    def _someone(self) -> str:
        return self._dice.choice(self._wiki.accounts)

    def _title(self, space: int) -> str:
        kind, topic = self._dice.choice(words.KINDS), self._dice.choice(words.TOPICS)
        title = f"{kind}: {topic}{self._dice.choice(words.TITLE_TAILS)}"
        seen = self._titles[space, title] = self._titles.get((space, title), 0) + 1
        return title if seen == 1 else f"{title} ({seen})"

    def _decorate(self, content: Content) -> None:
        size = self._dice.choice((0, 0, 1, 1, 2, 3, 4))
        if size:
            content.labels = tuple(self._dice.sample(self._labels, size))
        content.properties = self._properties(self._dice.choice((0, 0, 0, 1, 2)))

    def _properties(self, size: int) -> tuple[Property, ...]:
        made = []
        for place in range(size):
            value = self._dice.choice(VALUES)
            made.append(self._wiki.property_made(f"editor-{place:02}", value, self._moment()))
        return tuple(made)

    def _permissions(self, size: int) -> tuple[Permission, ...]:
        made = []
        for place in range(size):
            kind = ("group", "user", "role")[place % 3]
            principal = {
                "group": self._wiki.groups[place % len(self._wiki.groups)].id,
                "user": self._someone(),
                "role": uuid_of(11, place),
            }[kind]
            operation = words.OPERATIONS[place % len(words.OPERATIONS)]
            made.append(Permission(self._wiki.next_num(), kind, principal, *operation))
        return tuple(made)

    def _surround(self, content: Page | BlogPost, *, thin: bool) -> None:
        """Add what people leave on a page: comments, files and tasks."""
        chance = self._dice.random()
        if chance < 0.35:
            self._thread(content, inline=False)
        if 0.3 < chance < 0.5 and not thin:
            self._thread(content, inline=True)
        if chance > 0.6:
            self._attachment(content)
        if chance > 0.75:
            self._task(content)

    def _thread(self, container: Content, *, inline: bool, depth: int = 0) -> None:
        parent = None
        for level in range(depth or self._dice.choice((1, 1, 2, 3, 4, 5))):
            parent = self._comment(container, parent, inline=inline)
            if level == 1 and self._dice.random() < 0.3:
                self._comment(container, parent.parent, inline=inline)

    def _comment(self, container: Content, parent: Comment | None, *, inline: bool) -> Comment:
        created = self._moment()
        comment = Comment(
            self._wiki.next_num(),
            container.space,
            f"Re: {container.title}",
            self._someone(),
            created,
            self._times(created, self._dice.choice((1, 1, 1, 2))),
            container=container,
            parent=parent,
            inline=inline,
        )
        if inline:
            states = ("open", "reopened", "resolved", "dangling")
            comment.resolution = states[len(self._wiki.inline_comments) % 4]
            comment.selection = self._dice.choice(words.TOPICS)
        elif self._dice.random() < 0.4:
            comment.resolution = "open"
        if self._dice.random() < 0.05:
            comment.properties = self._properties(1)
        if comment.resolution in {"resolved", "reopened"}:
            comment.resolved_by, comment.resolved_at = self._someone(), comment.modified
        return self._wiki.put(comment)

    def _attachment(self, container: Content, versions: int = 0) -> Attachment:
        stem, ending, media_type, _ = self._dice.choice(words.FILES)
        title = f"{stem}.{ending}"
        attachment: Attachment = self._content(Attachment, container.space, title, versions)
        attachment.media_type, attachment.container = media_type, container
        attachment.size = self._dice.randrange(5_000_000)
        attachment.comment = self._dice.choice((None, "", "Uploaded for the review"))
        attachment.status = self._dice.choice(("current",) * 12 + ("archived", "trashed"))
        self._decorate(attachment)
        return self._wiki.put(attachment)

    def _task(self, container: Page | BlogPost) -> None:
        for _ in range(self._dice.randint(1, 3)):
            self._task_num += 1
            text = self._dice.choice(words.TASKS)
            num, created = self._task_num, container.modified
            task = Task(num, num % 50, text, container, self._someone(), created)
            if self._dice.random() < 0.5:
                task.assigned_to = self._someone()
            if self._dice.random() < 0.3:
                task.due = created - created % 86_400_000 + 7 * 86_400_000
            if self._dice.random() < 0.3:
                task.status, task.completed_by = "complete", self._someone()
                task.completed = task.updated = self._dice.randrange(created, END + 1)
            self._wiki.put_task(task)

    def _blog_post(self, place: int) -> None:
        spaces = [space for space in self._wiki.spaces if space.type != "personal"]
        space = spaces[place % len(spaces)]
        title = f"News {2019 + place % 8}: {self._title(space.num)}"
        post: BlogPost = self._content(BlogPost, space.num, title)
        self._decorate(post)
        post.status = "trashed" if place % 11 == 7 else "current"
        self._wiki.put(post)
        self._surround(post, thin=place % 2 == 0)

    def _folders_as_parents(self) -> None:
        kinds = ("folder", "whiteboard", "database")
        for place, page in enumerate(list(self._wiki.pages)):
            if place % 20 == 11 and not self._wiki.is_homepage(page):
                num = self._wiki.next_num()

                def alter(page: Page, num: int = num, kind: str = kinds[place // 20 % 3]) -> None:
                    page.parent, page.parent_type = num, kind

                self._wiki.change(page, alter)

    def _custom_content(self) -> None:
        pages, posts = list(self._wiki.pages), list(self._wiki.blog_posts)
        for place in range(max(9, self._count // 30)):
            container: Content = self._dice.choice(posts if place % 3 == 1 else pages)
            custom: CustomContent = self._content(CustomContent, container.space, f"Board {place}")
            custom.type = words.CUSTOM_TYPES[place % 2]
            if place % 4 == 0:
                custom.properties = self._properties(1)
            custom.container = None if place % 6 == 5 else container
            self._decorate(custom)
            self._wiki.put(custom)
            if place % 5 == 0:
                self._attachment(custom)
                self._thread(custom, inline=False)

    def _statuses(self) -> None:
        """Archive some pages and trash some that have no children."""
        for place, page in enumerate(list(self._wiki.pages)):
            if self._wiki.is_homepage(page):
                continue
            if place % 25 == 9:
                page.status = "archived"
            elif place % 16 == 3 and not self._wiki.children[page.num]:
                self._wiki.change(page, _trash)

    def _awkward_pages(self) -> None:
        pages = [page for page in self._wiki.pages if page.status == "current"]
        many, fifty, fifty_one, labels, properties, empty, titled, quoted = pages[1:9]
        for page, versions in ((many, 320), (fifty, 50), (fifty_one, 51)):
            times = self._times(page.created, versions)

            def alter(page: Page, times: tuple[int, ...] = times) -> None:
                page.times = times

            self._wiki.change(page, alter)
        self._relabel(labels, 63)
        properties.properties = self._properties(55)
        for tied in pages[9:12]:
            self._wiki.change(tied, lambda page: setattr(page, "times", (END - 5,)))
        titled.title = LONG_TITLE[:230].rstrip()
        quoted.title = 'She said "don\'t <panic>" & left – 100 % à côté?'
        self._wiki.empty_bodies.add(empty.num)

    def _awkward_rest(self) -> None:
        posts = list(self._wiki.blog_posts)
        self._relabel(posts[1], 52)
        posts[2].properties = self._properties(53)
        self._wiki.change(posts[3], lambda post: setattr(post, "times", self._long(post.created)))
        page = self._wiki.pages.nth(2)
        self._attachment(page, 260).status = "current"
        self._relabel(self._attachment(page), 55)
        attached = self._attachment(posts[0])
        attached.properties = self._properties(60)
        self._thread(attached, inline=False, depth=2)
        for inline in (False, True):
            self._thread(page, inline=inline, depth=5)
            self._thread(posts[0], inline=inline, depth=5)

    def _long(self, created: int) -> tuple[int, ...]:
        return self._times(created, 60)

    def _relabel(self, content: Content, size: int) -> None:
        labels = tuple(self._dice.sample(self._labels, size))
        self._wiki.change(content, lambda changed: setattr(changed, "labels", labels))


def _trash(page: Page) -> None:
    page.status = "trashed"
    page.former_parent = page.parent
    page.parent = page.parent_type = page.position = None
