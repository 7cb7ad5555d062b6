"""Whatever the file, its cells come with their place, and what was passed over is told."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import Font

from planner.errors import SheetError
from planner.intake.sheets.formats.grids import read_grids, row_numbers


def test_text_keeps_every_row(tmp_path: Path) -> None:
    """Blank rows too, so that rows are counted as the spreadsheet counts them."""
    (tmp_path / "a.csv").write_text("a;b\n\n1;2\n", "utf-8")
    (raw,) = read_grids(tmp_path / "a.csv", name="名册")
    assert raw.grid == [["a", "b"], [], ["1", "2"]]
    assert (raw.sheet, raw.first, raw.left, raw.separator) == ("", 0, 0, "semicolon")
    assert [f.file for f in raw.findings] == ["名册"]


def workbook(path: Path) -> Path:
    """Write a workbook whose table begins at B3, with a merge and a hidden sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "居民"
    for r, row in enumerate([["编号", "地址"], ["1", "甲"], ["2", None]], start=3):
        for c, value in enumerate(row, start=2):
            sheet.cell(r, c, value)
    sheet.merge_cells("C4:C5")
    sheet.row_dimensions[5].hidden = True
    sheet["B5"].font = Font(strike=True)
    hidden = book.create_sheet("旧")
    hidden["A1"] = "x"
    hidden.sheet_state = "hidden"
    book.save(path)
    return path


def test_a_workbook_keeps_its_places(tmp_path: Path) -> None:
    """The grid begins where the first cell stands; merges are counted from the sheet's corner."""
    (raw,) = read_grids(workbook(tmp_path / "a.xlsx"))
    assert (raw.sheet, raw.first, raw.left) == ("居民", 2, 1)
    assert raw.grid[0] == ["编号", "地址"]
    assert raw.merges == ((3, 2, 4, 2),)
    assert [f.code for f in raw.findings] == ["hidden-sheet", "hidden-rows", "struck-rows"]


def test_a_sheet_that_is_named_is_read_hidden_or_not(tmp_path: Path) -> None:
    """A name that is not there is refused with those that are."""
    path = workbook(tmp_path / "a.xlsx")
    (raw,) = read_grids(path, sheet="旧")
    assert raw.grid == [["x"]]
    with pytest.raises(SheetError, match="its sheets are: 居民, 旧"):
        read_grids(path, sheet="新")


def test_the_first_numbers_of_many_rows() -> None:
    """Twenty are told as they are; of more the first twenty, and that there are others."""
    assert row_numbers([2, 4], "、") == "2、4"
    assert row_numbers(range(1, 21), ", ").endswith("19, 20")
    assert row_numbers(range(1, 22), ", ").endswith("19, 20 ...")
