"""Emoji as characters, whatever Confluence calls them."""

from __future__ import annotations

import re
from typing import Final

_CODE_POINTS: Final = re.compile(r"[0-9a-f]{2,6}(?:-[0-9a-f]{2,6})*", re.IGNORECASE)
_LAST_CODE_POINT: Final = 0x10FFFF
_ATLASSIAN: Final = "atlassian-"
# Those of Confluence's own: emoticons, which came before emoji, and what they are called as emoji.
# The stars differ in colour only, and Unicode has but one.
_NAMES: Final = {
    "smile": "\U0001f642",
    "sad": "\U0001f641",
    "cheeky": "\U0001f61b",
    "tongue": "\U0001f61b",
    "laugh": "\U0001f600",
    "biggrin": "\U0001f600",
    "wink": "\U0001f609",
    "thumbs-up": "\U0001f44d",
    "thumbs-down": "\U0001f44e",
    "yes": "\U0001f44d",
    "no": "\U0001f44e",
    "thumbsup": "\U0001f44d",
    "thumbsdown": "\U0001f44e",
    "information": "\u2139\ufe0f",
    "info": "\u2139\ufe0f",
    "tick": "\u2705",
    "check-mark": "\u2705",
    "cross": "\u274c",
    "cross-mark": "\u274c",
    "warning": "\u26a0\ufe0f",
    "note": "\U0001f4dd",
    "plus": "\u2795",
    "minus": "\u2796",
    "exclamation": "\u2757",
    "forbidden": "\U0001f6ab",
    "question": "\u2753",
    "question-mark": "\u2753",
    "light-on": "\U0001f4a1",
    "light-bulb-on": "\U0001f4a1",
    "light-off": "\U0001f505",
    "light-bulb-off": "\U0001f505",
    "yellow-star": "\u2b50",
    "star-yellow": "\u2b50",
    "red-star": "\U0001f534\u2b50",
    "star-red": "\U0001f534\u2b50",
    "green-star": "\U0001f7e2\u2b50",
    "star-green": "\U0001f7e2\u2b50",
    "blue-star": "\U0001f535\u2b50",
    "star-blue": "\U0001f535\u2b50",
    "flag-on": "\U0001f6a9",
    "flag-off": "\U0001f3f3\ufe0f",
    "heart": "\u2764\ufe0f",
    "broken-heart": "\U0001f494",
}


def emoji(text: str, emoji_id: str, short_name: str, name: str = "") -> str:
    """Return an emoji as a character, or at worst between colons.

    Args:
        text: The character that the body gives, which may as well be a short name.
        emoji_id: Code points such as `1f468-200d-1f4bb`, `atlassian-` and a name, or any id.
        short_name: Such as `:check_mark:`.
        name: That of the emoticon, which stands for emoji of any kind where there is a short name.
    """
    if text and not (text.startswith(":") and text.endswith(":")):
        return text
    if _CODE_POINTS.fullmatch(emoji_id):
        found = _characters(emoji_id)
        if found:
            return found
    called = [emoji_id.removeprefix(_ATLASSIAN)] if emoji_id.startswith(_ATLASSIAN) else []
    called += [short_name or text or name]
    for each in called:
        known = _NAMES.get(each.strip(":").replace("_", "-").lower())
        if known:
            return known
    return short_name or text or (f":{name}:" if name else "")


def _characters(emoji_id: str) -> str:
    codes = [int(code, 16) for code in emoji_id.split("-")]
    if max(codes) > _LAST_CODE_POINT:
        return ""
    found = "".join(map(chr, codes))
    return "" if found.isalnum() or not found[0].isprintable() else found
