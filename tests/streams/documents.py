"""Small files as office programs write them, with one text in each."""

from __future__ import annotations

import zipfile
from io import BytesIO
from xml.sax.saxutils import escape

_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_OPEN_XML = "application/vnd.openxmlformats-officedocument"


def _zipped(parts: dict[str, str]) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return packed.getvalue()


def _package(main: str, kind: str, parts: dict[str, str], inner: dict[str, str]) -> bytes:
    """Pack an Office document.

    Args:
        main: The part that the others are told by.
        kind: Its media type.
        parts: All parts.
        inner: What the main part refers to: the kind of each by its place.
    """
    types = f'<Override PartName="/{main}" ContentType="{kind}"/>'
    folder, _, name = main.rpartition("/")
    told = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{relation}" Target="{target}"/>'
        for number, (target, relation) in enumerate(inner.items(), start=1)
    )
    return _zipped(
        {
            "[Content_Types].xml": (
                f'<Types xmlns="{_TYPES}"><Default Extension="xml" ContentType="application/xml"/>'
                '<Default Extension="rels" ContentType='
                '"application/vnd.openxmlformats-package.relationships+xml"/>'
                f"{types}</Types>"
            ),
            "_rels/.rels": (
                f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="rId1" '
                f'Type="{_OFFICE}/officeDocument" Target="{main}"/></Relationships>'
            ),
            f"{folder}/_rels/{name}.rels": (
                f'<Relationships xmlns="{_RELATIONS}">{told}</Relationships>'
            ),
            **parts,
        }
    )


def docx(text: str) -> bytes:
    """Make a document of Word."""
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = f"<w:body><w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p></w:body>"
    parts = {"word/document.xml": f'<w:document xmlns:w="{space}">{body}</w:document>'}
    kind = f"{_OPEN_XML}.wordprocessingml.document.main+xml"
    return _package("word/document.xml", kind, parts, {})


def xlsx(text: str) -> bytes:
    """Make a table of Excel."""
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    cell = f'<c r="A1" t="inlineStr"><is><t>{escape(text)}</t></is></c><c r="B1"><v>42</v></c>'
    parts = {
        "xl/workbook.xml": (
            f'<workbook xmlns="{space}" xmlns:r="{_OFFICE}"><sheets>'
            '<sheet name="Costs" sheetId="1" r:id="rId1"/></sheets></workbook>'
        ),
        "xl/worksheets/sheet1.xml": (
            f'<worksheet xmlns="{space}"><sheetData><row r="1">{cell}</row></sheetData></worksheet>'
        ),
    }
    kind = f"{_OPEN_XML}.spreadsheetml.sheet.main+xml"
    return _package("xl/workbook.xml", kind, parts, {"worksheets/sheet1.xml": "worksheet"})


def pptx(text: str) -> bytes:
    """Make slides of PowerPoint."""
    space = "http://schemas.openxmlformats.org/presentationml/2006/main"
    drawing = "http://schemas.openxmlformats.org/drawingml/2006/main"
    shape = (
        '<p:sp><p:nvSpPr><p:cNvPr id="2" name="Text"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr/>'
        f"<p:txBody><a:bodyPr/><a:p><a:r><a:t>{escape(text)}</a:t></a:r></a:p></p:txBody></p:sp>"
    )
    parts = {
        "ppt/presentation.xml": (
            f'<p:presentation xmlns:p="{space}" xmlns:r="{_OFFICE}"><p:sldIdLst>'
            '<p:sldId id="256" r:id="rId1"/></p:sldIdLst></p:presentation>'
        ),
        "ppt/slides/slide1.xml": (
            f'<p:sld xmlns:p="{space}" xmlns:a="{drawing}"><p:cSld><p:spTree>{shape}</p:spTree>'
            "</p:cSld></p:sld>"
        ),
    }
    kind = f"{_OPEN_XML}.presentationml.presentation.main+xml"
    return _package("ppt/presentation.xml", kind, parts, {"slides/slide1.xml": "slide"})


def odt(text: str) -> bytes:
    """Make a text of LibreOffice."""
    space = "urn:oasis:names:tc:opendocument:xmlns"
    return _zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": (
                f'<office:document-content xmlns:office="{space}:office:1.0" '
                f'xmlns:text="{space}:text:1.0"><office:body><office:text>'
                f"<text:p>{escape(text)}</text:p></office:text></office:body>"
                "</office:document-content>"
            ),
        }
    )


def pdf(text: str = "") -> bytes:
    """Make a PDF of one page; without text it is like a scan."""
    shown = f"BT /F1 24 Tf 72 720 Td ({text}) Tj ET" if text else "0 0 100 100 re f"
    font = "/Resources << /Font << /F1 5 0 R >> >>"
    objects = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R {font} >>",
        f"<< /Length {len(shown)} >>\nstream\n{shown}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    written, places = "%PDF-1.4\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(written))
        written += f"{number} 0 obj\n{each}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    return (
        f"{written}xref\n0 6\n0000000000 65535 f \n{table}"
        f"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n{len(written)}\n%%EOF\n"
    ).encode("ascii")
