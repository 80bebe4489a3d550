"""Fragments of bodies become the Markdown that the gallery shows, which renders to the same."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import pytest

from tap_confluence.content import to_markdown, to_text
from tests.content import outline
from tests.content.gallery import LINKS, fragments
from tests.content.outline import is_in_order

if TYPE_CHECKING:
    from tests.content.gallery import Fragment

_FRAGMENTS: Final = fragments()
every_fragment = pytest.mark.parametrize(
    "fragment", _FRAGMENTS, ids=lambda fragment: f"{fragment.representation}: {fragment.name}"
)


@cache
def _source(fragment: Fragment) -> outline.Outline:
    if fragment.representation == "atlas_doc_format":
        return outline.of_adf(fragment.body)
    return outline.of_storage(fragment.body)


@cache
def _rendered(fragment: Fragment) -> outline.Outline:
    return outline.of_html(outline.rendered(fragment.markdown))


def test_the_gallery_has_at_least_sixty_fragments_of_both_formats() -> None:
    assert len(_FRAGMENTS) >= 60
    assert {fragment.representation for fragment in _FRAGMENTS} >= {"storage", "atlas_doc_format"}


@every_fragment
def test_a_fragment_becomes_its_markdown(fragment: Fragment) -> None:
    markdown = to_markdown(fragment.body, fragment.representation, links=LINKS)
    assert markdown == fragment.markdown


@every_fragment
def test_rendering_back_yields_the_text_of_the_source_in_order(fragment: Fragment) -> None:
    wanted = _source(fragment).letters
    text = to_text(fragment.body, fragment.representation)
    assert is_in_order(wanted, _rendered(fragment).letters)
    assert is_in_order(wanted, outline.letters(text))


@every_fragment
def test_rendering_back_yields_the_headings_and_code_of_the_source(fragment: Fragment) -> None:
    source, page = _source(fragment), _rendered(fragment)
    assert page.headings == source.headings
    assert page.code == source.code


@every_fragment
def test_rendering_back_yields_the_lists_of_the_source(fragment: Fragment) -> None:
    source, page = _source(fragment), _rendered(fragment)
    assert [depth for depth, _ in page.items] == [depth for depth, _ in source.items]
    for (_, text), (_, wanted) in zip(page.items, source.items, strict=True):
        assert is_in_order(wanted, text)
    if fragment.representation != "export_view":
        assert page.tasks == source.tasks


@every_fragment
def test_rendering_back_yields_the_cells_of_the_source(fragment: Fragment) -> None:
    rows = [row for row in _rendered(fragment).rows if row]
    source = [row for row in _source(fragment).rows if row]
    assert len(rows) == len(source)
    for row, wanted in zip(rows, source, strict=True):
        assert len(row) == len(wanted)
        assert all(is_in_order(*cells) for cells in zip(wanted, row, strict=True))


@every_fragment
def test_rendering_back_yields_the_web_links_of_the_source(fragment: Fragment) -> None:
    assert is_in_order(_source(fragment).links, _rendered(fragment).links)


@every_fragment
def test_a_table_has_rows_of_equal_length(fragment: Fragment) -> None:
    for block in fragment.markdown.split("\n\n"):
        lines = [line.strip() for line in block.split("\n") if line.strip().startswith("| ")]
        assert len({line.replace("\\|", "").count("|") for line in lines}) <= 1
