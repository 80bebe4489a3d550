"""Every setting of the tap: its name, meaning, type and default, and how the set is checked."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pendulum
from jsonschema import Draft202012Validator
from singer_sdk import typing as th

from tap_confluence.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TOKEN_PAGE = "https://id.atlassian.com/manage-profile/security/api-tokens"  # noqa: S105
DATE_FORMAT = "YYYY-MM-DD"

SETTINGS: dict[str, Any] = th.PropertiesList(
    th.Property(
        "domain",
        th.StringType,
        title="Domain",
        description=(
            "The Confluence Cloud site: `your-company.atlassian.net`, or just `your-company`. "
            "Exactly one of `domain` and `base_url` is needed."
        ),
        examples=["your-company.atlassian.net"],
    ),
    th.Property(
        "base_url",
        th.StringType,
        title="Base URL",
        description=(
            "The site by its URL, instead of `domain`: `https://your-company.atlassian.net/wiki`."
        ),
        examples=["https://your-company.atlassian.net/wiki"],
    ),
    th.Property(
        "deployment",
        th.StringType,
        title="Deployment",
        allowed_values=["auto", "cloud"],
        default="auto",
        description="What the site runs: `auto` finds out, `cloud` is Confluence Cloud.",
    ),
    th.Property(
        "email",
        th.StringType,
        title="E-mail",
        required=True,
        description="E-mail address of the Atlassian account that owns the API token.",
    ),
    th.Property(
        "api_token",
        th.StringType,
        title="API token",
        required=True,
        secret=True,
        description=f"API token of that account, made at {TOKEN_PAGE}.",
    ),
    th.Property(
        "anchor_date",
        th.DateType,
        title="Anchor date",
        description=(
            "Incremental streams start at this day (`YYYY-MM-DD`, UTC) when they have no bookmark "
            "yet. Defaults to one year ago. Streams replicated in full ignore it."
        ),
        examples=["2024-01-01"],
    ),
    th.Property(
        "lookback_days",
        th.IntegerType(minimum=1),
        title="Lookback days",
        description="Instead of `anchor_date`: start this many days before now.",
    ),
    th.Property(
        "content_statuses",
        th.ArrayType(th.StringType(allowed_values=["current", "archived", "trashed"])),
        title="Content statuses",
        default=["current", "archived", "trashed"],
        description=(
            "Statuses of the pages, blog posts and attachments to read. Blog posts are never "
            "archived."
        ),
    ),
    th.Property(
        "body_format",
        th.StringType,
        title="Body format",
        allowed_values=["storage", "atlas_doc_format", "none"],
        default="storage",
        description=(
            "Format of the bodies of pages, blog posts, comments, tasks and custom content: "
            "`storage` (XHTML with macros), `atlas_doc_format` (JSON) or `none`."
        ),
    ),
    th.Property(
        "custom_content_types",
        th.ArrayType(th.StringType),
        title="Custom content types",
        description=(
            "Types of custom content to read, such as "
            "`ac:com.mxgraph.confluence.plugins.diagramly:drawio-diagram`. When absent, the site "
            "is asked which types it has."
        ),
    ),
    th.Property(
        "page_size",
        th.IntegerType(minimum=1, maximum=250),
        title="Page size",
        default=250,
        description="Items to ask for in one list request.",
    ),
    th.Property(
        "max_concurrency",
        th.IntegerType(minimum=1, maximum=100),
        title="Maximum concurrency",
        default=8,
        description="Requests in flight at the same time.",
    ),
    th.Property(
        "requests_per_second",
        th.NumberType(exclusive_minimum=0),
        title="Requests per second",
        description=(
            "A ceiling on the request rate. When absent, the pace follows the site's answers."
        ),
    ),
    th.Property(
        "max_retries",
        th.IntegerType(minimum=0, maximum=20),
        title="Maximum retries",
        default=5,
        description=(
            "How often a request is repeated after a server error, a time-out, a broken "
            "connection or an unreadable answer, before the run gives up."
        ),
    ),
    th.Property(
        "request_timeout",
        th.NumberType(exclusive_minimum=0),
        title="Request timeout",
        default=120,
        description="Seconds to wait for the site to answer.",
    ),
    th.Property(
        "max_rate_limit_wait",
        th.NumberType(minimum=0),
        title="Maximum rate limit wait",
        default=3600,
        description=(
            "Longest pause, in seconds, that the site may impose by its rate limit. When it asks "
            "for more, the run writes its state and stops."
        ),
    ),
    th.Property(
        "verify_ssl",
        th.BooleanType,
        title="Verify TLS",
        default=True,
        description="Whether to verify the site's TLS certificate.",
    ),
    th.Property(
        "ca_bundle",
        th.StringType,
        title="CA bundle",
        description="Path of a PEM file of certificate authorities to trust.",
    ),
    th.Property(
        "user_agent",
        th.StringType,
        title="User agent",
        description="The User-Agent header. Defaults to the tap's name and version.",
    ),
    th.Property(
        "emit_activate_version_messages",
        th.BooleanType,
        title="Emit ACTIVATE_VERSION messages",
        default=True,
        description=(
            "Whether a stream that was read in full and without error ends with an "
            "ACTIVATE_VERSION message, by which a target removes the rows that are gone."
        ),
    ),
    additional_properties=False,
).to_dict()


def check_settings(config: Mapping[str, Any], schema: Mapping[str, Any]) -> None:
    """Check the settings, one by one and against each other.

    Args:
        config: The settings as given, defaults filled in.
        schema: The JSON schema of all settings, those of the SDK included.

    Raises:
        SettingsError: Naming every setting that is wrong, and the fix.
    """
    problems = [
        _explain(error, schema) for error in Draft202012Validator(schema).iter_errors(config)
    ]
    problems += _contradictions(config)
    if problems:
        raise SettingsError(" ".join(problems))


def site_url(config: Mapping[str, Any]) -> str:
    """Return the root of the site, without a slash at the end.

    Args:
        config: Checked settings.

    Returns:
        Such as `https://your-company.atlassian.net/wiki`.
    """
    if base_url := config.get("base_url"):
        root = str(base_url).rstrip("/")
        parts = urlsplit(root)
        is_bare_cloud_host = (parts.hostname or "").endswith(".atlassian.net") and not parts.path
        return f"{root}/wiki" if is_bare_cloud_host else root
    host = str(config["domain"]).strip().removeprefix("https://").rstrip("/").removesuffix("/wiki")
    return f"https://{host if '.' in host else f'{host}.atlassian.net'}/wiki"


def anchor(config: Mapping[str, Any]) -> pendulum.DateTime:
    """Return the moment at which a stream without a bookmark starts.

    Args:
        config: Checked settings.

    Returns:
        A moment in UTC.
    """
    if date := config.get("anchor_date"):
        return _parse_day(date)
    now = pendulum.now("UTC")
    if days := config.get("lookback_days"):
        return now.subtract(days=days)
    return now.subtract(years=1).start_of("day")


def _parse_day(value: str) -> pendulum.DateTime:
    return pendulum.from_format(value, DATE_FORMAT, tz="UTC")


def _explain(error: Any, schema: Mapping[str, Any]) -> str:  # noqa: PLR0911 - one for each kind
    """Say in one sentence which setting is wrong, never showing a value that may be a secret."""
    if error.validator == "additionalProperties" and not error.path:
        known = list(schema["properties"])
        unknown = sorted(set(error.instance) - set(known))
        return " ".join(_unknown(name, known) for name in unknown)
    if error.validator == "required" and not error.path:
        return _missing(error.message.split("'")[1])
    name = ".".join(str(part) for part in error.path)
    wanted = error.validator_value
    shown = "" if error.schema.get("secret") else f", not {error.instance!r}"
    match error.validator:
        case "enum":
            return f"Setting '{name}' must be one of {', '.join(map(str, wanted))}{shown}."
        case "type":
            kinds = [wanted] if isinstance(wanted, str) else [k for k in wanted if k != "null"]
            return f"Setting '{name}' must be of type {' or '.join(kinds)}{shown}."
        case "minimum":
            return f"Setting '{name}' must be {wanted} or more{shown}."
        case "exclusiveMinimum":
            return f"Setting '{name}' must be more than {wanted}{shown}."
        case "maximum":
            return f"Setting '{name}' must be {wanted} or less{shown}."
        case _:
            return f"Setting '{name}' is not valid ({error.validator})."


def _unknown(name: str, known: list[str]) -> str:
    closest = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean '{closest[0]}'?" if closest else "`--about` lists the settings."
    return f"Unknown setting '{name}': {hint}"


def _missing(name: str) -> str:
    where = f", made at {TOKEN_PAGE}," if name == "api_token" else ""
    return f"Setting '{name}' is missing: set it{where} as TAP_CONFLUENCE_{name.upper()}."


def _contradictions(config: Mapping[str, Any]) -> Iterator[str]:
    domain, base_url = config.get("domain"), config.get("base_url")
    if bool(domain) == bool(base_url):
        yield (
            "Set exactly one of 'domain' (your-company.atlassian.net) and 'base_url' "
            f"({'both are' if domain else 'neither is'} set)."
        )
    if base_url and not _is_web_address(base_url):
        yield (
            "Setting 'base_url' must be a URL like https://your-company.atlassian.net/wiki, "
            f"without user name, query or fragment, not {_without_credentials(base_url)!r}."
        )
    if domain and not _is_host(domain):
        yield (
            "Setting 'domain' must be a host name like your-company.atlassian.net, "
            f"not {_without_credentials(domain)!r}."
        )
    if config.get("anchor_date") and config.get("lookback_days"):
        yield "Set only one of 'anchor_date' and 'lookback_days'."
    date = config.get("anchor_date")
    if isinstance(date, str):
        try:
            _parse_day(date)
        except ValueError:
            yield f"Setting 'anchor_date' must be a day like 2024-01-31 (YYYY-MM-DD), not {date!r}."
    if config.get("content_statuses") == []:
        yield "Setting 'content_statuses' is empty: name at least one status."
    for name in ("email", "api_token"):
        if config.get(name) == "":
            yield _missing(name)


def _is_web_address(value: object) -> bool:
    try:
        parts = urlsplit(str(value))
        _ = parts.port
    except ValueError:
        return False
    return (
        parts.scheme in {"http", "https"}
        and bool(parts.hostname)
        and not (parts.username or parts.password or parts.query or parts.fragment)
        and not any(character.isspace() for character in str(value))
    )


def _is_host(value: object) -> bool:
    host = str(value).strip().removeprefix("https://").rstrip("/").removesuffix("/wiki")
    return bool(host) and all(c.isalnum() or c in "-.:" for c in host)


def _without_credentials(value: object) -> str:
    before, at, after = str(value).rpartition("@")
    return f"...@{after}" if at and before else str(value)
