"""Everything that people do to a wiki: nobody works on what is archived or in the trash."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.incremental.small_wiki import small_wiki

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.demo_site import Wiki
    from tests.demo_site.model import Comment, Content, Page

    Deeds = dict[str, Callable[[Wiki], object]]

FEWEST_GROUPS = 3
FEWEST_SPACES = 2


def busy_wiki(pages: int, *, seed: int, tick_ms: int) -> Wiki:
    """Make a small wiki in which there is something for each deed to be done to.

    Args:
        pages: The number of pages in the larger of two spaces.
        seed: What the wiki's choices start from.
        tick_ms: The time that passes from one change to the next.
    """
    # No history reaches today, from where on no site can have changes.
    wiki = small_wiki(pages, seed=seed, tick_ms=tick_ms, now="2020-01-01T00:00:00.000Z")
    wiki.add_space("OPS")
    above = wiki.add_page("OPS")
    wiki.add_page(parent_id=above)
    wiki.add_page(parent_id=wiki.add_page(parent_id=above))
    wiki.archive_page(wiki.add_page())
    wiki.trash_blog_post(wiki.add_blog_post())
    wiki.trash_attachment(wiki.add_attachment())
    return wiki


def do(to: Any, deed: Callable[[Any], object]) -> bool:
    """Do something to what a wiki or a site chooses, and tell whether there was any of it."""
    try:
        deed(to)
    except KeyError:
        # That is no choice among nothing, but something that a deed has left half done.
        raise
    except (LookupError, StopIteration):
        return False
    return True


def is_alive(content: Content) -> bool:
    """Tell whether neither a content nor what it is on is archived or in the trash."""
    container = getattr(content, "container", None)
    return content.status == "current" and (container is None or is_alive(container))


def alive(wiki: Wiki, collection: Iterable[Any]) -> str:
    """Choose something that can be worked with.

    Raises:
        LookupError: There is nothing.
    """
    return str(wiki.dice.choice([content.id for content in collection if is_alive(content)]))


def put_away(wiki: Wiki, collection: Iterable[Any], status: str = "trashed") -> str:
    """Choose something in the trash, or archived, on what is not there itself.

    Raises:
        LookupError: There is nothing.
    """
    found = [
        content.id
        for content in collection
        if content.status == status and is_alive(getattr(content, "container", None) or _HERE)
    ]
    return str(wiki.dice.choice(found))


class _Here:
    status = "current"


_HERE: Any = _Here()


def move_page(wiki: Wiki) -> str:
    """Move a page below another one, which may be in another space."""
    page = wiki.pages[int(alive(wiki, wiki.pages))]
    below = _with_all_below(wiki, page)
    above = [
        p.id for p in wiki.pages if is_alive(p) and p.num not in below and p.num != page.parent
    ]
    return wiki.move_page(page.id, wiki.dice.choice(above))


def _with_all_below(wiki: Wiki, page: Page) -> set[int]:
    return {page.num}.union(*(_with_all_below(wiki, child) for child in wiki.children[page.num]))


def comment_and_trash(wiki: Wiki) -> None:
    """Make a page with a file, a label and a comment, and trash it before anybody looks."""
    page = wiki.add_page()
    wiki.add_attachment(page)
    wiki.add_footer_comment(page)
    wiki.add_label(page, "brief")
    wiki.trash_page(page)


def label(wiki: Wiki, collection: Iterable[Any]) -> None:
    """Put a label on something."""
    wiki.add_label(alive(wiki, collection), wiki.dice.choice(("runbook", "draft", "team")))


def unlabel(wiki: Wiki) -> None:
    """Take a label off a page."""
    page = wiki.dice.choice([page for page in wiki.pages if page.labels and is_alive(page)])
    taken = wiki.labels[wiki.dice.choice(page.labels)]
    wiki.remove_label(page.id, taken.name, taken.prefix)


def set_property(wiki: Wiki, *, edit: bool) -> None:
    """Set a property of a page, with a version of the page or without one."""
    page = alive(wiki, wiki.pages)
    wiki.set_property(page, wiki.dice.choice(("editor", "emoji")), wiki.now_ms)
    if edit:
        wiki.edit_page(page)


def remove_group(wiki: Wiki) -> None:
    """Remove a group, unless there are few."""
    if len(wiki.groups) > FEWEST_GROUPS:
        wiki.remove_group(wiki.dice.choice(wiki.groups).id)


def join_group(wiki: Wiki) -> None:
    """Put somebody into a group."""
    wiki.people.join(wiki.dice.choice(wiki.groups), wiki.dice.choice(wiki.accounts))


def leave_group(wiki: Wiki) -> None:
    """Take somebody out of a group."""
    wiki.people.leave(wiki.dice.choice(wiki.groups), wiki.dice.choice(wiki.accounts))


def add_space(wiki: Wiki) -> None:
    """Make a space with a page in it."""
    wiki.add_page(wiki.add_space(f"S{wiki.now_ms}"))


def add_task(wiki: Wiki) -> None:
    """Write a task into a page."""
    wiki.add_task(wiki.edit_page(alive(wiki, wiki.pages)))


def tick_task(wiki: Wiki) -> str:
    """Tick a task of a page, which makes no version of that, and return the id of the page."""
    open_tasks = [t for t in wiki.tasks if t.status == "incomplete" and is_alive(t.container)]
    task = wiki.dice.choice(open_tasks)
    wiki.complete_task(str(task.num))
    return task.container.id


def lose_sight(wiki: Wiki) -> None:
    """Take the sight of a space, unless one is out of sight already."""
    if not wiki.out_of_sight:
        wiki.hide_space(some_space(wiki))


def some_space(wiki: Wiki) -> str:
    """Choose a space that is not among the first, which stay.

    Raises:
        LookupError: There is no other one.
    """
    spaces = [space.key for space in wiki.spaces]
    return wiki.dice.choice(spaces[FEWEST_SPACES:])


def threads_of(wiki: Wiki) -> list[Comment]:
    """Return the comments in pages that are no reply: with them a thread is resolved."""
    return [comment for comment in wiki.inline_comments if comment.parent is None]


EDITS: Deeds = {
    "edit a page": lambda w: w.edit_page(alive(w, w.pages)),
    "edit a page of late": lambda w: w.edit_page(max(filter(is_alive, w.pages), key=_moment).id),
    "add a page": lambda w: w.add_page(),
    "add a page below another": lambda w: w.add_page(parent_id=alive(w, w.pages)),
    "add a blog post": lambda w: w.add_blog_post(),
    "edit a blog post": lambda w: w.edit_blog_post(alive(w, w.blog_posts)),
    "comment on a page": lambda w: w.add_footer_comment(alive(w, w.pages)),
    "comment in a page": lambda w: w.add_inline_comment(alive(w, w.pages)),
    "comment on a blog post": lambda w: w.add_footer_comment(blog_post_id=alive(w, w.blog_posts)),
    "comment on a file": lambda w: w.add_footer_comment(content_id=alive(w, w.attachments)),
    "reply": lambda w: w.add_footer_comment(parent_id=alive(w, w.footer_comments)),
    "reply in a page": lambda w: w.add_inline_comment(parent_id=alive(w, w.inline_comments)),
    "edit a comment": lambda w: w.edit_comment(alive(w, w.footer_comments)),
    "edit a comment in a page": lambda w: w.edit_comment(alive(w, w.inline_comments)),
    "attach a file": lambda w: w.add_attachment(alive(w, w.pages)),
    "attach a file to a blog post": lambda w: w.add_attachment(blog_post_id=alive(w, w.blog_posts)),
    "attach a new version": lambda w: w.edit_attachment(alive(w, w.attachments)),
    "set a property and edit": lambda w: set_property(w, edit=True),
    "add a task": add_task,
    "add a space": add_space,
}
"""What has a date."""

PUT_AWAY: Deeds = {
    "trash a page": lambda w: w.trash_page(alive(w, w.pages)),
    "trash a page, moving its date": lambda w: w.trash_page(alive(w, w.pages), bump=True),
    "edit and trash a page": lambda w: w.trash_page(w.edit_page(alive(w, w.pages))),
    "restore a page": lambda w: w.restore_page(put_away(w, w.pages)),
    "restore and edit a page": lambda w: w.edit_page(w.restore_page(put_away(w, w.pages))),
    "restore, edit and trash a page": lambda w: w.trash_page(
        w.edit_page(w.restore_page(put_away(w, w.pages)))
    ),
    "purge a page": lambda w: w.purge_page(alive(w, w.pages)),
    "purge a page from the trash": lambda w: w.purge_page(put_away(w, w.pages)),
    "archive a page": lambda w: w.archive_page(alive(w, w.pages)),
    "move a page": move_page,
    "comment on, attach to and trash a page": comment_and_trash,
    "trash a blog post": lambda w: w.trash_blog_post(alive(w, w.blog_posts)),
    "trash a blog post, moving its date": lambda w: w.trash_blog_post(
        alive(w, w.blog_posts), bump=True
    ),
    "restore a blog post": lambda w: w.restore_blog_post(put_away(w, w.blog_posts)),
    "purge a blog post": lambda w: w.purge_blog_post(alive(w, w.blog_posts)),
    "delete a comment": lambda w: w.delete_comment(alive(w, w.footer_comments)),
    "trash a file": lambda w: w.trash_attachment(alive(w, w.attachments)),
    "trash a file, moving its date": lambda w: w.trash_attachment(
        alive(w, w.attachments), bump=True
    ),
    "restore a file": lambda w: w.restore_attachment(put_away(w, w.attachments)),
    "purge a file": lambda w: w.purge_attachment(alive(w, w.attachments)),
}
"""What puts content elsewhere, or takes it away, mostly without a date."""

UNSEEN: Deeds = {
    "unarchive a page": lambda w: w.unarchive_page(put_away(w, w.pages, "archived")),
    "move and edit a page": lambda w: w.edit_page(move_page(w)),
    "trash and restore a page": lambda w: w.restore_page(w.trash_page(alive(w, w.pages))),
    "make and purge a page": lambda w: w.purge_page(w.add_page()),
    "change the order of pages": lambda w: w.reorder_page(alive(w, w.pages)),
    "purge a blog post from the trash": lambda w: w.purge_blog_post(put_away(w, w.blog_posts)),
    "purge a file from the trash": lambda w: w.purge_attachment(put_away(w, w.attachments)),
    "delete a comment in a page": lambda w: w.delete_comment(alive(w, w.inline_comments)),
    "resolve a comment in a page": lambda w: w.resolve_comment(alive(w, threads_of(w))),
    "delete a space": lambda w: w.delete_space(some_space(w)),
    "lose sight of a space": lose_sight,
    "edit what is out of sight": lambda w: w.edit_hidden_page(),
    "regain sight of a space": lambda w: w.show_space(),
}
"""More of it."""

OTHERS: Deeds = {
    "label a page": lambda w: label(w, w.pages),
    "label a blog post": lambda w: label(w, w.blog_posts),
    "label a file": lambda w: label(w, w.attachments),
    "take a label off": unlabel,
    "set a property": lambda w: set_property(w, edit=False),
    "add a group": lambda w: w.add_group(),
    "remove a group": remove_group,
    "join a group": join_group,
    "leave a group": leave_group,
}
"""What leaves content as it is."""

EDITS_ON_CLOUD: Deeds = {
    **EDITS,
    "draw a diagram": lambda w: w.add_custom_content(page_id=alive(w, w.pages)),
    "draw over a diagram": lambda w: w.edit_custom_content(alive(w, w.custom_content)),
    "comment on a diagram": lambda w: w.add_footer_comment(content_id=alive(w, w.custom_content)),
}
EDITS_ON_DATA_CENTER: Deeds = {
    **EDITS,
    "tick a task": lambda w: w.edit_page(tick_task(w)),
}
"""There a task is nothing but a part of the text, and to tick it is to edit that."""

OTHERS_ON_CLOUD: Deeds = {**OTHERS, "tick a task": tick_task}


def _moment(content: Content) -> int:
    return content.modified
