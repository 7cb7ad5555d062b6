"""WGS-84, GCJ-02 and BD-09: convert between them.

GCJ-02 is the offset datum of Chinese web maps, BD-09 Baidu's further offset of it.  The formulas
are the published ones (M. Gong's reverse engineering, as in eviltransform).  The inverse has no
closed form and is iterated to below 1e-11 degrees, where the usual single step is up to 2.7 m off.

Outside the box 72.004 to 137.8347 E, 0.8293 to 55.8271 N nothing is shifted: all three readings are
one there.  The test is made on the point as given, whatever the direction.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from numpy.typing import ArrayLike

from planner.model.arrays import Floats

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["Datum", "convert", "shift_m", "turned"]


_BOX: Final = (72.004, 0.8293, 137.8347, 55.8271)
_SEMI_MAJOR_M: Final = 6378245.0  # Krasovsky 1940, as the formula has it
_ECCENTRICITY_2: Final = 0.00669342162296594323
_BAIDU_TURN: Final = np.pi * 3000.0 / 180.0
_EARTH_M: Final = 6371008.8
_TOLERANCE_DEG: Final = 1e-12  # a ten-thousandth of a millimetre


class Datum(StrEnum):
    """How a pair of numbers is to be read as a place."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


def _gcj02(points: Floats) -> Floats:
    """WGS-84 to GCJ-02, without the box."""
    x, y = points[:, 0] - 105.0, points[:, 1] - 35.0
    root = 0.1 * np.sqrt(np.abs(x))
    wave = (20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)) * 2.0 / 3.0

    def swell(t: Floats, a: float, b: float, long_a: float, long_b: float) -> Floats:
        near = (20.0 * np.sin(t * np.pi) + 40.0 * np.sin(t / 3.0 * np.pi)) * 2.0 / 3.0
        far = (long_a * np.sin(t / 12.0 * np.pi) + long_b * np.sin(t * np.pi / 30.0)) * 2.0 / 3.0
        return near * a + far * b

    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 2.0 * root + wave
    north = north + swell(y, 1.0, 1.0, 160.0, 320.0)
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + root + wave
    east = east + swell(x, 1.0, 1.0, 150.0, 300.0)
    phi = np.radians(points[:, 1])
    bulge = 1.0 - _ECCENTRICITY_2 * np.sin(phi) ** 2
    meridian = _SEMI_MAJOR_M * (1.0 - _ECCENTRICITY_2) / (bulge * np.sqrt(bulge))
    parallel = _SEMI_MAJOR_M / np.sqrt(bulge) * np.cos(phi)
    return points + np.degrees(np.column_stack([east / parallel, north / meridian]))


def _bd09(points: Floats) -> Floats:
    """GCJ-02 to BD-09, without the box."""
    x, y = points[:, 0], points[:, 1]
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * _BAIDU_TURN)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * _BAIDU_TURN)
    return np.column_stack([radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006])


def _undo(forward: Callable[[Floats], Floats], shifted: Floats) -> Floats:
    """Invert a small shift by fixed-point iteration: both shifts are strong contractions."""
    guess = shifted.copy()
    for _ in range(40):
        miss = shifted - forward(guess)
        guess = guess + miss
        if float(np.abs(miss).max(initial=0.0)) < _TOLERANCE_DEG:
            break
    return guess


def convert(lon: ArrayLike, lat: ArrayLike, source: Datum | str, target: Datum | str) -> Floats:
    """Convert points between the three readings.

    Parameters
    ----------
    lon, lat : array_like of float, shape (n,)
        Degrees in `source`.  Scalars count as one point.
    source, target : Datum
        What they are read as, and what is wanted.

    Returns
    -------
    ndarray of float64, shape (n, 2)
        Longitude and latitude in `target`, degrees.  Points outside the box of the shift and
        non-finite ones come back as they are.

    Raises
    ------
    ValueError
        A datum is unknown, or the two arrays differ in length.
    """
    source, target = Datum(source), Datum(target)
    x, y = np.atleast_1d(np.asarray(lon, float)), np.atleast_1d(np.asarray(lat, float))
    if x.shape != y.shape or x.ndim != 1:
        raise ValueError(f"lon and lat must be of one length, not {x.shape} and {y.shape}")
    points = np.column_stack([x, y])
    west, south, east, north = _BOX
    inside = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    if source is target or not inside.any():
        return points
    moved = points[inside]
    if source is Datum.BD09:
        moved = _undo(
            _bd09, moved
        )  # by way of GCJ-02: there is no formula from one end to the other
    if target is Datum.WGS84:
        moved = _undo(_gcj02, moved)
    if source is Datum.WGS84:
        moved = _gcj02(moved)
    if target is Datum.BD09:
        moved = _bd09(moved)
    points[inside] = moved
    return points


def shift_m(lon: ArrayLike, lat: ArrayLike, one: Datum | str, other: Datum | str) -> Floats:
    """Give how far apart two readings put the same numbers.

    Parameters
    ----------
    lon, lat : array_like of float, shape (n,)
        Degrees.

    Returns
    -------
    ndarray of float64, shape (n,)
        Metres; nan for non-finite points.
    """
    a, b = convert(lon, lat, one, Datum.WGS84), convert(lon, lat, other, Datum.WGS84)
    a = np.where(np.isfinite(a) & np.isfinite(b), a, np.nan)
    d_lat = np.radians(b[:, 1] - a[:, 1])
    d_lon = np.radians(b[:, 0] - a[:, 0]) * np.cos(np.radians(a[:, 1]))
    return np.asarray(_EARTH_M * np.hypot(d_lat, d_lon))


def turned(frame: gpd.GeoDataFrame, datum: Datum) -> gpd.GeoDataFrame:
    """Bring a layer whose degrees are of a web map to WGS-84; its heights stay."""
    shapes = frame.to_crs("EPSG:4326").geometry.to_numpy()
    made = shapely.transform(
        shapes,
        lambda c: np.column_stack([convert(c[:, 0], c[:, 1], datum, Datum.WGS84), c[:, 2:]]),
        include_z=bool(shapely.has_z(shapes).all()),
    )
    return frame.set_geometry(list(made), crs="EPSG:4326")
