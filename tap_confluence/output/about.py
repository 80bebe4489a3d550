"""What `--about` prints: what the tap is, what it can do, and every setting."""

from __future__ import annotations

import inspect
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from singer_sdk.about import AboutFormatter
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from singer_sdk.about import AboutInfo

SDK = "[Meltano Singer SDK](https://sdk.meltano.com)"

HEADINGS = ("Setting", "Required", "Default", "Description")


def about_text(about: AboutInfo, output_format: str | None = None) -> str:
    """Return what the tap says of itself.

    Args:
        about: It.
        output_format: `json`, `markdown`, or None for plain text.
    """
    # Of a description of several lines, the SDK would indent all that comes before.
    text = " ".join(inspect.cleandoc(about.description or "").split())
    formatter = AboutFormatter.get_formatter(output_format or "text")
    return formatter.format_about(replace(about, description=text))


class MarkdownAbout(AboutFormatter, format_name="markdown"):
    """The same as Markdown, in place of the SDK's, which is indented as code and has loose bars."""

    @override
    def format_about(self, about_info: AboutInfo) -> str:
        parts = [
            f"# {_code(about_info.name)}",
            about_info.description or "",
            f"Version {about_info.version}, made with {SDK} {about_info.sdk_version}.",
            "## Capabilities",
            _list(_code(each.value) for each in about_info.capabilities),
            "## Supported Python Versions",
            _list(about_info.supported_python_versions or ()),
            "## Settings",
            _table([HEADINGS, *_rows(about_info.settings)]),
        ]
        return "\n\n".join(filter(None, parts))


def _rows(schema: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, ...]]:
    for name, setting in schema.get("properties", {}).items():
        path = f"{above}{name}"
        yield (
            _code(path),
            "yes" if name in schema.get("required", ()) else "no",
            _code(str(setting["default"])) if "default" in setting else "",
            setting.get("description", ""),
        )
        yield from _rows(setting, f"{path}.")


def _code(text: str) -> str:
    return f"`{text}`"


def _list(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def _table(rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(map(_cell, row))} |" for row in rows]
    return "\n".join([lines[0], f"|{' --- |' * len(rows[0])}", *lines[1:]])


def _cell(text: str) -> str:
    return " ".join(text.replace("|", r"\|").split())
