"""Worksheets of OpenDocument."""

# ruff: noqa: E501 - markup and cases are easier read on one line

from __future__ import annotations

import datetime

import numpy as np
import pytest

from planner.intake.sheets.formats.books.ods import sheets_of_ods
from planner.intake.sheets.formats.books.package import Package
from planner.intake.sheets.formats.books.sparse import WorkbookError, laid_out
from tests.layouts.books import Error, Sheet, packed, write_ods

NAMES = " ".join(
    f"xmlns:{n}='urn:oasis:names:tc:opendocument:xmlns:{n}:1.0'"
    for n in ("office", "table", "text", "style")
)


def document(tables: str, styles: str = "") -> Package:
    """Pack a document of tables."""
    xml = (
        f"<office:document-content {NAMES}><office:automatic-styles>{styles}</office:automatic-styles><office:body>"
        f"<office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    return Package(packed({"content.xml": xml.encode()}))


@pytest.mark.parametrize("seed", range(20))
def test_marks_and_merges(seed: int) -> None:
    """Errors, formulas without a value, hidden rows and columns, merged cells."""
    rows = [
        ["编号", "地址", "楼栋"],
        ["1", "甲路1号", Error()],
        ["2", "", Error("formula")],
        [3.0, None, "5"],
    ]
    data = write_ods(Sheet(rows, [(1, 0, 2, 0)], [3], [1]), np.random.default_rng(seed))
    (sheet,) = sheets_of_ods(Package(data), None)
    cells = laid_out(sheet)
    assert cells.grid == [
        ["编号", "地址", "楼栋"],
        ["1", "甲路1号", ""],
        ["2", "", ""],
        [3.0, "", "5"],
    ]
    assert dict(cells.faults) == {(1, 2): "error", (2, 2): "formula"}
    assert (cells.merges, cells.hidden_rows, cells.hidden_columns) == (((1, 0, 2, 0),), 1, 1)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("office:value-type='date' office:date-value='2026-03-02'", datetime.date(2026, 3, 2)),
        (
            "office:value-type='date' office:date-value='2026-03-02T08:00:00'",
            datetime.datetime(2026, 3, 2, 8),
        ),
        ("office:value-type='time' office:time-value='PT08H15M00S'", datetime.time(8, 15)),
        ("office:value-type='time' office:time-value='PT30H0M0S'", datetime.timedelta(hours=30)),
        ("office:value-type='boolean' office:boolean-value='true'", True),
        ("office:value-type='percentage' office:value='0.5'", 0.5),
        ("office:value-type='string' office:string-value='甲'", "甲"),
    ],
)
def test_values(cell: str, value: object) -> None:
    """Each kind by its own attribute."""
    package = document(
        f"<table:table table:name='a'><table:table-row><table:table-cell {cell}/></table:table-row></table:table>"
    )
    assert sheets_of_ods(package, None)[0].rows == {0: {0: value}}


def test_text_in_pieces_repeats_and_notes() -> None:
    """Blanks, tabs and paragraphs count; a comment does not; repeated cells and rows are each one."""
    text = "<text:p>甲<text:s text:c='2'/>乙<text:tab/><text:span>丙</text:span></text:p><text:p>丁</text:p>"
    note = "<office:annotation><text:p>批注</text:p></office:annotation>"
    package = document(
        "<table:table table:name='a'><table:table-row table:number-rows-repeated='2'><table:table-cell "
        f"table:number-columns-repeated='2' office:value-type='string'>{note}{text}</table:table-cell>"
        "</table:table-row></table:table>"
    )
    said = "甲  乙\t丙\n丁"
    assert sheets_of_ods(package, None)[0].rows == {0: {0: said, 1: said}, 1: {0: said, 1: said}}


def test_hidden_sheets_by_their_style() -> None:
    """They are listed, and read only when asked for."""
    styles = "<style:style style:name='h' style:family='table'><style:table-properties table:display='false'/></style:style>"
    row = "<table:table-row><table:table-cell office:value-type='float' office:value='1'/></table:table-row>"
    package = document(
        f"<table:table table:name='a'>{row}</table:table><table:table table:name='b' table:style-name='h'>{row}</table:table>",
        styles,
    )
    assert [(s.name, s.visible, bool(s.rows)) for s in sheets_of_ods(package, None)] == [
        ("a", True, True),
        ("b", False, False),
    ]
    assert [bool(s.rows) for s in sheets_of_ods(package, "b")] == [False, True]


def test_a_bomb_of_repeats_and_a_password() -> None:
    """A line of XML can mean seventeen thousand million cells."""
    cell = "<table:table-cell table:number-columns-repeated='16384' office:value-type='float' office:value='1'/>"
    bomb = f"<table:table table:name='a'><table:table-row table:number-rows-repeated='1048576'>{cell}</table:table-row></table:table>"
    with pytest.raises(WorkbookError, match="wide"):
        sheets_of_ods(document(bomb), None)
    locked = Package(
        packed({"META-INF/manifest.xml": b"<m><encryption-data/></m>", "content.xml": b"\x00"})
    )
    with pytest.raises(WorkbookError, match="password"):
        sheets_of_ods(locked, None)


def test_rows_that_are_struck_through() -> None:
    """More than half of their cells; a line that is none strikes nothing."""
    styles = "".join(
        f"<style:style style:name='{name}'><style:text-properties style:text-line-through-style='{line}'/></style:style>"
        for name, line in (("gone", "solid"), ("here", "none"))
    )
    cell = "<table:table-cell table:style-name='{}' office:value-type='string'><text:p>x</text:p></table:table-cell>"
    rows = [("gone", "gone"), ("here", "here"), ("gone", "here"), ("gone", "gone")]
    laid = "".join(
        f"<table:table-row>{''.join(cell.format(s) for s in row)}</table:table-row>" for row in rows
    )
    (sheet,) = sheets_of_ods(
        document(f"<table:table table:name='a'>{laid}</table:table>", styles), None
    )
    assert laid_out(sheet).struck == (0, 3)
