"""The settings that say which site to read and how to sign in."""

from __future__ import annotations

from typing import Any

from singer_sdk import typing as th

from tap_confluence.settings.values import TOKEN_PAGE

SITE: tuple[th.Property[Any], ...] = (
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
        "client_certificate",
        th.StringType,
        title="Client certificate",
        secret=True,
        description=(
            "Certificate that a self-hosted site, or a proxy before it, asks for: the path of a "
            "PEM file, or its text, with the key in it unless `client_certificate_key` has that. "
            "Only the site gets to see it."
        ),
    ),
    th.Property(
        "client_certificate_key",
        th.StringType,
        title="Client certificate key",
        secret=True,
        description="Key of the client certificate: the path of a PEM file, or its text.",
    ),
    th.Property(
        "client_certificate_passphrase",
        th.StringType,
        title="Client certificate passphrase",
        secret=True,
        description="Passphrase of that key, if it is encrypted.",
    ),
    th.Property(
        "extra_headers",
        th.ObjectType(additional_properties=th.StringType),
        title="Extra headers",
        secret=True,
        description=(
            "Headers to send to the site besides, by name, such as the `Cookie` of a proxy that "
            "signs people on. They are sent nowhere else."
        ),
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
)
