"""Every setting of the tap: its name, meaning, type and default; and what follows from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pendulum
from singer_sdk import typing as th

if TYPE_CHECKING:
    from collections.abc import Mapping

TOKEN_PAGE = "https://id.atlassian.com/manage-profile/security/api-tokens"  # noqa: S105
DATE_FORMAT = "YYYY-MM-DD"
CLOUD = "cloud"
DATA_CENTER = "datacenter"

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
            "The site by its URL, instead of `domain`, with its context path if any: "
            "`https://confluence.example.com/confluence`, "
            "`https://your-company.atlassian.net/wiki`."
        ),
        examples=["https://confluence.example.com/confluence"],
    ),
    th.Property(
        "deployment",
        th.StringType,
        title="Deployment",
        allowed_values=["auto", "cloud", "datacenter"],
        default="auto",
        description=(
            "What the site runs: `cloud`, `datacenter` (Data Center or Server), or `auto`, which "
            "goes by the site's address and the kind of credentials, and makes sure."
        ),
    ),
    th.Property(
        "email",
        th.StringType,
        title="E-mail",
        description="Cloud: e-mail address of the Atlassian account that owns the API token.",
    ),
    th.Property(
        "api_token",
        th.StringType,
        title="API token",
        secret=True,
        description=f"Cloud: API token of that account, made at {TOKEN_PAGE}.",
    ),
    th.Property(
        "personal_access_token",
        th.StringType,
        title="Personal access token",
        secret=True,
        description="Data Center: personal access token, made in the profile of the account.",
    ),
    th.Property(
        "username",
        th.StringType,
        title="User name",
        description="Data Center: name of the account, where no personal access token is used.",
    ),
    th.Property(
        "password",
        th.StringType,
        title="Password",
        secret=True,
        description="Data Center: password of that account.",
    ),
    th.Property(
        "oauth_credentials",
        th.ObjectType(
            th.Property(
                "client_id",
                th.StringType,
                title="Client ID",
                required=True,
                description="Id of the OAuth 2.0 app, or of the service account's credential.",
            ),
            th.Property(
                "client_secret",
                th.StringType,
                title="Client secret",
                required=True,
                secret=True,
                description="Secret of that client.",
            ),
            th.Property(
                "refresh_token",
                th.StringType,
                title="Refresh token",
                secret=True,
                description=(
                    "Refresh token of a person who authorised the app (3LO). Without it, the "
                    "client signs in for itself (client credentials of a service account)."
                ),
            ),
            th.Property(
                "access_token",
                th.StringType,
                title="Access token",
                secret=True,
                description="An access token to begin with, if there is one.",
            ),
            th.Property(
                "token_file",
                th.StringType,
                title="Token file",
                description=(
                    "Path of a file in which the newest refresh token is kept for the next run: "
                    "each can be used only once."
                ),
            ),
            additional_properties=False,
        ),
        title="OAuth credentials",
        description="Cloud: sign-in by OAuth 2.0, through the API gateway.",
    ),
    th.Property(
        "use_api_gateway",
        th.BooleanType,
        title="Use the API gateway",
        default=False,
        description=(
            "Cloud: whether to go through Atlassian's gateway, as API tokens with scopes and "
            "tokens of service accounts must. OAuth always does."
        ),
    ),
    th.Property(
        "cloud_id",
        th.StringType,
        title="Cloud ID",
        description="Cloud: id of the site at the gateway. Looked up when absent.",
    ),
    th.Property(
        "api_gateway_url",
        th.StringType,
        title="API gateway URL",
        default="https://api.atlassian.com",
        description="Cloud: address of the gateway.",
    ),
    th.Property(
        "oauth_token_url",
        th.StringType,
        title="OAuth token URL",
        default="https://auth.atlassian.com/oauth/token",
        description="Cloud: address at which OAuth tokens are got.",
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
        "space_keys",
        th.ArrayType(th.StringType),
        title="Space keys",
        description=(
            "Only the spaces with these keys, such as `DOCS` or, for a personal one, `~ana`. "
            "When absent, all spaces are read, new ones included."
        ),
    ),
    th.Property(
        "exclude_space_keys",
        th.ArrayType(th.StringType),
        title="Excluded space keys",
        description="Never the spaces with these keys.",
    ),
    th.Property(
        "space_types",
        th.ArrayType(
            th.StringType(
                allowed_values=[
                    *("global", "personal", "collaboration", "knowledge_base"),
                    *("system", "onboarding", "xflow_sample_space"),
                ]
            )
        ),
        title="Space types",
        description="Only spaces of these types; Data Center has `global` and `personal` ones.",
    ),
    th.Property(
        "include_archived_spaces",
        th.BooleanType,
        title="Include archived spaces",
        default=True,
        description="Whether to read spaces that are archived.",
    ),
    th.Property(
        "root_page_ids",
        th.ArrayType(th.StringType),
        title="Root page IDs",
        description=(
            "Only these pages and all that lie under them, at any depth. Blog posts, and pages in "
            "the trash, lie under no page."
        ),
    ),
    th.Property(
        "exclude_page_ids",
        th.ArrayType(th.StringType),
        title="Excluded page IDs",
        description="Never these pages, nor what lies under them.",
    ),
    th.Property(
        "labels",
        th.ArrayType(th.StringType),
        title="Labels",
        description="Only pages and blog posts that carry one of these labels.",
    ),
    th.Property(
        "exclude_labels",
        th.ArrayType(th.StringType),
        title="Excluded labels",
        description="Never pages and blog posts that carry one of these labels.",
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
        "body_markdown",
        th.BooleanType,
        title="Bodies as Markdown",
        default=False,
        description="Whether to add the body of pages, blog posts and comments as Markdown.",
    ),
    th.Property(
        "body_text",
        th.BooleanType,
        title="Bodies as plain text",
        default=False,
        description="Whether to add the body of pages, blog posts and comments as plain text.",
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


def deployment(config: Mapping[str, Any]) -> str:
    """Tell what the site runs, by its address and the kind of credentials.

    Args:
        config: Settings.

    Returns:
        `cloud` or `datacenter`.
    """
    given = config.get("deployment", "auto")
    if given != "auto":
        return str(given)
    host = urlsplit(str(config.get("base_url") or "")).hostname or ""
    if config.get("domain") or host.endswith(".atlassian.net"):
        return CLOUD
    self_hosted = config.get("personal_access_token") or config.get("username")
    return DATA_CENTER if self_hosted else CLOUD


def anchor(config: Mapping[str, Any]) -> pendulum.DateTime:
    """Return the moment at which a stream without a bookmark starts.

    Args:
        config: Checked settings.

    Returns:
        A moment in UTC.
    """
    if date := config.get("anchor_date"):
        return parse_day(date)
    now = pendulum.now("UTC")
    if days := config.get("lookback_days"):
        return now.subtract(days=days)
    return now.subtract(years=1).start_of("day")


def parse_day(value: str) -> pendulum.DateTime:
    """Read a day, `YYYY-MM-DD`, as its first moment in UTC.

    Raises:
        ValueError: It is not a day.
    """
    return pendulum.from_format(value, DATE_FORMAT, tz="UTC")
