"""How the API writes what a wiki holds."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tests.demo_site import words
from tests.demo_site.chance import mix, pick, uuid_of
from tests.demo_site.clock import iso, iso_short
from tests.demo_site.model import Attachment, BlogPost, Comment, Content, Page, Version

if TYPE_CHECKING:
    from tests.demo_site.model import (
        CustomContent,
        Label,
        Permission,
        Property,
        Row,
        Space,
        Task,
        TreeItem,
    )
    from tests.demo_site.store import Store

_NO_SLUG = re.compile(r"[^\w.-]+")
_ENTITY_KEYS = {"custom-content": "custom"}
_DESCRIPTIONS = {media_type: described for _, _, media_type, described in words.FILES}


class Rows:
    """Writes rows for one wiki. Body formats of None leave the body out."""

    def __init__(self, wiki: Store) -> None:
        self._wiki = wiki

    def space(self, space: Space, description: str | None, *, icon: bool) -> Row:
        text = {"representation": description, "value": space.description}
        return {
            "spaceOwnerId": space.author,
            "createdAt": iso_short(space.created),
            "authorId": space.author,
            "homepageId": str(space.homepage) if space.homepage else None,
            "icon": {"path": f"/images/logo/{space.key}.svg", "apiDownloadLink": None}
            if icon
            else None,
            "description": {description: text} if description else None,
            "status": space.status,
            "name": space.name,
            "key": space.key,
            "id": str(space.num),
            "type": space.type,
            "_links": {"webui": f"/spaces/{space.alias or space.key}"},
            "currentActiveAlias": space.alias or space.key,
        }

    def page(self, page: Page, body_format: str | None, version: int | None = None) -> Row:
        return {
            "parentType": page.parent_type,
            "parentId": None if page.parent is None else str(page.parent),
            "ownerId": page.author,
            "lastOwnerId": None if page.num % 5 else pick(self._wiki.accounts, page.num),
            "createdAt": iso_short(page.created),
            "authorId": page.author,
            "position": page.position,
            "version": self.content_version(page, version),
            "body": self.body(page, body_format, version or page.version),
            "status": page.status,
            "title": page.title,
            "spaceId": str(page.space),
            "id": page.id,
            "_links": self._page_links(page),
        }

    def page_in_list(self, page: Page, body_format: str | None) -> Row:
        """Write a page as lists do. `sourceTemplateEntityId` is undocumented but seen live."""
        template = {} if page.num % 4 else {"sourceTemplateEntityId": str(page.num + 1)}
        return {**self.page(page, body_format), "subtype": page.subtype, **template}

    def blog_post(self, post: BlogPost, body_format: str | None, version: int | None = None) -> Row:
        return {
            "authorId": post.author,
            "createdAt": iso_short(post.created),
            "version": self.content_version(post, version),
            "body": self.body(post, body_format, version or post.version),
            "status": post.status,
            "title": post.title,
            "spaceId": str(post.space),
            "id": post.id,
            "_links": self._page_links(post),
        }

    def attachment(self, attachment: Attachment) -> Row:
        holder = attachment.container
        at = holder.num if holder else 0
        if attachment.num % 2:
            link = f"/rest/api/content/{at}/child/attachment/{attachment.id}/download"
        else:
            link = (
                f"/download/attachments/{at}/{quote(attachment.title)}"
                f"?version={attachment.version}&modificationDate={attachment.modified}"
                "&cacheVersion=1&api=v2"
            )
        webui = f"/pages/viewpageattachments.action?pageId={at}&preview=%2F{at}%2F{attachment.num}"
        return {
            "id": attachment.id,
            "status": attachment.status,
            "title": attachment.title,
            "createdAt": iso_short(attachment.created),
            **_container_ids(holder),
            "mediaType": attachment.media_type,
            "mediaTypeDescription": _DESCRIPTIONS.get(attachment.media_type),
            "comment": attachment.comment,
            "fileId": uuid_of(attachment.num, attachment.version),
            "fileSize": attachment.size,
            "webuiLink": webui,
            "downloadLink": link,
            "version": self.content_version(attachment),
            "_links": {"webui": webui, "download": link},
        }

    def custom_content(
        self, custom: CustomContent, body_format: str | None, version: int | None = None
    ) -> Row:
        return {
            "id": custom.id,
            "type": custom.type,
            "status": custom.status,
            "title": custom.title,
            "spaceId": str(custom.space),
            **_container_ids(custom.container),
            "authorId": custom.author,
            "createdAt": iso_short(custom.created),
            "version": self.content_version(custom, version),
            "body": self.body(custom, body_format, version or custom.version),
            "_links": {"webui": f"/spaces/{self._key(custom)}/custom/{custom.num}"},
        }

    def comment(self, comment: Comment, body_format: str | None, version: int | None = None) -> Row:
        """Write a comment as the bulk lists and single answers have it: with container and parent.

        A footer comment's resolutionStatus is undocumented but seen live.
        """
        row = {**_container_ids(comment.container), **self._remark(comment, body_format, version)}
        if comment.parent is not None:
            row["parentCommentId"] = comment.parent.id
        return row

    def root_comment(self, comment: Comment, body_format: str | None) -> Row:
        """Write a comment as the list of its container has it."""
        return {**_container_ids(comment.container), **self._remark(comment, body_format, None)}

    def reply(self, comment: Comment, body_format: str | None) -> Row:
        """Write a comment as the list of its parent has it: without the container."""
        row = self._remark(comment, body_format, None)
        row["parentCommentId"] = comment.parent.id if comment.parent else None
        return row

    def task(self, task: Task, body_format: str | None) -> Row:
        on_page = isinstance(task.container, Page)
        body = {body_format: {"representation": body_format, "value": task.text}}
        return {
            "pageId" if on_page else "blogPostId": task.container.id,
            "spaceId": str(task.container.space),
            "localId": str(task.local_id),
            "createdAt": iso_short(task.created),
            "updatedAt": _optional(task.updated),
            "assignedTo": task.assigned_to,
            "completedBy": task.completed_by,
            "dueAt": _optional(task.due),
            "completedAt": _optional(task.completed),
            "body": body if body_format else None,
            "status": task.status,
            "createdBy": task.author,
            "id": str(task.num),
        }

    def label(self, label: Label) -> Row:
        return {"prefix": label.prefix, "name": label.name, "id": str(label.num)}

    def property(self, prop: Property) -> Row:
        return {
            "id": str(prop.num),
            "key": prop.key,
            "value": prop.value,
            "version": {
                "createdAt": iso(prop.modified),
                "message": "",
                "number": prop.version,
                "minorEdit": False,
                "authorId": prop.author,
            },
        }

    def space_property(self, prop: Property) -> Row:
        return {
            "id": str(prop.num),
            "key": prop.key,
            "value": prop.value,
            "createdAt": iso_short(prop.created),
            "createdBy": prop.author,
            "version": {
                "createdAt": iso(prop.modified),
                "createdBy": prop.author,
                "message": None,
                "number": prop.version,
            },
        }

    def permission(self, permission: Permission) -> Row:
        return {
            "id": str(permission.num),
            "principal": {"type": permission.principal_type, "id": permission.principal_id},
            "operation": {"key": permission.operation, "targetType": permission.target},
        }

    def child(self, page: Page) -> Row:
        return {
            "id": page.id,
            "status": page.status,
            "title": page.title,
            "spaceId": str(page.space),
            "childPosition": page.position,
        }

    def tree_item(self, item: TreeItem) -> Row:
        row = {
            "id": item.id,
            "type": item.type,
            "status": item.status,
            "title": item.title,
            "parentId": None if item.parent is None else str(item.parent),
            "parentType": item.parent_type,
            "position": item.position,
            "authorId": item.author,
            "ownerId": item.author,
            "createdAt": iso_short(item.created),
            "spaceId": str(item.space),
            "version": self.content_version(item),
            "_links": {"webui": f"/spaces/{self._key(item)}/{item.type}/{item.num}"},
        }
        return row if item.embed_url is None else {**row, "embedUrl": item.embed_url}

    def content_version(self, content: Content, number: int | None = None) -> Row:
        """Write one version of a content. `ncsStepVersion` is undocumented but seen live."""
        number = number or content.version
        row = self._version(content, number, content.times[number - 1])
        if isinstance(content, Page):
            row["ncsStepVersion"] = str(number * 5) if content.num % 2 else None
        return row

    def _version(self, content: Content, number: int, at: int) -> Row:
        seed = mix(content.num, number)
        accounts = self._wiki.accounts
        author = content.author if number == 1 else accounts[seed % len(accounts)]
        return {
            "createdAt": iso(at),
            "message": words.MESSAGES[(seed >> 8) % len(words.MESSAGES)],
            "number": number,
            "minorEdit": (seed >> 16) % 6 == 0,
            "authorId": author,
        }

    def version_in_list(self, content: Content, version: Version, body_format: str | None) -> Row:
        key = _ENTITY_KEYS.get(content.kind, content.kind)
        entity = {
            "body": self.body(content, body_format, version.num),
            "title": None if isinstance(content, Comment) else content.title,
            "id": content.id,
        }
        return {**self._version(content, version.num, version.modified), key: entity}

    def body(self, content: Content, body_format: str | None, version: int) -> Row:
        if body_format is None or isinstance(content, Attachment):
            return {}
        bodies = self._wiki.bodies
        if content.num in self._wiki.empty_bodies:
            value = ""
        elif (content.num, body_format) in self._wiki.given_bodies:
            value = self._wiki.given_bodies[content.num, body_format]
        elif body_format == "atlas_doc_format":
            value = bodies.adf(content.num, version)
        elif body_format not in {"storage", "raw", "editor"}:
            value = bodies.rendered(content.num, version, body_format)
        elif isinstance(content, Page | BlogPost):
            value = bodies.storage(content.num, version)
        else:
            value = bodies.remark(content.num, version)
        return {body_format: {"representation": body_format, "value": value}}

    def _remark(self, comment: Comment, body_format: str | None, version: int | None) -> Row:
        row: dict[str, Any] = {
            "id": comment.id,
            "status": comment.status,
            "title": comment.title,
            "version": self.content_version(comment, version),
            "body": self.body(comment, body_format, version or comment.version),
            "_links": {"webui": f"{self._webui(comment.container)}?focusedCommentId={comment.num}"},
        }
        if comment.resolution is not None:
            row["resolutionStatus"] = comment.resolution
        if comment.inline:
            if comment.resolved_at is not None:
                row["resolutionLastModifierId"] = comment.resolved_by
                row["resolutionLastModifiedAt"] = iso(comment.resolved_at)
            marker = uuid_of(comment.num)
            row["properties"] = {
                "inlineMarkerRef": marker,
                "inlineOriginalSelection": comment.selection,
                "inline-marker-ref": marker,
                "inline-original-selection": comment.selection,
            }
        return row

    def _key(self, content: Content) -> str:
        return self._wiki.spaces[content.space].key

    def _webui(self, content: Content) -> str:
        kind = "blog" if isinstance(content, BlogPost) else "pages"
        return f"/spaces/{self._key(content)}/{kind}/{content.num}/{_slug(content.title)}"

    def _page_links(self, content: Page | BlogPost) -> Row:
        tiny = base64.b64encode(content.num.to_bytes(8, "little").rstrip(b"\0"), b"-_")
        return {
            "webui": self._webui(content),
            "editui": f"/pages/resumedraft.action?draftId={content.num}",
            "edituiv2": f"/spaces/{self._key(content)}/pages/edit-v2/{content.num}",
            "tinyui": f"/x/{tiny.decode().rstrip('=')}",
        }


def _slug(title: str) -> str:
    slug = _NO_SLUG.sub("+", title).strip("+")
    return slug if slug.isascii() else quote(slug, safe="+")


def _container_ids(container: Content | None) -> dict[str, str]:
    if container is None:
        return {}
    key = {
        "page": "pageId",
        "blogpost": "blogPostId",
        "attachment": "attachmentId",
        "custom-content": "customContentId",
    }[container.kind]
    return {key: container.id}


def _optional(ms: int | None) -> str | None:
    return None if ms is None else iso(ms)
