"""Whatever happens in whatever order, the union of all runs is the whole truth."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.datacenter.runs import (
    CONTENT,
    INCREMENTAL,
    ClockedDataCenter,
    only,
    sync,
    truth_of,
)
from tests.incremental import small_wiki
from tests.incremental.runs import killed_after, last_state
from tests.incremental.test_interleavings import Sync
from tests.incremental.warehouse import Warehouse, latest_on

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tests.demo_site import Wiki
    from tests.running import Json

HOUR_MS = 3_600_000


def add_task(wiki: Wiki) -> None:
    """On Data Center a task is a part of the text, and to add one is to edit it."""
    page = wiki.edit_page()
    wiki.add_task(page)


def living(wiki: Wiki, collection: Iterable[Any]) -> str:
    """Choose something that can be worked with: neither it nor what it is on is put away."""
    found = [
        content.id
        for content in collection
        if content.status == getattr(content, "container", content).status == "current"
    ]
    return str(wiki.dice.choice(found))


def attach_and_trash(wiki: Wiki) -> None:
    page = wiki.add_page()
    wiki.add_attachment(page)
    wiki.add_footer_comment(page)
    wiki.trash_page(page)


PEOPLE_MAY: dict[str, Callable[[Wiki], object]] = {
    **{deed: do for deed, do in small_wiki.PEOPLE_MAY.items() if "diagram" not in deed},
    "add a task": add_task,
    "archive a page": lambda wiki: wiki.archive_page(),
    "attach a file and trash the page": attach_and_trash,
    "comment on a blog post": lambda w: w.add_footer_comment(blog_post_id=living(w, w.blog_posts)),
    "reply": lambda w: w.add_footer_comment(parent_id=living(w, w.footer_comments)),
    "reply in a page": lambda w: w.add_inline_comment(parent_id=living(w, w.inline_comments)),
    "edit a comment": lambda w: w.edit_comment(living(w, w.footer_comments)),
    "attach a new version": lambda w: w.edit_attachment(living(w, w.attachments)),
}
"""As on Cloud, but that nobody can work on what is archived or in the trash."""

DEEDS = st.sampled_from(sorted(PEOPLE_MAY))
RUNS = st.builds(
    Sync,
    st.integers(0, 100) | st.just(100),
    st.dictionaries(st.integers(0, 60), DEEDS, max_size=6),
)
HISTORIES = st.lists(st.one_of(DEEDS, DEEDS, RUNS), max_size=14)
TICKS = st.sampled_from([HOUR_MS, 9 * HOUR_MS, 40 * HOUR_MS])
"""The overlap spans 24 changes, or two, or none."""


@pytest.fixture(autouse=True, scope="module")
def _many_states() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tap_confluence.output.writer.RECORDS_TO_STATE", 0)
        yield


@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(
    history=HISTORIES,
    tick_ms=TICKS,
    time_zone=st.sampled_from(["Pacific/Kiritimati", "UTC", "Pacific/Pago_Pago"]),
)
def test_any_interleaving_ends_with_the_truth(
    history: list[str | Sync], tick_ms: int, time_zone: str
) -> None:
    wiki = small_wiki.small_wiki(tick_ms=tick_ms)
    warehouse = Warehouse()
    with ClockedDataCenter(wiki, time_zone=time_zone) as site:
        site.faults.caps = {"bare": 5, "expand": 5, "body": 4}
        state = None
        for event in history:
            if isinstance(event, Sync):
                state = disturbed_run(site, state, event, warehouse)
            else:
                do(wiki, event)
        disturbed_run(site, state, Sync(100, {}), warehouse)

        truth = truth_of(site)
    for stream in INCREMENTAL:
        assert warehouse.keys(stream) >= truth[stream], stream
    for stream in set(CONTENT) - {"attachments"}:
        written = warehouse.latest(stream)
        for id_, latest in latest_on(wiki, stream).items():
            assert written[id_] == latest, stream


def disturbed_run(
    site: ClockedDataCenter, state: Json | None, event: Sync, warehouse: Warehouse
) -> Json | None:
    """Run the tap while people work, kill it, and load what it had written until then.

    Returns:
        The state that the next run gets.
    """
    before = len(site.requests)

    def disturb(number: int, _path: str) -> None:
        if number - before in event.deeds:
            do(site.wiki, event.deeds[number - before])

    site.faults.before_request = disturb
    run = sync(site, state, only(*INCREMENTAL, "page_labels"), max_concurrency=1)
    site.faults.before_request = None
    assert run.exit_status == 0, run.complaints
    left = killed_after(run, len(run.messages) * event.percent_written // 100)
    warehouse.load(left)
    return last_state(left) or state


def do(wiki: Wiki, deed: str) -> None:
    """Do something to items that the wiki chooses, unless there are none left."""
    with contextlib.suppress(LookupError, StopIteration):
        PEOPLE_MAY[deed](wiki)
