"""Fences: the polygons of communities and grids that no zone crosses."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from planner.errors import InputError

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["read_fences"]

FENCE_NAMES = ("fence", "community", "社区", "网格", "name", "名称", "NAME")


def read_fences(path: Path) -> gpd.GeoDataFrame:
    """Read the polygons that no zone crosses.

    Parameters
    ----------
    path : Path
        GeoPackage, GeoJSON or shapefile, with a CRS.

    Returns
    -------
    GeoDataFrame
        EPSG:4326, with the text column ``fence``.

    Raises
    ------
    InputError
        The file is missing, has no CRS, or holds no polygons.
    """
    import geopandas as gpd

    if not path.is_file():
        raise InputError(f"there is no fence file {path.resolve()}", remedy="check [inputs] fences")
    try:
        layer = gpd.read_file(path)
    except Exception as error:  # noqa: BLE001 - GDAL raises many kinds; the reader needs one
        raise InputError(
            f"{path.name} cannot be read as a map layer ({type(error).__name__})",
            remedy="save it as GeoPackage or GeoJSON",
        ) from None
    layer = layer[~(layer.geometry.isna() | layer.geometry.is_empty)]
    if not len(layer) or not layer.geom_type.isin(["Polygon", "MultiPolygon"]).all():
        raise InputError(f"{path.name} must hold polygons, one for each fence")
    if layer.crs is None:
        raise InputError(f"{path.name} has no CRS", remedy="set its CRS in QGIS and save it again")
    layer = layer.to_crs("EPSG:4326")
    layer["geometry"] = layer.geometry.make_valid()
    name = next((c for c in FENCE_NAMES if c in layer.columns), None)
    names = (
        [f"{i + 1}" for i in range(len(layer))]
        if name is None
        else layer[name].astype("string").fillna("").str.strip().to_list()
    )
    fences = gpd.GeoDataFrame({"fence": names}, geometry=layer.geometry.to_list(), crs="EPSG:4326")
    return fences.dissolve("fence", as_index=False)[["fence", "geometry"]]
