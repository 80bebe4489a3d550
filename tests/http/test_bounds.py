"""Answers that go on for ever, or become larger than any real one, end in time and in one line."""

from __future__ import annotations

import re
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest

from tap_confluence.errors import RetriesExhaustedError
from tap_confluence.http import Basic, Client, RateLimit
from tap_confluence.http.transport import bounds
from tests.datacenter import runs
from tests.demo_site import DemoSite, GatewaySite, Wiki
from tests.demo_site.datacenter import DataCenterSite
from tests.demo_site.unbounded import KINDS
from tests.running import run_tap, settings_of
from tests.waits import waits_skipped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tap_confluence.http import StopFlag
    from tests.demo_site.loopback import LoopbackSite
    from tests.running import Run

REASONS = {
    "dribble": r"only \d+ bytes of the answer came in",
    "dribbling-headers": r"only \d+ bytes of the answer came in",
    "trickle": "the answer takes longer than",
    # Python 3.14 has a bound of its own.
    "endless-headers": "there is no end to the headers after 1 MB|got more than 100 interim",
    "many-headers": "got more than 100 headers",
    "endless": "the answer has more than 2 MB",
    "huge": "the answer is said to have 10240 MB",
    "bomb": r"\d+ KB of the answer unpack to more than 1 MB",
    "deep": "nested more than 900 levels deep",
}
FEW = ("dribble", "huge", "bomb", "deep")
SLOW = ("dribble", "dribbling-headers", "trickle")
"""What only time puts an end to. All others end by their size, however slow the machine is."""

PATIENCE, MUCH_PATIENCE = 0.2, 30
SITES: dict[str, type[LoopbackSite]] = {"cloud": DemoSite, "data_center": DataCenterSite}
LISTS = {"cloud": "/api/v2/labels", "data_center": "/rest/auditing/1.0/events"}
STREAMS = {"cloud": "labels", "data_center": "audit_records"}


@pytest.fixture(autouse=True)
def _low_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """What would take long to exceed is exceeded soon, by answers that are as endless."""
    monkeypatch.setattr(bounds, "MOST_BYTES", 2 << 20)
    monkeypatch.setattr(bounds, "MOST_PACKED_BYTES", 1 << 20)
    monkeypatch.setattr(bounds, "MOST_TIMEOUTS", 2)


def settings(site: LoopbackSite, **more: Any) -> dict[str, Any]:
    impatient = {"request_timeout": PATIENCE, "max_retries": 1, **more}
    if isinstance(site, DataCenterSite):
        return runs.settings_of(site, **impatient)
    assert isinstance(site, DemoSite)
    return settings_of(site, **impatient)


@pytest.fixture(params=SITES)
def deployment(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def wiki_site(deployment: str) -> Iterator[LoopbackSite]:
    with SITES[deployment](Wiki.seeded(pages=12, seed=7)) as site:  # type: ignore[call-arg]
        yield site


def complaint_of(run: Run) -> str:
    assert run.exit_status == 1
    assert "Traceback" not in run.stderr
    [complaint] = run.complaints
    return complaint


@pytest.mark.each_value
@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_without_bounds_is_given_up_in_one_line(
    wiki_site: LoopbackSite, deployment: str, kind: str
) -> None:
    faults(wiki_site).fail_next(100, kind, LISTS[deployment], delay=0.01)

    patience = PATIENCE if kind in SLOW else MUCH_PATIENCE
    config = settings(wiki_site, max_retries=0, request_timeout=patience)
    run = run_tap(config, streams=(STREAMS[deployment],))

    complaint = complaint_of(run)
    assert f"Gave up on {LISTS[deployment]}" in complaint
    assert re.search(REASONS[kind], complaint), complaint
    # It is tried in parts and from its other end, but not for ever.
    assert wiki_site.count(LISTS[deployment]) < 20
    assert not any(run.keys(STREAMS[deployment]))


@pytest.mark.each_value
@pytest.mark.parametrize("kind", KINDS)
def test_one_that_comes_well_the_second_time_costs_nothing(
    wiki_site: LoopbackSite, deployment: str, kind: str
) -> None:
    faults(wiki_site).fail_next(1, kind, LISTS[deployment], delay=0.01)

    with waits_skipped():
        run = run_tap(settings(wiki_site), streams=(STREAMS[deployment],))

    assert run.exit_status == 0, run.stderr
    assert set(run.keys(STREAMS[deployment])) == wiki_site.truth()[STREAMS[deployment]]


@pytest.mark.parametrize("kind", FEW)
def test_the_sign_in_ends_likewise(wiki_site: LoopbackSite, kind: str) -> None:
    faults(wiki_site).fail_next(100, kind, "/rest/api/user/current", delay=0.01)

    run = run_tap(settings(wiki_site, max_retries=0))

    assert re.search(REASONS[kind], complaint_of(run))
    assert run.stdout == ""


@pytest.mark.parametrize("status", [403, 429, 500])
def test_what_is_said_of_a_failure_is_bounded_too(status: int, site: DemoSite) -> None:
    """A refusal whose words do not end is one more unreadable answer."""
    site.faults.fail_next(100, "bomb", "/api/v2/labels", status=status)

    with waits_skipped():
        run = run_tap(settings(site), streams=("labels",))

    assert re.search(REASONS["bomb"], complaint_of(run))


@pytest.fixture
def gateway() -> Iterator[GatewaySite]:
    with GatewaySite(Wiki.seeded(pages=12, seed=7)) as site:
        yield site


@pytest.mark.parametrize("kind", FEW)
@pytest.mark.parametrize("path", ["/oauth/token", "/../_edge/tenant_info"])
def test_what_comes_from_elsewhere_is_bounded_too(
    gateway: GatewaySite, path: str, kind: str
) -> None:
    gateway.faults.fail_next(100, kind, path, delay=0.01)
    client = {"client_id": gateway.client_id, "client_secret": gateway.client_secret}

    with waits_skipped():
        run = run_tap(
            {
                "base_url": gateway.base_url,
                "api_gateway_url": gateway.gateway_url,
                "oauth_token_url": gateway.oauth_token_url,
                "oauth_credentials": client,
                "request_timeout": PATIENCE,
            }
        )

    complaint = complaint_of(run)
    assert path.removeprefix("/..") in complaint
    assert re.search(REASONS[kind], complaint), complaint
    assert run.stdout == ""


@pytest.mark.parametrize("kind", ["bomb", "huge", "endless"])
def test_what_is_too_large_takes_no_more_memory_than_what_may_come(
    site: DemoSite, stop: StopFlag, kind: str
) -> None:
    site.faults.fail_next(100, kind, "/api/v2/labels")
    client = Client(site.base_url, Basic("a", "b"), RateLimit(), stop, max_retries=0)

    tracemalloc.start()
    try:
        with pytest.raises(RetriesExhaustedError, match=REASONS[kind]):
            client.get("/api/v2/labels", tag="labels")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    # The site runs in the same process, and has a megabyte in hand of what it sends.
    assert peak < 8 << 20


def faults(site: LoopbackSite) -> Any:
    assert isinstance(site, DemoSite | DataCenterSite)
    return site.faults


FILES = {"cloud": "/file/", "data_center": "/download/attachments/"}
FILE_REASONS = {
    **{kind: why for kind, why in REASONS.items() if kind != "trickle"},
    "endless": "the answer has more than 1 MB",
    "bomb": "the answer has more than 1 MB",
    "deep": r"6001 bytes came of a file that is said to have \d+",
}


def leave_two_files(wiki: Wiki) -> None:
    """Put all files but two into the trash, as it takes some time to give one up."""
    for number, file in enumerate([*wiki.attachments]):
        file.size = 1000
        if number > 1 and file.status == "current":
            wiki.trash_attachment(file.id)


@pytest.mark.each_value
@pytest.mark.parametrize("kind", FILE_REASONS)
def test_a_file_without_bounds_is_given_up(
    wiki_site: LoopbackSite, deployment: str, kind: str, tmp_path: Path
) -> None:
    leave_two_files(wiki_site.wiki)
    # What has another size than it is said to have is believed the second time.
    again = 0 if kind == "deep" else 1
    faults(wiki_site).fail_next(1000, kind, FILES[deployment], delay=0.02)
    more = {"attachment_download_dir": str(tmp_path), "max_retries": again, "max_concurrency": 1}

    with waits_skipped():
        run = run_tap(settings(wiki_site, **more), streams=("attachments",))

    assert "Traceback" not in run.stderr
    assert re.search(FILE_REASONS[kind], run.stderr)
    fetched = [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".part"]
    assert not fetched


@pytest.mark.each_value
@pytest.mark.parametrize("kind", ["endless", "bomb", "huge"])
def test_a_file_beyond_the_wanted_size_is_left_out(
    wiki_site: LoopbackSite, deployment: str, kind: str, tmp_path: Path
) -> None:
    leave_two_files(wiki_site.wiki)
    faults(wiki_site).fail_next(1000, kind, FILES[deployment], delay=0.02)
    more = {"attachment_download_dir": str(tmp_path), "attachment_max_bytes": 100_000}

    run = run_tap(settings(wiki_site, **more), streams=("attachments",))

    assert run.exit_status == 0, run.stderr
    assert set(run.keys("attachments")) == wiki_site.truth()["attachments"]
    reasons = {r["fileSkipped"] for r in run.records["attachments"] if r["status"] == "current"}
    assert reasons == {"too large"}


def test_a_file_that_comes_slowly_but_steadily_comes_whole(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(bounds, "MOST_TIMEOUTS", 0.01)
    monkeypatch.setattr(bounds, "LOWEST_RATE", 1)
    wiki = Wiki.seeded(pages=12, seed=7)
    for file in wiki.attachments:
        file.size = 1000
    slow = next(each for each in wiki.attachments if each.status == "current")
    slow.size = 80_000
    with DemoSite(wiki) as site:
        site.faults.file_pause = 0.005
        run = run_tap(
            settings(site, attachment_download_dir=str(tmp_path), request_timeout=5),
            streams=("attachments",),
        )
        whole = site.media.content(slow)

    assert run.exit_status == 0, run.stderr
    [record] = [each for each in run.records["attachments"] if each["id"] == slow.id]
    assert (tmp_path / record["filePath"]).read_bytes() == whole
