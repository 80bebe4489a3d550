"""The settings that say what to extract of a site."""

from __future__ import annotations

from typing import Any

from singer_sdk import typing as th

from tap_confluence.settings.values import READABLE, RENDERED

MOST_DAYS = 36_525
"""A hundred years: what goes back farther is mistyped."""

DAY = {"type": ["string", "null"], "format": "date"}
TIME = {"type": ["string", "null"], "format": "date-time"}
"""What a setting may be that is either. To bare alternatives the SDK would add no schema."""

EXTRACTION: tuple[th.Property[Any], ...] = (
    th.Property(
        "anchor_date",
        th.CustomType({"type": ["string"], "allOf": [{"anyOf": [DAY, TIME]}]}),
        title="Anchor date",
        description=(
            "Incremental streams start at this day (`YYYY-MM-DD`, UTC), or at this time with its "
            "zone (RFC 3339), when they have no bookmark yet. Defaults to one year ago. Streams "
            "replicated in full ignore it."
        ),
        examples=["2024-01-01", "2024-01-01T08:00:00+01:00"],
    ),
    th.Property(
        "lookback_days",
        th.IntegerType(minimum=1, maximum=MOST_DAYS),
        title="Lookback days",
        description="Instead of `anchor_date`: start this many days before now.",
    ),
    th.Property(
        "space_keys",
        th.ArrayType(th.StringType),
        title="Space keys",
        description=(
            "Only the spaces with these keys, such as `DOCS` or, for a personal one, `~ana`; on "
            "Cloud, also by the alias that the browser shows. When absent, all spaces are read, "
            "new ones included."
        ),
    ),
    th.Property(
        "exclude_space_keys",
        th.ArrayType(th.StringType),
        title="Excluded space keys",
        description="Never the spaces with these keys or, on Cloud, aliases.",
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
        "space_id_from",
        th.IntegerType(minimum=0),
        title="First space ID",
        description=(
            "Only spaces with this id or a higher one. Together with `space_id_below` this is a "
            "share of a large site, as `tap-confluence-shards` makes them."
        ),
    ),
    th.Property(
        "space_id_below",
        th.IntegerType(minimum=1),
        title="End of the space IDs",
        description="Only spaces with a lower id than this.",
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
        allowed_values=[*READABLE, *RENDERED, "none"],
        default="storage",
        description=(
            "Format of the bodies of pages, blog posts, comments, tasks and custom content: "
            "`storage` (XHTML with macros), `atlas_doc_format` (JSON, Cloud only), `view` (HTML "
            "as readers see it), `export_view` (the same for export) or `none`. Cloud gives "
            "`view` and `export_view` at the cost of a request an item. Tasks have neither: "
            "theirs are then in `storage`."
        ),
    ),
    th.Property(
        "body_markdown",
        th.BooleanType,
        title="Bodies as Markdown",
        default=False,
        description=(
            "Whether to add the body of pages, blog posts and comments as Markdown, in which "
            "links lead to the site and people have names. With the `body_format` `view` or "
            "`export_view` it is made of what readers see, and has what macros are filled with."
        ),
    ),
    th.Property(
        "body_text",
        th.BooleanType,
        title="Bodies as plain text",
        default=False,
        description="Whether to add the body of pages, blog posts and comments as plain text.",
    ),
    th.Property(
        "content_macros",
        th.ObjectType(additional_properties=th.StringType),
        title="Macros in readable bodies",
        default={},
        description=(
            "What becomes of macros in `bodyMarkdown` and `bodyText`, by name: `show` (what a "
            "reader sees of it), `name`, `omit`, `body` (only what stands in it) or "
            "`code:<language>` (its text as a block of code). `default` stands for all that are "
            "not named, but for code, panels, expands and statuses, which are shown unless they "
            "are named: `code`, `noformat`, `info`, `note`, `tip`, `warning`, `panel` and so on, "
            "`expand`, `status`."
        ),
        examples=[{"jira": "name", "html": "omit", "default": "show"}],
    ),
    th.Property(
        "content_tables",
        th.ObjectType(
            th.Property(
                "merged_cells",
                th.StringType,
                title="Merged cells",
                allowed_values=["repeat", "blank"],
                default="repeat",
                description=(
                    "Whether the text of a merged cell stands in each of its places (`repeat`), "
                    "so that a row says all by itself, or in the first only (`blank`)."
                ),
            ),
            th.Property(
                "complex",
                th.StringType,
                title="Complex tables",
                allowed_values=["markdown", "html"],
                default="markdown",
                description=(
                    "How tables are written that Markdown cannot hold, with merged cells, lists, "
                    "blocks of code or other tables in cells: as `markdown`, each cell on one "
                    "line, or as `html`, with Markdown in its cells."
                ),
            ),
            additional_properties=False,
        ),
        title="Tables in readable bodies",
        default={},
        description="How tables are written in `bodyMarkdown` and `bodyText`.",
        examples=[{"merged_cells": "blank", "complex": "html"}],
    ),
    th.Property(
        "content_images",
        th.StringType,
        title="Images in readable bodies",
        allowed_values=["link", "alt", "omit"],
        default="link",
        description=(
            "What becomes of images in `bodyMarkdown` and `bodyText`: `link` (with their address; "
            "plain text has what they are called), `alt` (what they are called) or `omit`."
        ),
    ),
    th.Property(
        "content_links",
        th.StringType,
        title="Links to files in readable bodies",
        allowed_values=["site", "file"],
        default="site",
        description=(
            "Where links to files and images lead in `bodyMarkdown`: to the `site`, or to the "
            "`file` in `attachment_download_dir`, relative to that folder, where the same run has "
            "read the attachment before; any other leads to the site."
        ),
    ),
    th.Property(
        "resolve_includes",
        th.BooleanType,
        title="Included pages in readable bodies",
        default=False,
        description=(
            "Whether `bodyMarkdown` and `bodyText` show the text of pages and excerpts in the "
            "place of the macros `include` and `excerpt-include`, where the account may read them "
            "and the filters want them. What is restricted to fewer people than the page that "
            "includes it is shown all the same. Takes about one request for each included page. A "
            "page is written again when it changes, not when what it includes does: "
            "`page_includes` tells which those are."
        ),
    ),
    th.Property(
        "version_bodies",
        th.BooleanType,
        title="Bodies of versions",
        default=False,
        description=(
            "Whether to add to each version of a page or blog post the body as it was then, in "
            "the format of `body_format`; `storage` in place of `view` and `export_view`. Cloud "
            "takes one request more for an item, Data Center one for each version."
        ),
    ),
    th.Property(
        "attachment_download_dir",
        th.StringType,
        title="Attachment download folder",
        description=(
            "Path of a folder into which the files of attachments are fetched. It is made when it "
            "is needed. When absent, only what is known of the files is read."
        ),
        examples=["output/attachments"],
    ),
    th.Property(
        "attachment_max_bytes",
        th.IntegerType(minimum=1),
        title="Attachment maximum size",
        description="Only files of at most so many bytes.",
    ),
    th.Property(
        "attachment_media_types",
        th.ArrayType(th.StringType),
        title="Attachment media types",
        description=(
            "Only files of these media types, such as `application/pdf`, or `image/*` for all "
            "images."
        ),
    ),
    th.Property(
        "attachment_text",
        th.BooleanType,
        title="Attachment text",
        default=False,
        description=(
            "Whether `attachments` has the text of the files that are fetched: of PDF, Word, "
            "Excel, PowerPoint, OpenDocument, HTML, CSV and other plain files. Needs "
            "`attachment_download_dir`, and `tap-confluence[attachment-text]` installed."
        ),
    ),
    th.Property(
        "full_table_interval_hours",
        th.NumberType(minimum=0, maximum=87_600),
        title="Full table interval",
        default=0,
        description=(
            "How old, in hours, what a run has read of a stream may become that costs a request a "
            "space, a group or an item each time, such as `group_members` or `page_likes`. Until "
            "then runs leave it out, also where it says who may read what. 0 reads it in each run."
        ),
        examples=[24],
    ),
    th.Property(
        "reconcile_interval_hours",
        th.NumberType(minimum=0, maximum=87_600),
        title="Reconciliation interval",
        default=24,
        description=(
            "Where `content_inventory` shows that something has happened which has no date, such "
            "as a page purged, restored or moved, the stream is read whole, and what is gone goes: "
            "not more often than once in so many hours, and at the latest after seven times as "
            "many, whatever the inventory shows. 0 is at once, and at the latest after a week."
        ),
        examples=[0, 168],
    ),
    th.Property(
        "reconcile_max_deleted_percent",
        th.NumberType(minimum=0, maximum=100),
        title="Most rows to delete at once",
        default=30,
        description=(
            "If more rows of a stream of content would go at once than so many in a hundred, and "
            "more than 50, nothing of it goes, and the run fails at its end: that is how it looks "
            "when the account has lost a right. 100 lets it happen. A run without a state, as with "
            "`--full-refresh`, cannot know how many that are: only with 100 it has any deleted."
        ),
        examples=[100],
    ),
    th.Property(
        "user_sources",
        th.ArrayType(th.StringType(allowed_values=["site", "records"])),
        title="User sources",
        default=["site", "records"],
        description=(
            "Whom `users` brings: those whom the `site` itself lists, finds or has in groups, and "
            "those whom the `records` of the same run name."
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
)
