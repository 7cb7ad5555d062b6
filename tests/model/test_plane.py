"""The local plane: metres that can be trusted, and degrees back."""

from __future__ import annotations

import numpy as np
import pytest
from pyproj import Geod

from planner.model.plane import LocalProjection

PLANE = LocalProjection(117.0, 32.6)


def test_metres_are_those_of_the_ground() -> None:
    """Within 28 km of the middle a length is right to 1 in 100,000, in every direction."""
    lon, lat = np.array([117.0, 117.29, 116.8, 117.0]), np.array([32.6, 32.6, 32.75, 32.4])
    xy = PLANE.to_xy(lon, lat)
    for i, j in ((0, 1), (0, 2), (1, 3)):
        ground = Geod(ellps="WGS84").inv(lon[i], lat[i], lon[j], lat[j])[2]
        assert np.hypot(*(xy[i] - xy[j])) == pytest.approx(ground, rel=1e-5)
    assert xy[0] == pytest.approx([0, 0], abs=1e-6)
    assert xy[1, 0] > 0 > xy[3, 1], "x is east, y is north"


def test_there_and_back() -> None:
    """Metres lead back to the degrees they came from, whatever the shape that was given."""
    xy = np.array([[0.0, 0.0], [1234.5, -987.6]])
    back = PLANE.to_lon_lat(xy)
    assert PLANE.to_xy(*back.T) == pytest.approx(xy, abs=1e-6)
    assert PLANE.to_lon_lat(xy[1]).shape == (1, 2)


def test_the_middle_is_the_median() -> None:
    """One stray place does not move the plane; what is no number is not counted."""
    plane = LocalProjection.around([117.001, 117.004, 0.0, np.nan], [32.601, 32.604, 32.602, 1.0])
    assert (plane.lon_0, plane.lat_0) == (117.0, 32.6)
    with pytest.raises(ValueError, match="no finite"):
        LocalProjection.around([np.nan, np.inf], [1.0, 1.0])


def test_places_off_the_globe_have_none_in_the_plane() -> None:
    """NaN, infinity and degrees beyond the globe are NaN; the others are metres."""
    xy = PLANE.to_xy_or_nan([117.0, np.nan, 117.0, 181.0, np.inf], [32.6, 32.6, 91.0, 0.0, 0.0])
    assert xy[0] == pytest.approx([0, 0], abs=1e-6)
    assert np.isnan(xy[1:]).all()


def test_the_plane_says_its_own_system() -> None:
    """Its CRS is in metres, so that a layer can be brought to it."""
    assert PLANE.crs.axis_info[0].unit_name == "metre"
    assert "+lon_0=117.0" in PLANE.crs.srs


def test_planes_of_one_place_are_prepared_once() -> None:
    """Equal planes share what pyproj takes its time to make; others do not."""
    assert LocalProjection(117.0, 32.6).crs is PLANE.crs
    assert LocalProjection(117.01, 32.6).crs != PLANE.crs
