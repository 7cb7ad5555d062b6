"""A roster with levels above the centres is a plan that stands, like one without."""

from __future__ import annotations

from pathlib import Path

import openpyxl

from planner.intake.previous_sheet import read_previous_sheet


def test_sheets_of_levels_are_left_alone(tmp_path: Path) -> None:
    """They say who looks after which zones, in two columns that might be a zone; homes are elsewhere."""
    book = openpyxl.Workbook()
    homes = book.worksheets[0]
    homes.title = "居民户 households"
    homes.append(["中心户\nCentre", "户编号\nHousehold"])
    homes.append(["M1", "H1"])
    level = book.create_sheet("网格长_楼长 mentors")
    level.append(["编号\nId", "责任区\nZones", "责任区编号\nNumbers of the zones"])
    level.append(["G1", "2", "1, 2"])
    book.save(tmp_path / "roster.internal.xlsx")
    sheet = read_previous_sheet(tmp_path / "roster.internal.xlsx")
    assert sheet.zone == {"H1": "M1"}
