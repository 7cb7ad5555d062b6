"""What stands on the ground, asked for one thing only: how far is it from here."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import ArrayLike

from planner.model.arrays import Floats
from planner.model.plane import LocalProjection

__all__ = ["NearestGeometry"]


class NearestGeometry:
    """Distance to the nearest of many geometries.

    Parameters
    ----------
    geometries : sequence of shapely geometries
        Buildings or streets, EPSG:4326; empty and missing ones are ignored.

    Raises
    ------
    ValueError
        No usable geometry is left.
    """

    def __init__(self, geometries: Sequence[shapely.Geometry]) -> None:
        shapes = np.asarray(geometries, dtype=object)
        shapes = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
        if not len(shapes):
            raise ValueError("no geometry to measure distances to")
        west, south, east, north = shapely.bounds(shapes).T
        self._plane = LocalProjection.around((west + east) / 2, (south + north) / 2)
        self._tree = shapely.STRtree(shapely.transform(shapes, self._project))

    def _project(self, points: Floats) -> Floats:
        return self._plane.to_xy(points[:, 0], points[:, 1])

    def distance_m(self, lon: ArrayLike, lat: ArrayLike) -> Floats:
        """Give the distance from each point to the nearest geometry.

        Parameters
        ----------
        lon, lat : array_like of float, shape (n,)
            Degrees, WGS-84.

        Returns
        -------
        ndarray of float64, shape (n,)
            Metres, 0 inside a building; inf for non-finite points.
        """
        x, y = np.asarray(lon, float), np.asarray(lat, float)
        result = np.full(x.shape, np.inf)
        ok = np.isfinite(x) & np.isfinite(y) & (np.abs(y) <= 90)
        if ok.any():
            points = np.asarray(shapely.points(self._plane.to_xy(x[ok], y[ok])))
            (rows, _), away = self._tree.query_nearest(
                points, all_matches=False, return_distance=True
            )
            found = np.full(len(points), np.inf)
            found[rows] = away
            result[ok] = found
        return result
