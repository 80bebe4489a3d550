"""What the rows of a site have to say, by their keys: the values that its shape is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.datacenter import runs as datacenter
from tests.demo_site import DataCenterSite
from tests.demo_site.clock import iso
from tests.demo_site.datacenter.extent import parent_page
from tests.demo_site.datacenter.people import user_key
from tests.demo_site.model import Attachment, BlogPost, Comment, Content, CustomContent, Page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.demo_site import DemoSite
    from tests.demo_site.wiki import Keys
    from tests.running import Json, Key

    Site = DemoSite | DataCenterSite
    Rows = dict[Key, Json]

CONTAINERS: dict[type[Content], str] = {
    Page: "pageId",
    BlogPost: "blogPostId",
    Attachment: "attachmentId",
    CustomContent: "customContentId",
}
KINDS = {"comment": ("comment", "footer-comment", "inline-comment")}


def keys_of(site: Site) -> dict[str, Keys]:
    """Return the keys that each stream has to bring from a site."""
    return datacenter.truth_of(site) if isinstance(site, DataCenterSite) else site.truth()


class Values:
    """The values of the rows of a site.

    Args:
        site: The site, whose wiki is at rest.
    """

    def __init__(self, site: Site) -> None:
        self._wiki = site.wiki
        self._is_cloud = not isinstance(site, DataCenterSite)
        self._of: dict[str, Callable[[], Rows]] = {
            "pages": lambda: self._contents(self._wiki.pages, self._page),
            "page_footer_comments": lambda: self._comments(self._wiki.footer_comments),
            "page_inline_comments": lambda: self._comments(self._wiki.inline_comments),
            "attachments": lambda: self._contents(self._wiki.attachments, self._file),
            "page_versions": lambda: self._versions(self._wiki.pages),
            "blog_post_versions": lambda: self._versions(self._wiki.blog_posts),
            "attachment_versions": lambda: self._versions(self._wiki.attachments),
            "labels": self._labels,
            "page_labels": self._page_labels,
            "groups": self._groups,
            "users": self._users,
            "child_pages": self._child_pages,
            "folders": lambda: self._contents(self._wiki.tree_items["folder"], self._folder),
            "spaces": self._spaces,
            "content_inventory": self._inventory,
        }

    def of(self, stream: str) -> Rows:
        """Return what the rows of a stream say, by their keys; those of some are keys only."""
        return self._of.get(stream, dict)()

    def _contents(self, contents: Iterable[Content], more: Callable[[Any], Json]) -> Rows:
        return {
            (content.id,): {
                "title": content.title,
                "version": {"number": content.version, "createdAt": iso(content.modified)},
                **more(content),
            }
            for content in contents
        }

    def _page(self, page: Page) -> Json:
        above = page.parent if self._is_cloud else getattr(parent_page(self._wiki, page), "num", 0)
        return {
            "spaceId": str(page.space),
            "status": page.status,
            "parentId": str(above) if above else None,
            "createdAt": iso(page.created),
            "authorId": self._person(page.author),
        }

    def _comments(self, comments: Iterable[Comment]) -> Rows:
        def more(comment: Comment) -> Json:
            parent = comment.parent
            return {
                CONTAINERS[type(comment.container)]: comment.container.id,
                "parentCommentId": parent.id if parent else None,
            }

        return self._contents((c for c in comments if isinstance(c.container, Page)), more)

    def _file(self, file: Attachment) -> Json:
        holder = file.container
        return {
            **({CONTAINERS[type(holder)]: holder.id} if holder else {}),
            "mediaType": file.media_type,
            "fileSize": file.size,
            "status": file.status,
        }

    def _folder(self, folder: Any) -> Json:
        return {"parentId": str(folder.parent) if folder.parent else None}

    def _versions(self, contents: Iterable[Content]) -> Rows:
        return {
            (content.id, place): {"createdAt": iso(time)}
            for content in contents
            for place, time in enumerate(content.times, start=1)
        }

    def _labels(self) -> Rows:
        return {(str(n.num),): {"name": n.name, "prefix": n.prefix} for n in self._wiki.labels}

    def _page_labels(self) -> Rows:
        labels = self._wiki.labels
        return {
            (page.id, str(num)): {"name": labels[num].name, "prefix": labels[num].prefix}
            for page in self._wiki.pages
            for num in page.labels
        }

    def _groups(self) -> Rows:
        return {
            (group.id if self._is_cloud else group.name,): {"name": group.name}
            for group in self._wiki.groups
        }

    def _users(self) -> Rows:
        return {
            (self._person(user.account_id),): {"displayName": user.name}
            for user in self._wiki.users
        }

    def _child_pages(self) -> Rows:
        return {
            (str(page.parent), page.id): {
                "title": page.title,
                "status": page.status,
                "spaceId": str(page.space),
            }
            for page in self._wiki.pages
            if page.parent
        }

    def _spaces(self) -> Rows:
        return {
            (str(space.num),): {"key": space.key, "name": space.name, "status": space.status}
            for space in self._wiki.spaces
        }

    def _inventory(self) -> Rows:
        return {
            (content.id,): {
                "title": content.title,
                "status": content.status,
                "modifiedAt": iso(content.modified),
            }
            for collection in self._wiki.contents()
            for content in collection
        }

    def _person(self, account_id: str) -> str:
        return account_id if self._is_cloud else user_key(account_id)
