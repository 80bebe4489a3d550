"""Settings: each is explained, and none may be wrong without being named."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pendulum
import pytest
from jsonschema import Draft202012Validator, FormatChecker

from tap_confluence.errors import SettingsError
from tap_confluence.settings import SETTINGS, anchor, site_url
from tap_confluence.tap import TapConfluence
from tests.demo_site.clock import iso
from tests.running import only, run_tap, settings_of, signals_left_alone

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


@pytest.mark.parametrize(
    "date",
    [
        *("2024-13-01", "01/02/2024", "yesterday", "2024-02-30", "2024-1", "20240131"),
        *("2024-01-31T08:00:00", "2024-01-31T08:00Z", "2024-01-31T25:00:00Z", "2024-01-31T08"),
        *("2024-01-31T08:00:00+25:00", "2024-01-31 08:00:00 UTC", "0001-01-01T00:00:00+14:00"),
    ],
)
def test_a_date_that_is_none_is_shown(date: str) -> None:
    said = problem_with(anchor_date=date)

    assert (
        "'anchor_date' must be a day like 2024-01-31 (YYYY-MM-DD), or a time with its zone" in said
    )
    assert said.endswith(f"not '{date}'.")


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
        ("lookback_days", 1_000_000_000, "36525 or less"),
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


@pytest.mark.parametrize(
    ("date", "begins"),
    [
        ("2024-02-29T08:30:00Z", "2024-02-29T08:30:00+00:00"),
        ("2024-02-29T08:30:00+02:00", "2024-02-29T06:30:00+00:00"),
        ("2024-02-29t23:30:00.25-05:30", "2024-03-01T05:00:00.250000+00:00"),
        ("2024-02-29 08:30:00z", "2024-02-29T08:30:00+00:00"),
        ("0001-01-01", "1970-01-01T00:00:00+00:00"),
    ],
)
def test_a_run_begins_at_a_time_with_its_zone(date: str, begins: str) -> None:
    with signals_left_alone():
        tap = TapConfluence(config={**VALID, "anchor_date": date})

    assert anchor(tap.config).isoformat() == begins


def test_the_schema_of_the_anchor_date_takes_days_and_times() -> None:
    schema = SETTINGS["properties"]["anchor_date"]
    validator = Draft202012Validator(schema, format_checker=FormatChecker())

    Draft202012Validator.check_schema(schema)
    assert {each["format"] for each in schema["allOf"][0]["anyOf"]} == {"date", "date-time"}
    assert validator.is_valid("2024-01-31")
    assert validator.is_valid("2024-01-31T08:00:00Z")
    assert validator.is_valid(None)
    assert not validator.is_valid(20240131)


def test_what_changed_before_the_time_of_the_anchor_date_is_left_out(site: DemoSite) -> None:
    moments = sorted(iso(page.modified) for page in site.wiki.pages)
    middle = datetime.fromisoformat(moments[len(moments) // 2]).replace(microsecond=0)
    here = middle.astimezone(timezone(timedelta(hours=-7)))

    run = run_tap(settings_of(site, anchor_date=here.isoformat()), streams=("pages",))

    wanted = {
        page.id
        for page in site.wiki.pages
        if datetime.fromisoformat(iso(page.modified)) >= middle and page.status != "trashed"
    }
    found = {row["id"] for row in run.records["pages"] if row["status"] != "trashed"}
    assert 0 < len(wanted) < len(site.wiki.pages)
    assert found == wanted


def test_an_anchor_date_in_the_future_is_said_to_be_so_once(site: DemoSite) -> None:
    run = run_tap(settings_of(site, anchor_date="2999-01-01"), streams=("pages", "blog_posts"))

    [line] = [line for line in run.log if "WARNING" in line]
    assert "'anchor_date' (2999-01-01) lies in the future" in line
    assert run.exit_status == 0
    assert run.records == {}
    again = run_tap(settings_of(site), run.state, only("pages"))
    assert set(again.keys("pages")) == site.truth()["pages"]


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


@pytest.mark.parametrize(
    ("stream_map", "why"),
    [
        ({"title": ""}, "'title' is no expression that can be read, '' (it is empty)"),
        ({"title": "md5("}, "'title' is no expression"),
        ({"title": "a = 1"}, "'title' is no expression"),
        ({"title": "\0"}, "'title' is no expression"),
        ({"title": "(" * 300 + "title" + ")" * 300}, "'title' is no expression"),
        ({"title": 5}, "'title' must be an expression, which is a text, not 5"),
        ({"title": {"x": "y"}}, "'title' must be an expression"),
        ({"__filter__": "x = 1"}, "'__filter__' is no expression"),
        ({"__filter__": None}, "'__filter__' must be an expression"),
        ({"__else__": "x"}, "'__else__' can only be null, not 'x'"),
        ({"__alias__": "1 +"}, "'__alias__' must be the name of a stream"),
        ({"__alias__": 5}, "'__alias__' must be the name of a stream"),
        ({"__source__": ""}, "'__source__' must be the name of a stream"),
        ({"__key_properties__": "id"}, "'__key_properties__' must be a list of names"),
        ("articles", "must be an object, or null to leave out the stream, not 'articles'"),
        (5, "must be an object, or null to leave out the stream, not 5"),
    ],
)
def test_a_stream_map_that_cannot_be_is_named(stream_map: object, why: str) -> None:
    said = problem_with(stream_maps={"pages": stream_map})

    assert "Setting 'stream_maps.pages'" in said
    assert why in said


def test_an_option_of_stream_maps_that_there_is_not_is_named() -> None:
    assert "'stream_maps.__foo__'" in problem_with(stream_maps={"__foo__": None})
    assert "'stream_maps.__else__' can only be null" in problem_with(stream_maps={"__else__": "x"})
    assert "'stream_maps' must be of type object" in problem_with(stream_maps=["pages"])


@pytest.mark.parametrize("depth", [None, 0, -1])
def test_flattening_needs_a_depth(depth: int | None) -> None:
    said = problem_with(flattening_enabled=True, flattening_max_depth=depth)

    assert "'flattening_max_depth'" in said


JSONL = {"format": "jsonl"}


@pytest.mark.parametrize(
    ("batch", "why"),
    [
        ({"encoding": JSONL}, "'batch_config.storage.root' is missing"),
        ({"encoding": JSONL, "storage": {}}, "'batch_config.storage.root' is missing"),
        ({"storage": {"root": "."}}, "'batch_config.encoding.format' is missing"),
        ({"encoding": {"format": "csv"}, "storage": {"root": "."}}, "one of jsonl, parquet"),
        ({"encoding": {**JSONL, "compression": "zip"}, "storage": {"root": "."}}, "gzip, none"),
        (
            {"encoding": {**JSONL, "level": 9}, "storage": {"root": "."}},
            "'batch_config.encoding.l",
        ),
        ({"encoding": JSONL, "storage": {"root": "."}, "size": 5}, "'batch_config.size'"),
        ({"encoding": JSONL, "storage": {"root": "."}, "batch_size": 0}, "whole number"),
        ({"encoding": JSONL, "storage": {"root": "."}, "batch_size": "5"}, "whole number"),
        ({"encoding": JSONL, "storage": {"root": "nosuch://x"}}, "Unsupported filesystem"),
        ({"encoding": JSONL, "storage": {"root": 5}}, "of type string, not 5"),
        ({"encoding": JSONL, "storage": "."}, "of type object, not '.'"),
    ],
)
def test_where_and_how_to_write_batches_is_checked(batch: dict[str, Any], why: str) -> None:
    assert why in problem_with(batch_config=batch)


@pytest.mark.parametrize("scheme", ["", "file://"])
def test_a_root_of_batches_that_cannot_be_written_is_named(tmp_path: Path, scheme: str) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("in the way")
    storage = {"root": f"{scheme}{in_the_way}/deeper"}

    said = problem_with(batch_config={"encoding": JSONL, "storage": storage})

    assert (
        f"'batch_config.storage.root' must be a folder that can be written: '{in_the_way}'" in said
    )


ODD: tuple[Any, ...] = (
    *("x", "", 5, -1, 1.5, 10**20, True, [], ["x"], [1], [None], {}, {"a": 1}, [["x"]]),
    *("\0", "\ud800", float("inf"), {"pages": None}),
)
"""Values of all kinds, few of which are any setting's."""


@pytest.mark.parametrize("name", [*SETTINGS["properties"], *("stream_maps", "batch_config")])
def test_no_value_of_any_setting_is_more_than_one_line_of_complaint(name: str) -> None:
    complaints = [said for value in ODD if (said := complaint_about({**VALID, name: value}))]

    assert complaints
    assert not any("\n" in said for said in complaints)
    assert all(name in said or "Set " in said for said in complaints)


def complaint_about(settings: dict[str, Any]) -> str | None:
    """Return what the tap says about settings, if anything."""
    with signals_left_alone():
        try:
            TapConfluence(config=settings)
        except SettingsError as error:
            return str(error)
    return None


@pytest.mark.parametrize("name", SETTINGS["properties"])
def test_a_setting_that_is_null_is_not_set(name: str) -> None:
    others = {k: v for k, v in VALID.items() if k != name}
    with signals_left_alone():
        unset, null = (
            TapConfluence(config=config, validate_config=False, setup_mapper=False)
            for config in (others, {**others, name: None})
        )

    assert dict(null.config) == dict(unset.config)


@pytest.mark.parametrize("deployment", ["server", "", 5, ["cloud"]])
def test_streams_of_a_deployment_that_there_is_not_cannot_be_discovered(deployment: Any) -> None:
    config = {**VALID, "deployment": deployment}
    with signals_left_alone(), pytest.raises(SettingsError, match="'deployment' must be one of"):
        TapConfluence(config=config, validate_config=False, setup_mapper=False).run_discovery()


def test_a_run_whose_settings_are_null_is_one_with_the_defaults(site: DemoSite) -> None:
    nulls = {name: None for name in SETTINGS["properties"] if name not in settings_of(site)}

    run = run_tap(settings_of(site, **nulls), streams=("groups", "tasks"))

    assert run.exit_status == 0
    assert set(run.keys("tasks")) == site.truth()["tasks"]
