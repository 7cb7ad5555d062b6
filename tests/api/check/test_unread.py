"""Marks of care that nobody can read are found with their cells."""

from __future__ import annotations

from pathlib import Path

from planner.api.check.check import check


def test_each_unclear_mark_is_told_with_its_cell(tmp_path: Path) -> None:
    """By the office's own heading; its text is not told; a sheet without such a heading says nothing."""
    homes = tmp_path / "homes.csv"
    rows = ["编号,经度,纬度,独居老人,姓名"]
    cells = ["是", "否", "八旬", "独居", "曾独居", ""]
    rows += [f"H{i},117.0{i}1,32.6{i}1,{cell},合成居民{i}" for i, cell in enumerate(cells)]
    homes.write_text("\n".join(rows) + "\n", "utf-8")
    report = check(homes)
    told = [f for f in report.findings if f.code == "care-unclear"]
    assert [(f.row, f.column) for f in told] == [(4, "独居老人"), (6, "独居老人")]
    assert not any("八旬" in str(f) or "曾" in f.what for f in told)
    homes.write_text("\n".join(line.rsplit(",", 2)[0] for line in rows) + "\n", "utf-8")
    assert not [f for f in check(homes).findings if f.code == "care-unclear"]
