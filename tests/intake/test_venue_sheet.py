"""Venues with their opening hours: headings, datum, and rows without a place."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.errors import SchemaError
from planner.intake.venue_sheet import read_venues


def test_venues(tmp_path: Path) -> None:
    """Names, hours as written, degrees; a row without a place is told and left out."""
    path = tmp_path / "v.csv"
    path.write_text(
        "阵地名称,经度,纬度,开放时间\n东站,117.0,32.6,８:00-18:00\n西站,117.1,,\n,117,32,\n,,,\n",
        "utf-8",
    )
    found = read_venues(path)
    assert found.frame.to_dict("records") == [
        {"name": "东站", "hours": "8:00-18:00", "lon": 117.0, "lat": 32.6}
    ]
    assert [f.row for f in found.findings] == [3, 4]


def test_degrees_of_a_web_map_are_turned(tmp_path: Path) -> None:
    """As those of the sheets are."""
    path = tmp_path / "v.csv"
    path.write_text("name,lon,lat\nA,117.0,32.6\n", "utf-8")
    frame = read_venues(path, datum="gcj02").frame
    assert frame["hours"].tolist() == [""]
    assert abs(frame["lon"].iloc[0] - 117.0) > 0.001


def test_no_sheet_of_venues(tmp_path: Path) -> None:
    """It must have names and degrees."""
    path = tmp_path / "v.csv"
    path.write_text("名称,地址\n东站,甲路1号\n", "utf-8")
    with pytest.raises(SchemaError, match="venues"):
        read_venues(path)
