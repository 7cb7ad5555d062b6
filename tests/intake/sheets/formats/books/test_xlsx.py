"""Worksheets of a package: every way of writing a cell gives its value, its fault, or nothing."""

# ruff: noqa: E501 - markup and cases are easier read on one line

from __future__ import annotations

import datetime
import io

import numpy as np
import openpyxl
import pytest
from openpyxl.styles import Font

from planner.intake.sheets.formats.books.package import Package
from planner.intake.sheets.formats.books.sparse import WorkbookError, laid_out
from planner.intake.sheets.formats.books.xlsx import _styles, sheets_of_xlsx
from tests.layouts.books import MAIN, PACKED, REL, Error, Sheet, packed, write_xlsx

ROWS = [
    ["编号", "地址", "楼栋"],
    ["0012", "幸福路12号", 3.0],
    [340405.0, "", Error()],
    ["x", None, Error("formula")],
]


@pytest.mark.parametrize("seed", range(40))
def test_any_spelling_of_a_package(seed: int) -> None:
    """Quotes, prefixes, order, addresses, strings in place or shared: one sheet."""
    data = write_xlsx(Sheet(ROWS, [(1, 0, 2, 0)], [2], [1]), np.random.default_rng(seed))
    (sheet,) = sheets_of_xlsx(Package(data), None)
    cells = laid_out(sheet)
    assert cells.grid == [
        ["编号", "地址", "楼栋"],
        ["0012", "幸福路12号", 3.0],
        [340405.0, "", ""],
        ["x", "", ""],
    ]
    assert dict(cells.faults) == {(2, 2): "error", (3, 2): "formula"}
    assert cells.merges == ((1, 0, 2, 0),)
    assert (cells.hidden_rows, cells.hidden_columns) == (1, 1)


def one(cell: str, *, styles: str = "", book: str = "") -> object:
    """Give the value of the one cell of a sheet."""
    parts = {
        "xl/workbook.xml": f"<workbook xmlns='{MAIN}' xmlns:r='{REL}'>{book}<sheets><sheet name='a' sheetId='1' "
        "r:id='r1'/></sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f"<Relationships xmlns='{PACKED}'><Relationship Id='r1' Type='{REL}/worksheet' "
        f"Target='s.xml'/><Relationship Id='r2' Type='{REL}/styles' Target='t.xml'/></Relationships>",
        "xl/s.xml": f"<worksheet xmlns='{MAIN}'><sheetData><row>{cell}</row></sheetData></worksheet>",
        "xl/t.xml": f"<styleSheet xmlns='{MAIN}'>{styles}</styleSheet>",
    }
    (sheet,) = sheets_of_xlsx(Package(packed({n: x.encode() for n, x in parts.items()})), None)
    return sheet.rows.get(0, {}).get(0) if not sheet.faults else dict(sheet.faults)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("<c><v>7</v></c>", 7.0),
        ("<c t='b'><v>1</v></c>", True),
        ("<c t='str'><v>_x000D_甲</v></c>", "\r甲"),
        ("<c t='str'><f>T(1)</f><v></v></c>", None),
        ("<c t='str'><f>T(1)</f><v/></c>", None),
        ("<c t='str'><f>T(1)</f></c>", {(0, 0): "formula"}),
        ("<c><f>1+1</f></c>", {(0, 0): "formula"}),
        ("<c><f>1+1</f><v></v></c>", {(0, 0): "formula"}),
        ("<c t='e'><v>#REF!</v></c>", {(0, 0): "error"}),
        ("<c t='d'><v>2026-03-02</v></c>", datetime.date(2026, 3, 2)),
        ("<c t='d'><v>2026-03-02T08:00:00</v></c>", datetime.datetime(2026, 3, 2, 8)),
        (
            "<c t='inlineStr'><is><r><t>甲</t></r><r><t>乙</t></r><rPh><t>x</t></rPh></is></c>",
            "甲乙",
        ),
        ("<c/>", None),
    ],
)
def test_kinds_of_cells(cell: str, value: object) -> None:
    """An empty text is no fault; a formula without any value is one."""
    assert one(cell) == value


@pytest.mark.parametrize(
    ("styles", "book", "value"),
    [
        ("<cellXfs><xf numFmtId='14'/></cellXfs>", "", datetime.date(2026, 3, 2)),
        ("<numFmts><numFmt numFmtId='200' formatCode='m&quot;月&quot;d&quot;日&quot;'/></numFmts><cellXfs>"
         "<xf numFmtId='200'/></cellXfs>", "", datetime.date(2026, 3, 2)),
        ("<cellXfs><xf numFmtId='14'/></cellXfs>", "<workbookPr date1904='1'/>", datetime.date(2030, 3, 3)),
        ("<cellXfs><xf numFmtId='46'/></cellXfs>", "", datetime.timedelta(46083)),
        ("<cellStyleXfs><xf numFmtId='14'/></cellStyleXfs><cellXfs><xf numFmtId='0'/></cellXfs>", "", 46083.0),
    ],
)  # fmt: skip
def test_dates_are_numbers_in_a_style(styles: str, book: str, value: object) -> None:
    """Only the styles of cells count, not those that they are derived from."""
    assert one("<c s='0'><v>46083</v></c>", styles=styles, book=book) == value


def test_what_openpyxl_writes() -> None:
    """Every kind of cell of the usual library, a hidden sheet, and a sheet by its name."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(
        [
            "x",
            1,
            2.5,
            True,
            datetime.date(2024, 3, 1),
            datetime.datetime(2024, 3, 1, 12, 30),
            datetime.time(8),
        ]
    )
    book.create_sheet("隐").append(["y"])
    book["隐"].sheet_state = "hidden"
    buffer = io.BytesIO()
    book.save(buffer)
    package = Package(buffer.getvalue())
    first, second = sheets_of_xlsx(package, None)
    assert list(first.rows[0].values()) == [
        "x", 1.0, 2.5, True, datetime.date(2024, 3, 1), datetime.datetime(2024, 3, 1, 12, 30), datetime.time(8),
    ]  # fmt: skip
    assert (second.visible, second.rows) == (False, {})
    assert [s.rows for s in sheets_of_xlsx(package, "隐")] == [{}, {0: {0: "y"}}]


def test_a_string_that_is_not_there_is_damage() -> None:
    """A place past the shared strings is no empty text."""
    with pytest.raises(WorkbookError, match="damaged"):
        one("<c t='s'><v>3</v></c>")


def test_rows_that_are_struck_through() -> None:
    """By the font of most of their cells; fonts of conditional formats, and a strike of 0, strike nothing."""
    struck, plain = "<font><strike/></font>", "<font><strike val='0'/></font>"
    styles = (
        f"<dxfs><dxf>{struck}</dxf></dxfs><fonts><font/>{struck}{plain}</fonts>"
        "<cellXfs><xf/><xf fontId='1'/><xf fontId='2'/></cellXfs>"
    )
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (("编号", "地址"), ("1", "甲"), ("2", "乙"), ("3", "丙")):
        sheet.append(row)
    for cell in (*sheet[3], sheet["A4"]):
        cell.font = Font(strike=True)
    buffer = io.BytesIO()
    book.save(buffer)
    (found,) = sheets_of_xlsx(Package(buffer.getvalue()), None)
    assert laid_out(found).struck == (2,)
    assert _styles(f"<styleSheet xmlns='{MAIN}'>{styles}</styleSheet>".encode())[1] == {1}
