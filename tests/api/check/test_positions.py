"""Each finding stands in a cell of the office's own sheet, under the office's own header."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.api.check.positions import reading_order, spots_of
from planner.errors import Finding, Severity
from planner.intake.sheets.read import SheetTable, read_table
from planner.model.schema import HOUSEHOLDS


@pytest.fixture
def table(tmp_path: Path) -> SheetTable:
    """Give a sheet with a title, a column that nobody reads, and an address in two columns."""
    path = tmp_path / "homes.csv"
    path.write_text("居民信息表,,,\n编号,备注,小区,楼栋\nH1,x,甲园,3\n", "utf-8")
    (made,) = read_table(path, table=HOUSEHOLDS)
    return made


def said(**place: object) -> Finding:
    """Notice something at a place."""
    return Finding("x", Severity.WARN, "something", "某事", "do", "处理", **place)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("place", "cell", "header"),
    [
        ({"row": 3, "column": "编号"}, (3, 1), "编号"),
        ({"row": 3, "column": "id"}, (3, 1), "编号"),
        ({"row": 3, "column": "address"}, (3, 3), "小区"),
        ({"row": 3, "column": "building"}, (3, 4), "楼栋"),
        ({"column": "building"}, (2, 4), "楼栋"),
        ({"row": 3}, (3, 1), ""),
        ({"row": 3, "column": "load"}, (3, 1), "load"),
        ({}, (None, None), ""),
    ],
)
def test_the_cell_of_a_finding(
    table: SheetTable, place: dict[str, object], cell: tuple[int | None, int | None], header: str
) -> None:
    """By header or by role, at the place in the sheet; of a whole column its header; of a sheet none."""
    (spot,) = spots_of([said(file="homes.csv", **place)], [table])
    assert (spot.row, spot.column) == cell
    assert spot.finding.column == header


def test_a_missing_column_is_marked_at_the_header(table: SheetTable) -> None:
    """It has no cell of its own."""
    lacks = Finding("missing-column", Severity.STOP, "none", file="homes.csv", column="load")
    (spot,) = spots_of([lacks], [table])
    assert (spot.row, spot.column) == (2, 1)


def test_equal_findings_are_told_once(table: SheetTable) -> None:
    """And those of a file that nobody could read keep their own words."""
    twice = [said(file="homes.csv", row=3), said(file="homes.csv", row=3)]
    lost = said(file="other.csv", sheet="表", row=9, column="address")
    first, second = spots_of([*twice, lost], [table])
    assert first.row == 3
    assert (second.sheet, second.row, second.column) == ("表", 9, None)
    assert second.finding.column == "address"


def test_reading_order(table: SheetTable) -> None:
    """By file, row and column, whatever came first."""
    places = [{"row": 4}, {"row": 3, "column": "楼栋"}, {"row": 3, "column": "编号"}, {}]
    spots = spots_of([said(file="homes.csv", **p) for p in places], [table])
    assert [(s.row, s.column) for s in sorted(spots, key=reading_order)] == [
        (None, None),
        (3, 1),
        (3, 4),
        (4, 1),
    ]
