"""Pages, and what is known of each, as Atlassian describes them."""

from __future__ import annotations

from typing import ClassVar

from tests.schemas.contract import (
    CONTENT_INCLUDES,
    EXPORTED,
    MODIFIED,
    OWNER,
    READABLE,
    Contract,
    HeldAgainstTheApi,
    content_property,
    label,
    post_version,
)


class TestSchemas(HeldAgainstTheApi):
    contracts: ClassVar = {
        "pages": Contract(
            ("PageBulk", "PageSingle"),
            added={"sourceTemplateEntityId": "seen in answers, not in the description"}
            | MODIFIED
            | EXPORTED
            | READABLE,
            left_out=CONTENT_INCLUDES,
        ),
        "page_labels": label("pageId"),
        "page_versions": post_version("pageId", "PageVersion", "page"),
        "page_content_properties": content_property("pageId"),
        "child_pages": Contract(
            ("ChildPage",),
            added={"parentId": OWNER, "parentType": "known from the list of pages"},
        ),
    }
