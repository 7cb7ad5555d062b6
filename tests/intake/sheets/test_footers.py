"""Notes below a table are no homes; homes below a note are."""

# ruff: noqa: E501 - markup and cases are easier read on one line

from __future__ import annotations

from pathlib import Path

import pytest

from planner.intake.residents import read_households
from planner.intake.sheets.footers import is_subtotal, notes_below

ROLES = ("id", "address", "community")
HOMES = [["A1", "幸福路12号", "甲"], ["A2", "幸福路14号", "甲"], ["A3", "幸福路16号", "乙"]]


def notes(*rows: list[str], wide: tuple[int, ...] = ()) -> set[int]:
    """Find the notes behind three homes, counted from the first row behind them."""
    body = list(enumerate([*HOMES, *rows]))
    return {at - 3 for at in notes_below(body, ROLES, [at + 3 for at in wide])}


@pytest.mark.parametrize(
    "text",
    ["共2户", "共 3 户，其中党员1户", "注：本表由各网格员填写", "注1、编号不得重复", "填表说明：编号不得重复", "备注:见附件", "数据来源：网格台账",
     "截至日期：2026年3月", "制表人：", "※ 带星号为必填", "2026年3月2日", "本表一式两份", "Note: as counted", "以上情况属实",
     "（说明：略）", "凡外出一年以上者不计；寄住者另行登记", "Prepared by: office"],
)  # fmt: skip
def test_lone_notes(text: str) -> None:
    """By how they begin, or are written."""
    assert notes([text, "", ""]) == {0}


@pytest.mark.parametrize(
    "row",
    [["A4", "", ""], ["0012", "", ""], ["", "幸福路18号", ""], ["", "共和路12号", ""], ["", "附小路3号", ""], ["", "单位宿舍3栋", ""],
     ["张家大院", "", ""], ["A4", "幸福路18号", ""], ["注", "幸福路18号", "乙"]],
)  # fmt: skip
def test_homes_without_much(row: list[str]) -> None:
    """An id alone, or an address alone, is a home of which little is known."""
    assert notes(row) == set()


def test_what_follows_a_note() -> None:
    """Its further lines have no opening of their own; an id below it is a home all the same."""
    assert notes(["填表说明：", "", ""], ["编号不得重复", "", ""], ["A4", "", ""]) == {0, 1}
    assert notes(["单位（盖章）：", "", "日期："]) == {0}


def test_a_cell_across_the_table_is_a_note() -> None:
    """Nobody merges the id of a home with its address."""
    assert notes(["寄住者另行登记", "", ""]) == set()
    assert notes(["寄住者另行登记", "", ""], wide=(0,)) == {0}


def test_a_note_above_homes_is_left_where_it_is() -> None:
    """Only the end of a table is doubted."""
    assert notes(["注：以下为二期", "", ""], *HOMES) == set()


def test_a_table_of_one_column() -> None:
    """Every cell is alone there: only what cannot be an address is a note."""
    body = list(enumerate([["幸福路12号"], ["共和路14号"], ["附小路3号"], ["注：略"], ["共2户"]]))
    assert notes_below(body, ["address"], []) == {3, 4}


def test_they_are_listed_like_totals(tmp_path: Path) -> None:
    """Each with its row."""
    (tmp_path / "a.csv").write_text(
        "编号,地址\n1,幸福路12号\n2,幸福路14号\n共2户,\n注：本表由各网格员填写,\n", "utf-8"
    )
    read = read_households(tmp_path / "a.csv")
    assert (len(read.kept), len(read.held)) == (2, 0)
    assert [(f.code, f.row) for f in read.findings] == [("totals-row", 4), ("totals-row", 5)]


@pytest.mark.parametrize(
    ("row", "total"),
    [
        (["", "", "3栋小计", "24"], True), (["", "小　计", "24户", "24"], True), (["1", "", "向阳小区小计", "24"], True),
        (["甲社区", "", "合计：24户", ""], True), (["", "", "幸福路1号", "1"], False), (["", "H1", "小计", "1"], False),
        (["", "H1", "幸福路1号", "合计"], False), (["", "", "幸福路1号合计巷2号", "1"], False),
    ],
)  # fmt: skip
def test_sums_in_any_column(row: list[str], total: bool) -> None:
    """A sum is no home, and no more so where its number is one of homes; whoever has an id is one."""
    names, roles = ("序号", "编号", "地址", "户数"), ("", "id", "address", "load")
    assert is_subtotal(row, names, roles) is total


def test_sums_are_no_homes(tmp_path: Path) -> None:
    """A subtotal of 24 homes below their rows does not make 24 more of them."""
    (tmp_path / "a.csv").write_text(
        "编号,地址,户数\nH1,向阳小区1栋101,1\nH2,向阳小区1栋102,1\n,向阳小区1栋小计,2\n,合计,2\n",
        "utf-8",
    )
    read = read_households(tmp_path / "a.csv")
    assert (len(read.kept), len(read.held)) == (2, 0)
    assert [f.row for f in read.findings if f.code == "totals-row"] == [4, 5]
