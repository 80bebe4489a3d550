"""What macros are given: values that lead somewhere, and which of them a reader would see."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import unquote_plus

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tap_confluence.content.document.links import Links

_ADDRESS: Final = re.compile(r"https?://[^\s<>\"]+")
_CONFIDENTIAL: Final = (
    r"token|passw(?:or)?d|passwd|pwd|secret|jwt|credentials?"
    r"|api[_-]?key|access[_-]?key|private[_-]?key"
)
_SECRET_NAME: Final = re.compile(rf"(?:{_CONFIDENTIAL}|authorization)s?$", re.IGNORECASE)
_SECRET_IN_TEXT: Final = re.compile(
    rf"(?:{_CONFIDENTIAL})[\"']?\s*+[=:]\s*+\S|\bbearer\s++\S{{8}}", re.IGNORECASE
)
_SECRET_IN_ADDRESS: Final = re.compile(
    rf"((?:[?&#;]|%26|%3[fF])[\w.~-]*(?:{_CONFIDENTIAL}|sig|signature|auth|key)=)[^&#;\s]++",
    re.IGNORECASE,
)
_USER_IN_ADDRESS: Final = re.compile(r"(?<=://)[^/?#@\s]*+@")
_MASK: Final = "***"
# What services put in front of the tokens that they give.
_TOKEN: Final = re.compile(
    r"(?:ATATT|ATCTT|gh[pousr]_|github_pat_|glpat-|xox[abprs]-|AKIA|sk-)\S{12}"
)

_SIZE: Final = re.compile(r"-?\d+(?:\.\d+)?\s?(?:px|%|r?em|pt|v[hw]|fr)", re.IGNORECASE)
_HEX_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{3,8}")
_ID: Final = re.compile(
    r"(?:att)?\d{4,}(?:_-?\d+)?|[0-9a-fA-F]{16,}|[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
)
_UNMISTAKABLE_ID: Final = re.compile(
    r"ari:cloud:\S+|[0-9a-fA-F]{32,}"
    r"|[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}(?:,\s*[0-9a-fA-F-]{36})*+"
)
_JSON: Final = re.compile(r"(?:\{\s*+[\"}]|\[\s*+[\"\[{\]]).*[\]}]", re.DOTALL)
_ENCODED: Final = re.compile(r"(?:[^\s%]*+%[0-9a-fA-F]{2}){6,}+\S*+|%(?:7[bB]|5[bB]).*", re.DOTALL)
_ENCODED_SPACE: Final = re.compile(r"%20|%3[dD]|(?<=\w)\+(?=\w)")
_QUERIES: Final = frozenset(("jql", "jqlquery", "cql"))
_BASE64: Final = re.compile(r"[\w+/-]{24,}={0,2}|[\w+/-]{6,}={1,2}|eyJ[\w.+/=-]++", re.ASCII)
_MARKUP: Final = re.compile(
    r"\s*<(?:svg|\?xml|mxfile|mxGraphModel|img)\b|\s*data:\w", re.IGNORECASE
)
_SHORTEST_LINE: Final = 40
_MOST_DASHES: Final = 3

# Folded names of what arranges, identifies or tunes a macro.
_SETTING_NAMES: Final = """
    accountid align alignment allowexport animation aspectratio atlassianmacrooutputtype autoplay
    backgroundcolor baseurl bgcolor blueprintmodulecompletekey bodycontent border bordercolor
    borderstyle borderwidth breakoutmode breakoutwidth class cloudid collapsed color colour
    compressed contentid contextids cssclass custcontentid customcontentid defaultview
    diagramheight diagramwidth displaymode embeddedmacrocontext entityid environmentid excerpttype
    extensiondata extensionid extensiontitle extensiontype fileid fontsize forgeenvironment
    frameborder globalpageid hash height hires hirespreview icon iconcolor iconname imagesize
    installationid layout layouttype lbox legacyanchorid linenumbers localid macroid macrometadata
    maplinks margin maxheight maxwidth moduleid opacity orderby outputtype pageid parentid pcenter
    render renderer schemaversion scrolling searchboxwidth serverid simpleviewer sort sortby
    sortdirection sortorder spaceid style styleid tbstyle templateid theme toolbar uniqueid
    usemaxwidth uuid versionid viewertoolbar viewtype width
"""
# The same where they are numbers.
_NUMERIC_SETTING_NAMES: Final = """
    cachev columns contentver count depth first index levels limit max maxdepth maximumissues
    maxitems maxresults numberofcolumns order pagecount pages pagesize position refreshinterval
    renderedversion revision simple size startdepth templatename timestamp version zoom
"""
_SETTINGS: Final = frozenset(_SETTING_NAMES.split())
_NUMERIC_SETTINGS: Final = frozenset(_NUMERIC_SETTING_NAMES.split())
# Named like settings, but shown where they are the name of something.
_COLOURS: Final = frozenset(("color", "colour", "bgcolor", "backgroundcolor", "bordercolor"))
_ID_NAME: Final = re.compile(r"(?:Id|-id|_id|ID|Ids|-ids|_ids|uuid|hash|ari)s?$|^id$")
_FLAGS: Final = frozenset(("true", "false", "null", "undefined", "block", "inline", "nan"))


class Value(NamedTuple):
    """What a parameter is set to.

    Attributes:
        text: What it says, or what is called that it refers to.
        href: Where it leads, if anywhere.
    """

    text: str
    href: str | None = None


def folded(name: str) -> str:
    """Return the name of a parameter however it is spelled: `diagram-name`, `diagramName`."""
    return name.replace("-", "").replace("_", "").lower()


def value(name: str, text: str, links: Links) -> Value:
    """Return the value of a parameter that is text.

    Args:
        name: The name of the parameter.
        text: What it is set to.
        links: Where references lead.
    """
    text = text.strip()
    if text.startswith("http") and _ADDRESS.fullmatch(text):
        return Value(text, text)
    if name.lower() in _QUERIES and " " not in text and _ENCODED_SPACE.search(text):
        text = unquote_plus(text)
    if text.startswith("@") or text.lower() == "currentspace()":
        href, resolved = links.special(text, is_space="space" in name.lower())
        return Value(resolved, href)
    return Value(links.current(text) if "current" in text else text)


def shown(parameters: Mapping[str, Sequence[Value]]) -> Iterator[tuple[str, Sequence[Value]]]:
    """Yield of parameters what a reader would see: no settings, and no secrets."""
    for name, values in parameters.items():
        if _SECRET_NAME.search(name):
            continue
        kept = [
            _masked(each) if each.href else each
            for each in values
            if each.href or not is_setting(name, each.text)
        ]
        kept = [each for each in kept if each.text]
        if kept:
            yield name, kept


def is_setting(name: str, text: str) -> bool:
    """Tell whether a parameter is nothing that a reader would see.

    Args:
        name: The name of the parameter.
        text: What it is set to.
    """
    text = text.strip()
    short = folded(name)
    if short in _SETTINGS and not (short in _COLOURS and text.isalpha()):
        return True
    if "color" in short.replace("colour", "color") and _HEX_COLOUR.fullmatch(text):
        return True
    if (short in _NUMERIC_SETTINGS or short == "id") and text.replace(".", "").isdecimal():
        return True
    return (
        not text
        or text.lower() in _FLAGS
        or bool(_SIZE.fullmatch(text))
        or (bool(_ID_NAME.search(name)) and bool(_ID.fullmatch(text)))
        or bool(_UNMISTAKABLE_ID.fullmatch(text))
        or is_data(text)
        or looks_secret(text)
    )


def is_data(text: str) -> bool:
    """Tell whether a text is for programs: JSON, base64, a drawing, or encoded for a URL."""
    return (
        bool(_JSON.fullmatch(text))
        or bool(_MARKUP.match(text))
        or bool(_ENCODED.fullmatch(text) and not _ADDRESS.fullmatch(text))
        or _is_base64(text)
    )


def looks_secret(text: str) -> bool:
    """Tell whether a text seems to hold a token or a password."""
    return bool(_SECRET_IN_TEXT.search(text) or _TOKEN.search(text))


def without_secrets(address: str) -> str:
    """Return an address without what looks like a secret in it."""
    return _USER_IN_ADDRESS.sub("", _SECRET_IN_ADDRESS.sub(rf"\1{_MASK}", address))


def _masked(given: Value) -> Value:
    return Value(without_secrets(given.text), without_secrets(given.href or ""))


def _is_base64(text: str) -> bool:
    if "\n" in text:
        lines = text.split()
        if any(len(line) < _SHORTEST_LINE for line in lines[:-1]):
            return False
        text = "".join(lines)
    if not _BASE64.fullmatch(text):
        return False
    if text.endswith("=") or text.startswith("eyJ"):
        return True
    # A long name is as well made of these characters, but hardly of all kinds of them.
    kinds = (str.isupper, str.islower, str.isdigit)
    return all(any(map(kind, text)) for kind in kinds) and _dashes(text) <= _MOST_DASHES


def _dashes(text: str) -> int:
    return text.count("-") + text.count("_")
