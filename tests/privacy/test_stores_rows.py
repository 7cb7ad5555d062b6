"""Rows of workbooks are put together again."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import xlsxwriter

from planner.privacy.stores import row_lines, shared_strings
from tests.privacy.hiding import page_of


def test_cells_of_shared_strings() -> None:
    """Runs are joined, entities resolved, numbers and bare values stay."""
    strings = shared_strings(
        "<sst><si><t>甲</t></si>"
        '<si><r><t>a</t></r><r><t xml:space="preserve"> b</t></r></si><si/></sst>'
    )
    assert strings == ["甲", "a b", ""]
    sheet = (
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1"><v>5</v></c></row>'
        '<row r="2"><c r="A2" t="inlineStr"><is><t>x &amp; y</t></is></c><c t="s"><v>99</v></c></row>'
    )  # fmt: skip
    assert list(row_lines(sheet, strings)) == ["甲\ta b\t5", "x & y\t99"]


def test_rows_of_an_ods() -> None:
    """The other format has rows too."""
    sheet = (
        "<table:table-row><table:table-cell><text:p>甲</text:p></table:table-cell>"
        "<table:table-cell>3</table:table-cell></table:table-row>"
    )
    assert list(row_lines(sheet, [])) == ["甲\t3\t"]


def test_rows_of_both_writers() -> None:
    """What openpyxl and xlsxwriter write reads the same."""
    one, other = io.BytesIO(), io.BytesIO()
    book = openpyxl.Workbook()
    page_of(book).append(["新村路5号", "独居", 3])
    book.save(one)
    with xlsxwriter.Workbook(other, {"in_memory": True}) as made:
        made.add_worksheet().write_row(0, 0, ["新村路5号", "独居", 3])
    for file in (one, other):
        with zipfile.ZipFile(file) as parts:
            inline = "xl/sharedStrings.xml" not in parts.namelist()
            strings = [] if inline else shared_strings(parts.read("xl/sharedStrings.xml").decode())
            lines = list(row_lines(parts.read("xl/worksheets/sheet1.xml").decode(), strings))
        assert lines == ["新村路5号\t独居\t3"]
