"""Comments on whatever may bear some, as Atlassian describes them."""

from __future__ import annotations

from typing import ClassVar

from tests.schemas.contract import HeldAgainstTheApi, footer_comment, inline_comment


class TestSchemas(HeldAgainstTheApi):
    contracts: ClassVar = {
        "page_footer_comments": footer_comment("PageCommentModel", "pageId"),
        "page_inline_comments": inline_comment("PageInlineCommentModel", "blogPostId"),
        "blog_post_footer_comments": footer_comment("BlogPostCommentModel", "blogPostId"),
        "blog_post_inline_comments": inline_comment("BlogPostInlineCommentModel", "pageId"),
        "attachment_footer_comments": footer_comment("AttachmentCommentModel", "attachmentId"),
        "custom_content_footer_comments": footer_comment(
            "CustomContentCommentModel", "customContentId"
        ),
    }
