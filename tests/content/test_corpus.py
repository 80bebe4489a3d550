"""Bodies after shapes in public use: what becomes of each was read by people before it was kept."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tap_confluence.content import to_markdown, to_text
from tests.content import outline
from tests.content.gallery import LINKS, fragments_in

if TYPE_CHECKING:
    from tests.content.gallery import Fragment

_FRAGMENTS: Final = fragments_in(Path(__file__).parent / "corpus")
_BY_NAME: Final[dict[str, list[Fragment]]] = defaultdict(list)
for _fragment in _FRAGMENTS:
    _BY_NAME[_fragment.name].append(_fragment)
_IN_SEVERAL_FORMATS: Final = {name: each for name, each in _BY_NAME.items() if len(each) > 1}
every_fragment = pytest.mark.parametrize(
    "fragment", _FRAGMENTS, ids=lambda fragment: f"{fragment.representation}: {fragment.name}"
)


@every_fragment
def test_a_body_becomes_its_markdown(fragment: Fragment) -> None:
    assert to_markdown(fragment.body, fragment.representation, LINKS) == fragment.markdown


@every_fragment
def test_the_words_on_the_page_are_those_of_the_plain_text(fragment: Fragment) -> None:
    page = outline.texts(outline.rendered(fragment.markdown))
    text = to_text(fragment.body, fragment.representation, LINKS)
    # An image is a word in plain text, and none between the tags of a page.
    assert outline.is_in_order(outline.letters("".join(page)), outline.letters(text))


@pytest.mark.parametrize(
    "fragment", [each for each in _FRAGMENTS if each.text], ids=lambda each: each.name
)
def test_a_body_becomes_its_plain_text(fragment: Fragment) -> None:
    assert to_text(fragment.body, fragment.representation, LINKS) == fragment.text


@pytest.mark.parametrize("name", _IN_SEVERAL_FORMATS)
def test_a_body_says_the_same_in_each_format(name: str) -> None:
    bodies = _IN_SEVERAL_FORMATS[name]
    assert len({each.markdown for each in bodies}) == 1
    assert len({to_text(each.body, each.representation, LINKS) for each in bodies}) == 1


def test_a_name_stands_for_one_body_a_format() -> None:
    names = [(fragment.name, fragment.representation) for fragment in _FRAGMENTS]
    assert len(names) == len(set(names))


def test_the_corpus_has_bodies_of_each_format() -> None:
    assert len(_BY_NAME) >= 100
    formats = Counter(fragment.representation for fragment in _FRAGMENTS)
    assert formats["storage"] >= 100
    assert formats["atlas_doc_format"] >= 100
    assert formats["view"] >= 25
