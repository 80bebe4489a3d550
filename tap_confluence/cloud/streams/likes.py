"""Who likes pages, blog posts and comments."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from typing_extensions import override

from tap_confluence.cloud.streams.blog_posts import BlogPosts
from tap_confluence.cloud.streams.comments import (
    FOOTER_COMMENTS,
    INLINE_COMMENTS,
    CommentStream,
    PageFooterComments,
    PageInlineComments,
)
from tap_confluence.cloud.streams.content import SeparatelyReadStream
from tap_confluence.cloud.streams.pages import Pages
from tap_confluence.http import collect
from tap_confluence.schemas.people import (
    BLOG_POST_LIKE,
    FOOTER_COMMENT_LIKE,
    INLINE_COMMENT_LIKE,
    PAGE_LIKE,
)
from tap_confluence.streams.base import ConfluenceStream
from tap_confluence.streams.cost import Requests

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from singer_sdk.helpers.types import Context, Record

    from tap_confluence.streams.cost import Size

NOT_TOLD = "REST v1 of Data Center does not tell who likes something."


class LikeStream(SeparatelyReadStream):
    """The likes of pages or blog posts, which have no list: a request an item in each run."""

    section = "likes"
    request_per = "item"
    scope = "read:page:confluence"
    selected_by_default = False
    not_on_data_center = NOT_TOLD

    @override
    def requests(self, size: Size) -> Iterator[Requests]:
        if number := self.unbrought(size).wanted:
            yield self.parent.whole_list(size)
            yield Requests(number)


class PageLikes(LikeStream):
    """Who likes which page."""

    name = "page_likes"
    primary_keys = ("pageId", "accountId")
    parent_stream_type = Pages
    schema = PAGE_LIKE


class BlogPostLikes(LikeStream):
    """Who likes which blog post."""

    name = "blog_post_likes"
    primary_keys = ("blogPostId", "accountId")
    parent_stream_type = BlogPosts
    schema = BLOG_POST_LIKE


class CommentLikeStream(ConfluenceStream):
    """The likes of comments of one kind, with a request a comment.

    Attributes:
        commented: The stream whose list holds all comments of the kind.
    """

    scope = "read:comment:confluence"
    request_per = "item"
    selected_by_default = False
    not_on_data_center = NOT_TOLD
    primary_keys = ("commentId", "accountId")
    commented: ClassVar[type[CommentStream]]

    @override
    def requests(self, size: Size) -> Iterator[Requests]:
        comments = self.stream_of(self.commented)
        yield comments.whole_list(size)
        yield Requests(comments.items_in_list(size))

    @override
    def read(self, context: Context | None) -> Iterator[Record]:
        comments = self.stream_of(self.commented)

        def call(comment: dict[str, Any]) -> Callable[[], list[dict[str, Any]]]:
            path = self.path.format(id=comment["id"])
            request = self.reader.first_page(path, tag=self.name)
            return partial(collect, self.reader.client, request)

        def owner(comment: dict[str, Any]) -> str:
            return f"{comments.path}/{comment['id']}"

        for comment, likes in self.each(comments.all_items(tag=self.name), call, owner=owner):
            for like in likes:
                yield {"commentId": comment["id"], **like}


class FooterCommentLikes(CommentLikeStream):
    """Who likes which comment at the foot of a page or blog post."""

    name = "footer_comment_likes"
    path = f"{FOOTER_COMMENTS}/{{id}}/likes/users"
    schema = FOOTER_COMMENT_LIKE
    commented = PageFooterComments


class InlineCommentLikes(CommentLikeStream):
    """Who likes which comment on a piece of text."""

    name = "inline_comment_likes"
    path = f"{INLINE_COMMENTS}/{{id}}/likes/users"
    schema = INLINE_COMMENT_LIKE
    commented = PageInlineComments
