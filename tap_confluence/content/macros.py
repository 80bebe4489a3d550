"""Macros: one table from their names to what is shown of them, whatever format they come in.

A reader makes a `Macro` of what its format has; how it is written is decided here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeAlias

from tap_confluence.content.diagrams import labels_in, source_of, titles_in_roadmap, unpacked
from tap_confluence.content.document import inline
from tap_confluence.content.document.constructs import PANEL_LABELS, panel
from tap_confluence.content.document.macro import Macro
from tap_confluence.content.document.macro_parameters import (
    Value,
    folded,
    is_data,
    shown,
    without_secrets,
)
from tap_confluence.content.document.presentation import BODY, CODE, DEFAULT, NAME, OMIT, SHOW
from tap_confluence.content.emoji import emoji

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tap_confluence.content.document.blocks import End
    from tap_confluence.content.document.constructs import Reading
    from tap_confluence.content.document.links import Links


def panel_macro(kind: str, icon: str = "", icon_id: str = "") -> Macro:
    """Return the panel of an editor that has them as a construct of its own as a macro."""
    given = {"panelIconText": [Value(icon)], "panelIconId": [Value(icon_id)]}
    return Macro(kind if kind in PANEL_LABELS else "panel", given, has_body=True)


# Writes what a macro shows before its rich text, and returns what writes its end; None if nothing
# in it is to be read.
Handler: TypeAlias = Callable[["Reading", Macro], "End | None"]

# Where apps keep the source of a diagram, a formula or a program, as folded names.
_SOURCES: Final = (
    "source",
    "code",
    "data",
    "latex",
    "body",
    "diagramdefinition",
    "definition",
    "uml",
    "script",
    "markdown",
    "html",
    "content",
    "text",
)
_LANGUAGES: Final = ("language", "lang")
_NO_LANGUAGE: Final = "none"
_TITLES: Final = ("title", "label", "name", "")
_ADDRESSES: Final = ("url", "src", "source", "link", "href", "page", "")
_FILE_NAMES: Final = ("name", "file", "filename", "attachment", "")
_PAGES: Final = ("", "page", "pagetitle")
_ROOTS: Final = frozenset(("page", "root", ""))

PROFILES: Final = frozenset(("profile", "profile-picture", "user-profile"))
"""Macros that show somebody."""

INCLUDES: Final = (
    *("include", "excerpt-include"),
    *("multiexcerpt-include", "multiexcerpt-include-macro"),
)
"""Macros that show another page, or, but for the first, a part of one."""

EXCERPT_NAMES: Final = ("name", "excerptname", "multiexcerptname")
"""Where the name of an excerpt stands, as folded names."""


def open_macro(reading: Reading, macro: Macro) -> End | None:
    """Begin a macro; return what writes its end, or None if nothing in it is to be read."""
    if reading.note is not None:
        reading.note(macro)
    choices = reading.presentation.macros
    if choices:
        handler = _chosen(choices, macro)
        if handler is not None:
            return handler(reading, macro)
    handler = handler_of(macro.name)
    if macro.title and handler in _OF_CONFLUENCE and _says_more(macro):
        handler = _mark
    return handler(reading, macro)


def _says_more(macro: Macro) -> bool:
    """Tell whether an app is given more to show than the macro that is called as its own is."""
    return any(folded(name) not in _TITLES for name, _ in shown(macro.parameters))


def _chosen(choices: Mapping[str, str], macro: Macro) -> Handler | None:
    """Return what writes a macro of which something else is chosen than what it would show."""
    name = macro.name.lower()
    choice = choices.get(name)
    if choice is None and name not in _CONSTRUCTS:
        choice = choices.get(DEFAULT)
    if choice is None or choice == SHOW:
        return None
    if choice.startswith(CODE):
        return _as_code(choice.removeprefix(CODE))
    return _BY_CHOICE[choice]


def handler_of(name: str) -> Handler:
    """Return what writes the macros of a name."""
    name = name.lower()
    known = HANDLERS.get(name)
    if known is not None:
        return known
    return next((handler for word, handler in _BY_WORD.items() if word in name), _mark)


def _begin(reading: Reading, macro: Macro) -> End:
    """Begin the lines of a macro, if it has lines of its own."""
    if macro.is_inline and not macro.has_body and macro.plain is None:
        return _nothing
    boundary = reading.writer.boundary
    boundary()
    return boundary


def _nothing() -> None:
    pass


def _mark(reading: Reading, macro: Macro) -> End:
    """Write a macro as a mark, `[chart: type=pie; title=Costs]`, and then what it holds."""
    return _marked(reading, macro, list(shown(macro.parameters)))


def _marked(
    reading: Reading, macro: Macro, parameters: Sequence[tuple[str, Sequence[Value]]]
) -> End:
    writer = reading.writer
    end = _begin(reading, macro)
    texts = [value.text for _, values in parameters for value in values if "\n" in value.text]
    _write_mark(reading, macro, parameters)
    for text in texts:
        writer.code_block(text, _language(macro))
    if macro.plain is not None:
        writer.code_block(macro.plain, _language(macro))
    elif not texts:
        end()
    return end


def _write_mark(
    reading: Reading, macro: Macro, parameters: Sequence[tuple[str, Sequence[Value]]]
) -> None:
    writer = reading.writer
    separator = ": "
    writer.text(f"[{macro.title or macro.name}")
    for name, values in parameters:
        lines = [value for value in values if "\n" not in value.text]
        if not lines:
            continue
        writer.text(f"{separator}{name}=" if name else separator)
        separator = "; "
        for place, value in enumerate(lines):
            if place:
                writer.text(", ")
            writer.span(value.text, 0, value.href)
    writer.text("] " if macro.has_words else "]")


def _showing(*names: str) -> Handler:
    """Return what writes a mark with some parameters only, of which the first has the name."""

    def start(reading: Reading, macro: Macro) -> End:
        kept: dict[str, tuple[str, Sequence[Value]]] = {}
        for name, values in shown(macro.parameters):
            if folded(name) in names:
                texts = tuple(value.text for value in values)
                kept.setdefault(str(texts), (name, values))
        return _marked(reading, macro, list(kept.values()))

    return start


def _code(reading: Reading, macro: Macro) -> End:
    """Write code, with its title, between fences."""
    end = _begin(reading, macro._replace(is_inline=False))
    title = macro.text("title")
    if title:
        reading.writer.label(title)
    if macro.plain is not None:
        reading.writer.code_block(macro.plain, _language(macro))
    return end


def _language(macro: Macro) -> str:
    """Return the language of the code in a macro, if it says so."""
    language = macro.text(*_LANGUAGES)
    return "" if language.lower() == _NO_LANGUAGE else language


def _fence(language: str) -> Handler:
    """Return what writes the source of a diagram, a formula or a program between fences."""

    def start(reading: Reading, macro: Macro) -> End:
        source = _source(macro)
        if source is None:
            return _mark(reading, macro)
        writer = reading.writer
        if macro.is_inline and "\n" not in source:
            close_mark = writer.open_mark(inline.CODE)
            writer.text(source)
            close_mark()
            return _nothing
        end = _begin(reading, macro._replace(is_inline=False))
        if macro.text("title"):
            writer.label(macro.text("title"))
        writer.code_block(source, language or _language(macro))
        return end

    return start


def _source(macro: Macro) -> str | None:
    """Return the source that a macro holds, whatever it is wrapped in."""
    if macro.plain is not None:
        return source_of(macro.plain)
    for name in _SOURCES:
        text = "\n".join(value.text for value in macro.values(name))
        if text:
            source = source_of(text)
            return None if source == text and is_data(text) else source
    return None


def _verbatim(reading: Reading, macro: Macro) -> End:
    """Write Markdown as it is."""
    source = _source(macro)
    if source is None:
        return _mark(reading, macro)
    end = _begin(reading, macro._replace(is_inline=False))
    reading.writer.verbatim(source)
    return end


def _panel(reading: Reading, macro: Macro) -> End:
    kind = macro.name.lower()
    icon = ""
    if PANEL_LABELS[kind] == "Panel":
        icon = emoji(macro.text("panelicontext"), macro.text("paneliconid"), "")
    close = panel(reading, kind, macro.text("title"), icon)
    if macro.plain is not None:
        reading.writer.code_block(macro.plain)
    return close


def _labelled(reading: Reading, macro: Macro) -> End:
    """Write the title of what stands in the macro, as a line of its own."""
    return _under(reading, macro, *_TITLES)


def _transparent(reading: Reading, macro: Macro) -> End:
    """Write what stands in the macro only, and a title if it has one all the same."""
    return _under(reading, macro, "title")


def _body_only(reading: Reading, macro: Macro) -> End:
    """Write what stands in the macro, and nothing else of it."""
    return _under(reading, macro)


def _under(reading: Reading, macro: Macro, *titles: str) -> End:
    end = _begin(reading, macro)
    title = macro.text(*titles)
    if title:
        reading.writer.label(title)
    return _hold(reading, macro, end)


def _hold(reading: Reading, macro: Macro, end: End) -> End:
    if macro.plain is not None:
        reading.writer.code_block(macro.plain)
    return end


def _properties(reading: Reading, macro: Macro) -> End:
    """Write the page properties that stand in the macro."""
    end = reading.writer.open_properties(macro.text("id"))
    if macro.text("title"):
        reading.writer.label(macro.text("title"))
    return _hold(reading, macro, end)


def _status(reading: Reading, macro: Macro) -> End:
    end = _begin(reading, macro)
    words = " ".join(filter(None, (macro.text("title", "status"), macro.plain)))
    reading.writer.atom(words or macro.text("colour"), inline.STRONG)
    end()
    return end


def _jira(reading: Reading, macro: Macro) -> End | None:
    key = macro.text("key")
    if not key:
        return _showing("title", "jqlquery", "jql", "url", "")(reading, macro)
    end = _begin(reading, macro)
    reading.writer.atom(key, 0, reading.links.issue(key))
    end()
    return end


def _include(reading: Reading, macro: Macro) -> End:
    """Write the page that is included, or the part of it; where not known, which that is."""
    pages = included_pages(macro, reading.links)
    if not pages:
        return _mark(reading, macro)
    is_excerpt = macro.name.lower() != INCLUDES[0]
    excerpt = macro.text(*EXCERPT_NAMES) if is_excerpt else None
    page = pages[0]
    show = reading.find_part and reading.find_part(page.href, reading.links, excerpt=excerpt)
    if show:
        has_panel = is_excerpt and not macro.is_inline and macro.text("nopanel") != "true"
        end = panel(reading, "panel", page.text) if has_panel else _begin(reading, macro)
        show(reading, is_inline=macro.is_inline)
        return end
    parts = [
        (name, values) for name, values in shown(macro.parameters) if folded(name) in EXCERPT_NAMES
    ]
    return _marked(reading, macro, [("", pages), *parts])


def included_pages(macro: Macro, links: Links) -> list[Value]:
    """Return the pages that a macro of `INCLUDES` shows."""
    return [_page(value, links) for value in macro.values(*_PAGES) if value.text]


def _tree(reading: Reading, macro: Macro) -> End:
    """Write below which page the pages are that are listed."""
    _, parent = reading.links.special("@parent")
    parameters = [
        (name, [_page(value, reading.links) for value in values])
        if folded(name) in _ROOTS
        and all(each.text not in {parent, "@self", "@home"} for each in values)
        else (name, values)
        for name, values in shown(macro.parameters)
    ]
    return _marked(reading, macro, parameters)


def _page(value: Value, links: Links) -> Value:
    if value.href:
        return value
    href, title = links.named_page(value.text)
    return Value(title, href)


def _file(reading: Reading, macro: Macro) -> End:
    """Write a link to a file."""
    files = macro.values(*_FILE_NAMES)
    if not files or not files[0].text:
        return _mark(reading, macro)
    links = reading.links
    holder = _holder(macro, links)
    end = _begin(reading, macro)
    for place, file in enumerate(files):
        href = holder or file.href
        if place:
            reading.writer.text(", ")
        reading.writer.atom(file.text, 0, href or links.attachment(file.text))
    return _hold(reading, macro, end)


def _holder(macro: Macro, links: Links) -> str | None:
    """Return where the page is that a macro names as that of its files, if it names one."""
    [page, *_] = macro.values("page") or [Value("")]
    if not page.text or not links.root:
        return None
    key = macro.text("space", "spacekey")
    return page.href or (links.page(page.text, key) if key else links.named_page(page.text)[0])


def _embed(reading: Reading, macro: Macro) -> End:
    """Write a link to what is embedded."""
    found = next((v for name in _ADDRESSES for v in macro.values(name) if v.href), None)
    if found is None:
        return _mark(reading, macro)
    end = _begin(reading, macro)
    address, text = without_secrets(found.href or ""), without_secrets(found.text)
    reading.writer.atom(macro.text("title", "label", "text", "caption") or text, 0, address)
    return _hold(reading, macro, end)


def _person(reading: Reading, macro: Macro) -> End:
    """Write who is shown."""
    people = macro.values("user", "username", "accountid", "")
    if not people:
        return _mark(reading, macro)
    end = _begin(reading, macro)
    for person in people:
        href, name = person.href, person.text
        if not name.startswith("@"):
            href, name = reading.links.mention(name)
        reading.writer.span(name, 0, href)
        reading.writer.text(" ")
    return _hold(reading, macro, end)


def _roadmap(reading: Reading, macro: Macro) -> End:
    titles = [Value(title) for title in titles_in_roadmap(macro.text("source"))]
    return _marked(reading, macro, [("", titles)] if titles else list(shown(macro.parameters)))


def _drawing(reading: Reading, macro: Macro) -> End | None:
    """Write what a drawing is called, and its labels where the body has them."""
    labels = None
    for text in _texts_of(macro):
        labels = labels_in(text)
        if labels is None and is_data(text):
            labels = labels_in(unpacked(text) or "")
        if labels is not None:
            break
    names = ("diagramdisplayname", "diagramname", "name", "title", "caption", "filename", "")
    plain = macro.plain if labels is None else None
    end = _showing(*names)(reading, macro._replace(plain=plain))
    if labels:
        writer = reading.writer
        close_list = writer.open_list()
        for label in labels:
            close_item = writer.open_item()
            writer.text(label)
            close_item()
        close_list()
    return end


def _texts_of(macro: Macro) -> Iterator[str]:
    if macro.plain is not None:
        yield macro.plain
    for values in macro.parameters.values():
        yield from (value.text for value in values)


def _omitted(_reading: Reading, _macro: Macro) -> None:
    """Write nothing of a macro."""


def _name_only(reading: Reading, macro: Macro) -> None:
    """Write what a macro is called, and nothing else of it."""
    end = _begin(reading, macro)
    _write_mark(reading, macro, ())
    end()


def _as_code(language: str) -> Handler:
    """Return what writes the plain text in a macro as code, and its rich text as it is."""

    def start(reading: Reading, macro: Macro) -> End:
        end = _begin(reading, macro._replace(is_inline=False))
        source = _source(macro)
        if source is not None:
            reading.writer.code_block(source, language)
        return end

    return start


# What they show of a macro is only what it has where it is Confluence's own.
_OF_CONFLUENCE: Final = frozenset(
    (_code, _jira, _labelled, _panel, _properties, _status, _transparent)
)
_BY_CHOICE: Final[dict[str, Handler]] = {NAME: _name_only, OMIT: _omitted, BODY: _body_only}
# What the editors have as constructs of their own: of them something else is done only by name.
_CONSTRUCTS: Final = frozenset(("code", "noformat", "expand", "status", *PANEL_LABELS))


def _named(names: str, handler: Handler) -> dict[str, Handler]:
    return dict.fromkeys(names.split(), handler)


HANDLERS: Final[dict[str, Handler]] = {
    **dict.fromkeys(PANEL_LABELS, _panel),
    **_named("code noformat code-pro paste-code-macro", _code),
    **_named("status lozenge aura-status handy-status", _status),
    **_named("jira jiraissues", _jira),
    **dict.fromkeys(INCLUDES, _include),
    **_named("view-file viewdoc viewpdf viewppt viewxls multimedia viewfile pdf office", _file),
    **dict.fromkeys(PROFILES, _person),
    **_named("drawio drawio-sketch drawio-board inc-drawio gliffy lucidchart balsamiq", _drawing),
    **_named("children pagetree content-tree", _tree),
    "details": _properties,
    "roadmap": _roadmap,
    # They arrange or mark their body.
    **_named(
        "excerpt section column div span multiexcerpt multiexcerpt-macro toc-zone center "
        "align color bgcolor highlight numberedheadings tabs-group tabs-container auitabs ui-tabs "
        "aura-tab-group tab-container table-filter table-plus tablesorter legacy-content "
        "nested-table ui-steps scroll-ignore scroll-only scroll-only-inline scroll-ignore-inline",
        _transparent,
    ),
    # A table of contents repeats the headings, an anchor is a place, and paper has other pages.
    **_named("toc anchor scroll-pagebreak", _transparent),
    # They hide their body until somebody opens it, or put a title above it.
    **_named(
        "expand ui-expand aura-expand tab auitabspage aura-tab aura-tab-migratable ui-tab localtab "
        "tab-pane tabs-page card refined-tab ui-step scroll-title",
        _labelled,
    ),
    **_named(
        "widget iframe embed youtube vimeo loom figma miro gdrive google-drive html-include button "
        "auibutton aura-button ui-button cl-button link-button",
        _embed,
    ),
    **_named("markdown md markdown-macro", _verbatim),
    **_named("plantuml plantumlrender plantumlcloud", _fence("plantuml")),
    **_named("mermaid mermaid-cloud", _fence("mermaid")),
    **_named("graphviz digraph dot flowchart spacegraph", _fence("dot")),
    **_named(
        "latex latex-block latex-inline mathblock mathinline math-block math-inline mathjax "
        "mathjax-block-macro mathjax-inline-macro",
        _fence("latex"),
    ),
    **_named("html html-macro macro-html", _fence("html")),
    **_named("css style", _fence("css")),
    **_named("sql sql-query", _fence("sql")),
    **_named("swagger openapi open-api", _fence("yaml")),
    **{name: _fence(name) for name in ("csv", "ditaa", "groovy", "json", "xml", "yaml")},
    "zenuml-sequence-macro": _fence("zenuml"),
}
# What apps call their macros has such words in it.
_BY_WORD: Final[dict[str, Handler]] = {
    "plantuml": _fence("plantuml"),
    "mermaid": _fence("mermaid"),
    "drawio": _drawing,
    "codeblock": _fence(""),
    "figma": _embed,
    "markdown": _verbatim,
    "mathjax": _fence("latex"),
    "latex": _fence("latex"),
}
