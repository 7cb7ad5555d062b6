"""A workbook becomes the same bytes, in memory alone."""

from __future__ import annotations

import io
import tempfile
import zipfile
from typing import Any

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference

from planner.render.books.marked import book_bytes


def book() -> openpyxl.Workbook:
    """Give a workbook of two sheets, a comment and a chart."""
    made = openpyxl.Workbook()
    sheet: Any = made.active
    sheet.append(["甲", 1, 2.5])
    sheet["A1"].comment = openpyxl.comments.Comment("说明", "x")
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=2, max_col=3, min_row=1, max_row=1))
    sheet.add_chart(chart, "E2")
    made.create_sheet("乙").append(["=1+1"])
    return made


def test_it_reads_back() -> None:
    """Cells, comments and charts are kept."""
    data = book_bytes(book())
    again = openpyxl.load_workbook(io.BytesIO(data))
    first: Any = again.worksheets[0]
    assert [c.value for c in first[1]] == ["甲", 1, 2.5]
    assert first["A1"].comment.text == "说明"
    assert len(first._charts) == 1
    assert again.sheetnames[1] == "乙"


def test_no_member_carries_a_date() -> None:
    """The clock would make equal workbooks differ."""
    with zipfile.ZipFile(io.BytesIO(book_bytes(book()))) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert all(info.compress_type == zipfile.ZIP_DEFLATED for info in archive.infolist())


def test_nothing_is_laid_down_on_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """No folder for temporary files is asked for: a killed run would leave the rows in it."""

    def refuse(*_: Any, **__: Any) -> Any:
        raise AssertionError("a temporary file")

    for name in (
        "mkstemp",
        "NamedTemporaryFile",
        "TemporaryFile",
        "mkdtemp",
        "SpooledTemporaryFile",
    ):
        monkeypatch.setattr(tempfile, name, refuse)
    assert book_bytes(book())
