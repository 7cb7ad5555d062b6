"""Layers of one's own at the door: read, brought to degrees, and into the plane."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
import shapely

from planner.errors import InputError, MissingExtraError, NetworkError
from planner.files import open_layer
from planner.model.arrays import Bools, Geometries
from planner.model.characters import simplified
from planner.model.plane import DEGREE_M, LocalProjection
from planner.network.joining import Barriers
from planner.network.mesh import Drawn, node_lines
from planner.network.streets.strokes import Runs
from planner.network.streets.tags import attachable, is_kind, is_level, may_be_main_street, walkable

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = [
    "OwnWays",
    "barriers_in",
    "noded_ways",
    "own_relief",
    "own_ways",
    "read_layer",
    "to_degrees",
]

TOLERANCE_M = 0.5

WEIGHT = {"water": 2, "rail": 2, "wall": 1}
LEVELS = ("bridge", "tunnel", "layer")
# Only these are read: a layer's other columns may be about people.
KEYS = (
    *("highway", "foot", "access", "service", "motorroad", "indoor", "covered"),
    *("sidewalk", "sidewalk:both", "sidewalk:left", "sidewalk:right", *LEVELS),
)
INCLINES = ("incline", "坡度", "slope", "grade", "gradient")
# Lines that are no streets, where no `highway` says otherwise: layers of all lines of a map have them too.
ELSE = ("railway", "waterway", "aerialway", "aeroway", "power", "boundary", "natural")
# What Geofabrik's shapefiles, other makers and offices call the kind of a street.
KINDS = frozenset(
    (
        *("fclass", "type", "class", "roadclass", "road:class", "roadtype", "road:type"),
        *("道路等级", "道路类型", "道路类别", "道路级别", "路型", "等级", "类型", "类别"),
    )
)
# Kinds in the words of offices; what none of them is in is a street.
SPOKEN = (
    ("no", ("铁路", "高铁", "轨道", "地铁", "轻轨", "河流", "水系", "沟渠", "边界", "管线")),
    ("construction", ("在建", "规划", "拟建", "施工")),
    ("motorway", ("高速",)),
    ("trunk", ("快速",)),
)
FLAGS = {"t": "yes", "f": "no", "true": "yes", "false": "no", "1": "yes", "0": "no"}
HSTORE = re.compile(r'"((?:[^"\\]|\\.)*)"\s*=>\s*"((?:[^"\\]|\\.)*)"')
TOUCH_DEG = 0.5 / DEGREE_M  # half a metre, as ends may lie apart in a drawn layer


def read_layer(source: str | Path | pd.DataFrame) -> tuple[str, gpd.GeoDataFrame]:
    """Name and content of a layer: read from a local file, or as given."""
    if not isinstance(source, str | Path):
        if getattr(source, "_geometry_column_name", None) not in getattr(source, "columns", ()):
            raise NetworkError.of("streets-without-geometry", name="streets")
        return "streets", cast("gpd.GeoDataFrame", source)
    path = Path(source)
    if not path.is_file():
        raise NetworkError.of("streets-missing", path=path)
    try:
        return path.name, open_layer(path)
    except Exception as error:  # GDAL raises many kinds
        if isinstance(error, MissingExtraError):
            raise
        if isinstance(error, InputError):
            raise error.becoming(NetworkError) from None
        why = type(error).__name__
        raise NetworkError.of("streets-unreadable", path=path, why=why) from error


def to_degrees(frame: gpd.GeoDataFrame, name: str) -> gpd.GeoDataFrame:
    """Bring a layer to EPSG:4326; refuse one that does not say its CRS."""
    if getattr(frame, "crs", None) is None:
        raise NetworkError.of("streets-without-crs", name=name)
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


@dataclass(frozen=True, eq=False)
class OwnWays:
    """The lines of one's own layer that people walk on.

    Parameters
    ----------
    lines : ndarray of LineString, shape (n,)
        EPSG:4326.
    attach : ndarray of bool, shape (n,)
        Whether homes may join.
    level : tuple of str
        Where each line runs, such as ``0`` for the ground; ``""`` where no column says.
    left_out : int
        Lines that their columns forbid to walkers.
    """

    lines: Geometries
    attach: Bools
    level: tuple[str, ...]
    left_out: int


def own_ways(frame: gpd.GeoDataFrame, name: str) -> OwnWays:
    """Take the lines of a layer that people walk on, by the same rules as an extract's.

    Parameters
    ----------
    frame : GeoDataFrame
        EPSG:4326; of its columns those named like OpenStreetMap's keys are read.

    Raises
    ------
    NetworkError
        It holds no lines, none that people walk on, or coordinates that are no numbers.
    """
    frame = frame.explode(index_parts=False)
    frame = frame[frame.geom_type.isin(["LineString", "LinearRing"]) & ~frame.is_empty]
    if not len(frame):
        raise NetworkError.of("streets-without-lines", name=name)
    lines = shapely.force_2d(frame.geometry.to_numpy())
    if not np.isfinite(shapely.get_coordinates(lines)).all():
        raise NetworkError.of("streets-not-numbers", name=name)
    tags, says_level = _tags(frame)
    walked = np.array([walkable(t) for t in tags], bool)
    # A drawn layer has no houses to tell a town's main street by: a street that touches it must do.
    main = np.array([may_be_main_street(t) for t in tags], bool) & ~walked
    if main.any() and walked.any():
        tree = shapely.STRtree(lines[walked])
        hit = tree.query(lines[main], predicate="dwithin", distance=TOUCH_DEG)[0]
        walked[np.flatnonzero(main)[np.unique(hit)]] = True
    if not walked.any():
        raise NetworkError.of("lines-not-walkable", name=name)
    kept = np.flatnonzero(walked)
    level = tuple(_level(tags[i]) if says_level else "" for i in kept)
    attach = np.array([attachable(tags[i]) for i in kept], bool)
    return OwnWays(lines[kept], attach, level, int((~walked).sum()))


def own_relief(frame: gpd.GeoDataFrame) -> tuple[Geometries, list[str], Bools]:
    """Give the lines of a layer in degrees with their heights, what it says of incline, and which are steps.

    Parameters
    ----------
    frame : GeoDataFrame
        With a CRS.
    """
    frame = frame[frame.geometry.notna()].to_crs("EPSG:4326").explode(index_parts=False)
    frame = frame[frame.geom_type.isin(["LineString", "LinearRing"]) & ~frame.is_empty]
    steps = np.array([row.get("highway") == "steps" for row in _tags(frame)[0]], bool)
    column = next((c for c in frame.columns if str(c).strip().lower() in INCLINES), None)
    incline = [""] * len(frame) if column is None else [_text(v) for v in frame[column]]
    return frame.geometry.to_numpy(), incline, steps


def noded_ways(
    ways: OwnWays, projection: LocalProjection | None = None
) -> tuple[Runs, LocalProjection, Drawn]:
    """Find where the lines meet: half a metre apart they do."""
    lon_lat, which = shapely.get_coordinates(ways.lines, return_index=True)
    plane = projection or LocalProjection.around(*lon_lat.T)
    drawn = np.split(plane.to_xy(*lon_lat.T), np.flatnonzero(np.diff(which)) + 1)
    # Whichever way a line was drawn, and in whatever row: the network is the same.
    parts = [min(part, part[::-1], key=lambda p: p.tolist()) for part in drawn]
    order = sorted(range(len(parts)), key=lambda i: parts[i].tolist())
    noded = node_lines([parts[i] for i in order], [ways.level[i] for i in order], TOLERANCE_M)
    return Runs(noded.xy, noded.node, noded.offset, ways.attach[order]), plane, noded


def _tags(frame: gpd.GeoDataFrame) -> tuple[list[dict[str, str]], bool]:
    """Read each row's tags; also say whether any column tells bridges and tunnels."""
    names = {str(c): simplified(str(c)).strip().lower().replace("_", ":") for c in frame.columns}
    tags: list[dict[str, str]] = [{} for _ in range(len(frame))]
    for column, told in names.items():
        if told == "other:tags":
            for row, text in zip(tags, frame[column], strict=True):
                row.update(p for p in HSTORE.findall(str(text)) if p[0] in (*KEYS, *ELSE))
        elif told in KINDS:
            for row, value in zip(tags, frame[column], strict=True):
                row.setdefault("kind", _kind(_text(value)))
        elif told in (*KEYS, *ELSE):
            for row, value in zip(tags, frame[column], strict=True):
                text = _text(value)
                if text:
                    row[told] = text if told in ("highway", "layer") else FLAGS.get(text, text)
    for row in tags:
        kind = row.pop("kind", "")
        if not is_kind(own := _kind(row.get("highway", ""))):
            none = any(row.get(key, "no") not in ("no", "platform") for key in ELSE)
            # Offices name streets in words of their own: what is no kind of OpenStreetMap's is a street.
            own = kind if is_kind(kind) else "no" if none else "road"
        row["highway"] = own
    says_level = any(key in row for row in tags for key in LEVELS) or bool(
        set(names.values()) & set(LEVELS)
    )
    return tags, says_level


def _kind(text: str) -> str:
    """Give a kind of street as OpenStreetMap calls it; what nobody knows stays as it is."""
    said = simplified(text)
    return next((kind for kind, words in SPOKEN if any(w in said for w in words)), text)


def _text(value: object) -> str:
    """Text of a cell, "" where it is empty; layers come back as 1.0."""
    if value is None or value != value or str(value) in ("<NA>", "None"):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip().lower()


def _level(tags: dict[str, str]) -> str:
    if is_level(tags):
        return "0"
    return f"{tags.get('layer', '')}/{tags.get('bridge', 'no')}/{tags.get('tunnel', 'no')}"
