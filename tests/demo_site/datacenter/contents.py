"""How Data Center writes content: what is not expanded is named under `_expandable`."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote, quote_plus

from tests.demo_site.chance import mix, uuid_of
from tests.demo_site.datacenter.extent import ancestors, comments_on
from tests.demo_site.datacenter.finder import shown_id
from tests.demo_site.model import Attachment, BlogPost, Comment, Content, Page
from tests.demo_site.restriction_rows import RestrictionRows
from tests.demo_site.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from tests.demo_site.datacenter.expand import Tree
    from tests.demo_site.datacenter.setting import AnySetting
    from tests.demo_site.model import Label, Property, Row, Space
    from tests.demo_site.restriction_rows import Principals

    class SpaceWriter(Protocol):
        """Writes spaces."""

        def row(self, space: Space, tree: Tree) -> Row: ...


BODIES = ("storage", "view", "export_view", "styled_view", "anonymous_export_view", "editor")
_PLAIN = re.compile(r"[A-Za-z0-9 ._-]+")
_METADATA = ("currentuser", "labels", "properties", "frontend", "editorHtml")


class ContentRows:
    """Writes the content of one wiki.

    Args:
        site: The site.
        people: Writes users and groups.
    """

    spaces: SpaceWriter

    def __init__(self, site: AnySetting, people: Principals) -> None:
        wiki = site.wiki
        self._wiki = wiki
        self._faults = site.faults
        self._people = people
        self._times = site.times
        self._base_url = site.base_url
        self._cloud = Rows(wiki)
        self.restrictions = RestrictionRows(wiki, site.faults, site.base_url, people)
        self._makers: dict[str, Callable[[Content, Tree, int], Any]] = {
            "space": lambda c, tree, _: self.spaces.row(wiki.spaces[c.space], tree),
            "container": self.container,
            "history": self.history,
            "version": lambda c, _, number: self.version(c, number),
            "ancestors": lambda c, tree, _: [self.row(a, tree) for a in ancestors(wiki, c)],
            "body": self._body,
            "metadata": self._metadata,
            "children": self._children,
            "descendants": self._descendants,
            "restrictions": lambda c, tree, _: self.restrictions.by_operation(c, tree),
        }

    def row(self, content: Content, tree: Tree, number: int | None = None) -> Row:
        """Write a content, or one of its versions."""
        path = f"/rest/api/content/{self._id(content)}"
        key = self._wiki.spaces[content.space].key
        of_page = isinstance(content, Page | BlogPost)
        holder = getattr(content, "container", None)
        expandable = {
            "container": f"/rest/api/space/{key}"
            if of_page or holder is None
            else f"/rest/api/content/{self._id(holder)}",
            "metadata": "",
            "operations": "",
            "children": f"{path}/child",
            "restrictions": f"{path}/restriction/byOperation",
            "history": f"{path}/history",
            "ancestors": "",
            "body": "",
            "version": "",
            "descendants": f"{path}/descendant",
            "space": f"/rest/api/space/{key}",
            "relevantViewRestrictions": f"{path}/restriction/relevantViewRestrictions",
        }
        row: Row = {
            "id": self._id(content),
            "type": content.kind,
            "status": content.status if number in {None, content.version} else "historical",
            "title": content.title,
            "position": -1 if (place := self._place(content)) is None else place,
        }
        if isinstance(content, Attachment) and "metadata" not in tree:
            tree = {**tree, "metadata": {}}
        untold = content.kind in self._faults.restrictions_untold
        for name, make in self._makers.items():
            if name in tree and not (untold and name == "restrictions"):
                row[name] = make(content, tree[name], number or content.version)
                del expandable[name]
        if self._hides_container(content) and "container" in row:
            row["container"] = None
        row["extensions"] = self._extensions(content, tree.get("extensions", {}))
        row["_links"] = self._links(content, key)
        row["_expandable"] = expandable
        return row

    def _id(self, content: Content) -> str:
        return shown_id(content, self._faults)

    def _hides_container(self, content: Content) -> bool:
        return content.id in {*self._faults.untold_containers, *self._faults.orphans}

    def version(self, content: Content, number: int) -> Row:
        """Write one version. A message of null is left out, as everything is that is null."""
        known, id_ = self._cloud.content_version(content, number), self._id(content)
        row = {
            "by": self._people.user(known["authorId"]),
            "when": self._times.write(content.times[number - 1]),
            "message": known["message"],
            "number": number,
            "minorEdit": known["minorEdit"],
            "hidden": False,
            "_links": {
                "self": f"{self._base_url}/rest/experimental/content/{id_}/version/{number}"
            },
            "_expandable": {"content": f"/rest/api/content/{id_}"},
        }
        if row["message"] is None:
            del row["message"]
        return row

    def history(self, content: Content, tree: Tree, number: int) -> Row:
        """Write who made a content and when, and its neighbouring versions."""
        row: Row = {
            "latest": number == content.version,
            "createdBy": self._people.user(content.author),
            "createdDate": self._times.write(content.created),
        }
        expandable = {}
        neighbours = {
            "lastUpdated": content.version,
            "previousVersion": number - 1,
            "nextVersion": number + 1,
        }
        for name, neighbour in neighbours.items():
            if name not in tree:
                expandable[name] = ""
            elif 1 <= neighbour <= content.version:
                row[name] = self.version(content, neighbour)
        if "contributors" in tree:
            row["contributors"] = {"publishers": {"users": [row["createdBy"]]}}
        else:
            expandable["contributors"] = ""
        row["_links"] = {"self": f"{self._base_url}/rest/api/content/{self._id(content)}/history"}
        row["_expandable"] = expandable
        return row

    def label(self, label: Label) -> Row:
        """Write a label."""
        return {
            "prefix": label.prefix,
            "name": label.name,
            "id": str(label.num),
            "label": label.name if label.prefix == "global" else f"{label.prefix}:{label.name}",
        }

    def property(self, content: Content, prop: Property, tree: Tree) -> Row:
        """Write a property of a content."""
        row: Row = {"id": str(prop.num), "key": prop.key, "value": prop.value}
        me = f"/rest/api/content/{self._id(content)}"
        expandable = {"content": me, "additionalProperties": ""}
        if "version" in tree:
            row["version"] = self.property_version(prop)
        else:
            expandable["version"] = ""
        path = f"{me}/property/{quote(prop.key, safe='')}"
        row["_links"] = {"self": f"{self._base_url}{path}"}
        row["_expandable"] = expandable
        return row

    def property_version(self, prop: Property) -> Row:
        """Write the version of a property."""
        return {
            "by": self._people.user(prop.author),
            "when": self._times.write(prop.modified),
            "message": "",
            "number": prop.version,
            "minorEdit": False,
            "hidden": False,
        }

    def nested(self, items: Iterable[Any], kind: str, path: str, row: Callable[[Any], Row]) -> Row:
        """Write the beginning of a list that stands inside a row."""
        everything: Sequence[Any] = list(items)
        limit = self._faults.nested_caps[kind]
        shown = everything[:limit]
        links = {"self": f"{self._base_url}{path}"}
        if len(everything) > limit:
            links["next"] = f"{path}?limit={limit}&start={limit}"
        return {
            "results": [row(item) for item in shown],
            "start": 0,
            "limit": limit,
            "size": len(shown),
            "_links": links,
        }

    def container(self, content: Content, tree: Tree, _: int = 0) -> Row:
        """Write what something is on: content, or else its space."""
        holder = getattr(content, "container", None)
        if holder is not None:
            return self.row(holder, tree)
        return self.spaces.row(self._wiki.spaces[content.space], tree)

    def _body(self, content: Content, tree: Tree, number: int) -> Row:
        body: Row = {"_expandable": {}}
        for name in BODIES:
            if name not in tree:
                body["_expandable"][name] = ""
                continue
            written = self._cloud.body(content, name, number)
            body[name] = {
                "value": written[name]["value"] if written else "",
                "representation": name,
                "_expandable": {"content": f"/rest/api/content/{self._id(content)}"},
            }
        return body

    def _metadata(self, content: Content, tree: Tree, _: int) -> Row:
        path = f"/rest/api/content/{self._id(content)}"
        row: Row = {}
        if isinstance(content, Attachment):
            row["mediaType"] = content.media_type
            if content.comment is not None:
                row["comment"] = content.comment
        row["_expandable"] = {name: "" for name in _METADATA if name not in tree}
        if "labels" in tree:
            labels = [self._wiki.labels[num] for num in content.labels]
            row["labels"] = self.nested(labels, "labels", f"{path}/label", self.label)
        if "properties" in tree:
            limit = self._faults.nested_caps["properties"]
            branch = tree["properties"]
            row["properties"] = {
                **{
                    prop.key: self.property(content, prop, branch.get(prop.key, {}))
                    for prop in content.properties[:limit]
                },
                "_links": {"self": f"{self._base_url}{path}/property"},
                "_expandable": {prop.key: "" for prop in content.properties[limit:]},
            }
        return row

    def _children(self, content: Content, tree: Tree, _: int) -> Row:
        kinds: dict[str, Callable[[], Iterable[Content]]] = {
            "page": lambda: self.child_pages(content),
            "comment": lambda: self._comments(content),
            "attachment": lambda: self.attachments(content),
        }
        return self._below(content, tree, "child", kinds)

    def _comments(self, content: Content) -> Iterable[Comment]:
        is_untold = isinstance(content, Comment) and self._faults.tells_no_replies
        return () if is_untold else comments_on(self._wiki, content)

    def _descendants(self, content: Content, tree: Tree, _: int) -> Row:
        kinds: dict[str, Callable[[], Iterable[Content]]] = {
            "comment": lambda: comments_on(self._wiki, content, replies=True)
        }
        return self._below(content, tree, "descendant", kinds)

    def _below(
        self,
        content: Content,
        tree: Tree,
        place: str,
        kinds: dict[str, Callable[[], Iterable[Content]]],
    ) -> Row:
        path = f"/rest/api/content/{self._id(content)}/{place}"
        row: Row = {"_links": {"self": f"{self._base_url}{path}"}, "_expandable": {}}
        for kind, below in kinds.items():
            if kind in tree:

                def write(child: Content, branch: Tree = tree[kind]) -> Row:
                    return self.row(child, branch)

                row[kind] = self.nested(below(), "children", f"{path}/{kind}", write)
            else:
                row["_expandable"][kind] = f"{path}/{kind}"
        return row

    def child_pages(self, content: Content) -> list[Page]:
        """Get the pages right under a page."""
        return [page for page in self._wiki.children[content.num] if page.status != "trashed"]

    def attachments(self, content: Content) -> list[Attachment]:
        """Get the files on a page or a blog post."""
        return [a for a in self._wiki.attachments_of[content.num] if a.status == "current"]

    def _extensions(self, content: Content, tree: Tree) -> Row:
        match content:
            case Page():
                place = self._place(content)
                return {"position": "none" if place is None else place}
            case Attachment():
                row = {"mediaType": content.media_type, "fileSize": content.size}
                return row if content.comment is None else {**row, "comment": content.comment}
            case Comment():
                return self._remark(content, tree)
        return {}

    def _place(self, content: Content) -> int | None:
        """Get where among its siblings a page is; what is no page has no place, nor a homepage."""
        if not isinstance(content, Page) or self._wiki.is_homepage(content):
            return None
        return content.position

    def _remark(self, comment: Comment, tree: Tree) -> Row:
        row: Row = {"location": "inline" if comment.inline else "footer", "_expandable": {}}
        if comment.inline and "inlineProperties" in tree:
            row["inlineProperties"] = {
                "originalSelection": comment.selection,
                "markerRef": uuid_of(comment.num),
            }
        elif comment.inline:
            row["_expandable"]["inlineProperties"] = ""
        if comment.resolution is None:
            return row
        if "resolution" not in tree:
            row["_expandable"]["resolution"] = ""
            return row
        row["resolution"] = {
            "status": comment.resolution,
            "lastModifier": self._people.user(comment.resolved_by),
            # Whoever never touched it did so when time began.
            "lastModifiedDate": self._times.write(comment.resolved_at or 0),
        }
        return row

    def _links(self, content: Content, key: str) -> dict[str, str]:
        me = f"{self._base_url}/rest/api/content/{self._id(content)}"
        match content:
            case Attachment(container=Content() as holder):
                preview = f"%2F{holder.num}%2F{content.num}%2F{quote(content.title, safe='')}"
                file = f"/download/attachments/{holder.num}/{quote(content.title)}"
                version = f"version={content.version}&modificationDate={content.modified}&api=v2"
                webui = f"{self._webui(holder, key)}?preview={preview}"
                return {"webui": webui, "download": f"{file}?{version}", "self": me}
            case Comment():
                above = self._webui(content.container, key)
                mark = "&" if "?" in above else "?"
                place = f"focusedCommentId={content.num}#comment-{content.num}"
                return {"webui": f"{above}{mark}{place}", "self": me}
        tiny = base64.b64encode(content.num.to_bytes(8, "little").rstrip(b"\0"), b"-_")
        return {
            "webui": self._webui(content, key),
            "edit": f"/pages/resumedraft.action?draftId={content.num}",
            "tinyui": f"/x/{tiny.decode().rstrip('=')}",
            "self": me,
        }

    def _webui(self, content: Content, key: str) -> str:
        plain = isinstance(content, Page) and content.status == "current"
        if plain and _PLAIN.fullmatch(content.title) and mix(content.num) % 8:
            return f"/display/{key}/{quote_plus(content.title)}"
        return f"/pages/viewpage.action?pageId={content.num}"
