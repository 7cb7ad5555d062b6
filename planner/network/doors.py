"""Layers of one's own at the door: read, brought to degrees, and into the plane."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from planner.errors import NetworkError
from planner.model.plane import LocalProjection
from planner.network.joining import Barriers

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["barriers_in", "plane_or_nan", "read_layer", "to_degrees"]

WEIGHT = {"water": 2, "rail": 2, "wall": 1}


def plane_or_nan(plane: LocalProjection, lon: ArrayLike, lat: ArrayLike) -> NDArray[np.float64]:
    """Project degrees to the plane; NaN where there is no place on earth."""
    x, y = np.asarray(lon, float).ravel(), np.asarray(lat, float).ravel()
    xy = np.full((len(x), 2), np.nan)
    ok = np.isfinite(x) & np.isfinite(y) & (np.abs(x) <= 180) & (np.abs(y) <= 90)
    xy[ok] = plane.to_xy(x[ok], y[ok])
    xy[~np.isfinite(xy).all(axis=1)] = np.nan
    return xy


def read_layer(source: str | Path | gpd.GeoDataFrame) -> tuple[str, gpd.GeoDataFrame]:
    """Name and content of a layer: read from a local file, or as given."""
    if not isinstance(source, str | Path):
        return "the street layer", source
    import geopandas

    path = Path(source)
    if not path.is_file():
        raise NetworkError(f"{path}: there is no such file", remedy="check the path of the streets")
    try:
        return path.name, geopandas.read_file(path)
    except (RuntimeError, ValueError, OSError) as error:
        raise NetworkError(
            f"{path}: cannot be read as a layer ({error})", remedy="give a GeoPackage or GeoJSON"
        ) from error


def to_degrees(frame: gpd.GeoDataFrame, name: str) -> gpd.GeoDataFrame:
    """Bring a layer to EPSG:4326; refuse one that does not say its CRS."""
    if getattr(frame, "crs", None) is None:
        raise NetworkError(
            f"{name}: does not say its coordinate system (CRS)",
            remedy='set it before, for example layer.set_crs("EPSG:4326")',
        )
    frame = frame[frame.geometry.notna()]
    return frame.to_crs("EPSG:4326")


def barriers_in(frame: gpd.GeoDataFrame | None, plane: LocalProjection) -> Barriers:
    """Lines in the plane; of areas the outline, for a home on a pier may join the pier."""
    if frame is None or not len(frame):
        return Barriers(np.zeros(0, object), np.zeros(0, np.int8))
    shapes = shapely.force_2d(frame.geometry.to_numpy())
    kinds = frame["kind"] if "kind" in frame else ["water"] * len(frame)
    weight = np.array([WEIGHT.get(str(kind), 2) for kind in kinds], np.int8)
    area = shapely.get_dimensions(shapes) == 2
    shapes = np.where(area, shapely.boundary(shapes), shapes)
    parts, which = shapely.get_parts(shapes, return_index=True)
    line = shapely.get_dimensions(parts) == 1
    parts, which = parts[line], which[line]
    flat = shapely.transform(parts, lambda xy: plane.to_xy(*xy.T))
    return Barriers(flat, weight[which])
