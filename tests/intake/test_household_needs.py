"""What households need: a column of theirs, a sheet of needs, what is settled, and rows that say nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.errors import SchemaError
from planner.intake.household_needs import read_household_needs


def test_a_column_of_the_households(tmp_path: Path) -> None:
    """Several in one cell; 无 is none; a sheet without the column says nothing."""
    path = tmp_path / "homes.csv"
    path.write_text(
        "编号,地址,服务需求\nH1,甲路1号,送学、陪护\nH2,甲路2号,无\nH3,甲路3号,\n", "utf-8"
    )
    found = read_household_needs(path)
    assert found.rows == (("H1", "送学"), ("H1", "陪护"))
    path.write_text("编号,地址\nH1,甲路1号\n", "utf-8")
    assert not read_household_needs(path).rows


def test_a_sheet_of_needs(tmp_path: Path) -> None:
    """What is settled is left out; a row without a household or a need is told by its place."""
    homes, needs = tmp_path / "homes.csv", tmp_path / "needs.csv"
    homes.write_text("编号,地址,需求\nH1,甲路1号,维修\n", "utf-8")
    needs.write_text(
        "户编号,需求类型,状态,备注\nH1,维修,未办结,漏水\nH2,微心愿,已办结,\nH3,调解,,\n,陪护,,\nH5,,,\n,,,空\n",
        "utf-8",
    )
    found = read_household_needs(homes, needs)
    assert found.rows == (("H1", "维修"), ("H3", "调解"))
    assert [f.row for f in found.findings] == [5, 6]
    assert "漏水" not in repr(found)


def test_no_sheet_of_needs(tmp_path: Path) -> None:
    """It must name a household and a need."""
    homes, needs = tmp_path / "homes.csv", tmp_path / "needs.csv"
    homes.write_text("编号,地址\nH1,甲路1号\n", "utf-8")
    needs.write_text("日期,类型\n2025-01-01,走访\n", "utf-8")
    with pytest.raises(SchemaError, match="needs"):
        read_household_needs(homes, needs)
