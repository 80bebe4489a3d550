"""What the site itself says that the models have to say, worked out without any SQL."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.dbt.warehouses import AS_OF, SITE
from tests.demo_site.body_truth import storage_of
from tests.demo_site.model import Attachment, BlogPost, Comment, CustomContent, Page, TreeItem
from tests.demo_site.people import ROLES
from tests.demo_site.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tests.demo_site import Wiki
    from tests.demo_site.model import Content, Space, Task

Row = dict[str, Any]

NOW = datetime.fromisoformat(AS_OF)
STALE_AFTER = 365
THERE = ("current", "archived")
GONE = ("inactive", "closed")


def time_of(milliseconds: int) -> datetime:
    """Return a time of the wiki as the databases have it: UTC, without saying so."""
    moment = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=milliseconds)
    return moment.replace(tzinfo=None)


def days_since(milliseconds: int) -> int:
    """Return how many midnights lie between a time and the one for which models hold."""
    return (NOW.date() - time_of(milliseconds).date()).days


@dataclass(frozen=True)
class Truth:
    """What a wiki holds.

    Attributes:
        wiki: The wiki.
        who: What the deployment calls an account.
        has_labels_of_custom_content: Whether these are loaded.
        on_cloud: Whether the site has what Cloud alone has: roles, and owners and kinds of spaces.
        listed: The ids of what the deployment lists; all that there is if None.
    """

    wiki: Wiki
    who: Callable[[str], str] = str
    has_labels_of_custom_content: bool = True
    on_cloud: bool = True
    listed: frozenset[str] | None = None

    @property
    def posts(self) -> list[Page | BlogPost]:
        """All pages and blog posts."""
        return [*self.wiki.pages, *self.wiki.blog_posts]

    @property
    def comments(self) -> list[Comment]:
        """All comments on anything."""
        return [content for content in self._contents() if isinstance(content, Comment)]

    @property
    def files(self) -> list[Attachment]:
        """All files on anything."""
        return [content for content in self._contents() if isinstance(content, Attachment)]

    def page_paths(self) -> list[Row]:
        """The rows of `confluence__page_paths`, where folders and the like are loaded."""
        return [self._place(page) for page in self.wiki.pages if page.status in THERE]

    def _place(self, page: Page) -> Row:
        above = list(self._above(page))
        top = above[-1]
        home = self.wiki.spaces[page.space].homepage
        is_complete = top.parent is None
        return {
            "page_id": page.id,
            "parent_id": None if page.parent is None else str(page.parent),
            "root_id": top.id,
            "depth": len(above) - 1,
            "path_ids": "/" + "".join(f"{place.id}/" for place in reversed(above)),
            "path": " > ".join(place.title for place in reversed(above)),
            "is_complete": is_complete,
            "is_outside_home": (top.num != home) if is_complete and home else None,
        }

    def _above(self, page: Page | TreeItem) -> Iterator[Page | TreeItem]:
        """A page and what it lies under, up to the top or to what is not there."""
        place: Page | TreeItem | None = page
        while place is not None:
            yield place
            place = None if place.parent is None else self._place_named(place.parent)

    def _place_named(self, num: int) -> Page | TreeItem | None:
        found: Iterable[Page | TreeItem | None] = (
            self.wiki.pages.get(num),
            *(items.get(num) for items in self.wiki.tree_items.values()),
        )
        return next((place for place in found if place and place.status in THERE), None)

    def pages(self) -> list[Row]:
        """The rows of `confluence__pages`, where all streams are loaded."""
        titles = Counter(post.title.strip().lower() for post in self.posts if _is_current(post))
        linked = self._pages_that_link()
        return [self._page(post, titles, linked) for post in self.posts]

    def _page(
        self, post: Page | BlogPost, titles: Counter[str], linked: dict[str, set[str]]
    ) -> Row:
        wiki, given = self.wiki, Rows(self.wiki)
        versions = [given.content_version(post, n + 1) for n in range(post.version)]
        comments = [c for c in wiki.comments_on[post.num] if _is_current(c)]
        files = [file for file in wiki.attachments_of[post.num] if _is_current(file)]
        status = self._status_of(post.author)
        viewed = wiki.usage.views.get(post.num) if post.num not in wiki.usage.unviewable else None
        row = given.page(post, None) if isinstance(post, Page) else given.blog_post(post, None)
        state = wiki.usage.states.get(post.num)
        body = storage_of(wiki, post)
        in_use = post.status != "trashed"
        return {
            "page_id": post.id,
            "type": "page" if isinstance(post, Page) else "blogpost",
            "status": post.status,
            "title": post.title,
            "space_id": str(post.space),
            "space_key": wiki.spaces[post.space].key,
            "author_id": self.who(post.author),
            "owner_id": self.who(post.author),
            "is_owner_active": status == "active",
            "is_owner_gone": status in GONE,
            "created_at": time_of(post.created),
            "modified_at": time_of(post.modified),
            "modified_by": self.who(versions[-1]["authorId"]),
            "days_since_modified": days_since(post.modified),
            "is_stale": _is_current(post) and days_since(post.modified) > STALE_AFTER,
            "version_number": post.version,
            "versions": post.version,
            "editors": len({version["authorId"] for version in versions}),
            "comments": len(comments),
            "open_comments": sum(c.resolution in {"open", "reopened"} for c in comments),
            "files": len(files),
            "bytes": sum(file.size for file in files),
            "labels": len(post.labels) if in_use else 0,
            "links_out": self._links_out(post),
            "links_in": len(linked.get(post.id, set()) - {post.id}),
            "text_length": len(re.sub("<[^>]*>", "", body)),
            "has_duplicate_title": _is_current(post) and titles[post.title.strip().lower()] > 1,
            "views": viewed[0] if viewed and in_use else None,
            "viewers": viewed[1] if viewed and in_use else None,
            "state": (state[0]["name"] or None) if state and in_use else None,
            "is_restricted": in_use
            and any(r.operation == "read" for r in wiki.restrictions.get(post.num, ())),
            "url": SITE + row["_links"]["webui"],
        }

    def spaces(self) -> list[Row]:
        """The rows of `confluence__spaces`."""
        return [self._space(space) for space in self.wiki.spaces]

    def _space(self, space: Space) -> Row:
        wiki = self.wiki
        pages = [page for page in wiki.pages if page.space == space.num]
        current = [page for page in pages if _is_current(page)]
        stale = [page for page in current if days_since(page.modified) > STALE_AFTER]
        ownerless = [page for page in current if self._status_of(page.author) in GONE]
        there = [content for content in self._contents() if content.space == space.num]
        files = [f for f in there if isinstance(f, Attachment) and f.status in THERE]
        return {
            "space_id": str(space.num),
            "space_key": space.key,
            "name": space.name,
            "type": space.type if self.on_cloud or space.type == "personal" else "global",
            "status": space.status,
            "owner_id": self.who(space.author) if self.on_cloud else None,
            "is_owner_active": self._status_of(space.author) == "active" if self.on_cloud else None,
            "is_ownerless": self._status_of(space.author) in GONE if self.on_cloud else None,
            "admins": len(self._admins(space)),
            "current_pages": len(current),
            "archived_pages": sum(page.status == "archived" for page in pages),
            "trashed_pages": sum(page.status == "trashed" for page in pages),
            "blog_posts": sum(
                _is_current(post) for post in wiki.blog_posts if post.space == space.num
            ),
            "stale_pages": len(stale),
            "stale_share": _share(stale, current),
            "ownerless_pages": len(ownerless),
            "ownerless_share": _share(ownerless, current),
            "last_activity_at": max(
                (time_of(content.modified) for content in there if _is_current(content)),
                default=None,
            ),
            "contributors_in_90_days": len(set(self._contributors(space))),
            "bytes": sum(file.size for file in files),
        }

    def _admins(self, space: Space) -> set[str]:
        """Who may administer a space: by name, by a group, or by a role."""
        people = self.wiki.people
        right = ("administer", "space")
        given = {
            (p.principal_type, p.principal_id)
            for p in space.permissions
            if (p.operation, p.target) == right
        }
        for assigned in people.assignments(space) if people.has_roles and self.on_cloud else ():
            [role] = [role for role in ROLES if role.id == assigned.role]
            if "/".join(right) in role.permissions or ("role", role.id) in given:
                given.add((assigned.principal_type.lower(), assigned.principal_id))
        members = {group.id: people.members(group) for group in people.groups}
        accounts = {who for kind, who in given if kind == "user"}
        accounts |= {a for kind, who in given if kind == "group" for a in members.get(who, ())}
        return {account for account in accounts if self._status_of(account) == "active"}

    def _contributors(self, space: Space) -> Iterator[str]:
        given = Rows(self.wiki)
        for post in self.posts:
            for number, at in enumerate(post.times, start=1):
                if post.space == space.num and 0 <= days_since(at) <= 90:
                    yield given.content_version(post, number)["authorId"]
        for comment in self.comments:
            if comment.space == space.num and 0 <= days_since(comment.modified) <= 90:
                yield given.content_version(comment)["authorId"]

    def users(self, known: Iterable[str]) -> list[Row]:
        """The rows of `confluence__users`.

        Args:
            known: The accounts that the tap knows of.
        """
        known = set(known)
        given = Rows(self.wiki)
        posts = Counter(post.author for post in self.posts if _is_current(post))
        edits, last = Counter[str](), dict[str, int]()
        for post in self.posts:
            for number, at in enumerate(post.times, start=1):
                author = given.content_version(post, number)["authorId"]
                edits[author] += number > 1
                last[author] = max(at, last.get(author, at))
        comments = Counter(
            given.content_version(c)["authorId"] for c in self.comments if _is_current(c)
        )
        tasks = Counter(
            task.assigned_to
            for task in self.wiki.tasks
            if task.status == "incomplete" and _is_current(task.container)
        )
        return [
            {
                "account_id": self.who(user.account_id),
                "is_active": user.status == "active",
                "is_gone": user.status in GONE,
                "pages_owned": posts[user.account_id],
                "pages_created": posts[user.account_id],
                "edits": edits[user.account_id],
                "last_edit_at": time_of(last[user.account_id]) if user.account_id in last else None,
                "comments": comments[user.account_id],
                "open_tasks": tasks[user.account_id],
            }
            for user in self.wiki.users
            if user.account_id in known
        ]

    def daily_activity(self) -> list[Row]:
        """The rows of `confluence__daily_activity`."""
        given = Rows(self.wiki)
        acts: dict[tuple[Any, ...], Counter[str]] = {}

        def count(content: Content, number: int, *what: str) -> None:
            author = self.who(given.content_version(content, number)["authorId"])
            day = time_of(content.times[number - 1]).date()
            acts.setdefault((day, str(content.space), author), Counter()).update(what)

        for post in self.posts:
            for number in range(1, post.version + 1):
                is_minor = given.content_version(post, number)["minorEdit"]
                edit = ("edits", "minor_edits") if is_minor else ("edits",)
                count(post, number, *(edit if number > 1 else ("created",)))
        for comment in self.comments:
            count(comment, comment.version, "comments")
        kinds = ("created", "edits", "minor_edits", "comments")
        return [
            {"day": day, "space_id": space, "account_id": account, **{k: acts_[k] for k in kinds}}
            for (day, space, account), acts_ in acts.items()
        ]

    def attachments(self) -> list[Row]:
        """The rows of `confluence__attachments`."""
        copies = Counter((f.title, f.size) for f in self.files if f.status in THERE)
        return [
            {
                "attachment_id": file.id,
                "file_name": file.title,
                "status": file.status,
                "media_type": file.media_type,
                "bytes": file.size,
                "page_id": _id_of(Page, file.container),
                "blog_post_id": _id_of(BlogPost, file.container),
                "custom_content_id": _id_of(CustomContent, file.container),
                "container_title": file.container.title if file.container else None,
                "space_id": str(file.space),
                "versions": file.version,
                "created_at": time_of(file.created),
                "modified_at": time_of(file.modified),
                "age_in_days": days_since(file.created),
                "duplicates": copies[file.title, file.size] - 1 if file.status in THERE else None,
            }
            for file in self.files
        ]

    def labels(self) -> list[Row]:
        """The rows of `confluence__labels`."""
        plain = Counter((label.prefix, _plain(label.name)) for label in self.wiki.labels)
        rows = []
        for label in self.wiki.labels:
            contents = [c for c in self._contents() if c.status in THERE and label.num in c.labels]
            contents = [c for c in contents if not isinstance(c, self._unlabelled)]
            spaces = [space for space in self.wiki.spaces if label.num in space.labels]
            kinds = Counter(type(content) for content in contents)
            rows.append(
                {
                    "label_id": str(label.num),
                    "name": label.name,
                    "prefix": label.prefix,
                    "uses": len(contents) + len(spaces),
                    "pages": kinds[Page],
                    "blog_posts": kinds[BlogPost],
                    "attachments": kinds[Attachment],
                    "custom_content": (
                        kinds[CustomContent] if self.has_labels_of_custom_content else None
                    ),
                    "labelled_spaces": len(spaces),
                    "spaces": len({*(c.space for c in contents), *(s.num for s in spaces)}),
                    "last_use_at": max((time_of(c.modified) for c in contents), default=None),
                    "near_duplicates": plain[label.prefix, _plain(label.name)] - 1,
                }
            )
        return rows

    @property
    def _unlabelled(self) -> tuple[type[Content], ...]:
        return (Comment,) if self.has_labels_of_custom_content else (Comment, CustomContent)

    def tasks(self) -> list[Row]:
        """The rows of `confluence__tasks`."""
        return [self._task(task) for task in self.wiki.tasks]

    def _task(self, task: Task) -> Row:
        is_open = task.status == "incomplete" and _is_current(task.container)
        is_overdue = is_open and task.due is not None and time_of(task.due) < NOW
        who = task.assigned_to
        return {
            "task_id": str(task.num),
            "status": task.status,
            "task": task.text,
            "page_id": task.container.id if isinstance(task.container, Page) else None,
            "blog_post_id": None if isinstance(task.container, Page) else task.container.id,
            "page_title": task.container.title,
            "page_status": task.container.status,
            "space_id": str(task.container.space),
            "assignee_id": None if who is None else self.who(who),
            "assignee_status": None if who is None else self._status_of(who),
            "due_at": None if task.due is None else time_of(task.due),
            "is_overdue": is_overdue,
            "days_overdue": days_since(task.due) if is_overdue and task.due else None,
        }

    def broken_links(self) -> Counter[tuple[str, str, str]]:
        """How often each current page links to what by which name, and nothing is there."""
        return Counter(
            (page.id, kind, name)
            for page in self.wiki.pages
            if _is_current(page)
            for kind, name, target in self._links(page)
            if target is None
        )

    def _links_out(self, post: Page | BlogPost) -> int | None:
        if not isinstance(post, Page) or not _is_current(post):
            return None
        return len(_LINK.findall(storage_of(self.wiki, post)))

    def _pages_that_link(self) -> dict[str, set[str]]:
        linked: dict[str, set[str]] = {}
        for page in self.wiki.pages:
            if _is_current(page):
                for _, _, target in self._links(page):
                    if target is not None:
                        linked.setdefault(target, set()).add(page.id)
        return linked

    def _links(self, page: Page) -> Iterator[tuple[str, str, str | None]]:
        """The links of a page to pages of its space and to files of its own."""
        body = storage_of(self.wiki, page)
        titles = {
            other.title.lower(): other.id
            for status in reversed(THERE)
            for other in self.wiki.pages
            if other.space == page.space and other.status == status
        }
        files = {
            file.title: file.id
            for file in self.wiki.attachments_of[page.num]
            if file.status in THERE
        }
        for title in re.findall(r'<ri:page ri:content-title="([^"]*)"', body):
            yield "page", title, titles.get(title.lower())
        for name in re.findall(r'<ri:attachment ri:filename="([^"]*)"', body):
            yield "file", name, files.get(name)

    def _contents(self) -> list[Content]:
        contents = [content for collection in self.wiki.contents() for content in collection]
        return [c for c in contents if self.listed is None or c.id in self.listed]

    def _status_of(self, account: str) -> str:
        [user] = [user for user in self.wiki.users if user.account_id == account]
        return user.status


_LINK = re.compile(r'<ri:(?:page|user|attachment)\b|<a href="http|<ac:parameter ac:name="key">')


def _id_of(kind: type[Content], container: Content | None) -> str | None:
    return container.id if isinstance(container, kind) else None


def _is_current(content: Content) -> bool:
    return content.status == "current"


def _share(part: list[Any], whole: list[Any]) -> float | None:
    return len(part) / len(whole) if whole else None


def _plain(name: str) -> str:
    return re.sub(r"[-_. ]", "", name.lower()).removesuffix("s")
