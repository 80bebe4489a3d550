"""Large bodies are read piece by piece, and become what they would become in one piece."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tap_confluence.content import (
    NAMES_ONLY,
    Presentation,
    TooLargeError,
    mentions_in,
    sizes,
    to_markdown,
    to_text,
)
from tap_confluence.content.adf import pieces as adf_pieces
from tap_confluence.content.properties import properties_in
from tap_confluence.content.references import inclusions_in, references_in
from tap_confluence.content.storage import pieces as markup_pieces
from tap_confluence.content.storage import reader as storage
from tests.content.gallery import fragments_in
from tests.scale.large_bodies import ADF, STORAGE, VIEW, large_body

if TYPE_CHECKING:
    from collections.abc import Iterator

CORPUS = Path(__file__).parent / "corpus"
TABLES_AS_HTML = Presentation(complex_tables="html")


@pytest.fixture(params=[STORAGE, ADF, VIEW])
def representation(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def bodies_in(representation: str) -> list[str]:
    """Return the bodies of the corpus, and all of them in one."""
    found = [f.body for f in fragments_in(CORPUS) if f.representation == representation]
    inside = ",".join(found)
    together = f'{{"type":"doc","content":[{inside}]}}' if representation == ADF else "".join(found)
    return [*found, together]


def made_of(body: str, representation: str) -> Iterator[Any]:
    """Yield all that is made of a body."""
    yield to_markdown(body, representation)
    yield to_text(body, representation)
    yield to_markdown(body, representation, NAMES_ONLY, TABLES_AS_HTML)
    yield references_in(body, representation, NAMES_ONLY)
    yield inclusions_in(body, representation, NAMES_ONLY)
    yield properties_in(body, representation, NAMES_ONLY)
    yield mentions_in({representation: {"value": body}})


def test_all_that_is_made_of_a_body_is_the_same_piece_by_piece(
    representation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bodies = bodies_in(representation)
    assert len(bodies) > 40
    whole = [[*made_of(body, representation)] for body in bodies]

    monkeypatch.setattr(sizes, "LARGE", 0)
    monkeypatch.setattr(adf_pieces, "LARGE_NODE", 0)
    monkeypatch.setattr(markup_pieces, "PIECE", 50)
    for body, expected in zip(bodies, whole, strict=True):
        assert [*made_of(body, representation)] == expected, body


@pytest.mark.parametrize("representation", [STORAGE, VIEW])
def test_no_tree_is_made_of_large_markup(
    representation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    body, markdown, text = large_body(representation, 0.2)
    monkeypatch.setattr(sizes, "LARGE", len(body))
    monkeypatch.delattr(storage, "parsed")
    assert to_markdown(body, representation) == markdown
    assert to_text(body, representation) == text


def test_no_tree_is_made_of_a_large_document() -> None:
    body, _, text = large_body(ADF, 1.2)
    tracemalloc.start()
    try:
        assert to_text(body, ADF) == text
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # Decoded, it takes ten times its size.
    assert peak < 4 * len(body)


@pytest.mark.parametrize("levels", [200, 930, 20_000])
def test_of_a_deep_document_the_first_levels_are_divided_and_all_text_is_there(
    levels: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each version of Python divides documents that are nested to another depth."""
    divided = []

    def in_pieces(*given: Any) -> Any:
        divided.append(given)
        return divide(*given)

    divide = adf_pieces.in_pieces
    monkeypatch.setattr(adf_pieces, "in_pieces", in_pieces)
    text = "word " * 240_000
    inside = f'{{"type":"paragraph","content":[{{"type":"text","text":"{text}"}}]}}'
    body = '{"type":"x","content":[' * levels + inside + "]}" * levels
    assert to_text(body, ADF) == text.strip()
    assert len(divided) < adf_pieces.MOST_LEVELS


@pytest.mark.parametrize("ending", ["</p>", "<b>"])
def test_what_is_not_well_formed_is_repaired_first(
    ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = f"<ul><li>one<li>two & three</ul><p>{'word ' * 40}{ending}"
    whole = to_markdown(body, STORAGE)
    monkeypatch.setattr(sizes, "LARGE", 0)
    monkeypatch.setattr(markup_pieces, "PIECE", 20)
    assert to_markdown(body, STORAGE) == whole
    assert whole.startswith("- one\n- two & three\n\nword word")


def test_what_is_too_large_is_not_read(
    representation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = large_body(representation, 0.01).body
    monkeypatch.setattr(sizes, "MOST", len(body))
    assert to_text(body, representation)
    monkeypatch.setattr(sizes, "MOST", len(body) - 1)
    for read in (to_markdown, to_text):
        with pytest.raises(TooLargeError, match="are not read"):
            read(body, representation)
    with pytest.raises(TooLargeError):
        references_in(body, representation, NAMES_ONLY)
    assert mentions_in({representation: {"value": body}}) == {}


def test_a_part_that_is_read_whole_has_a_bound_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "<tr><td>cell</td></tr>" * 100
    monkeypatch.setattr(sizes, "LARGE", 0)
    monkeypatch.setattr(sizes, "MOST_AT_ONCE", 1000)
    monkeypatch.setattr(markup_pieces, "PIECE", 100)
    # A table is read row by row; a macro has to be known whole.
    assert to_text(f"<table>{rows}</table>", STORAGE).count("cell") == 100
    macro = f'<ac:structured-macro ac:name="expand"><ac:rich-text-body><table>{rows}</table>'
    with pytest.raises(TooLargeError, match="a part of it has more than"):
        to_text(f"{macro}</ac:rich-text-body></ac:structured-macro>", STORAGE)
