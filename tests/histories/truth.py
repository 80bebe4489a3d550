"""What of a warehouse is not as its site has it, of all that ordinary runs promise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.histories.places import LINKS
from tests.incremental.runs import NEVER_WHOLE
from tests.incremental.warehouse import Warehouse, latest_on

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.demo_site import Wiki
    from tests.demo_site.wiki import Keys
    from tests.histories.deployments import Deployment
    from tests.histories.history import History
    from tests.running import Json, Key


def wrong_rows(deployment: Deployment, history: History) -> Iterator[str]:
    """Say of each row what is wrong with it.

    The keys have to be those of the wiki. The values have to be those of a run that reads the site
    anew, but for what the README says only a full refresh brings: there, what the site had at any
    time since the date of the row will do.
    """
    truth = deployment.truth(history.site)
    anew = Warehouse()
    anew.load(history.read_anew())
    for stream in deployment.streams:
        there, fresh = history.warehouse.keys(stream), anew.keys(stream)
        seen_late = _seen_late(stream, deployment, history)
        if stream == NEVER_WHOLE:
            yield from _said("misses", stream, fresh - there)
        else:
            yield from _said("misses, read anew,", stream, truth[stream] - fresh)
            yield from _said("has, read anew, what is gone:", stream, fresh - truth[stream])
            yield from _said("misses", stream, truth[stream] - there - seen_late)
            yield from _said("keeps", stream, there - truth[stream])
        is_dated = stream in deployment.incremental
        for key in sorted(there & fresh - seen_late):
            row, expected = history.warehouse.tables[stream][key], anew.tables[stream][key]
            for column in row.keys() | expected.keys():
                if not _is_right(history, row, expected, column, is_dated=is_dated):
                    is_, not_ = row.get(column), expected.get(column)
                    yield f"{stream} {key}: {column} is {is_!r}, not {not_!r}"
    for stream in deployment.content:
        written = history.warehouse.latest(stream)
        for id_, (number, modified_at, _) in latest_on(history.site.wiki, stream).items():
            if id_ in written and written[id_][:2] != (number, modified_at):
                yield f"{stream} {id_}: is {written[id_]}, not {number, modified_at}"


def _said(what: str, stream: str, keys: Keys) -> Iterator[str]:
    if keys:
        yield f"{stream} {what} {sorted(keys, key=str)}"


def _is_right(history: History, row: Json, expected: Json, column: str, *, is_dated: bool) -> bool:
    if row.get(column) == expected.get(column):
        return True
    if not is_dated:
        return False
    if column in LINKS:
        return history.places.has_moved(expected)
    if column == "body":
        return expected["id"] in ticked_of_late(history.site.wiki)
    return row.get(column) in history.places.allowed(expected, column)


def ticked_of_late(wiki: Wiki) -> set[str]:
    """Return what has a task that was ticked after the last version, of which the text tells."""
    return {
        task.container.id
        for task in wiki.tasks
        if task.updated is not None and task.updated > task.container.modified
    }


def _seen_late(stream: str, deployment: Deployment, history: History) -> set[Key]:
    """Return what ordinary runs need not have seen: it came without a date."""
    wiki: Wiki = history.site.wiki
    contents = [content for collection in wiki.contents() for content in collection]
    if stream in deployment.not_in_trash:
        restored = {content.id for content in contents if history.places.was_restored(content)}
        return {key for key in deployment.truth(history.site)[stream] if key[0] in restored}
    if stream.endswith("_content_properties"):
        return {
            (content.id, str(prop.num))
            for content in contents
            for prop in content.properties
            if prop.modified > content.modified
        }
    return set()
