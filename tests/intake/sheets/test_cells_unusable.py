"""A cell that holds an error is none of an empty cell, whatever table it stands in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from planner.errors import Finding, Severity
from planner.intake.drawn import read_drawn
from planner.intake.gazetteer.aliases import read_aliases
from planner.intake.previous_sheet import read_previous_sheet
from planner.intake.residents import read_buildings, read_residents
from planner.intake.tie_sheet import read_ties
from planner.model.schema import HOUSEHOLDS
from tests.layouts.binary import write_xlsb
from tests.layouts.books import Cell, Error, Sheet, write_ods, write_xls, write_xlsx

BOOKS = {"xlsx": write_xlsx, "xls": write_xls, "ods": write_ods, "xlsb": write_xlsb}
Rows = list[list[Cell | Error]]
Read = tuple[int, tuple[Finding, ...]]


def buildings(path: Path) -> Read:
    """Read a table of buildings: how many there are, and what is said."""
    table, said = read_buildings(path)
    return len(table), said


def aliases(path: Path) -> Read:
    """Read a table of old names."""
    found, said = read_aliases(path)
    return len(found.names), said


def ties(path: Path) -> Read:
    """Read a sheet of ties."""
    found = read_ties(path)
    return len(found.rows), found.findings


def previous(path: Path) -> Read:
    """Read a plan that stands."""
    found = read_previous_sheet(path)
    return len(found.zone), found.findings


def links(path: Path) -> Read:
    """Read links that the office draws."""
    rows, said = read_drawn(path, links=True, datum="wgs84")
    return len(rows), tuple(said)


TABLES: dict[str, tuple[Callable[[Path], Read], Rows]] = {
    "buildings": (
        buildings,
        [
            ["小区", "楼栋", "经度", "纬度"],
            ["甲苑", "1", 117.0, 32.6],
            ["甲苑", Error(), 117.001, 32.6],
            ["甲苑", "3", Error(), 32.6],
        ],
    ),
    "aliases": (
        aliases,
        [["旧名", "现名"], ["解放路", "幸福路"], ["东街", Error()], [Error(), "西街"]],
    ),
    "ties": (
        ties,
        [
            ["甲", "乙", "关系", "折合米数"],
            ["H1", "H2", "亲属", 80.0],
            ["H3", Error(), "亲属", 80.0],
            ["H4", "H5", "亲属", Error()],
        ],
    ),
    "previous": (
        previous,
        [["编号", "中心户"], ["H1", "M1"], ["H2", Error()], [Error(), "M1"]],
    ),
    "links": (
        links,
        [
            ["名称", "起点经度", "起点纬度", "终点经度", "终点纬度"],
            ["桥", 117.0, 32.6, 117.001, 32.6],
            ["桥", 117.0, 32.61, 117.001, Error()],
            ["桥", Error(), 32.62, 117.001, 32.62],
        ],
    ),
}


@pytest.mark.parametrize("book", BOOKS)
@pytest.mark.parametrize("table", TABLES)
def test_its_row_is_left_out_and_told(tmp_path: Path, table: str, book: str) -> None:
    """With its row and column, in both languages, and the row beside it stays."""
    read, rows = TABLES[table]
    path = tmp_path / f"t.{book}"
    path.write_bytes(BOOKS[book](Sheet(rows), np.random.default_rng(1)))
    kept, said = read(path)
    told = [f for f in said if f.code == "cell-unusable"]
    assert kept == 1
    assert [f.row for f in told] == [3, 4]
    assert all(f.column in rows[0] and f.zh and f.remedy_zh for f in told)


@pytest.mark.parametrize("book", BOOKS)
def test_a_row_of_nothing_but_an_error_is_no_blank(tmp_path: Path, book: str) -> None:
    """Somebody lives there: the row is held and told, and the blank one beside it is a blank."""
    rows: Rows = [
        ["编号", "地址"],
        ["H1", "幸福路1号"],
        [None, Error()],
        ["", ""],
        ["H4", "幸福路4号"],
    ]
    path = tmp_path / f"t.{book}"
    path.write_bytes(BOOKS[book](Sheet(rows), np.random.default_rng(1)))
    found = read_residents(path, HOUSEHOLDS)
    assert (len(found.kept), len(found.held)) == (2, 1)
    told = {f.row: f.severity for f in found.findings if f.row}
    assert told == {3: Severity.HOLD, 4: Severity.FIX}


def test_a_date_in_place_of_a_building(tmp_path: Path) -> None:
    """A spreadsheet that took 3-2 for a day names no building of a table."""
    import pandas as pd

    path = tmp_path / "t.xlsx"
    frame = pd.DataFrame({"小区": "甲苑", "楼栋": ["1", pd.Timestamp(2026, 3, 2)], "经度": 117.0})
    frame.assign(纬度=32.6).to_excel(path, index=False)
    kept, said = buildings(path)
    assert kept == 1
    assert [(f.code, f.row, f.column) for f in said if f.code == "cell-unusable"] == [
        ("cell-unusable", 3, "楼栋")
    ]
