"""A workbook for everything is read sheet by sheet: homes, members, sums and those who left stay apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from planner.intake.residents import Residents, read_households, read_members, read_residents
from planner.model.schema import HOUSEHOLDS

HOMES = [["户编号", "户主", "地址"], ["H1", "某甲", "甲路1号"], ["H2", "某乙", "甲路2号"]]
MEMBERS = [["编号", "姓名", "地址", "是否中心户"], ["M1", "某丙", "甲路3号", "是"]]
Rows = list[list[str]]


def book(path: Path, **sheets: Rows) -> Path:
    """Write a workbook."""
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for name, rows in sheets.items():
        for row in (page := made.create_sheet(name), rows)[1]:
            page.append(row)
    made.save(path)
    return path


def others(read: Residents) -> list[tuple[str, str]]:
    """Give sheet and kind of what was left out."""
    return [(f.sheet, f.what_zh) for f in read.findings if f.code == "other-sheet"]


def test_one_workbook_for_homes_and_members(tmp_path: Path) -> None:
    """Each table takes its own sheet, by name or by its columns, and tells of the other."""
    for names in (("居民", "党员"), ("Sheet1", "Sheet2")):
        path = book(tmp_path / "a.xlsx", **dict(zip(names, (HOMES, MEMBERS), strict=True)))
        homes, members = read_households(path), read_members(path)
        assert (homes.kept["id"].tolist(), members.kept["id"].tolist()) == (["H1", "H2"], ["M1"])
        assert [s for s, _ in others(homes)] == [names[1]]
        assert [s for s, _ in others(members)] == [names[0]]


def test_a_sheet_of_sums_makes_no_homes(tmp_path: Path) -> None:
    """Homes by building, beside their list, are the same homes again; alone they are all there is."""
    sums = [["社区", "小区", "楼栋", "户数"], ["甲社区", "向阳小区", "1栋", "24"]]
    read = read_households(book(tmp_path / "a.xlsx", 明细=HOMES, 汇总=sums))
    assert (len(read.kept), others(read)[0][0]) == (2, "汇总")
    assert len(read_households(book(tmp_path / "b.xlsx", 汇总=sums)).kept) == 24


@pytest.mark.parametrize(
    ("name", "away"),
    [("已搬走", True), ("2023年注销户", True), ("死亡人员", True), ("名单备份", True),
     ("易地搬迁安置小区", False), ("历史街区", False), ("迁出地小区", False)],
)  # fmt: skip
def test_who_left(tmp_path: Path, name: str, away: bool) -> None:
    """By the whole name of the sheet: an estate of resettled people is one like any other."""
    gone = [HOMES[0], ["H7", "某庚", "甲路7号"]]
    read = read_households(book(tmp_path / "a.xlsx", **{"在住": HOMES, name: gone}))
    assert len(read.kept) == (2 if away else 3)
    assert [s for s, _ in others(read)] == ([name] if away else [])


@pytest.mark.parametrize("reader", [read_households, read_members])
def test_what_is_alone_is_meant(tmp_path: Path, reader: Callable[[Path], Residents]) -> None:
    """Whatever a sheet is called, where no other is left it is read; homes of members are homes."""
    assert len(reader(book(tmp_path / "a.xlsx", 党员=HOMES)).kept) == 2
    assert len(reader(book(tmp_path / "b.xlsx", 居民=HOMES)).kept) == 2
    read = read_households(
        book(tmp_path / "c.xlsx", 群众户=HOMES, 党员户=[HOMES[0], ["H3", "某", "甲路9号"]])
    )
    assert len(read.kept) == 3


def test_the_project_has_the_last_word(tmp_path: Path) -> None:
    """Sheets that it names are all read."""
    path = book(tmp_path / "a.xlsx", 在住=HOMES, 已搬走=[HOMES[0], ["H7", "某庚", "甲路7号"]])
    named = replace(HOUSEHOLDS, sheets=("在住", "已搬走"))
    assert len(read_residents(path, named).kept) == 3
