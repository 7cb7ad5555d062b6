"""Tables one below the other on a sheet are read by their own headers, and nobody of them is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl

from planner.intake.residents import Residents, read_households
from planner.intake.sheets.formats.grids import RawSheet
from planner.intake.sheets.read import read_table
from planner.intake.sheets.stacked import blocks_of
from planner.model.schema import HOUSEHOLDS

HEAD = ["户编号", "户主姓名", "社区", "地址"]


def homes(first: int, n: int, community: str = "甲社区") -> list[list[str]]:
    """Give rows under `HEAD`."""
    return [[f"H{k}", f"某{k}", community, f"幸福路{k}号"] for k in range(first, first + n)]


def read(path: Path, rows: list[list[Any]]) -> Residents:
    """Write a sheet and read its homes."""
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(path)
    return read_households(path)


def test_other_headings_below(tmp_path: Path) -> None:
    """Columns in another order: no name is taken for an id, no address for a name."""
    turned = [[name, address, known, place] for known, name, place, address in homes(3, 2)]
    head = ["姓名", "家庭住址", "编号", "所属社区"]
    got = read(tmp_path / "a.xlsx", [HEAD, *homes(1, 2), [], ["二、续表"], head, *turned])
    assert got.kept["id"].tolist() == ["H1", "H2", "H3", "H4"]
    assert got.kept["address"].tolist() == [f"幸福路{k}号" for k in range(1, 5)]
    assert got.kept["row"].tolist() == [2, 3, 7, 8]
    assert not len(got.held)
    assert [f.row for f in got.findings if f.code == "header-row"] == [6]


def test_a_fuller_header_below_swallows_nobody(tmp_path: Path) -> None:
    """The header with most known columns is not the header of what stands above it."""
    few = [[row[0], row[3]] for row in homes(1, 4)]
    got = read(tmp_path / "a.xlsx", [["编号", "地址"], *few, HEAD, *homes(5, 2)])
    assert got.kept["id"].tolist() == ["H1", "H2", "H3", "H4", "H5", "H6"]


def test_a_title_of_its_own_begins_a_table(tmp_path: Path) -> None:
    """Each block is of the community of its title; the same title on each page is left out."""
    head, own = ["编号", "地址"], [[f"H{k}", f"幸福路{k}号"] for k in range(1, 7)]
    rows = [["甲社区居民名单"], head, *own[:2], ["甲社区居民名单"], head, *own[2:4]]
    got = read(tmp_path / "a.xlsx", [*rows, ["乙社区居民名单"], head, *own[4:]])
    assert got.kept["community"].tolist() == ["甲社区"] * 4 + ["乙社区"] * 2
    assert not len(got.held)
    assert [f.row for f in got.findings if f.code == "repeated-header"] == [5, 6]


def test_everybody_parts_a_sheet_alike(tmp_path: Path) -> None:
    """Who reads names and care of the same people finds them under their own headings."""
    turned = [[name, address, known, place] for known, name, place, address in homes(3, 2)]
    read(tmp_path / "a.xlsx", [HEAD, *homes(1, 2), ["姓名", "住址", "编号", "社区"], *turned])
    known, whole = (read_table(tmp_path / "a.xlsx", table=t) for t in (HOUSEHOLDS, None))
    assert [t.row.tolist() for t in known] == [t.row.tolist() for t in whole] == [[2, 3], [5, 6]]
    assert whole[1].headers == ("姓名", "住址", "编号", "社区")


def test_rows_of_people_are_no_header() -> None:
    """Words that are headings elsewhere, marks and single letters begin no table."""
    rows: list[list[Any]] = [HEAD, *homes(1, 2), ["x", "y", "no", "是"], ["楼", "甲", "乙", "丙"]]
    raw = RawSheet("", rows, 0)
    assert blocks_of(raw, HOUSEHOLDS)[0].grid == rows


def test_an_address_above_a_header_is_no_title(tmp_path: Path) -> None:
    """A home of which the address alone is known stays one."""
    lone = ["", "", "", "幸福路9号"]
    got = read(
        tmp_path / "a.xlsx", [HEAD, *homes(1, 2), lone, ["编号", "住址"], ["H3", "幸福路3号"]]
    )
    assert got.kept["address"].tolist() == ["幸福路1号", "幸福路2号", "幸福路9号", "幸福路3号"]


def test_a_heading_across_the_table_is_nobody(tmp_path: Path) -> None:
    """Groups of a party branch or a building stand between the rows: they are told, and held as no person."""
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    for row in (HEAD, ["一组"], *homes(1, 2), ["二组"], *homes(3, 2)):
        page.append(row)
    for area in ("A2:D2", "A5:D5"):
        page.merge_cells(area)
    book.save(tmp_path / "a.xlsx")
    got = read_households(tmp_path / "a.xlsx")
    assert (len(got.kept), len(got.held)) == (4, 0)
    assert [f.row for f in got.findings if f.code == "section-row"] == [2, 5]
