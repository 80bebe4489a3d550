"""Names of files: safe whatever the title says, and still to be recognised."""

from __future__ import annotations

import unicodedata
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tap_confluence.errors import FileError
from tap_confluence.streams.files.file_folder import FileFolder, path_of_file, safe_name

TEXTS = st.one_of(
    st.text(),
    st.text(st.characters(codec=None, categories=["Cs", "Cc", "Cf", "Zl", "Zp", "Zs", "Mn", "Po"])),
    st.text(st.sampled_from('./\\:*?"<>|~ \0\u202e\u0338=aB1é\ud800')),
    st.sampled_from(("CON", "nul.txt", "COM1.tar.gz", "lpt9 .x", "..", ".", "", "~", "aux.")),
)


def assert_is_safe(name: str) -> None:
    """Check that any system takes a name for that of a file in the folder that it is in."""
    assert name not in {"", ".", ".."}
    assert not set(name) & set('/\\:*?"<>|\0')
    assert not name.startswith((".", " "))
    assert not name.endswith((".", " "))
    assert len(name.encode()) <= 150
    assert unicodedata.is_normalized("NFC", name)
    assert not {unicodedata.category(sign) for sign in name} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert not PureWindowsPath(name).is_reserved()
    assert PureWindowsPath(name).name == PurePosixPath(name).name == name


@given(TEXTS)
@example("../../etc/passwd")
@example(". 0")
@example("\N{GRINNING FACE}" * 300)
@example("\N{FAMILY}" * 300 + ".png")
@example("a" * 149 + "." + "b" * 20)
@example("a" * 300 + ". " * 30)
@example("<\N{COMBINING LONG SOLIDUS OVERLAY}")
def test_any_title_makes_a_safe_name(title: str) -> None:
    assert_is_safe(safe_name(title))


@given(TEXTS)
def test_a_safe_name_stays_as_it_is(title: str) -> None:
    assert safe_name(safe_name(title)) == safe_name(title)


@given(TEXTS, TEXTS, TEXTS, st.none() | st.integers(min_value=0), TEXTS)
def test_a_path_has_three_safe_parts(
    key: str, container: str, identity: str, version: int | None, title: str
) -> None:
    path = path_of_file(key, container, identity, version, title)

    assert len(path.parts) == 3
    assert not path.is_absolute()
    for part in path.parts[:2]:
        assert_is_safe(part)
    assert ".." not in path.parts
    assert len(path.name.encode()) <= 250
    assert len(path.name) > 0


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("report.pdf", "report.pdf"),
        ("Größe & Maß (2).XLSX", "Größe & Maß (2).XLSX"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("..\\..\\boot.ini", "_.._boot.ini"),
        ("/etc/shadow", "_etc_shadow"),
        ("a\0b.txt", "a_b.txt"),
        ("C:\\x", "C__x"),
        (".htaccess", "htaccess"),
        ("...", "unnamed"),
        ("", "unnamed"),
        ("name. . ", "name"),
        ("CON", "_CON"),
        ("nul.tar.gz", "_nul.tar.gz"),
        ("console.log", "console.log"),
        ("cafe\N{COMBINING ACUTE ACCENT}.txt", "café.txt"),
        ("gpj\N{RIGHT-TO-LEFT OVERRIDE}exe.txt", "gpj_exe.txt"),
        ("tab\tand\nline.txt", "tab_and_line.txt"),
        ("日本語.docx", "日本語.docx"),
        ("\ud800.png", "_.png"),
    ],
)
def test_what_is_safe_is_kept(title: str, name: str) -> None:
    assert safe_name(title) == name


def test_a_long_name_keeps_its_ending() -> None:
    name = safe_name("\N{GRINNING FACE}" * 300 + ".jpeg")

    assert name.endswith("\N{GRINNING FACE}.jpeg")
    assert 140 < len(name.encode()) <= 150


def test_a_long_ending_is_none() -> None:
    assert safe_name("a" * 100 + "." + "b" * 100) == ("a" * 100 + "." + "b" * 100)[:149]


def test_what_is_not_known_has_a_folder_of_its_own() -> None:
    assert str(path_of_file(None, None, "att1", None, "a.txt")) == "_unknown/_unknown/att1-v0-a.txt"
    assert str(path_of_file("~ana", "12", "att1", 3, "a.txt")) == "~ana/12/att1-v3-a.txt"


def test_a_file_that_fails_to_be_written_leaves_nothing(tmp_path: Path) -> None:
    folder, path = FileFolder(tmp_path), PurePosixPath("TEA/11/att1-v1-a.txt")

    def fail() -> None:
        with folder.writing(path) as file:
            file.write(b"half")
            raise InterruptedError

    with pytest.raises(FileError, match="Cannot write"):
        fail()

    assert list((tmp_path / "TEA" / "11").iterdir()) == []


def test_what_a_killed_run_has_left_is_removed(tmp_path: Path) -> None:
    path = PurePosixPath("TEA/11/att1-v1-a.txt")
    left = tmp_path / "TEA" / "11" / ".0badcafe-x7.part"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half")
    own = FileFolder(tmp_path)

    with own.writing(path) as file, own.writing(path.with_name("att2-v1-b")) as other:
        file.write(b"a")
        other.write(b"b")

    assert sorted(each.name for each in left.parent.iterdir()) == ["att1-v1-a.txt", "att2-v1-b"]
