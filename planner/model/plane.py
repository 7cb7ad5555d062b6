"""The local metric plane: WGS-84 at the door, metres inside."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike
from pyproj import CRS, Transformer

from planner.model.arrays import Floats

__all__ = ["DEGREE_M", "SCALE", "LocalProjection"]

DEGREE_M = 111_195.0
"""Metres a degree of latitude, on the sphere: where no plane is worth its time."""
SCALE = 1_000_000
"""Steps of a degree in a page's data: 0.11 m of latitude."""


@lru_cache(
    maxsize=64
)  # pyproj takes some 20 ms to prepare one, and a run has many planes of one town
def _plane(lon_0: float, lat_0: float) -> tuple[CRS, Transformer]:
    # By its own formula: no EPSG plane has its middle line where the town lies.
    crs = CRS.from_proj4(
        f"+proj=tmerc +lat_0={lat_0} +lon_0={lon_0} +k=1 +x_0=0 +y_0=0 "
        "+ellps=WGS84 +units=m +no_defs"
    )
    return crs, Transformer.from_crs("EPSG:4326", crs, always_xy=True)


@dataclass(frozen=True)
class LocalProjection:
    """A transverse Mercator plane centred on the area of work.

    Scale error stays below 1 in 100,000 within 28 km of the central meridian, so planar lengths are
    walking metres for any district.

    Parameters
    ----------
    lon_0, lat_0 : float
        Origin in degrees, WGS-84.
    """

    lon_0: float
    lat_0: float

    @classmethod
    def around(cls, lon: ArrayLike, lat: ArrayLike) -> LocalProjection:
        """Centre the plane on the median of some points, rounded to 0.01 degrees.

        Parameters
        ----------
        lon, lat : array_like of float, shape (n,)
            Degrees, WGS-84; non-finite values are ignored.

        Raises
        ------
        ValueError
            No finite point was given.
        """
        lon_a, lat_a = np.asarray(lon, float), np.asarray(lat, float)
        ok = np.isfinite(lon_a) & np.isfinite(lat_a)
        if not ok.any():
            raise ValueError("no finite lon/lat to centre a plane on")
        # Rounded, so that a home more does not move the plane, and all numbers with it.
        return cls(round(float(np.median(lon_a[ok])), 2), round(float(np.median(lat_a[ok])), 2))

    @property
    def crs(self) -> CRS:
        """The plane as a pyproj CRS, in metres."""
        return _plane(self.lon_0, self.lat_0)[0]

    @property
    def _forward(self) -> Transformer:
        return _plane(self.lon_0, self.lat_0)[1]

    def to_xy(self, lon: ArrayLike, lat: ArrayLike) -> Floats:
        """Project degrees to metres.

        Parameters
        ----------
        lon, lat : array_like of float, shape (n,)
            Degrees, WGS-84.

        Returns
        -------
        ndarray of float64, shape (n, 2)
            x (east) and y (north), metres.
        """
        x, y = self._forward.transform(np.asarray(lon, float), np.asarray(lat, float))
        return np.column_stack([x, y])

    def to_xy_or_nan(self, lon: ArrayLike, lat: ArrayLike) -> Floats:
        """Project degrees to metres, shape (n, 2); NaN where there is no place on earth."""
        x, y = np.asarray(lon, float).ravel(), np.asarray(lat, float).ravel()
        xy = np.full((len(x), 2), np.nan)
        ok = np.isfinite(x) & np.isfinite(y) & (np.abs(x) <= 180) & (np.abs(y) <= 90)
        xy[ok] = self.to_xy(x[ok], y[ok])
        # Places on earth but far outside the plane come back infinite.
        xy[~np.isfinite(xy).all(axis=1)] = np.nan
        return xy

    def to_lon_lat(self, xy: ArrayLike) -> Floats:
        """Unproject metres to degrees.

        Parameters
        ----------
        xy : array_like of float, shape (n, 2)
            Metres.

        Returns
        -------
        ndarray of float64, shape (n, 2)
            lon and lat, degrees, WGS-84.
        """
        points = np.asarray(xy, float).reshape(-1, 2)
        lon, lat = self._forward.transform(points[:, 0], points[:, 1], direction="INVERSE")
        return np.column_stack([lon, lat])
