"""The office's workbooks look alike, compute nothing and print."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.render.books.look import (
    Column,
    Sheet,
    add_table,
    book_styles,
    new_book,
    plain_text,
    set_page,
    watermark,
)

DAY = datetime(2026, 5, 1)
COLUMNS = (
    Column("a", "甲", "A", 12),
    Column("n", "数", "N", 8, "count"),
    Column("w", "米", "M", 8, "metres"),
    Column("s", "比", "S", 8, "share"),
    Column("i", "号", "Id", 8, "id"),
)


def laid(frame: pd.DataFrame, title: str = "题") -> openpyxl.Workbook:
    """Lay a frame out and read it back."""
    with new_book(title, DAY, "内部") as (book, buffer):
        add_table(book, book_styles(book), Sheet("表", frame, COLUMNS), title)
        watermark(book.worksheets()[0], "2026-05-01")
    return openpyxl.load_workbook(io.BytesIO(buffer.getvalue()))


def frame(text: str = "x") -> pd.DataFrame:
    """Give one row with a text, and one without numbers."""
    return pd.DataFrame(
        {
            "a": [text, ""],
            "n": [1234, None],
            "w": [12.6, float("nan")],
            "s": [0.5, float("inf")],
            "i": ["007", "=1+1"],
        }
    )


def test_cells_keep_their_kind() -> None:
    """Numbers are numbers, ids keep their zeros, what is no number is an empty cell."""
    sheet: Any = laid(frame()).worksheets[0]
    assert [c.value for c in sheet[2]] == ["x", 1234, 12.6, 0.5, "007"]
    assert [c.value for c in sheet[3]][1:] == [None, None, None, "=1+1"]
    assert sheet["E3"].data_type == "s"
    assert [c.value for c in sheet[1]] == [f"{c.zh}\n{c.en}" for c in COLUMNS]
    assert [sheet[2][k].number_format for k in range(1, 5)] == ["#,##0", "#,##0", "0.00", "@"]


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "http://x.invalid", "0012", "+1", "-1"])
def test_texts_stay_texts(text: str) -> None:
    """Nothing of the input becomes a formula, a number or a link."""
    cell: Any = laid(frame(text)).worksheets[0]["A2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


def test_it_is_set_for_paper() -> None:
    """A4 across, headings repeated and frozen, the title below and the watermark above."""
    sheet: Any = laid(frame(), "一 & 二").worksheets[0]
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:E3"
    assert "一 && 二" in sheet.oddFooter.left.text
    assert "内部资料" in sheet.oddHeader.center.text
    assert "2026-05-01" in sheet.oddHeader.center.text


def test_its_properties_tell_no_author_and_no_hour() -> None:
    """Equal contents, equal bytes."""
    book = laid(frame(), "题")
    assert (book.properties.title, book.properties.contentStatus) == ("题", "内部")
    assert not book.properties.creator
    assert book.properties.created == DAY
    made = []
    for _ in range(2):
        with new_book("题", DAY) as (one, buffer):
            set_page(one.add_worksheet("a"), "题")
        made.append(buffer.getvalue())
    assert made[0] == made[1]


def test_an_empty_frame_still_has_its_headings() -> None:
    """A level without people is a sheet without rows."""
    sheet: Any = laid(frame().iloc[:0]).worksheets[0]
    assert sheet.max_row == 1
    assert sheet.auto_filter.ref == "A1:E2"


@given(st.text(max_size=60))
def test_plain_text_can_be_written(text: str) -> None:
    """Whatever the input holds, what is left is UTF-8 without control characters but tab and line."""
    kept = plain_text(text)
    assert len(kept) == len(text)
    assert all(c >= " " or c in "\t\n" for c in kept)
    kept.encode("utf-8")


def test_plain_text_is_cut() -> None:
    """A cell takes 32,767 characters."""
    assert len(plain_text("x" * 40_000)) == 32_000
    assert plain_text("\ud800") == "?"


def test_each_zone_begins_a_page_of_its_own() -> None:
    """Breaks where the column changes, at a scale, for a sheet that is fitted to a page has no breaks."""
    table = pd.DataFrame({"zone": [1, 1, 2, 4, 4, 4], "note": ["x"] * 6})
    columns = (Column("zone", "区", "Zone", 60, "count"), Column("note", "记", "Note", 120))
    with new_book("题", DAY) as (book, buffer):
        add_table(book, book_styles(book), Sheet("核查", table, columns, apart="zone"), "题")
    page: Any = openpyxl.load_workbook(io.BytesIO(buffer.getvalue())).worksheets[0]
    assert [b.id for b in page.row_breaks.brk] == [3, 4]
    assert page.page_setup.scale == 75
    assert not page.sheet_properties.pageSetUpPr or not page.sheet_properties.pageSetUpPr.fitToPage
    assert page.print_title_rows == "$1:$1"
