"""Map layers from a scanned OpenStreetMap file: tagged ways and relations become (Geo)DataFrames."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

import planner.network.streets.tags as rules
from planner.model.arrays import Bools, Geometries, Ints
from planner.network.streets.scan import Scan

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = [
    "Shapes",
    "addresses",
    "areas",
    "assemble",
    "barriers",
    "buildings",
    "is_building",
    "places",
    "rails",
    "runs",
    "streets",
]

Tags = Mapping[str, str]
PLACE_LEVELS = ("place", "neighbourhood", "suburb", "district", "city")
PLACE_KEYS = ("place", "amenity", "shop", "office", "leisure", "tourism", "landuse")


@dataclass(frozen=True, eq=False)
class Shapes:
    """The areas of a file: closed ways and multipolygon relations that some layer wants.

    Parameters
    ----------
    osm_id : tuple of str
        ``w`` or ``r`` and the number.
    tags : tuple of dict
    polygon : ndarray of Polygon or MultiPolygon
        Degrees, EPSG:4326.
    shores : tuple of (str, LineString)
        What the file holds of water areas that could not be closed.
    """

    osm_id: tuple[str, ...]
    tags: tuple[Tags, ...]
    polygon: Geometries
    shores: tuple[tuple[str, Any], ...] = ()

    def where(self, wanted: Callable[[Tags], bool]) -> list[int]:
        """Positions of the areas whose tags are wanted."""
        return [i for i, tags in enumerate(self.tags) if wanted(tags)]


def runs(nodes: Ints) -> list[Ints]:
    """Cut a way where its nodes are missing (-1); pieces of one node are dropped."""
    if len(nodes) and nodes.min() >= 0:
        return [nodes] if len(nodes) > 1 else []
    present = nodes >= 0
    ends = np.flatnonzero(np.diff(np.concatenate([[False], present, [False]]).astype(np.int8)))
    return [nodes[a:b] for a, b in ends.reshape(-1, 2) if b - a > 1]


def assemble(raw: Scan, counts: dict[str, int]) -> Shapes:
    """Build the areas; what cannot be closed is counted and left out."""
    ids: list[str] = []
    tags: list[Tags] = []
    rings: list[Ints] = []
    broken = mended = 0
    for i, way_tags in enumerate(raw.way_tags):
        if not way_tags or not _is_area(way_tags):
            continue
        nodes = raw.refs[raw.offset[i] : raw.offset[i + 1]]
        ring = _ring(nodes, mend=is_building(way_tags) or "addr:housenumber" in way_tags)
        if ring is None:
            broken += int(len(nodes) < 2 or nodes.min() < 0)
            continue
        mended += len(ring) != len(nodes)
        ids.append(f"w{raw.way_id[i]}")
        tags.append(way_tags)
        rings.append(ring)
    polygons = list(_closed(raw, rings))
    shores: list[tuple[str, Any]] = []
    for number, rel_tags, members in raw.relations:
        if rel_tags.get("type") not in {"multipolygon", "boundary"} or not _is_area(rel_tags):
            continue
        shape = _multipolygon(raw, members)
        if shape is None:
            broken += 1
            # A river that leaves the file is no area, yet nobody walks through it.
            if rules.is_water(rel_tags):
                shores += _shores(raw, number, members)
            continue
        ids.append(f"r{number}")
        tags.append(rel_tags)
        polygons.append(shape)
    polygon = np.empty(len(polygons), object)  # np.array would look into multipolygons
    polygon[:] = polygons
    polygon = _valid(polygon)
    solid = ~shapely.is_empty(polygon)
    counts["areas_incomplete"] = broken
    counts["areas_mended"] = mended
    counts["areas_degenerate"] = int((~solid).sum())
    keep = np.flatnonzero(solid)
    return Shapes(
        tuple(ids[i] for i in keep), tuple(tags[i] for i in keep), polygon[keep], tuple(shores)
    )


def _ring(nodes: Ints, *, mend: bool) -> Ints | None:
    """Give the closed ring of a way; a building cut by the edge of the file is closed straight."""
    if len(nodes) > 3 and nodes[0] == nodes[-1] and nodes.min() >= 0:
        return nodes
    present = nodes[nodes >= 0]
    if not mend or len(np.unique(present)) < 3:
        return None
    return present if present[0] == present[-1] else np.append(present, present[0])


def _shores(raw: Scan, number: int, members: tuple[tuple[int, str], ...]) -> list[tuple[str, Any]]:
    """Shore lines of a river that leaves the file: no area can be made, but it still bars."""
    found = []
    for way, _ in members:
        at = int(np.searchsorted(raw.way_id, way))
        if at < len(raw.way_id) and raw.way_id[at] == way:
            found += [(f"r{number}", line) for line in _lines(raw, at)]
    return found


def _is_area(tags: Tags) -> bool:
    return (
        tags.get("building", "no") != "no"
        or "addr:housenumber" in tags
        or rules.is_water(tags)
        or rules.is_green(tags)
        or _place_kind(tags) != ""
    )


def _closed(raw: Scan, rings: list[Ints]) -> Geometries:
    if not rings:
        return np.zeros(0, object)
    which = np.repeat(np.arange(len(rings)), [len(r) for r in rings])
    lines = shapely.linearrings(raw.node_lon_lat[np.concatenate(rings)], indices=which)
    return np.asarray(shapely.polygons(lines), object)


def _multipolygon(raw: Scan, members: tuple[tuple[int, str], ...]) -> Any:
    """Join the member ways to rings: outer ones filled, inner ones cut out."""
    outer, inner = [], []
    for way, role in members:
        at = int(np.searchsorted(raw.way_id, way))
        if at == len(raw.way_id) or raw.way_id[at] != way:
            if role != "inner":
                return None
            continue  # a yard that is missing costs less than the whole building
        (inner if role == "inner" else outer).extend(_lines(raw, at))
    # Members come in any order and direction, each a part of a ring: they are polygonized, not joined.
    whole = _polygonized(outer)
    if whole is None:
        return None
    holes = _polygonized(inner)
    return whole if holes is None else shapely.difference(whole, holes)


def _polygonized(lines: list[Any]) -> Any:
    if not lines:
        return None
    rings = shapely.get_parts(shapely.polygonize(lines))
    return shapely.union_all(shapely.make_valid(rings)) if len(rings) else None


def _valid(polygon: Geometries) -> Geometries:
    """Mend bow ties; keep only what has an area."""
    bad = ~shapely.is_valid(polygon)
    mended = polygon.copy()
    for i in np.flatnonzero(bad):
        parts = shapely.get_parts(shapely.get_parts(shapely.make_valid(polygon[i])))
        solid = [p for p in parts if shapely.area(p) > 0]
        mended[i] = shapely.union_all(solid) if solid else shapely.Polygon()
    mended[shapely.area(mended) <= 0] = shapely.Polygon()
    return mended


def _lines(raw: Scan, way: int) -> list[Any]:
    pieces = runs(raw.refs[raw.offset[way] : raw.offset[way + 1]])
    return [shapely.linestrings(raw.node_lon_lat[p]) for p in pieces]


def _frame(columns: dict[str, Any], geometry: Any) -> gpd.GeoDataFrame:
    import geopandas

    shapes = np.empty(len(geometry), object)
    shapes[:] = list(geometry)
    return geopandas.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326")


def _points(raw: Scan, nodes: list[int]) -> Geometries:
    return np.asarray(shapely.points(raw.node_lon_lat[nodes].reshape(-1, 2)), object)


def _text(tags: Iterable[Tags], *keys: str) -> list[str]:
    return [next((t[k].strip() for k in keys if t.get(k, "").strip()), "") for t in tags]


OTHER_NAMES = (
    *("old_name", "alt_name", "loc_name", "official_name", "short_name", "nat_name", "name:zh"),
    *("name:zh-Hans", "name:zh-Hant", "name:en", "old_name:zh", "alt_name:zh"),
)


def other_names(raw: Scan, shapes: Shapes) -> dict[str, tuple[str, ...]]:
    """Give the old and alternative names of what is called so."""
    found: dict[str, set[str]] = {}
    tagged = (*(t for _, t in raw.tagged), *raw.way_tags, *shapes.tags)
    for tags in tagged:
        name = tags.get("name", "").strip()
        if not name or len(tags) < 2:
            continue
        said = ";".join(tags.get(key, "") for key in OTHER_NAMES).split(";")
        others = {other.strip() for other in said} - {"", name}
        if others:
            found.setdefault(name, set()).update(others)
    return {name: tuple(sorted(others)) for name, others in sorted(found.items())}


def _way_lines(raw: Scan, wanted: Callable[[Tags], bool]) -> tuple[list[int], list[str], list[Any]]:
    """Positions, ids and lines of the ways whose tags are wanted; a cut way comes in pieces."""
    ways = [i for i, tags in enumerate(raw.way_tags) if tags and wanted(tags)]
    lines = [(i, line) for i in ways for line in _lines(raw, i)]
    return (
        [i for i, _ in lines],
        [f"w{raw.way_id[i]}" for i, _ in lines],
        [line for _, line in lines],
    )


def streets(raw: Scan, walked: Bools) -> gpd.GeoDataFrame:
    """Streets and paths of all kinds; `walked` says which ways are, shape (w,)."""
    rows, ids, shapes = _way_lines(raw, rules.is_street)
    tags = [raw.way_tags[i] for i in rows]
    return _frame(
        {
            "osm_id": ids,
            "name": _text(tags, "name"),
            "highway": [t.get("highway", "platform") for t in tags],
            "walkable": walked[rows],
            "incline": _text(tags, "incline"),
        },
        shapes,
    )


def rails(raw: Scan) -> gpd.GeoDataFrame:
    """Railways on the surface."""
    rows, ids, shapes = _way_lines(raw, rules.is_rail)
    names = _text([raw.way_tags[i] for i in rows], "name")
    return _frame({"osm_id": ids, "name": names}, shapes)


def barriers(raw: Scan, shapes: Shapes) -> gpd.GeoDataFrame:
    """Rivers, canals, water areas, surface railways and walls."""
    rows, ids, lines = _way_lines(raw, lambda tags: rules.barrier_kind(tags) != "")
    areas = shapes.where(rules.is_water)
    shores = shapes.shores
    ids += [shapes.osm_id[i] for i in areas] + [name for name, _ in shores]
    kinds = [rules.barrier_kind(raw.way_tags[i]) for i in rows]
    kinds += ["water"] * (len(areas) + len(shores))
    return _frame(
        {"osm_id": ids, "kind": kinds},
        lines + list(shapes.polygon[areas]) + [line for _, line in shores],
    )


def areas(shapes: Shapes, wanted: Callable[[Tags], bool]) -> gpd.GeoDataFrame:
    """Areas whose tags are wanted, such as `planner.network.streets.tags.is_water`."""
    at = shapes.where(wanted)
    names = _text([shapes.tags[i] for i in at], "name")
    return _frame({"osm_id": [shapes.osm_id[i] for i in at], "name": names}, shapes.polygon[at])


def is_building(tags: Tags) -> bool:
    """Say whether an area is a building."""
    return tags.get("building", "no") != "no"


def buildings(shapes: Shapes) -> gpd.GeoDataFrame:
    """Give the outlines of buildings, multipolygons included."""
    at = shapes.where(is_building)
    tags = [shapes.tags[i] for i in at]
    return _frame(
        {
            "osm_id": [shapes.osm_id[i] for i in at],
            "name": _text(tags, "name", "addr:housename"),
            "street": _text(tags, "addr:street"),
            "number": _text(tags, "addr:housenumber"),
            "levels": np.array([_number(t.get("building:levels", "")) for t in tags], float),
            "kind": _text(tags, "building"),
        },
        shapes.polygon[at],
    )


def _number(text: str) -> float:
    match = re.match(r"\s*(\d+(?:\.\d+)?)", text)
    return float(match.group(1)) if match else math.nan


def addresses(raw: Scan, shapes: Shapes) -> gpd.GeoDataFrame:
    """Every carrier of a house number, as a point, with the building that it stands in."""
    nodes = [(at, tags) for at, tags in raw.tagged if tags.get("addr:housenumber")]
    at = shapes.where(lambda tags: bool(tags.get("addr:housenumber")))
    points = _points(raw, [n for n, _ in nodes])
    tags = [t for _, t in nodes] + [shapes.tags[i] for i in at]
    own = [shapes.osm_id[i] if is_building(shapes.tags[i]) else "" for i in at]
    inside = shapely.point_on_surface(shapes.polygon[at])
    own = [a or b for a, b in zip(own, _containing(inside, shapes), strict=True)]
    return _frame(
        {
            "osm_id": [f"n{raw.node_id[n]}" for n, _ in nodes] + [shapes.osm_id[i] for i in at],
            "street": _text(tags, "addr:street", "addr:place"),
            "number": _text(tags, "addr:housenumber"),
            "name": _text(tags, "name", "addr:housename"),
            "place": _text(tags, *(f"addr:{key}" for key in PLACE_LEVELS)),
            "building": _containing(points, shapes) + own,
            "source": ["address point"] * len(nodes)
            + ["building" if is_building(shapes.tags[i]) else "address point" for i in at],
        },
        list(points) + list(inside),
    )


def _containing(points: Geometries, shapes: Shapes) -> list[str]:
    """Id of the building around each point; the first by id where several overlap."""
    at = shapes.where(is_building)
    found = [""] * len(points)
    if len(points) and at:
        tree = shapely.STRtree(shapes.polygon[at])
        which, building = tree.query(points, predicate="intersects")
        for k, b in sorted(zip(which.tolist(), building.tolist(), strict=True), reverse=True):
            found[k] = shapes.osm_id[at[b]]
    return found


def _place_kind(tags: Tags) -> str:
    if "name" not in tags or tags.get("building", "no") != "no":
        return ""
    if tags.get("landuse") not in {None, "residential"} and not any(
        key in tags for key in PLACE_KEYS[:-1]
    ):
        return ""
    return next((tags[key] for key in PLACE_KEYS if key in tags), "")


def places(raw: Scan, shapes: Shapes) -> gpd.GeoDataFrame:
    """Named places, estates and amenities, as points."""
    nodes = [(at, tags) for at, tags in raw.tagged if _place_kind(tags)]
    at = shapes.where(lambda tags: _place_kind(tags) != "")
    tags = [t for _, t in nodes] + [shapes.tags[i] for i in at]
    points = list(_points(raw, [n for n, _ in nodes]))
    return _frame(
        {
            "osm_id": [f"n{raw.node_id[n]}" for n, _ in nodes] + [shapes.osm_id[i] for i in at],
            "name": _text(tags, "name"),
            "kind": [_place_kind(t) for t in tags],
        },
        points + list(shapely.point_on_surface(shapes.polygon[at])),
    )
