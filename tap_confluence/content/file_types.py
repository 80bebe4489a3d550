"""What the ending of a name tells of a file."""

from __future__ import annotations

from typing import Final

_PICTURE_ENDINGS: Final = """
    apng avif bmp gif heic heif ico jfif jpe jpeg jpg png svg tif tiff webp
"""
_OTHER_ENDINGS: Final = """
    7z ai avi bin bpmn csv doc docm docx drawio eml eps exe gz htm html ics ini jar java js json
    key log m4a m4v md mkv mov mp3 mp4 mpeg mpg msg numbers odp ods odt ogg ogv pages pdf potx ppt
    pptm pptx ps psd puml py rar rtf sh sketch sql tar tgz tsv txt vsd vsdx wav webm wma wmv xls
    xlsb xlsm xlsx xml yaml yml zip
"""
_PICTURES: Final = frozenset(_PICTURE_ENDINGS.split())
_OTHERS: Final = frozenset(_OTHER_ENDINGS.split())
_LONGEST: Final = 255


def is_file_name(text: str) -> bool:
    """Tell whether a text is the name of a file rather than words about it."""
    return len(text) <= _LONGEST and _ending(text) in _PICTURES | _OTHERS


def is_picture(file_name: str) -> bool:
    """Tell whether a file may be a picture; only an ending that is known tells that it is not."""
    return _ending(file_name) not in _OTHERS


def _ending(file_name: str) -> str:
    stem, dot, ending = file_name.rpartition(".")
    return ending.lower() if dot and stem.strip() else ""
