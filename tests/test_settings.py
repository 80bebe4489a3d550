"""Settings: each is explained, and none may be wrong without being named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pendulum
import pytest

from tap_confluence.errors import SettingsError
from tap_confluence.settings import SETTINGS, anchor, site_url
from tap_confluence.tap import TapConfluence
from tests.running import run_tap, settings_of, signals_left_alone

if TYPE_CHECKING:
    from pathlib import Path

    from tests.demo_site import DemoSite

VALID = {"domain": "acme", "email": "ana@example.com", "api_token": "a-secret-token"}


def problem_with(**changes: Any) -> str:
    """Return what the tap says about settings, those of them that are None left out."""
    settings = {name: value for name, value in {**VALID, **changes}.items() if value is not None}
    with signals_left_alone(), pytest.raises(SettingsError) as raised:
        TapConfluence(config=settings)
    assert "a-secret-token" not in str(raised.value)
    assert "\n" not in str(raised.value)
    return str(raised.value)


def test_valid_settings_are_accepted() -> None:
    with signals_left_alone():
        tap = TapConfluence(config=dict(VALID))

    assert tap.config["page_size"] == 250
    assert tap.config["max_concurrency"] == 8


@pytest.mark.parametrize("name", SETTINGS["properties"])
def test_every_setting_has_a_title_and_a_description(name: str) -> None:
    setting = SETTINGS["properties"][name]

    assert setting["title"].strip()
    assert setting["description"].rstrip().endswith(".")


@pytest.mark.parametrize(
    ("name", "meant"),
    [("api_tokens", "api_token"), ("base_urls", "base_url"), ("max_retry", "max_retries")],
)
def test_an_unknown_setting_is_named_with_the_one_that_may_be_meant(name: str, meant: str) -> None:
    assert f"Unknown setting '{name}': did you mean '{meant}'?" in problem_with(**{name: "x"})


def test_an_unknown_setting_like_no_other_is_named() -> None:
    assert "Unknown setting 'zzzz': `--about` lists the settings." in problem_with(zzzz=1)


@pytest.mark.parametrize("name", ["email", "api_token"])
@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_setting_is_named_with_the_variable_that_sets_it(
    name: str, value: str | None
) -> None:
    said = problem_with(**{name: value})

    assert f"'{name}' is missing" in said
    assert f"TAP_CONFLUENCE_{name.upper()}" in said


def test_one_of_domain_and_base_url_is_needed() -> None:
    assert "exactly one of 'domain'" in problem_with(domain=None)
    assert "neither is set" in problem_with(domain=None)


def test_only_one_of_domain_and_base_url_is_allowed() -> None:
    assert "both are set" in problem_with(base_url="https://acme.atlassian.net/wiki")


@pytest.mark.parametrize(
    "url",
    [
        "acme.atlassian.net",
        "ftp://acme.example.com",
        "https://",
        "https://acme.example.com/wiki?os_authType=basic",
        "https://acme.example.com/wiki#home",
        "https://acme.example.com:port/wiki",
        "https://acme example.com",
    ],
)
def test_a_base_url_that_is_none_is_shown(url: str) -> None:
    said = problem_with(domain=None, base_url=url)

    assert "'base_url' must be a URL like https://" in said
    assert url in said


def test_credentials_in_a_base_url_are_refused_and_not_shown() -> None:
    said = problem_with(domain=None, base_url="https://ana:hunter2@acme.example.com/wiki")

    assert "without user name" in said
    assert "hunter2" not in said


@pytest.mark.parametrize("domain", ["acme/x", "http://acme", "a b", "acme.atlassian.net?x=1"])
def test_a_domain_that_is_none_is_shown(domain: str) -> None:
    said = problem_with(domain=domain)

    assert "'domain' must be a host name like your-company.atlassian.net" in said
    assert domain in said


@pytest.mark.parametrize("date", ["2024-13-01", "01/02/2024", "yesterday", "2024-02-30", "2024-1"])
def test_a_date_that_is_none_is_shown(date: str) -> None:
    said = problem_with(anchor_date=date)

    assert f"'anchor_date' must be a day like 2024-01-31 (YYYY-MM-DD), not '{date}'" in said


def test_a_run_begins_at_one_moment_only() -> None:
    assert "only one of 'anchor_date'" in problem_with(anchor_date="2024-01-01", lookback_days=3)


def test_a_range_of_spaces_has_its_ends_in_order() -> None:
    assert "must be lower" in problem_with(space_id_from=20, space_id_below=20)


def test_no_source_of_users_is_no_way_to_leave_them_out() -> None:
    assert "'users'" in problem_with(user_sources=[])


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("page_size", 0, "1 or more, not 0"),
        ("page_size", 251, "250 or less, not 251"),
        ("page_size", "250", "of type integer, not '250'"),
        ("page_size", 2.5, "of type integer, not 2.5"),
        ("max_concurrency", -1, "1 or more"),
        ("max_retries", True, "of type integer, not True"),
        ("requests_per_second", 0, "more than 0"),
        ("request_timeout", "soon", "of type number, not 'soon'"),
        ("request_timeout", "-1", "more than 0, not -1.0"),
        ("requests_per_second", "NaN", "of type number, not 'NaN'"),
        ("verify_ssl", "no", "of type boolean, not 'no'"),
        ("body_format", "markdown", "one of storage, atlas_doc_format"),
        ("content_statuses", "current", "of type array, not 'current'"),
        ("domain", 7, "of type string, not 7"),
        ("lookback_days", 0, "1 or more"),
    ],
)
def test_a_value_that_cannot_be_is_named_and_shown(name: str, value: Any, wanted: str) -> None:
    said = problem_with(**{name: value})

    assert f"Setting '{name}' must be" in said
    assert wanted in said


def test_a_value_inside_a_list_is_named_by_its_place() -> None:
    assert "'content_statuses.1' must be one of" in problem_with(
        content_statuses=["current", "gone"]
    )


def test_a_list_of_statuses_is_not_empty() -> None:
    assert "'content_statuses' is empty" in problem_with(content_statuses=[])


@pytest.mark.parametrize("value", [12345678, ["hunter2"], {"token": "hunter2"}])
def test_a_secret_of_the_wrong_type_is_not_shown(value: Any) -> None:
    said = problem_with(api_token=value)

    assert "'api_token' must be of type string" in said
    assert "hunter2" not in said
    assert "12345678" not in said


def test_all_that_is_wrong_is_said_at_once() -> None:
    said = problem_with(page_size=0, max_retries=99, spacekeys=["ENG"])

    assert all(name in said for name in ("page_size", "max_retries", "spacekeys"))


def test_wrong_settings_end_a_run_before_any_request(site: DemoSite) -> None:
    run = run_tap(settings_of(site, page_size=0))

    assert run.exit_status == 1
    assert run.stdout == ""
    assert site.requests == []


@pytest.mark.parametrize(
    ("settings", "url"),
    [
        ({"domain": "acme"}, "https://acme.atlassian.net/wiki"),
        ({"domain": "acme.atlassian.net"}, "https://acme.atlassian.net/wiki"),
        ({"domain": "https://acme.atlassian.net/wiki/"}, "https://acme.atlassian.net/wiki"),
        ({"domain": "wiki.acme.com"}, "https://wiki.acme.com/wiki"),
        ({"base_url": "https://acme.atlassian.net"}, "https://acme.atlassian.net/wiki"),
        ({"base_url": "https://acme.atlassian.net/wiki/"}, "https://acme.atlassian.net/wiki"),
        ({"base_url": "http://localhost:8090/confluence"}, "http://localhost:8090/confluence"),
    ],
)
def test_the_site_is_found_however_it_is_written(settings: dict[str, str], url: str) -> None:
    assert site_url(settings) == url


def test_a_run_begins_at_the_anchor_date() -> None:
    assert anchor({"anchor_date": "2024-02-29"}).isoformat() == "2024-02-29T00:00:00+00:00"


def test_a_run_begins_so_many_days_ago() -> None:
    earliest = pendulum.now("UTC").subtract(days=10)

    assert earliest <= anchor({"lookback_days": 10}) <= pendulum.now("UTC").subtract(days=10)


def test_a_run_begins_a_year_ago_unless_told_otherwise(site: DemoSite) -> None:
    settings = settings_of(site)
    del settings["anchor_date"]
    a_year_ago = pendulum.now("UTC").subtract(years=1).start_of("day")

    run = run_tap(settings, streams=("tasks",))

    assert run.exit_status == 0
    assert anchor({}) == a_year_ago
    assert sum("without a bookmark start at" in line for line in run.log) == 1


@pytest.mark.parametrize(
    ("name", "value"), [("attachment_max_bytes", 10), ("attachment_media_types", ["image/*"])]
)
def test_which_files_to_fetch_needs_a_folder_to_put_them_into(name: str, value: object) -> None:
    assert f"'{name}' needs 'attachment_download_dir'" in problem_with(**{name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("content_macros", {"jira": "name"}),
        ("content_tables", {"merged_cells": "blank"}),
        ("content_images", "omit"),
    ],
)
def test_how_bodies_are_written_needs_bodies_that_are_written(name: str, value: object) -> None:
    assert f"'{name}' needs 'body_markdown' or 'body_text'" in problem_with(**{name: value})
    with signals_left_alone():
        TapConfluence(config={**VALID, name: value, "body_text": True})


def test_links_to_files_need_a_folder_of_files() -> None:
    problem = problem_with(content_links="file", body_markdown=True)
    assert "'content_links' set to 'file' needs 'attachment_download_dir'" in problem


@pytest.mark.parametrize("choice", ["hide", "", "code", "code:", "code:a b", "SHOW"])
def test_what_a_macro_cannot_become_is_shown(choice: str) -> None:
    problem = problem_with(content_macros={"jira": choice}, body_markdown=True)
    assert f"'content_macros' has no {choice!r} for 'jira': choose 'show'" in problem


@pytest.mark.parametrize("tables", [{"merged": "blank"}, {"complex": "pdf"}, "blank"])
def test_what_a_table_cannot_become_is_named(tables: object) -> None:
    problem = problem_with(content_tables=tables, body_markdown=True)
    assert "content_tables" in problem or "did you mean 'merged_cells'" in problem


def test_what_meltano_sets_by_itself_needs_nothing() -> None:
    defaults = {"merged_cells": "repeat", "complex": "markdown"}
    with signals_left_alone():
        TapConfluence(config={**VALID, "content_tables": defaults, "content_macros": {}})


@pytest.mark.parametrize("below", ["", "deeper/still"])
def test_a_folder_for_files_that_is_a_file_is_refused(tmp_path: Path, below: str) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("in the way")

    said = problem_with(attachment_download_dir=str(in_the_way / below))

    assert "'attachment_download_dir' must be a folder that can be written" in said
    assert f"'{in_the_way}' is a file" in said


def test_a_folder_for_files_is_not_made_before_it_is_needed(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    with signals_left_alone():
        TapConfluence(config={**VALID, "attachment_download_dir": str(folder)})

    assert not folder.exists()


@pytest.mark.parametrize("value", ["image", "*/*", "*", "image/", "text/html; charset=utf-8", ""])
def test_a_media_type_that_is_none_is_shown(tmp_path: Path, value: str) -> None:
    said = problem_with(attachment_download_dir=str(tmp_path), attachment_media_types=[value])

    assert f"takes types like image/png or image/*, not {value!r}" in said


def test_no_media_type_at_all_is_refused(tmp_path: Path) -> None:
    said = problem_with(attachment_download_dir=str(tmp_path), attachment_media_types=[])

    assert "'attachment_media_types' is empty" in said


def test_a_largest_size_is_one_byte_or_more(tmp_path: Path) -> None:
    said = problem_with(attachment_download_dir=str(tmp_path), attachment_max_bytes=0)

    assert "'attachment_max_bytes' must be 1 or more" in said
