"""Layers of points, as a GIS keeps them, become rows with lon and lat."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from planner.errors import InputError, SheetError
from planner.files import layer_names, open_layer

__all__ = ["read_layers"]

Grid = list[list[Any]]


def read_layers(path: Path, wanted: str | None) -> list[tuple[str, Grid]]:
    """Read the layers of a GeoPackage or GeoJSON as grids of cells, header first.

    Parameters
    ----------
    path : Path
    wanted : str or None
        One layer, or all.

    Returns
    -------
    list of (str, list of list)
        Layer name and cells; geometry becomes ``lon`` and ``lat``, degrees WGS-84.

    Raises
    ------
    SheetError
        The file or a layer cannot be read, or has no CRS.
    """
    try:
        names = [str(n) for n, kind in layer_names(path)]
        if wanted is not None and wanted not in names:
            raise SheetError(
                f"{path.name} has no layer {wanted!r}", remedy=f"its layers are: {', '.join(names)}"
            )
        return [_layer(path, n) for n in names if wanted in (None, n)]
    except SheetError:
        raise
    except InputError as error:
        raise SheetError(
            error.message, remedy=error.remedy, zh=error.zh, remedy_zh=error.remedy_zh
        ) from None
    except Exception as error:  # noqa: BLE001 - GDAL raises many kinds; the reader needs one
        raise SheetError(
            f"{path.name} cannot be read as a map layer ({type(error).__name__})",
            remedy="open it in QGIS and save it as GeoPackage",
        ) from None


def _layer(path: Path, layer: str) -> tuple[str, Grid]:
    """Read a layer of points as a table with lon and lat."""
    import geopandas as gpd

    read = open_layer(path, layer)
    headers = [str(c) for c in read.columns if c != "geometry"]
    rows: Grid = [list(r) for r in read[headers].itertuples(index=False)]
    if isinstance(read, gpd.GeoDataFrame) and read.geometry.notna().any():
        if read.crs is None:
            raise SheetError(
                f"{path.name}, layer {layer} has no CRS",
                remedy="set its CRS in QGIS and save it again",
            )
        at = read.geometry.to_crs("EPSG:4326").representative_point()
        spare = [
            h
            for h in headers
            if h.lower() in ("lon", "lat", "x", "y", "longitude", "latitude", "lng")
        ]
        keep = [i for i, h in enumerate(headers) if h not in spare]
        headers = [*(headers[i] for i in keep), "lon", "lat"]
        rows = [[*(r[i] for i in keep), x, y] for r, x, y in zip(rows, at.x, at.y, strict=True)]
    return layer, [list(headers), *rows]
