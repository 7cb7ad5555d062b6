"""Whoever a sheet names is planned for, held or told, whatever their row lacks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl

from planner.errors import Finding
from planner.intake.residents import Residents, read_households, read_members

HEAD = ["序号", "编号", "姓名", "地址", "电话", "备注"]


def read(path: Path, rows: list[list[Any]], *merges: str) -> tuple[Residents, dict[str, Finding]]:
    """Write a sheet and read its homes; findings by code."""
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    for area in merges:
        book.worksheets[0].merge_cells(area)
    book.save(path)
    got = read_households(path)
    return got, {f.code: f for f in got.findings}


def homes(n: int) -> list[list[Any]]:
    """Give full rows under `HEAD`."""
    return [[k, f"H{k}", f"某{k}", f"幸福路{k}号", "", ""] for k in range(1, n + 1)]


def test_a_name_alone_is_held(tmp_path: Path) -> None:
    """With a serial number of their own; an empty line of the form is nobody."""
    extra = [[5, None, "某五", None, None, None], [6, None, None, None, "000", None]]
    got, _ = read(tmp_path / "a.xlsx", [HEAD, *homes(4), *extra, [7, *[None] * 5]])
    assert (len(got.kept), got.held["row"].tolist()) == (4, [6, 7])
    assert set(got.held["code"]) == {"no-address"}
    members = read_members(tmp_path / "a.xlsx")
    assert (len(members.kept), members.held["row"].tolist()) == (4, [6, 7])


def test_a_slip_without_serial_numbers(tmp_path: Path) -> None:
    """One row of many is somebody whose place was forgotten."""
    rows = [row[1:] for row in [HEAD, *homes(12)]]
    rows.insert(4, [None, "某某", None, None, None])
    got, _ = read(tmp_path / "a.xlsx", rows)
    assert (len(got.kept), got.held["row"].tolist()) == (12, [5])


def test_people_below_their_home(tmp_path: Path) -> None:
    """Where a sheet is kept so they are no homes; it is told, with the rows, and no name."""
    rows = [HEAD]
    for row in homes(3):
        rows += [row, [None, None, f"{row[2]}妻", None, None, None]]
    got, said = read(tmp_path / "a.xlsx", rows)
    assert (len(got.kept), len(got.held)) == (3, 0)
    assert "3、5、7" in said["rows-unread"].what_zh
    assert "妻" not in said["rows-unread"].what_zh


def test_a_row_of_something_else(tmp_path: Path) -> None:
    """A remark alone names nobody, and is told."""
    rows = [HEAD, *homes(2), [None, None, None, None, None, "另见附表"], *homes(3)[2:]]
    got, said = read(tmp_path / "a.xlsx", rows)
    assert (len(got.kept), len(got.held)) == (3, 0)
    assert said["rows-unread"].row == 4


def test_columns_without_a_heading(tmp_path: Path) -> None:
    """They are told by the letters of the spreadsheet."""
    rows = [["编号", "地址"], *([f"H{k}", "向阳小区", f"{k}栋", "101"] for k in (1, 2))]
    _, said = read(tmp_path / "a.xlsx", rows)
    assert "C、D列" in said["columns-unheaded"].what_zh


def test_a_heading_over_several_columns(tmp_path: Path) -> None:
    """An address in pieces is one line; numbers that meet are set apart."""
    rows = [
        ["编号", "地址", None, None, "社区"],
        ["H1", "向阳小区", "3栋", "2单元501", "甲社区"],
        ["H2", "向阳小区", 3, 502, "甲社区"],
    ]
    got, said = read(tmp_path / "a.xlsx", rows, "B1:D1")
    assert got.kept["address"].tolist() == ["向阳小区3栋2单元501", "向阳小区3-502"]
    assert got.kept["community"].tolist() == ["甲社区", "甲社区"]
    assert said["columns-joined"].row == 1
    assert "columns-unheaded" not in said


def test_a_home_in_each_cell(tmp_path: Path) -> None:
    """A table of storeys by rooms holds more homes than rows: it is told how many, and no name is."""
    rows: list[list[Any]] = [["小区", "楼栋", "楼层", "01室", "02室"]]
    rows += [["向阳小区", "1栋", str(f), "某甲", "某乙" if f > 1 else None] for f in (1, 2, 3)]
    _, said = read(tmp_path / "a.xlsx", rows)
    told = said["rooms-across"]
    assert ("5格" in told.what_zh, "3行" in told.what_zh, "某" in str(told)) == (True, True, False)
    assert "rooms-across" not in read(tmp_path / "b.xlsx", [HEAD, *homes(3)])[1]
