"""Bodies of any shape, for properties that hold whatever people write."""

from __future__ import annotations

import json
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from hypothesis import strategies as st

# Words that mean something in Markdown are the ones that get lost.
_SPECIAL: Final = (
    "* ** *** _ __ ` `` ~ ~~ [ ] [x] ]( ( ) < > <b> </b> & &amp; # ## - + = 1. 2) | \\ ! ![ --- "
    "=== ``` ~~~ : :-- http://x.y <!-- --> \u00a0 \u3000 \u200b \U0001f680 \u300c\u300d 本番"
)
_WORDS: Final = st.one_of(
    st.from_regex(r"[a-z]{1,4}[0-9]{1,3}", fullmatch=True), st.sampled_from(_SPECIAL.split(" "))
)
TEXTS: Final = st.lists(
    st.tuples(_WORDS, st.sampled_from(["", " ", "  ", "\n"])), min_size=1, max_size=5
).map(lambda parts: "".join(word + space for word, space in parts))


def _element(name: str) -> Any:
    return lambda inner: f"<{name}>{''.join(inner)}</{name}>"


def _macro(name: str, body: str) -> str:
    return (
        f"<ac:structured-macro ac:name={quoteattr(name)}><ac:parameter ac:name='p'>1</ac:parameter>"
        f"<ac:rich-text-body>{body}</ac:rich-text-body></ac:structured-macro>"
    )


def _code(text: str) -> str:
    return (
        '<ac:structured-macro ac:name="code"><ac:plain-text-body><![CDATA['
        + text.replace("]]>", "]]]]><![CDATA[>")
        + "]]></ac:plain-text-body></ac:structured-macro>"
    )


_INLINE: Final = st.recursive(
    st.one_of(TEXTS.map(escape), st.just("<br/>"), st.just("<ac:emoticon ac:name='tick'/>")),
    lambda inner: st.one_of(
        *(
            st.lists(inner, max_size=3).map(_element(name))
            for name in ("strong", "em", "del", "code", "sub", "span", "u")
        ),
        st.lists(inner, max_size=3).map(
            lambda parts: f'<a href="https://example.com/a b">{"".join(parts)}</a>'
        ),
    ),
    max_leaves=8,
)
_INLINES: Final = st.lists(_INLINE, min_size=1, max_size=4)


def _blocks(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    several = st.lists(inner, max_size=3)
    items = several.map(_element("li"))
    cells = st.builds(
        lambda tag, span, parts: f'<{tag} colspan="{span}">{"".join(parts)}</{tag}>',
        st.sampled_from(["td", "th"]),
        st.integers(1, 3),
        several,
    )
    rows = st.lists(cells, max_size=3).map(_element("tr"))
    return st.one_of(
        st.lists(items, max_size=3).map(_element("ul")),
        st.lists(items, max_size=3).map(_element("ol")),
        several.map(_element("blockquote")),
        several.map(_element("div")),
        several.map(_element("strong")),
        st.lists(rows, max_size=3).map(_element("table")),
        st.lists(
            several.map(
                lambda parts: (
                    "<ac:task><ac:task-status>complete</ac:task-status>"
                    f"<ac:task-body>{''.join(parts)}</ac:task-body></ac:task>"
                )
            ),
            max_size=3,
        ).map(_element("ac:task-list")),
        st.builds(
            _macro,
            st.sampled_from(["info", "panel", "expand", "excerpt", "strange"]),
            several.map("".join),
        ),
    )


STORAGE: Final = st.lists(
    st.recursive(
        st.one_of(
            _INLINES.map(_element("p")),
            _INLINES.map(_element("h2")),
            _INLINES.map("".join),
            TEXTS.map(_code),
            st.just("<hr/>"),
        ),
        _blocks,
        max_leaves=8,
    ),
    max_size=5,
).map("".join)

# What tells rendered macros from other HTML, where it belongs and where it does not.
_CLASSES: Final = (
    "panel panelHeader panelContent title code preformatted expand-container expand-control "
    "expand-control-text status-macro confluence-information-macro-note emoticon icon checked"
)


def _classed(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(
        lambda tag, names, parts: f'<{tag} class="{" ".join(names)}">{"".join(parts)}</{tag}>',
        st.sampled_from(["div", "p", "span", "ul", "li", "a"]),
        st.lists(st.sampled_from(_CLASSES.split()), max_size=2),
        st.lists(inner, max_size=3),
    )


RENDERED: Final = st.lists(
    st.recursive(_INLINES.map(_element("p")) | TEXTS.map(escape), _classed, max_leaves=10),
    max_size=5,
).map("".join)

_ADF_MARKS: Final = st.lists(
    st.sampled_from(
        [
            {"type": "strong"},
            {"type": "em"},
            {"type": "strike"},
            {"type": "code"},
            {"type": "link", "attrs": {"href": "https://example.com/(x)"}},
        ]
    ),
    max_size=3,
)
ADF_INLINES: Final = st.lists(
    st.one_of(
        st.builds(
            lambda text, marks: {"type": "text", "text": text, "marks": marks}, TEXTS, _ADF_MARKS
        ),
        st.just({"type": "hardBreak"}),
    ),
    max_size=5,
)


def _node(kind: str) -> Any:
    return lambda inner: {"type": kind, "attrs": {"level": 2}, "content": inner}


def _nodes(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(inner, max_size=3)
    lists = st.lists(several.map(_node("listItem")), max_size=3)
    cells = st.sampled_from(["tableCell", "tableHeader"]).flatmap(
        lambda kind: several.map(_node(kind))
    )
    rows = st.lists(cells, max_size=3).map(_node("tableRow"))
    return st.one_of(
        lists.map(_node("bulletList")),
        lists.map(_node("orderedList")),
        st.lists(several.map(_node("taskItem")), max_size=3).map(_node("taskList")),
        st.lists(rows, max_size=3).map(_node("table")),
        *(several.map(_node(kind)) for kind in ("blockquote", "panel", "expand", "mystery")),
    )


ADF: Final = st.lists(
    st.recursive(
        st.one_of(
            ADF_INLINES.map(_node("paragraph")),
            ADF_INLINES.map(_node("heading")),
            TEXTS.map(lambda text: _node("codeBlock")([{"type": "text", "text": text}])),
        ),
        _nodes,
        max_leaves=8,
    ),
    max_size=5,
).map(lambda nodes: json.dumps({"type": "doc", "content": nodes}))
