"""The header is found below titles, in one row or two, among synonyms; what competes is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.intake.sheets.headers import (
    Header,
    find_header,
    is_header_row,
    is_total_row,
)
from planner.model.schema import HOUSEHOLDS, TIES, Table

HEAD = ["编号", "地址", "社区"]
BODY: list[Any] = ["H1", "幸福路1号", "甲社区"]


def found(grid: list[list[Any]], merges: list[tuple[int, int, int, int]] | None = None) -> Header:
    """Find the header of a grid that begins at A1."""
    header = find_header(grid, merges or [], 0, 0, HOUSEHOLDS)
    assert header is not None
    return header


@given(st.integers(0, 8), st.integers(0, 3))
def test_the_header_is_found_below_titles(titles: int, blanks: int) -> None:
    """Titles and empty rows above it do not matter; where it stands is told."""
    grid: list[list[Any]] = [["某某街道居民名册"]] * titles + [[""]] * blanks + [HEAD, BODY, BODY]
    header = found(grid)
    assert (header.top, header.last) == (titles + blanks, titles + blanks)
    assert header.roles == ("id", "address", "community")
    said = header.findings(0)
    assert [f.row for f in said] == ([titles + blanks + 1] if titles + blanks else [])


def test_two_rows_where_groups_are_merged() -> None:
    """A group over its parts: the parts decide, the names are joined."""
    grid: list[list[Any]] = [
        ["编号", "住址", "", "社区"],
        ["", "小区", "楼栋", ""],
        ["1", "向阳小区", "3", "甲"],
    ]
    merges = [(0, 1, 0, 2), (0, 0, 1, 0), (0, 3, 1, 3)]
    header = found(grid, merges)
    assert header.names == ("编号", "住址/小区", "住址/楼栋", "社区")
    assert header.roles == ("id", "compound", "building", "community")
    assert "rows 1 and 2" in header.findings(0)[0].what


def test_nothing_is_no_header() -> None:
    """An empty grid has none; any text at all is better than nothing."""
    assert find_header([["", None], []], [], 0, 0, HOUSEHOLDS) is None
    assert found([["foo", "bar"], ["1", "2"]]).names == ("foo", "bar")


def test_columns_that_are_kept() -> None:
    """Those with a role; all that have a header where no table was asked for."""
    header = found([["编号", "姓名", "", "地址"]])
    assert header.kept(HOUSEHOLDS) == [0, 3]
    assert header.kept(None) == [0, 1, 3]


@pytest.mark.parametrize(
    ("row", "total"),
    [(["合计", 3], True), (["合 计：", 3], True), (["总计(户)", ""], True), (["Total", 3], True),
     (["小计3户"], True), (["", None, "本页合计", 2], True), (["填表人：某某", "审核："], True),
     (["第 3 页"], True), (["page 2"], True), (["总计算机厂宿舍", "1"], False), (["Totally Road 1"], False),
     ([3, "合计"], False), ([None, ""], False), (["负责人:甲", "1", "2", "3", "4"], False)],
)  # fmt: skip
def test_totals_and_footers(row: list[Any], total: bool) -> None:
    """By how the first cell begins; a whole row of data is never a footer."""
    assert is_total_row(row) is total


def test_a_header_that_is_printed_again() -> None:
    """Two cells at least must say what the header says, and none something else."""
    header = found([HEAD, BODY])
    assert is_header_row(["编号", "地 址", None], header)
    assert not is_header_row(["编号", None, None], header)
    assert not is_header_row(["编号", "地址", "甲社区"], header)
    assert not is_header_row(BODY, header)


def test_three_rows_of_groups_within_groups() -> None:
    """What is merged downwards is a heading of its own; the lowest part names the column."""
    grid: list[list[Any]] = [
        ["户编号", "户主", "现居住地", "", "", "", "备注"],
        ["", "", "小区", "门牌", "", "", ""],
        ["", "", "", "楼栋", "单元", "室", ""],
        ["1", "某某", "向阳小区", "3", "1", "101", ""],
    ]
    merges = [(0, 0, 2, 0), (0, 1, 2, 1), (0, 2, 0, 5), (0, 6, 2, 6), (1, 2, 2, 2), (1, 3, 1, 5)]
    header = found(grid, merges)
    assert header.roles == ("id", "", "compound", "building", "stairwell", "room", "")
    assert "rows 1 to 3" in header.findings(0)[0].what


def test_groups_of_a_text_file_have_no_merges() -> None:
    """Parts that are known, below a group and its blanks, are a header of two rows; data never are."""
    grid: list[list[Any]] = [
        ["户编号", "户主", "住址", "", "", "", "备注"],
        ["", "", "小区", "楼栋", "单元", "室", ""],
        ["1", "某某", "向阳小区", "3", "1", "101", ""],
    ]
    header = found(grid)
    assert (header.top, header.last) == (0, 1)
    assert header.roles == ("id", "", "compound", "building", "stairwell", "room", "")
    one = found([["编号", "地址", "社区"], ["", "小区", "楼"], BODY])
    assert (one.top, one.last) == (0, 0)
    assert found([["编号", "地址", ""], ["1", "小区", "楼栋"]]).last == 0


@pytest.mark.parametrize("table", [TIES, None])
def test_a_row_that_reads_like_a_heading_is_none(table: Table | None) -> None:
    """A kind of tie is called as a column of other tables is; the headings of any table count."""
    head = ["甲", "乙", "关系", "折合米数"]
    grid: list[list[Any]] = [
        head,
        ["H1", "H9", "亲属", ""],
        ["H3", "M8", "联系人", ""],
        ["A5", "A14", "分开", 400],
    ]
    header = find_header(grid, [], 0, 0, table)
    assert header is not None
    assert (header.top, header.names) == (0, tuple(head))
