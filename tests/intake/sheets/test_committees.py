"""A sheet, a title or a file that is called after a community says of which one its rows are."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from planner.errors import Finding
from planner.intake.residents import Residents, read_households
from planner.intake.sheets.committees import building_in, community_in


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("团结社区", "团结社区"), ("1.团结社区", "团结社区"),
        ("新庄孜街道柳荫社区居民信息表（2024年）", "柳荫社区"),
        ("淮南市八公山区新庄孜街道团结社区", "团结社区"), ("市民社区居民", "市民社区"),
        ("开发区社区", "开发区社区"),
        ("東鎮社區居民花名冊", "东镇社区"), ("胜利社区居委会居民花名册", "胜利社区"),
        ("李庄村委会名单", "李庄村委会"),
        ("居民信息表", ""), ("Sheet1", ""), ("社区居民信息表", ""), ("第一社区", ""),
        ("社区工作者名单", ""), ("", ""),
        ("团结社区和胜利社区", ""), ("各社区汇总表", ""),
    ],
)  # fmt: skip
def test_names(text: str, name: str) -> None:
    """Nothing else may stand beside it but where it lies and what the register is called."""
    assert community_in(text) == name


def read(path: Path, *sheets: tuple[str, list[list[str]]]) -> tuple[Residents, list[Finding]]:
    """Write a workbook and read its homes."""
    book = openpyxl.Workbook()
    book.remove(book["Sheet"])
    for name, rows in sheets:
        for row in (made := book.create_sheet(name), rows)[1]:
            made.append(row)
    book.save(path)
    got = read_households(path)
    return got, [f for f in got.findings if f.code == "community-of-sheet"]


def test_a_sheet_for_each_community(tmp_path: Path) -> None:
    """Each is told; a sheet that has the column is read by it, and one without a name stays without."""
    got, told = read(
        tmp_path / "居民.xlsx",
        ("团结社区", [["编号", "地址"], ["1", "甲路1号"]]),
        ("Sheet2", [["胜利社区居民信息表"], ["编号", "地址"], ["2", "甲路2号"]]),
        ("化工社区", [["编号", "地址", "社区"], ["3", "甲路3号", "东社区"]]),
        ("其他", [["编号", "地址"], ["4", "甲路4号"]]),
        ("和平社区", [["东风社区居民信息表"], ["编号", "地址"], ["5", "甲路5号"]]),
    )
    assert got.kept["community"].tolist() == ["团结社区", "胜利社区", "东社区", "", ""]
    assert [f.sheet for f in told] == ["团结社区", "Sheet2"]


def test_a_file_for_each_community(tmp_path: Path) -> None:
    """By its name where neither sheet nor title says it."""
    got, told = read(tmp_path / "柳荫社区.xlsx", ("Sheet1", [["编号", "地址"], ["1", "甲路1号"]]))
    assert got.kept["community"].tolist() == ["柳荫社区"]
    assert "柳荫社区" in told[0].what_zh


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("向阳小区3号楼住户登记表", ("向阳小区", "3号楼")), ("3栋", ("", "3栋")), ("第3幢", ("", "第3幢")),
        ("曙光里 12栋（2024）", ("曙光里", "12栋")), ("居民3组", ("", "")), ("Sheet1", ("", "")),
        ("1-3栋", ("", "")),
        ("向阳小区", ("", "")),
    ],
)  # fmt: skip
def test_names_of_buildings(text: str, found: tuple[str, str]) -> None:
    """Nothing else may stand beside it but the estate and what the register is called."""
    assert building_in(text) == found


def test_a_sheet_for_each_building(tmp_path: Path) -> None:
    """What a row says itself counts; where sheet and title name two buildings, nobody knows."""
    path = tmp_path / "a.xlsx"
    got, _ = read(
        path,
        ("向阳小区1栋", [["编号", "单元", "房号"], ["1", "2", "501"]]),
        (
            "2栋",
            [
                ["向阳小区2号楼住户表"],
                ["编号", "地址"],
                ["2", "1单元101"],
                ["3", "曙光里5栋1单元101"],
            ],
        ),
        ("3栋", [["向阳小区4栋住户表"], ["编号", "小区", "地址"], ["4", "向阳小区", "1单元101"]]),
        ("5栋", [["编号", "小区", "地址"], ["5", "向阳小区", "101室"]]),
    )
    made = [
        "向阳小区1栋",
        "向阳小区2栋1单元101",
        "曙光里5栋1单元101",
        "向阳小区1单元101",
        "向阳小区5栋101室",
    ]
    assert got.kept["address"].tolist() == made
    assert got.kept["building"].tolist() == ["1栋", "2栋", "", "", "5栋"]
    told = [f.sheet for f in got.findings if f.code == "building-of-sheet"]
    assert told == ["向阳小区1栋", "2栋", "5栋"]
