"""Columns are filled into copies of sheets: in place, as text, beside what was there."""

from __future__ import annotations

import io

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font

from planner.render.books.filled import Fill, fill_rows, fill_workbook
from planner.render.books.marked import Grid


def book(**cells: object) -> bytes:
    """Make a workbook of one sheet."""
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = "表"
    for place, value in cells.items():
        sheet[place] = value
    sheet["A1"].font = Font(bold=True)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def test_a_workbook_keeps_its_layout() -> None:
    """The heading looks like its neighbour; values go to their rows; a text stays a text."""
    fill = Fill("表", 1, ((2, "责任区"), (3, "姓名")), {2: (7, "=1+1"), 4: (9, "")})
    sheet = load_workbook(io.BytesIO(fill_workbook(book(A1="编号", A2="x", A4="y"), [fill])))["表"]
    assert [c.value for c in sheet[1]] == ["编号", "责任区", "姓名"]
    assert sheet["B1"].font.bold
    assert (sheet["B2"].value, sheet["C2"].value, sheet["C2"].data_type) == (7, "=1+1", "s")
    assert (sheet["B4"].value, sheet["C4"].value) == (9, None)
    assert sheet["A3"].value is None


def test_a_csv_is_laid_out() -> None:
    """Its only sheet has no name; rows keep their places."""
    grid = Grid("", [["编号"], ["1"], ["2"]])
    sheet = load_workbook(
        io.BytesIO(fill_rows([grid], [Fill("", 1, ((2, "责任区"),), {3: (4,)})]))
    ).active
    assert sheet is not None
    assert [[c.value for c in row] for row in sheet.iter_rows()] == [
        ["编号", "责任区"], ["1", None], ["2", 4],
    ]  # fmt: skip


def test_equal_sheets_give_equal_bytes() -> None:
    """Nothing of the clock is in them; what is no workbook is refused."""
    fill = Fill("表", 1, ((2, "责任区"),), {2: (7,)})
    data = book(A1="编号", A2="x")
    assert fill_workbook(data, [fill]) == fill_workbook(data, [fill])
    with pytest.raises(ValueError, match="cannot be copied"):
        fill_workbook(b"PK", [fill])
