"""What a complete reading of a Data Center site must find."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.demo_site.audit_truth import audit_keys_of_data_center
from tests.demo_site.body_truth import bodies_of
from tests.demo_site.datacenter.extent import is_here, is_listed, parent_page
from tests.demo_site.datacenter.people import user_key
from tests.demo_site.label_truth import labels_of
from tests.demo_site.model import Attachment, BlogPost, Page
from tests.demo_site.people_truth import watchers_of
from tests.demo_site.restrictions import restrictions_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.demo_site.model import Comment, Content, Restriction, Space
    from tests.demo_site.wiki import Keys, Wiki


def truth_of(wiki: Wiki) -> dict[str, Keys]:
    """Get the primary keys that each stream has to deliver from Data Center.

    Where nothing else is said, the keys are those of the cloud. On Data Center

    - `custom_content` is absent, for no endpoint lists it by type, and so is all that stands on
      it;
    - `attachments` and their details are the current ones, for those in the trash are shown to
      administrators of a space alone, and none can be archived;
    - labels are not those of what is in the trash, as on the cloud;
    - `child_pages` lacks pages under folders, whiteboards and databases, which do not exist; such
      pages are at the top of their space;
    - `tasks` are those in the bodies of pages and blog posts, with the id of the content and the
      number that the task has there, which repeats from one content to the next;
    - `groups` have names instead of ids; of one with a slash in its name, no members are told;
    - `users` are all there ever were, and have keys instead of account ids;
    - `space_properties` have the id of the space and their own key, for they have no ids;
    - `space_permissions` have no ids either: they are space, `user` or `group`, user key or name,
      operation, and what it is done to. Roles do not exist, and of all classes of access there are
      anonymous users alone, to whom a space permits nothing unless they may use the site;
    - folders, whiteboards, databases and embeds do not exist.
    """
    with wiki.lock:
        spaces = list(wiki.spaces)
        pages, posts = list(wiki.pages), list(wiki.blog_posts)
        attachments = [a for a in wiki.attachments if is_listed(a)]
        footer = [c for c in wiki.footer_comments if is_here(c)]
        inline = [c for c in wiki.inline_comments if is_here(c)]
        return {
            "spaces": {(str(space.num),) for space in spaces},
            "space_labels": {(str(s.num), str(label)) for s in spaces for label in s.labels},
            "space_properties": {(str(s.num), p.key) for s in spaces for p in s.properties},
            "space_permissions": {key for space in spaces for key in _permissions(wiki, space)},
            "pages": _ids(pages),
            **_details("page", pages),
            **bodies_of(wiki, pages),
            "child_pages": {
                (above.id, page.id)
                for page in pages
                if page.status != "trashed" and (above := parent_page(wiki, page)) is not None
            },
            "blog_posts": _ids(posts),
            **_details("blog_post", posts),
            "attachments": _ids(attachments),
            **_details("attachment", attachments),
            "page_footer_comments": _ids(_on(Page, footer)),
            "page_inline_comments": _ids(_on(Page, inline)),
            "blog_post_footer_comments": _ids(_on(BlogPost, footer)),
            "blog_post_inline_comments": _ids(_on(BlogPost, inline)),
            "attachment_footer_comments": _ids(_on(Attachment, footer)),
            "tasks": {
                (task.container.id, str(task.local_id))
                for task in wiki.tasks
                if task.container.num not in wiki.empty_bodies
            },
            "page_restrictions": restrictions_of(wiki, pages, _principal_here(wiki)),
            "blog_post_restrictions": restrictions_of(wiki, posts, _principal_here(wiki)),
            "groups": {(group.name,) for group in wiki.groups},
            "group_members": {
                (group.name, user_key(member))
                for group in wiki.groups
                if "/" not in group.name
                for member in wiki.people.members(group)
            },
            "labels": {(str(label.num),) for label in wiki.labels},
            "users": {(user_key(user.account_id),) for user in wiki.users},
            **{
                stream: {(owner, user_key(watcher)) for owner, watcher in keys}
                for stream, keys in watchers_of(wiki).items()
            },
            "audit_records": audit_keys_of_data_center(wiki),
            "content_inventory": _ids([*pages, *posts, *attachments, *footer, *inline]),
        }


def _details(name: str, contents: Iterable[Content]) -> dict[str, Keys]:
    return {
        f"{name}_labels": labels_of(contents),
        f"{name}_versions": {(c.id, n + 1) for c in contents for n in range(c.version)},
        f"{name}_content_properties": {(c.id, str(p.num)) for c in contents for p in c.properties},
    }


def _permissions(wiki: Wiki, space: Space) -> Keys:
    names = {group.id: group.name for group in wiki.groups}
    keys: Keys = set()
    for permission in space.permissions:
        holder = permission.principal_id
        kind = permission.principal_type
        if kind == "user":
            holder = user_key(holder)
        elif kind == "group" and holder in names:
            holder = names[holder]
        elif holder != "ANONYMOUS_USERS" or not wiki.people.anonymous_use:
            continue
        keys.add((str(space.num), kind, holder, permission.operation, permission.target))
    return keys


def _principal_here(wiki: Wiki) -> Callable[[Restriction], str]:
    names = {group.id: group.name for group in wiki.groups}

    def principal(restriction: Restriction) -> str:
        holder = restriction.principal_id
        return (
            user_key(holder) if restriction.principal_type == "user" else names.get(holder, holder)
        )

    return principal


def _ids(contents: Iterable[Content]) -> Keys:
    return {(content.id,) for content in contents}


def _on(kind: type[Content], comments: Iterable[Comment]) -> list[Comment]:
    return [comment for comment in comments if isinstance(comment.container, kind)]
