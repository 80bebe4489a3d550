"""Converts bodies with a converter of others: `convert_bodies.py NAME FORMAT`, JSON in, JSON out.

On standard input comes a list of objects with what a site gives of a page, by format. On standard
output goes a list of Markdown. Who needs to know more asks `_Site`, which answers in place of the
wiki.
"""

from __future__ import annotations

import json
import re
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    Body = dict[str, str]

ROOT = "https://acme.atlassian.net/wiki"
PEOPLE = {"5b10": "Ada Lovelace"}
ISSUE = {"summary": "Prices are wrong", "status": {"name": "Done"}}
FILE = {
    "id": "att5",
    "title": "terms.pdf",
    "extensions": {"mediaType": "application/pdf", "fileId": "f5"},
    "container": {"id": "1", "title": "Page"},
    "version": {"friendlyWhen": "Jan 02, 2026", "by": {"displayName": PEOPLE["5b10"]}},
}


class _Site:
    """What the site knows besides the body of a page, as the clients ask for it."""

    def get_user_details_by_accountid(self, account_id: str, *_: Any) -> dict[str, Any]:
        return {"accountId": account_id, "displayName": PEOPLE.get(account_id, account_id)}

    def get_user_details_by_username(self, name: str, *_: Any) -> dict[str, Any]:
        return {"username": name, "displayName": name}

    get_user_details_by_userkey = get_user_details_by_username

    def get_page_by_id(self, page_id: int, *_: Any, **__: Any) -> dict[str, Any]:
        return {"id": page_id, "title": f"Page {page_id}", "ancestors": [], "version": {}}

    def get_space(self, key: str, *_: Any, **__: Any) -> dict[str, Any]:
        return {"key": key, "name": key}

    def get_issue(self, key: str, *_: Any) -> dict[str, Any]:
        return {"key": key, "fields": ISSUE}

    def get(self, *_: Any, **__: Any) -> dict[str, Any]:
        return {"results": [], "_links": {}}


def _html2text(body: Body) -> str:
    return str(import_module("html2text").html2text(body[sys.argv[2]]))


def _markdownify(body: Body) -> str:
    return str(import_module("markdownify").markdownify(body[sys.argv[2]]))


def _mcp_atlassian(body: Body) -> str:
    module = import_module("mcp_atlassian.preprocessing.confluence")
    processor = module.ConfluencePreprocessor(base_url=ROOT)
    return str(
        processor.process_html_content(
            body["storage"], space_key="ENG", confluence_client=_Site(), content_id="1"
        )[1]
    )


def _exporter(body: Body) -> str:
    module = import_module("confluence_markdown_exporter.confluence")
    site = _Site()
    module.get_thread_confluence = lambda *_: site
    module.get_jira_instance = lambda *_: site
    page = module.Page(
        base_url=ROOT,
        id=1,
        title="Page",
        space=module.Space(base_url=ROOT, key="ENG", name="ENG", description="", homepage=0),
        body=body["view"],
        # An export has macros rendered, and no longer says what they are called.
        body_export=re.sub(r' data-macro-name="[^"]*"', "", body["view"]),
        editor2="",
        body_storage=body["storage"],
        labels=[],
        attachments=[module.Attachment.from_json(FILE, ROOT, page_id="1", page_title="Page")],
        ancestors=[],
        version=module.Version.from_json({}),
    )
    return str(page.markdown)


CONVERTERS: dict[str, Callable[[Body], str]] = {
    "html2text": _html2text,
    "markdownify": _markdownify,
    "mcp-atlassian": _mcp_atlassian,
    "confluence-markdown-exporter": _exporter,
}


def main() -> None:
    """Convert what comes on standard input."""
    convert = CONVERTERS[sys.argv[1]]
    json.dump([convert(body) for body in json.load(sys.stdin)], sys.stdout)


if __name__ == "__main__":
    main()
