"""Remarks that somebody is gone are told with their rows, and never with their words."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment

from planner.intake.sheets.gone_remarks import absences, says_gone
from planner.intake.sheets.read import read_table
from planner.model.schema import BUILDINGS


@pytest.mark.parametrize(
    ("header", "cell", "gone"),
    [
        ("备注", "2024年已搬走", True), ("备注", "去世", True), ("备注", "2023年3月病故", True),
        ("備註", "空掛戶", True), ("居住状态", "空置", True), ("备注", "查无此人", True),
        ("备注", "无人居住", True), ("备注", "组织关系已转出", True), ("备注", "未转出", False),
        ("note", "moved away", True), ("是否空置", "是", True), ("人户分离", "1", True),
        ("备注", "老伴去世，独居", False), ("备注", "丈夫2019年去世", False), ("备注", "未搬走", False),
        ("备注", "拆迁安置户", False), ("居住状态", "常住", False), ("是否空置", "否", False),
        ("备注", "", False),
        ("备注", "门牌已换新", False), ("note", "empties the bins", False),
    ],
)  # fmt: skip
def test_what_says_that_nobody_lives_there(header: str, cell: str, gone: bool) -> None:
    """Whoever lost a husband lives there; a no is a no."""
    assert says_gone(header, cell) is gone


def test_rows_are_told_and_words_are_not(tmp_path: Path) -> None:
    """One finding a column, by its rows; columns with a meaning of their own are not looked at."""
    path = tmp_path / "h.csv"
    lines = [
        "编号,地址,备注,状态",
        "1,空置路1号,已搬走（赵）,",
        "2,甲路2号,,空房",
        "3,甲路3号,搬走,",
    ]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    (sheet,) = read_table(path)
    told = [f for f in sheet.findings if f.code == "absent-remark"]
    assert [(f.row, f.column) for f in told] == [(2, "备注"), (3, "状态")]
    assert "2、4" in told[0].what_zh
    assert not any("赵" in str(f) for f in told)
    assert len(sheet.cells) == 3
    assert not read_table(path, table=BUILDINGS)[0].findings


def test_rows_shorter_than_the_header() -> None:
    """What is not there says nothing, nor does a number."""
    body = [(1, ["1"]), (2, ["2", 3.0]), (3, ["3", "空置"])]
    (told,) = absences(["编号", "备注"], [1], body, 4)
    assert told.row == 8


def test_names_and_brackets_say_it(tmp_path: Path) -> None:
    """In the place of a name, or behind name and address; what a place is called says nothing."""
    path = tmp_path / "h.csv"
    lines = [
        "编号,姓名,地址",
        "1,空户,甲路1号",
        "2,某甲（已故）,甲路2号",
        "3,某乙,甲路3号（已拆除）",
        "4,空空,空置路4号（东门）",
    ]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    (sheet,) = read_table(path)
    told = [f for f in sheet.findings if f.code == "absent-remark"]
    assert [(f.row, f.column) for f in told] == [(2, "姓名"), (4, "地址")]
    assert "2、3" in told[0].what_zh


def test_notes_pinned_to_cells(tmp_path: Path) -> None:
    """A note of a workbook is heard like a remark, of rows that are read."""
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    for row in (["编号", "地址"], ["1", "甲路1号"], ["2", "甲路2号"], ["3", "甲路3号"]):
        page.append(row)
    page["A1"].comment = Comment("已故者请删除", "x")
    page["B3"].comment = Comment("赵某2024年已搬走", "x")
    page["B4"].comment = Comment("门牌已换新", "x")
    book.save(tmp_path / "h.xlsx")
    (sheet,) = read_table(tmp_path / "h.xlsx")
    (told,) = [f for f in sheet.findings if f.code == "absent-remark"]
    assert (told.row, "赵" in str(told)) == (3, False)
