"""The two columns of coordinates: read in any notation, told from metres, put right where swapped."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.errors import SchemaError
from planner.intake.coordinates.pairs import (
    apply_area,
    likely_crs,
    likely_crs_zh,
    metres_outside,
    read_coordinates,
)

AREA = (116.7, 32.5, 116.9, 32.7)


def frame(*cells: tuple[str, str], address: str = "甲路1号") -> pd.DataFrame:
    """Give rows with these cells of lon and lat."""
    lon, lat = zip(*cells, strict=True)
    return pd.DataFrame(
        {"lon": lon, "lat": lat, "address": address, "file": "a.csv", "sheet": "",
         "row": range(2, len(cells) + 2)},
        dtype=object,
    )  # fmt: skip


NOTATIONS = [
    ("116.8321", "32.6291"),
    ("116°49′55.56″E", "32°37′44.76″N"),
    ("116度49分55.56秒", "32度37分44.76秒"),
    ("东经116°49'55.56\"", "北纬32°37'44.76\""),
    ("E116 49.926", "N32 37.746"),
    ("116,8321", "32,6291"),
    ("１１６．８３２１", "３２．６２９１"),
    ("116.8321,32.6291", ""),
    ("116.8321，32.6291", "116.8321，32.6291"),
    ("", "(116.8321 32.6291)"),
    ("POINT(116.8321 32.6291)", ""),
    ("北纬32.6291 东经116.8321", ""),
    ("32.6291", "116.8321"),
]


@pytest.mark.parametrize("cells", NOTATIONS)
def test_every_notation_gives_the_place(cells: tuple[str, str]) -> None:
    """Whatever way it is written, the reader that the product uses finds it, and tells of repairs."""
    lon, lat, bad, said = read_coordinates(frame(cells))
    assert (lon[0], lat[0]) == pytest.approx((116.8321, 32.6291), abs=1e-9)
    assert not bad.any()
    assert {f.code for f in said} <= {"degrees-text", "swapped"}
    assert bool(said) == (cells != NOTATIONS[0])


@pytest.mark.parametrize(
    "cells",
    [("0", "0"), ("-1", "-1"), ("999", "32"), ("116.8", ""), ("", "32.6"), ("abc", "32.6"), ("nan", "nan"),
     ("inf", "32"), ("116,39", ""), ("116°61'", "32.6"), ("1 2 3", "")],
)  # fmt: skip
def test_what_is_no_place_is_marked(cells: tuple[str, str]) -> None:
    """Nothing is guessed; the address is used, and that is said."""
    lon, lat, bad, said = read_coordinates(frame(cells))
    assert np.isnan(lon[0])
    assert np.isnan(lat[0])
    assert bad.tolist() == [True]
    assert [f.code for f in said] == ["bad-coordinates"]
    assert not read_coordinates(frame(cells, address=""))[3]


def test_nothing_given_is_nothing_wrong() -> None:
    """Empty cells are absent, not bad."""
    lon, _, bad, said = read_coordinates(frame(("", ""), ("116.8", "32.6")))
    assert np.isnan(lon[0])
    assert not bad.any()
    assert not said


def test_many_repairs_are_counted() -> None:
    """Past fifty cells in words one finding counts them all."""
    said = read_coordinates(frame(*[("116,8321", "32,6291")] * 60))[3]
    assert [(f.code, f.what.split()[0]) for f in said] == [("degrees-text", "60")]


@pytest.mark.parametrize(
    ("x", "y", "epsg"),
    [(39_500_123, 3_601_055, "4527"), (20_440_000, 3_601_055, "4498"), (13_005_000, 3_846_000, "3857"),
     (500_123, 3_601_055, "4534 to 4554"), (48_000_123, 3_601_055, "4513 to 4533"),
     (116_812_345, 32_612_345, "times 1,000,000"), (1_168_123_450, 326_123_450, "times 10,000,000")],
)  # fmt: skip
def test_metres_are_refused_by_name(x: float, y: float, epsg: str) -> None:
    """The likely grid is named, in both languages, whichever column comes first."""
    cells = [(str(x + i), str(y)) for i in range(3)]
    with pytest.raises(SchemaError) as caught:
        read_coordinates(frame(*cells, ("116.8", "32.6")))
    (said,) = caught.value.findings
    assert (said.code, said.row, said.column) == ("metres", 2, "lon")
    if epsg == "3857" or " to " not in epsg:
        assert epsg in said.what
    assert likely_crs(x, y) in said.what
    assert likely_crs_zh(x, y) in said.what_zh


def test_a_single_number_in_metres_is_a_bad_cell() -> None:
    """One row of many is that row's fault, not the column's."""
    _, _, bad, _ = read_coordinates(frame(("39500123", "3601055"), *[("116.8", "32.6")] * 3))
    assert bad.tolist() == [True, False, False, False]


@given(st.lists(st.booleans(), min_size=1, max_size=12))
def test_swapped_rows_come_back(which: list[bool]) -> None:
    """Rows that only fall into the area when exchanged are exchanged; the frame handed in stays."""
    given_lon = np.array([32.6 if swap else 116.8 for swap in which])
    given_lat = np.array([116.8 if swap else 32.6 for swap in which])
    rows = frame(*[("", "")] * len(which)).assign(lon=given_lon, lat=given_lat)
    made, said = apply_area(rows, AREA)
    assert rows["lon"].tolist() == given_lon.tolist()
    if sum(which) <= len(which) / 2 or all(which):
        assert (made["lon"] == 116.8).all()
        assert (made["lat"] == 32.6).all()
    assert bool(said) == any(which)
    assert {f.code for f in said} <= {"swapped"}
    if not any(which):
        assert made is rows


def test_metres_outside_a_box() -> None:
    """Nothing inside, a degree of latitude about 111 km, a missing point stays missing."""
    lon, lat = np.array([116.8, 116.8, 118.0, np.nan]), np.array([32.6, 33.7, 32.6, 32.6])
    away = metres_outside(lon, lat, AREA)
    assert away[0] == 0
    assert away[1] == pytest.approx(111_195, rel=1e-6)
    assert away[2] == pytest.approx(1.1 * 111_195 * np.cos(np.radians(32.6)), rel=1e-6)
    assert np.isnan(away[3])
