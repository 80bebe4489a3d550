"""What a site fails to give for good, whoever asks, until it is healed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tests.histories.deeds import alive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.demo_site import Wiki

    Choose = Callable[[Wiki], str]
    Poisons = dict[str, Callable[[Any], object]]

ONLY_IN_BODY = 0.3

WAYS = ("500", "503", "cut-off", "not-json", "bad-json")


def broken(path: str, choose: Choose) -> Callable[[Any], object]:
    """Break what has a path of its own: `{}` in that stands for the id that is chosen."""

    def poison(site: Any) -> None:
        kind = site.wiki.dice.choice(WAYS)
        chosen = re.escape(quote(choose(site.wiki), safe=""))
        site.faults.break_path(path.format(chosen), kind)

    return poison


def heal(site: Any) -> None:
    """Have the site give everything again."""
    site.faults.heal()
    for collection in site.wiki.contents():
        for content in collection:
            site.faults.cure(content.id)
    for id_ in _listed(site.wiki):
        site.faults.lists.cure(id_)


def in_lists(choose: Choose) -> Callable[[Any], object]:
    """Make each page of a list fail in which what is chosen stands, at times only with bodies."""

    def poison(site: Any) -> None:
        in_body = site.wiki.dice.random() < ONLY_IN_BODY
        site.faults.lists.poison(choose(site.wiki), in_body=in_body)

    return poison


def _listed(wiki: Wiki) -> Iterator[str]:
    for collection in wiki.contents():
        yield from (content.id for content in collection)
    yield from (str(each.num) for each in (*wiki.tasks, *wiki.labels))
    yield from (group.id for group in wiki.groups)


def _page(wiki: Wiki) -> str:
    return alive(wiki, wiki.pages)


def _blog_post(wiki: Wiki) -> str:
    return alive(wiki, wiki.blog_posts)


def _file(wiki: Wiki) -> str:
    return alive(wiki, wiki.attachments)


def _trashed_page(wiki: Wiki) -> str:
    return str(wiki.dice.choice([page.id for page in wiki.pages if page.status == "trashed"]))


def _space(wiki: Wiki) -> str:
    return str(wiki.dice.choice(list(wiki.spaces)).num)


def _space_key(wiki: Wiki) -> str:
    return str(wiki.dice.choice(list(wiki.spaces)).key)


def _group(wiki: Wiki) -> str:
    return wiki.dice.choice(wiki.groups).id


LISTED_ANYWHERE: Poisons = {
    "a page, in lists": in_lists(_page),
    "a page in the trash, in lists": in_lists(_trashed_page),
    "a blog post, in lists": in_lists(_blog_post),
    "a comment, in lists": in_lists(lambda w: alive(w, w.footer_comments)),
    "a comment in a page, in lists": in_lists(lambda w: alive(w, w.inline_comments)),
}
LISTED_ON_CLOUD: Poisons = {
    **LISTED_ANYWHERE,
    "a file, in lists": in_lists(_file),
    "a diagram, in lists": in_lists(lambda w: alive(w, w.custom_content)),
    "a task, in lists": in_lists(lambda w: str(w.dice.choice(list(w.tasks)).num)),
    "a label, in lists": in_lists(lambda w: str(w.dice.choice(list(w.labels)).num)),
    "a group, in lists": in_lists(_group),
}

ON_CLOUD: Poisons = {
    **LISTED_ON_CLOUD,
    "the details of a page": broken("/api/v2/pages/{}(/.*)?", _page),
    "the details of a page in the trash": broken("/api/v2/pages/{}(/.*)?", _trashed_page),
    "the details of a blog post": broken("/api/v2/blogposts/{}(/.*)?", _blog_post),
    "the details of a file": broken("/api/v2/attachments/{}(/.*)?", _file),
    "the details of a diagram": broken(
        "/api/v2/custom-content/{}(/.*)?", lambda w: alive(w, w.custom_content)
    ),
    "the replies to a comment": broken(
        "/api/v2/footer-comments/{}/children", lambda w: alive(w, w.footer_comments)
    ),
    "the replies to a comment in a page": broken(
        "/api/v2/inline-comments/{}/children", lambda w: alive(w, w.inline_comments)
    ),
    "the comments on a file": broken("/api/v2/attachments/{}/footer-comments", _file),
    "the details of a space": broken("/api/v2/spaces/{}(/.*)?", _space),
    "the members of a group": broken("/rest/api/group/{}/membersByGroupId", _group),
}


def _poisoned(choose: Choose) -> Callable[[Any], object]:
    def poison(site: Any) -> None:
        # What answers 404 when it is asked for on its own is gone, as far as anybody can tell.
        site.faults.poison(choose(site.wiki))

    return poison


ON_DATA_CENTER: Poisons = {
    **LISTED_ANYWHERE,
    "a page": _poisoned(_page),
    "a page in the trash": _poisoned(_trashed_page),
    "a blog post": _poisoned(_blog_post),
    "a comment": _poisoned(lambda w: alive(w, w.footer_comments)),
    "a comment in a page": _poisoned(lambda w: alive(w, w.inline_comments)),
    "a file": _poisoned(_file),
    "the versions of a page": broken("/rest/experimental/content/{}/version", _page),
    "the versions of a blog post": broken("/rest/experimental/content/{}/version", _blog_post),
    "the versions of a file": broken("/rest/experimental/content/{}/version", _file),
    "the properties of a page": broken("/rest/api/content/{}/property", _page),
    "the files of a page": broken("/rest/api/content/{}/child/attachment", _page),
    "the properties of a space": broken("/rest/api/space/{}/property(/.+)?", _space_key),
    "the members of a group": broken(
        "/rest/api/group/{}/member", lambda w: w.dice.choice(w.groups).name
    ),
}
