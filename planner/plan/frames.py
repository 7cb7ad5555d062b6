"""The tables of a plan as frames: made with their geometry, and read by position instead of by id."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planner.model.tables import PlanTables

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = [
    "WGS84",
    "assignment_of",
    "centre_positions",
    "geo_frame",
    "points_at",
    "positions",
    "unit_positions",
]

WGS84 = "EPSG:4326"
Ints = NDArray[np.int64]


def positions(names: Iterable[str], wanted: Iterable[str]) -> Ints:
    """Find where each wanted name stands among others, -1 for those that do not."""
    at = {name: i for i, name in enumerate(names)}
    return np.array([at.get(name, -1) for name in wanted], np.int64)


def unit_positions(tables: PlanTables, unit_id: Iterable[str]) -> Ints:
    """Give the position of each unit in the order of the problem, -1 for none."""
    return positions(tables.units["unit_id"], unit_id)


def centre_positions(tables: PlanTables, zone: Iterable[str]) -> Ints:
    """Give the position of the centre that each zone is named after, -1 for none."""
    return positions(tables.centres["centre_id"], zone)


def assignment_of(tables: PlanTables) -> Ints:
    """Give the centre of each unit of a plan by position, -1 for none; shape (n_units,)."""
    return centre_positions(tables, tables.units["zone"])


def geo_frame(columns: dict[str, Any], geometry: ArrayLike) -> gpd.GeoDataFrame:
    """Make a layer of a plan, EPSG:4326."""
    import geopandas as gpd

    return gpd.GeoDataFrame(columns, geometry=geometry, crs=WGS84)


def points_at(lon: ArrayLike, lat: ArrayLike) -> NDArray[Any]:
    """Make points, degrees; empty ones where there is no coordinate."""
    import shapely

    x, y = np.asarray(lon, float), np.asarray(lat, float)
    points = np.asarray(shapely.points(x, y), dtype=object)
    points[~(np.isfinite(x) & np.isfinite(y))] = shapely.Point()
    return points
