"""Copies of workbooks hold what was seen, and nothing that computes, calls or strays."""

# ruff: noqa: E501 - markup is easier read on one line

from __future__ import annotations

import io

import openpyxl
import pytest

from planner.render.books.copied import copied_book
from tests.layouts.books import MAIN, PACKED, REL, packed


def book(**cells: object) -> bytes:
    """Write a workbook with these cells."""
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    for address, value in cells.items():
        sheet[address] = value
    sheet["A1"].hyperlink = "https://example.org"
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def test_texts_stay_texts_and_links_go() -> None:
    """A formula that was never computed leaves nothing behind."""
    sheet = copied_book(book(A1="x", A2="=1+1")).active
    assert sheet["A1"].hyperlink is None
    assert sheet["A2"].value is None


def test_strays_are_left_out() -> None:
    """Of the sheet that they stand on."""
    data = book(A1="x", XFD1048576="z")
    assert copied_book(data).active.max_row == 1_048_576
    assert copied_book(data, {"Sheet": ["XFD1048576"]}).active.max_row == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("quote", ["'", '"'])
def test_merges_past_all_measure(encoding: str, quote: str) -> None:
    """They would be laid out cell by cell, however they are written."""
    sheet = (
        f"<?xml version={quote}1.0{quote} encoding={quote}{encoding}{quote}?><x:worksheet xmlns:x={quote}{MAIN}{quote}><x:sheetData/>"
        f"<x:mergeCells><x:mergeCell  ref = {quote}A1:XFD1048576{quote} /></x:mergeCells></x:worksheet>"
    )
    parts = {
        "xl/workbook.xml": f"<workbook xmlns='{MAIN}' xmlns:r='{REL}'><sheets><sheet name='a' sheetId='1' r:id='r'/></sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f"<Relationships xmlns='{PACKED}'><Relationship Id='r' Type='{REL}/worksheet' Target='s.xml'/></Relationships>",
    }
    data = packed({**{n: x.encode() for n, x in parts.items()}, "xl/s.xml": sheet.encode(encoding)})
    with pytest.raises(ValueError, match="merged ranges"):
        copied_book(data)


def test_what_is_no_workbook() -> None:
    """Is one error, whatever was met."""
    with pytest.raises(ValueError, match="cannot be copied"):
        copied_book(b"PK")
