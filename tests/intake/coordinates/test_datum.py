"""What the datum room promises: exact conversions, and the reading that the ground speaks for."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.intake.coordinates.datum import (
    Datum,
    convert,
    shift_m,
    turned,
)

EXTRACTS = (
    "beijing_haidian_zhongguancun_2017",
    "hangzhou_zijingang",
    "jiangxi_guixi_2025",
)


def test_published_pairs(shared_data: Path) -> None:
    """The published pairs are met: exactly, or to the error of the one-step inverse."""
    pairs = json.loads((shared_data / "coords" / "gcj02_bd09_vectors.json").read_text("utf-8"))
    checked = 0
    for pair in pairs:
        if pair["src"] not in set(Datum):
            continue
        found = convert(pair["lon_in"], pair["lat_in"], pair["src"], pair["dst"])[0]
        one_step = "one-step" in pair["source"]
        limit = 3e-5 if one_step else 1e-6 if pair["source"] == "geotool-rs" else 1e-12
        assert np.abs(found - [pair["lon_out"], pair["lat_out"]]).max() < limit
        checked += 1
    assert checked == 6


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(73, 135), st.floats(4, 53)), min_size=1, max_size=20),
    st.sampled_from(list(Datum)),
    st.sampled_from(list(Datum)),
)
def test_there_and_back_is_exact(
    places: list[tuple[float, float]], one: Datum, other: Datum
) -> None:
    """Any conversion is undone to 1e-9 degrees, a tenth of a millimetre."""
    points = np.array(places)
    there = convert(*points.T, one, other)
    back = convert(*there.T, other, one)
    assert np.abs(back - points).max() < 1e-9
    if one is other:
        assert (there == points).all()


def test_what_lies_outside_is_left_alone() -> None:
    """Outside the box, and for missing values, every reading is the same; inputs are not touched."""
    lon = np.array([-104.99, 24.94, np.nan, np.inf, 116.4])
    lat = np.array([39.74, 60.17, 30.0, 30.0, 39.9])
    before = lon.copy()
    found = convert(lon, lat, Datum.WGS84, Datum.BD09)
    np.testing.assert_array_equal(found[:4], np.column_stack([lon, lat])[:4])
    assert 0.005 < found[4, 0] - 116.4 < 0.02
    np.testing.assert_array_equal(lon, before)
    with pytest.raises(ValueError, match="one length"):
        convert([1.0, 2.0], [1.0], "wgs84", "gcj02")
    with pytest.raises(ValueError, match="utm"):
        convert([1.0], [1.0], "utm", "gcj02")


@pytest.mark.parametrize(
    ("lon", "lat", "metres"),
    [
        (116.4, 39.9, 555),
        (121.47, 31.23, 482),
        (113.26, 23.13, 621),
        (104.07, 30.67, 363),
        (87.6, 43.8, 265),
        (126.6, 45.75, 518),
    ],
)
def test_the_shift_of_six_cities(lon: float, lat: float, metres: float) -> None:
    """GCJ-02 read as WGS-84 is off by the known distances."""
    assert abs(shift_m([lon], [lat], Datum.WGS84, Datum.GCJ02)[0] - metres) < 30


def test_heights_stay_when_lines_are_turned() -> None:
    """A line of a web map moves to WGS-84 as its points do; its heights are as they were."""
    line = shapely.LineString([(117.0, 32.6, 5.0), (117.001, 32.601, 9.0)])
    frame = geopandas.GeoDataFrame({"name": ["甲路"]}, geometry=[line], crs=4326)
    made = turned(frame, Datum.GCJ02).geometry.iloc[0]
    x, y, z = shapely.get_coordinates(made, include_z=True).T
    assert z.tolist() == [5.0, 9.0]
    want = convert(np.array([117.0, 117.001]), np.array([32.6, 32.601]), Datum.GCJ02, Datum.WGS84)
    np.testing.assert_allclose(np.column_stack([x, y]), want)
    flat = frame.set_geometry([shapely.force_2d(line)], crs=4326)
    assert not shapely.has_z(turned(flat, Datum.GCJ02).geometry.iloc[0])
