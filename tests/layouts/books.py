"""Workbooks written by hand, byte by byte, in the many spellings that their rules allow."""

# ruff: noqa: E501 - markup and cases are easier read on one line

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

import numpy as np

from planner.intake.sheets.formats.books.sparse import address_of

__all__ = ["Error", "Sheet", "write_ods", "write_xls", "write_xlsx"]

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKED = "http://schemas.openxmlformats.org/package/2006/relationships"
Cell = str | float | None


@dataclass(frozen=True)
class Error:
    """A cell that holds an error, or a formula that was never computed."""

    kind: str = "error"


@dataclass(frozen=True)
class Sheet:
    """A worksheet to be written.

    Parameters
    ----------
    rows : sequence of rows
        From A1 on; text, number, `Error` or None.
    merges : sequence of (first row, first column, last row, last column)
    hidden_rows, hidden_columns : sequence of int
    name : str
    struck_rows : sequence of int
        Struck through, in a book of Excel 97.
    """

    rows: Sequence[Sequence[Cell | Error]]
    merges: Sequence[tuple[int, int, int, int]] = ()
    hidden_rows: Sequence[int] = ()
    hidden_columns: Sequence[int] = ()
    name: str = "居民"
    struck_rows: Sequence[int] = ()


@dataclass
class Spelling:
    """How the XML of a package is written."""

    rng: np.random.Generator
    prefix: str = ""
    quote: str = '"'
    space: str = MAIN
    texts: list[str] = field(default_factory=list)

    def attributes(self, pairs: dict[str, str]) -> str:
        """Write attributes in any order, with either quotes and with blanks around the sign of equality."""
        items = [(name, value) for name, value in pairs.items() if value]
        order = self.rng.permutation(len(items))
        equals = " = " if self.rng.random() < 0.1 else "="
        return "".join(f" {items[i][0]}{equals}{self._quoted(items[i][1])}" for i in order)

    def _quoted(self, value: str) -> str:
        text = escape(value, {'"': "&quot;", "'": "&apos;"})
        return f"{self.quote}{text}{self.quote}"

    def tag(self, name: str, attributes: dict[str, str] | None = None, inside: str = "") -> str:
        """Write an element; an empty one in either form."""
        head = f"{self.prefix}{name}{self.attributes(attributes or {})}"
        if not inside and self.rng.random() < 0.5:
            return f"<{head} />" if self.rng.random() < 0.3 else f"<{head}/>"
        comment = "<!-- c -->" if inside and inside[0] == "<" and self.rng.random() < 0.02 else ""
        return f"<{head}>{comment}{inside}</{self.prefix}{name}>"


def write_xlsx(sheet: Sheet, rng: np.random.Generator) -> bytes:
    """Write a package: members in any case and with either slash, references kept or left out."""
    spelling = Spelling(rng, ("", "x:")[int(rng.integers(2))], "\"'"[int(rng.integers(2))],
                        (MAIN, STRICT)[int(rng.integers(4) == 3)])  # fmt: skip
    body = _sheet_xml(sheet, spelling)
    declared = f"xmlns{':' + spelling.prefix[:-1] if spelling.prefix else ''}='{spelling.space}'"
    names = ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"]
    if rng.random() < 0.3:
        names[0] = "xl/Workbook.xml"
    if rng.random() < 0.2:
        names[1] = "xl/worksheets/Sheet1.XML"
    if rng.random() < 0.2:
        names[1] = "xl/tables/first.xml"
    absolute = rng.random() < 0.3

    def target(name: str) -> str:
        own = f"/{name}" if absolute else name.removeprefix("xl/")
        own = own.lower() if rng.random() < 0.3 else own
        return own.replace("/", "\\") if rng.random() < 0.1 else own

    kinds = ("worksheet", "sharedStrings", "styles")
    links = "".join(
        f"<Relationship Id='rId{k}' Type='{REL}/{kind}' Target='{target(name)}'/>"
        for k, (kind, name) in enumerate(zip(kinds, names[1:], strict=True), 1)
    )
    listed = f"<{spelling.prefix}sheet{spelling.attributes({'name': sheet.name, 'sheetId': '1', 'r:id': 'rId1'})}/>"
    book = (f"<{spelling.prefix}workbook {declared} xmlns:r='{REL}'><{spelling.prefix}sheets>{listed}"
            f"</{spelling.prefix}sheets></{spelling.prefix}workbook>")  # fmt: skip
    strings = "".join(spelling.tag("si", {}, _string(t, spelling)) for t in spelling.texts)
    parts = {
        "[Content_Types].xml": "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>",
        "_rels/.rels": f"<Relationships xmlns='{PACKED}'><Relationship Id='a' Type='{REL}/officeDocument' "
        f"Target='{names[0]}'/></Relationships>",
        names[0]: book,
        f"xl/_rels/{names[0].rsplit('/', 1)[1]}.rels": f"<Relationships xmlns='{PACKED}'>{links}</Relationships>",
        names[1]: f"<{spelling.prefix}worksheet {declared}>{body}</{spelling.prefix}worksheet>",
        names[2]: f"<{spelling.prefix}sst {declared}>{strings}</{spelling.prefix}sst>",
        names[3]: f"<{spelling.prefix}styleSheet {declared}><{spelling.prefix}cellXfs><{spelling.prefix}xf/>"
        f"</{spelling.prefix}cellXfs></{spelling.prefix}styleSheet>",
    }  # fmt: skip
    back = rng.random() < 0.2
    encoding = ("utf-8", "utf-8", "utf-16", "gb18030")[int(rng.integers(4))]
    return packed(
        {n: _encoded(x, encoding if n in names else "utf-8") for n, x in parts.items()}, back
    )


def _encoded(xml: str, encoding: str) -> bytes:
    return f'<?xml version="1.0" encoding="{encoding}"?>\n{xml}'.encode(encoding)


def packed(parts: dict[str, bytes], backslashes: bool = False) -> bytes:
    """Zip parts, with backslashes in their names as some old exporters write them."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            info = zipfile.ZipInfo(name)
            info.filename = name.replace("/", "\\") if backslashes else name
            archive.writestr(info, data)
    return buffer.getvalue()


def _string(text: str, spelling: Spelling) -> str:
    """Write a string in one piece, or in several fonts with a reading aid."""
    if spelling.rng.random() < 0.2 and len(text) > 1:
        half = len(text) // 2
        runs = "".join(
            spelling.tag("r", {}, spelling.tag("t", {"xml:space": "preserve"}, escape(part)))
            for part in (text[:half], text[half:])
        )
        return runs + spelling.tag("rPh", {"sb": "0", "eb": "1"}, spelling.tag("t", {}, "ㄅ"))
    return spelling.tag("t", {"xml:space": "preserve"}, escape(text))


def _sheet_xml(sheet: Sheet, spelling: Spelling) -> str:
    rng = spelling.rng
    columns = "".join(
        spelling.tag("col", {"min": str(c + 1), "max": str(c + 1), "hidden": "1"})
        for c in sheet.hidden_columns
    )
    addressed = rng.random() < 0.7
    lines = []
    for r, row in enumerate(sheet.rows):
        cells = []
        for c, value in enumerate(row):
            if value is None and addressed and rng.random() < 0.7:
                continue
            cells.append(_cell_xml(value, address_of(r, c) if addressed else "", spelling))
        hidden = {"hidden": "true"} if r in sheet.hidden_rows else {}
        number = {"r": str(r + 1)} if addressed or rng.random() < 0.5 else {}
        lines.append(spelling.tag("row", number | hidden, "".join(cells)))
    merges = "".join(
        spelling.tag("mergeCell", {"ref": f"{address_of(a, b)}:{address_of(c, d)}"})
        for a, b, c, d in sheet.merges
    )
    return (
        (spelling.tag("cols", {}, columns) if columns else "")
        + spelling.tag("sheetData", {}, "\n".join(lines))
        + (spelling.tag("mergeCells", {}, merges) if merges else "")
    )


def _cell_xml(value: Cell | Error, address: str, spelling: Spelling) -> str:
    rng = spelling.rng
    at = {"r": address, "s": "0" if rng.random() < 0.5 else ""}
    if isinstance(value, Error):
        formula = spelling.tag("f", {}, "1/0")
        if value.kind == "formula":
            return spelling.tag("c", at, formula)
        return spelling.tag("c", {**at, "t": "e"}, formula + spelling.tag("v", {}, "#DIV/0!"))
    if value is None or value == "":
        if rng.random() < 0.3:  # a formula whose text is empty
            return spelling.tag("c", {**at, "t": "str"}, spelling.tag("f", {}, "T(1)") + f"<{spelling.prefix}v></{spelling.prefix}v>")  # fmt: skip
        return spelling.tag("c", at)
    if isinstance(value, str):
        way = int(rng.integers(3))
        if way == 0:
            inside = spelling.tag("is", {}, _string(value, spelling))
            return spelling.tag("c", {**at, "t": "inlineStr"}, inside)
        if way == 1:
            formula = spelling.tag("f", {}, "A1&amp;B1")
            return spelling.tag(
                "c", {**at, "t": "str"}, formula + spelling.tag("v", {}, escape(value))
            )
        spelling.texts.append(value)
        place = str(len(spelling.texts) - 1)
        return spelling.tag("c", {**at, "t": "s"}, spelling.tag("v", {}, place))
    kind = {"t": "n"} if rng.random() < 0.5 else {}
    number = repr(float(value)) if rng.random() < 0.5 else f"{value:g}"
    return spelling.tag("c", {**at, **kind}, spelling.tag("v", {}, number))


def write_ods(sheet: Sheet, rng: np.random.Generator) -> bytes:
    """Write a document: equal cells repeated or one by one, text in pieces, merged cells covered."""
    covered = {
        (r, c)
        for a, b, e, d in sheet.merges
        for r in range(a, e + 1)
        for c in range(b, d + 1)
        if (r, c) != (a, b)
    }
    spans = {(a, b): (e - a + 1, d - b + 1) for a, b, e, d in sheet.merges}
    lines = []
    for r, row in enumerate(sheet.rows):
        cells = "".join(
            _ods_cell(v, (r, c) in covered, spans.get((r, c)), rng) for c, v in enumerate(row)
        )
        hidden = " table:visibility='filter'" if r in sheet.hidden_rows else ""
        rest = "<table:table-cell table:number-columns-repeated='16000'/>"
        lines.append(f"<table:table-row{hidden}>{cells}{rest}</table:table-row>")
    columns = "".join(
        "<table:table-column{}/>".format(
            " table:visibility='collapse'" if c in sheet.hidden_columns else ""
        )
        for c in range(max(map(len, sheet.rows)))
    )
    rest = "<table:table-row table:number-rows-repeated='1048000'><table:table-cell/></table:table-row>"
    names = " ".join(
        f"xmlns:{n}='urn:oasis:names:tc:opendocument:xmlns:{n}:1.0'"
        for n in ("office", "table", "text")
    )
    content = (
        f"<office:document-content {names} xmlns:calcext='urn:org:documentfoundation:names:experimental:calc:xmlns:"
        f"calcext:1.0'><office:body><office:spreadsheet><table:table table:name='{sheet.name}'>{columns}"
        f"{''.join(lines)}{rest}</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    return packed(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": _encoded(content, "utf-8"),
        }
    )


def _ods_cell(
    value: Cell | Error, covered: bool, span: tuple[int, int] | None, rng: np.random.Generator
) -> str:
    name = "table:covered-table-cell" if covered else "table:table-cell"
    wide = "" if span is None else (f" table:number-rows-spanned='{span[0]}' table:number-columns-spanned='{span[1]}'")  # fmt: skip
    if isinstance(value, Error):
        if value.kind == "formula":
            return f"<{name}{wide} table:formula='of:=A1'/>"
        return (f"<{name}{wide} table:formula='of:=1/0' office:value-type='string' calcext:value-type='error'>"
                f"<text:p>#DIV/0!</text:p></{name}>")  # fmt: skip
    if value is None or value == "":
        formula = " table:formula='of:=T(1)'" if rng.random() < 0.2 else ""
        return f"<{name}{wide}{formula}>{'<text:p/>' if formula else ''}</{name}>"
    if isinstance(value, str):
        text = escape(value)
        if rng.random() < 0.3 and len(value) > 2:
            text = f"{escape(value[:1])}<text:span>{escape(value[1:])}</text:span>"
        note = (
            "<office:annotation><text:p>批注</text:p></office:annotation>"
            if rng.random() < 0.1
            else ""
        )
        return f"<{name}{wide} office:value-type='string'>{note}<text:p>{text}</text:p></{name}>"
    return f"<{name}{wide} office:value-type='float' office:value='{value}'><text:p>{value}</text:p></{name}>"


def write_xls(sheet: Sheet, rng: np.random.Generator) -> bytes:
    """Write the records of Excel 97 into their container."""

    def record(number: int, body: bytes) -> bytes:
        return struct.pack("<HH", number, len(body)) + body

    start = record(0x0809, struct.pack("<HHHHII", 0x0600, 5, 0x0DBB, 0x07CC, 0, 6))
    name = sheet.name.encode("utf-16-le")
    listed = struct.pack("<IBBBB", 0, 0, 0, len(sheet.name), 1) + name
    head = start + record(0x0042, struct.pack("<H", 1200))
    if (
        sheet.struck_rows
    ):  # six fonts, of which the last, number 6, is struck through, and two styles
        for k in range(6):
            head += record(0x0031, struct.pack("<HH", 200, 0x08 * (k == 5)) + bytes(12))
        head += record(0x00E0, bytes(20)) + record(0x00E0, struct.pack("<H", 6) + bytes(18))
    place = len(head) + len(record(0x0085, listed)) + 4
    book = head + record(0x0085, struct.pack("<I", place) + listed[4:]) + record(0x000A, b"")
    body = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x10, 0x0DBB, 0x07CC, 0, 6))
    for c in sheet.hidden_columns:
        body += record(0x007D, struct.pack("<HHHHHH", c, c, 2000, 0, 1, 0))
    for r, row in enumerate(sheet.rows):
        options = 0x20 if r in sheet.hidden_rows else 0
        body += record(0x0208, struct.pack("<HHHHHHI", r, 0, len(row), 255, 0, 0, options))
    for r, row in enumerate(sheet.rows):
        for c, value in enumerate(row):
            body += _xls_cell(record, (r, c, int(r in sheet.struck_rows)), value, rng)
    if sheet.merges:
        ranges = b"".join(struct.pack("<4H", a, e, b, d) for a, b, e, d in sheet.merges)
        body += record(0x00E5, struct.pack("<H", len(sheet.merges)) + ranges)
    return _container(book + body + record(0x000A, b""))


def _xls_cell(
    record: object, place: tuple[int, int, int], value: Cell | Error, rng: np.random.Generator
) -> bytes:
    assert callable(record)
    at = struct.pack("<HHH", *place)
    if isinstance(value, Error):
        if rng.random() < 0.5:
            return record(0x0205, at + b"\x07\x01")
        return record(0x0006, at + b"\x02\0\x07\0\0\0\xff\xff" + struct.pack("<HIH", 0, 0, 0))
    if value is None or value == "":
        return b""
    if isinstance(value, str):
        return record(
            0x0204,
            at
            + struct.pack("<HB", len(value.encode("utf-16-le")) // 2, 1)
            + value.encode("utf-16-le"),
        )
    return record(0x0203, at + struct.pack("<d", value))


def _container(stream: bytes) -> bytes:
    """Put one stream into an OLE container of sectors of 512 bytes."""
    stream = stream.ljust(4096, b"\0")  # shorter ones would lie among the small sectors
    sectors = -(-len(stream) // 512)
    tables = -(-(sectors + 2) // 127)
    chain = [*range(1, sectors), 0xFFFFFFFE, 0xFFFFFFFE, *[0xFFFFFFFD] * tables]
    fat = struct.pack(f"<{len(chain)}I", *chain).ljust(512 * tables, b"\xff")

    def entry(name: str, kind: int, first: int, size: int, child: int = 0xFFFFFFFF) -> bytes:
        text = (name + "\0").encode("utf-16-le")
        return (text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
                + bytes(36) + struct.pack("<III", first, size, 0))  # fmt: skip

    folder = (
        entry("Root Entry", 5, 0xFFFFFFFE, 0, 1) + entry("Workbook", 2, 0, len(stream)) + bytes(256)
    )
    places = [sectors + 1 + k for k in range(tables)]
    head = (
        bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    )
    head += bytes(6) + struct.pack(
        "<IIIIIIIII", 0, tables, sectors, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0
    )
    head += struct.pack(f"<{tables}I", *places).ljust(436, b"\xff")
    return head + stream.ljust(512 * sectors, b"\0") + folder + fat
