"""Map layers of every format: shapes, and columns whose text was tested before it was believed."""

from __future__ import annotations

import io
import json
import warnings
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from planner.errors import InputError, MissingExtraError, SheetError
from planner.intake.sheets.formats.books.package import stated_encoding
from planner.intake.sheets.formats.charset import decode
from planner.intake.sheets.formats.layers.gdal import layers_by_gdal
from planner.intake.sheets.formats.layers.kml import layers_of_kml
from planner.intake.sheets.formats.layers.shapefiles import (
    shapefile_of,
    shapefiles_in_zip,
    table_of,
)
from planner.intake.sheets.formats.layers.vector import (
    VectorLayer,
    plain_value,
    read_as,
    shapes_of,
    unscrambled,
)

__all__ = ["VECTORS", "read_vectors"]

VECTORS: Final = frozenset(
    ("gpkg", "geojson", "kml", "kmz", "shp", "shp.zip", "dbf", "fgb", "parquet")
)
"""Kinds of file (see `planner.intake.sheets.formats.guard.kind_of`) that are read here."""


def read_vectors(
    path: Path, data: bytes, kind: str, *, wanted: str | None = None, encoding: str | None = None
) -> list[VectorLayer]:
    """Read the layers of a file.

    Parameters
    ----------
    path : Path
        Shapefiles have other files beside them.
    data : bytes
        Content of the file.
    kind : str
        One of `VECTORS`.
    wanted : str, optional
        One layer, else all.
    encoding : str, optional
        Of its text; found by itself if None.

    Returns
    -------
    list of VectorLayer

    Raises
    ------
    SheetError
        The file cannot be read as map layers, has no such layer, or it is not sure in which encoding its text
        is written.
    MissingExtraError
        Parquet is read by an optional package.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # remarks on rings and text, told here as findings
            layers = _layers(path, data, kind, wanted, encoding)
    except (SheetError, MissingExtraError):
        raise
    except InputError as error:
        raise error.becoming(SheetError) from None
    except Exception as error:  # noqa: BLE001 - GDAL raises many kinds; the reader needs one
        raise SheetError.of("layer-unreadable", name=path.name, kind=type(error).__name__) from None
    if wanted is not None:
        there = ", ".join(layer.name for layer in layers)
        layers = [layer for layer in layers if layer.name == wanted]
        if not layers:
            raise SheetError.of("no-layer", name=path.name, wanted=wanted, there=there)
    return layers


def _layers(
    path: Path, data: bytes, kind: str, wanted: str | None, encoding: str | None
) -> list[VectorLayer]:
    if kind in ("gpkg", "fgb"):
        return layers_by_gdal(path, None, wanted, encoding)
    if kind in ("geojson", "kml"):
        return _from_text(path, data, kind, encoding)
    if kind == "kmz":
        return _from_text(path, _main_kml(data), "kml", encoding)
    if kind == "shp":
        return [shapefile_of(path, encoding)]
    if kind == "shp.zip":
        return shapefiles_in_zip(path, data, encoding)
    if kind == "dbf":
        return [table_of(data, path, encoding)]
    return [_from_parquet(path, data)]


def _from_text(path: Path, data: bytes, kind: str, encoding: str | None) -> list[VectorLayer]:
    """Read GeoJSON or KML; both are UTF-8 by their rules, and often are not."""
    declared = stated_encoding(data) if kind == "kml" else ""
    text, found = decode(data, path.name, encoding or declared or None)
    text = text.removeprefix("\ufeff").lstrip()
    told = () if found in ("utf-8", encoding, declared) else (read_as(found, path.name, ""),)
    layers = (
        # (without its declaration, which names an encoding that the text no longer has)
        layers_of_kml(text.partition("?>")[2] if text.startswith("<?xml") else text, path.stem)
        if kind == "kml"
        else [_from_geojson(text, path)]
    )
    layers = [unscrambled(layer, path.name) for layer in layers]
    return [replace(v, findings=(*told, *v.findings), encoding=found) for v in layers]


def _from_geojson(text: str, path: Path) -> VectorLayer:
    """Take shapes from GDAL and values as written: it rounds long numbers, and makes days of texts."""
    (layer,) = layers_by_gdal(path, text.encode("utf-8", "replace"), None, "utf-8")
    layer = replace(layer, name=path.stem, datum=_declared(text))
    try:
        features = json.loads(text)["features"]
        own = [feature.get("properties") or {} for feature in features]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return layer  # not a collection: what GDAL makes of it must do
    if len(own) != len(layer.rows):
        return layer
    headers = list(dict.fromkeys(h for properties in own for h in properties))
    rows = [[plain_value(properties.get(h)) for h in headers] for properties in own]
    return replace(layer, headers=tuple(headers), rows=rows)


def _main_kml(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        inside = sorted(n for n in archive.namelist() if n.lower().endswith(".kml"))
        # As the rules of KMZ call the main file; others beside it are parts that it links.
        usual = [n for n in inside if n.lower() == "doc.kml"]
        return archive.read((usual or inside)[0])


def _declared(text: str) -> str:
    """Read the datum that a GeoJSON states in its member ``crs``, which others take for WGS-84."""
    try:
        stated = json.loads(text).get("crs")
    except (ValueError, AttributeError, RecursionError):
        return ""
    said = json.dumps(stated, ensure_ascii=False).upper().replace("-", "").replace("_", "")
    for datum, words in (("gcj02", ("GCJ02", "火星")), ("bd09", ("BD09", "百度"))):
        if any(word in said for word in words):
            return datum
    return ""


def _from_parquet(path: Path, data: bytes) -> VectorLayer:
    """Read a table or layer of Parquet."""
    import pyproj

    try:
        from pyarrow import BufferReader, parquet  # pyright: ignore[reportMissingImports]
    except ImportError:
        raise MissingExtraError("pyarrow", "parquet") from None
    table = parquet.read_table(BufferReader(data))
    meta = json.loads((table.schema.metadata or {}).get(b"geo", b"{}"))
    main = meta.get("primary_column", "")
    headers = [h for h in table.column_names if h != main]
    rows = [
        [_of_parquet(v) for v in row]
        for row in zip(*(table[h].to_pylist() for h in headers), strict=True)
    ]
    layer = VectorLayer(path.stem, tuple(headers), rows)
    if not main:
        return layer
    shapes, closed = shapes_of(np.array(table[main].to_pylist(), object))
    # GeoParquet without a CRS is longitude and latitude; a null says that it is unknown.
    stated = meta["columns"][main].get("crs", "OGC:CRS84")
    crs = pyproj.CRS(stated) if stated else None
    return replace(layer, shapes=shapes, crs=crs, closed=closed)


def _of_parquet(value: Any) -> Any:
    if hasattr(value, "isoformat"):
        midnight = hasattr(value, "date") and value.time() == value.min.time()
        return value.date() if midnight else value
    return plain_value(value)
