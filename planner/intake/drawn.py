"""Links and barriers that the office draws: ways that the map lacks, and places where nobody gets through.

A layer of lines (barriers may be points and areas too), or a sheet with two ends a row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from planner.errors import Finding, MissingExtraError, SchemaError, SheetError
from planner.files import open_layer
from planner.intake.coordinates.datum import Datum, convert
from planner.intake.sheets.cell_values import half_width
from planner.intake.sheets.exported import unusable
from planner.intake.sheets.headings import roles_of
from planner.intake.sheets.read import SheetTable, read_table
from planner.model.given import Given, Source
from planner.model.schema import DRAWN

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["read_drawn"]

LAYERS: Final = (".gpkg", ".geojson", ".json", ".shp", ".fgb", ".kml", ".parquet")
NAMES: Final = ("name", "名称", "备注")


def read_drawn(
    path: Source, *, links: bool, datum: str = "wgs84"
) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """Read what the office draws.

    Parameters
    ----------
    path : Path
        A layer with a CRS, or a sheet.
    links : bool
        Whether these are ways to be walked, which must be lines; else barriers, which may be points (a gate),
        lines (a wall, an elevated road) or areas (a building site).
    datum : str
        What a sheet's degrees are in; a layer says it itself.

    Returns
    -------
    GeoDataFrame
        EPSG:4326, ``name, file, sheet, row``: single points and lines, areas by their outline.
    list of Finding
        Rows that are left out, and why.

    Raises
    ------
    SheetError
        The file cannot be read.
    SchemaError
        A layer has no CRS, or a sheet no coordinates.
    """
    import geopandas as gpd

    drawn = path.shapes is not None if isinstance(path, Given) else path.suffix.lower() in LAYERS
    if drawn:
        rows, said = _of_layer(path, links=links)
    else:
        rows, said = _of_sheets(path, links=links, datum=Datum(datum))
    columns = {name: [row[name] for row in rows] for name in ("name", "file", "sheet", "row")}
    shapes = [row["geometry"] for row in rows]
    return gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326"), said


def _of_layer(path: Source, *, links: bool) -> tuple[list[dict[str, Any]], list[Finding]]:
    try:
        read: Any = path.frame if isinstance(path, Given) else open_layer(path)
    except MissingExtraError:
        raise
    except Exception as error:  # noqa: BLE001 - GDAL raises many kinds; the reader needs one
        raise SheetError.of("layer-unreadable", name=path.name, kind=type(error).__name__) from None
    crs = getattr(read, "crs", None)
    if crs is None:
        told = Finding.of("drawn-no-crs", {"file": path.name})
        raise SchemaError.of("drawn-unusable", {"findings": [told]}, name=path.name)
    named = next((c for c in read.columns if str(c).strip().lower() in NAMES), None)
    texts = [
        "" if named is None or v is None else str(v) for v in read.get(named, [None] * len(read))
    ]
    rows, said = [], []
    shapes = read.geometry.to_crs("EPSG:4326").to_numpy()
    for number, (shape, text) in enumerate(zip(shapes, texts, strict=True), 1):
        at = {"name": text, "file": path.name, "sheet": "", "row": number}
        parts = _parts(shape, links=links)
        rows += [{**at, "geometry": part} for part in parts]
        if not parts:
            said.append(_left_out(at, "not-drawn", links=links))
    return rows, said


def _parts(shape: Any, *, links: bool) -> list[Any]:
    """Give the points and lines of a shape, areas by their outline; none where it is of no use."""
    if shape is None or shape.is_empty or not np.isfinite(shapely.get_coordinates(shape)).all():
        return []
    flat = shapely.force_2d(shape)
    if shapely.get_dimensions(flat) == 2:
        flat = shapely.boundary(flat)
    parts = [p for p in shapely.get_parts(flat) if shapely.get_dimensions(p) < 1 or p.length > 0]
    if links and any(shapely.get_dimensions(p) != 1 or p.is_ring for p in parts):
        return []
    return parts


def _of_sheets(
    path: Source, *, links: bool, datum: Datum
) -> tuple[list[dict[str, Any]], list[Finding]]:
    rows: list[dict[str, Any]] = []
    said: list[Finding] = []
    needed = {"lon", "lat"} | ({"to_lon", "to_lat"} if links else set())
    read = 0
    for table in read_table(path, table=DRAWN):
        roles, chosen = roles_of(table.headers, DRAWN, file=table.file, sheet=table.sheet)
        if needed <= set(roles):
            read += 1
            made, told = _rows(table, roles, links, datum)
            rows += made
            said += [*chosen, *told]
    if not read:
        words = "起点经度、起点纬度、终点经度、终点纬度" if links else "经度、纬度"
        columns = ", ".join(sorted(needed))
        told = Finding.of("drawn-no-column", {"file": path.name}, words=words, columns=columns)
        raise SchemaError.of("drawn-nothing", {"findings": [told]}, name=path.name)
    return rows, said


def _rows(
    table: SheetTable, roles: dict[str, int], links: bool, datum: Datum
) -> tuple[list[dict[str, Any]], list[Finding]]:
    rows: list[dict[str, Any]] = []
    bad, said = unusable(table, roles)
    for k, (cells, row) in enumerate(zip(table.cells.tolist(), table.row.tolist(), strict=True)):
        if k in bad:
            continue
        name = str(cells[roles["name"]]).strip() if "name" in roles else ""
        at = {"name": name, "file": table.file, "sheet": table.sheet, "row": row}
        told = {role: _degrees(cells[i]) for role, i in roles.items() if role != "name"}
        here, there = _spot(told, "lon", "lat"), _spot(told, "to_lon", "to_lat")
        wrong = here is None or (there is None and (links or _half(told)))
        if wrong or here == there:
            said.append(_left_out(at, "bad-drawn", links=links))
            continue
        spots = np.array([spot for spot in (here, there) if spot is not None])
        turned = convert(spots[:, 0], spots[:, 1], datum, Datum.WGS84)
        shape = shapely.Point(turned[0]) if len(turned) == 1 else shapely.LineString(turned)
        rows.append({**at, "geometry": shape})
    return rows, said


def _degrees(cell: object) -> float | None:
    """Read a number of degrees: None where the cell is empty, NaN where it holds something else."""
    text = half_width(str(cell)).strip()
    try:
        return float(text) if text else None
    except ValueError:
        return float("nan")


def _spot(told: dict[str, float | None], lon: str, lat: str) -> tuple[float, float] | None:
    x, y = told.get(lon), told.get(lat)
    if x is None or y is None or not (abs(x) <= 180 and abs(y) <= 90):
        return None
    return x, y


def _half(told: dict[str, float | None]) -> bool:
    """Whether an end was begun: a gate has none at all."""
    return told.get("to_lon") is not None or told.get("to_lat") is not None


def _left_out(at: dict[str, Any], code: str, *, links: bool) -> Finding:
    place = {name: at[name] for name in ("file", "sheet", "row")}
    shape = "a link from one place to another" if links else "a point, a line or an area"
    return Finding.of(
        code, place, shape=shape, shape_zh="由一处到另一处的连线" if links else "点、线或面"
    )
