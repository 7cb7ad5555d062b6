"""Findings name columns as the office's own sheets do."""

from __future__ import annotations

from pathlib import Path

from planner.intake.residents import read_households


def test_a_pair_is_told_under_its_own_heading(tmp_path: Path) -> None:
    """Where both numbers stand in one cell, a finding names that column, not one that the sheet lacks."""
    path = tmp_path / "h.csv"
    path.write_text('编号,地址,坐标\nH1,幸福路1号,"116.83210,32.62910"\n', "utf-8")
    said = read_households(path).findings
    assert [f.column for f in said if f.code == "degrees-text"] == ["坐标"]
