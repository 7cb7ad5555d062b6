"""Rows that may be fewer homes than they are, or more, are told and still counted."""

# ruff: noqa: E501 - markup and cases are easier read on one line

from __future__ import annotations

from pathlib import Path

import pytest

from planner.errors import Finding
from planner.intake.residents import read_households, read_members


def said(path: Path, *lines: str) -> dict[str, Finding]:
    """Read homes; findings by code."""
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return {f.code: f for f in read_households(path).findings}


def test_people_of_one_door(tmp_path: Path) -> None:
    """A register of people without relations makes a home of each: it is told with the rows."""
    rows = (
        "编号,姓名,地址",
        "P1,某甲,向阳小区1栋1单元101",
        "P2,某乙,向阳小区１栋1单元101",
        "P3,某丙,向阳小区1栋1单元102",
    )
    told = said(tmp_path / "a.csv", *rows)["same-door"]
    assert (told.row, "2、3" in told.what_zh) == (2, True)
    assert "101" not in told.what_zh
    # two members may well live together
    assert "same-door" not in {f.code for f in read_members(tmp_path / "a.csv").findings}


def test_doors_in_columns(tmp_path: Path) -> None:
    """The room of its own column is part of the door; without any room nobody can tell."""
    head = "编号,小区,楼栋,单元,房号"
    rows = ("1,向阳小区,1,1,101", "2,向阳小区,1,1,101", "3,向阳小区,1,2,101")
    assert "2、3" in said(tmp_path / "a.csv", head, *rows)["same-door"].what_zh
    assert "same-door" not in said(
        tmp_path / "b.csv", "编号,地址", "1,向阳小区1栋", "2,向阳小区1栋"
    )


@pytest.mark.parametrize(
    "text",
    ["向阳小区1栋1单元101、102室", "向阳小区1栋1单元101至106室", "向阳小区1-1-101/102", "向阳小区1栋1单元101-106", "向阳小区2栋各户",
     "向阳小区1栋1单元（共6户）", "向阳小区1、2栋", "向阳小区1栋、2栋", "向阳小区1栋2栋", "向阳小区1至3号楼"],
)  # fmt: skip
def test_several_homes_in_a_cell(tmp_path: Path, text: str) -> None:
    """Each row counts once, and somebody is asked to look."""
    assert said(tmp_path / "a.csv", "编号,地址", f"1,{text}")["several-homes"].row == 2


@pytest.mark.parametrize(
    "text",
    ["向阳小区1栋1单元101", "向阳小区1-1-101", "向阳小区12-101", "幸福路12、14号", "幸福路101-105号", "向阳小区1栋1单元502-1", "幸福路12号3栋", "向阳小区1-3号楼", "向阳小区1、3期2栋"],
)  # fmt: skip
def test_one_home_in_a_cell(tmp_path: Path, text: str) -> None:
    """A building and its room, or a plot with two numbers, is one address."""
    assert "several-homes" not in said(tmp_path / "a.csv", "编号,地址", f"1,{text}")
