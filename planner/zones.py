"""Zone shapes: polygons that share their edges, follow the streets, and stop at rivers and fences.

Homes and the street pieces that are nearest to them on foot span a Voronoi diagram; its cells, merged
by zone, meet midway between homes.  The whole is trimmed to where people live.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import networkx as nx
import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree
from shapely import STRtree

__all__ = ["colours", "zone_shapes"]

SAMPLE_M = 12.0
STREET_REACH_M = 110.0
"""Streets farther than this from any home belong to no zone."""
NUDGE_M = 0.5
RAIL_HALF_WIDTH_M = 2.0
CALM_NEIGHBOURS, CALM_ROUNDS = 9, 4
SMOOTH_M = 60.0
SLIVER_M = 6.0
"""Strips narrower than twice this, as between the tracks of a yard, belong to nobody."""
SIMPLIFY_M = 5.0
HOLE_M2 = 4000.0
POND_M2 = 1500.0
"""Smaller waters divide nobody."""
HOME_DISC_M = 4.0

Geometries = NDArray[Any]


def zone_shapes(
    points_xy: ArrayLike,
    owner: ArrayLike,
    n_zones: int,
    *,
    territory: tuple[ArrayLike, Geometries] | None = None,
    cuts: Sequence[Any] = (),
    fences: Mapping[str, Any] | None = None,
    fence_of_zone: ArrayLike | None = None,
    reach_m: float = 45.0,
) -> Geometries:
    """Draw a polygon for each zone.

    Parameters
    ----------
    points_xy : array_like of float, shape (n, 2)
        Homes, metres in the plane.  Homes of two zones on one spot are drawn half a metre apart.
    owner : array_like of int, shape (n,)
        Zone of each home, -1 for none.
    n_zones : int
        Number of zones.
    territory : tuple of (array_like of int, array of LineString), optional
        Street pieces and the zone that each belongs to, so that a zone hangs together along its streets.
    cuts : sequence of geometry
        Rivers and railways: a zone does not reach across where it has no home.
    fences : mapping of str to polygon, optional
        A zone stays inside its fence.
    fence_of_zone : array_like of str, shape (n_zones,), optional
        Fence of each zone.
    reach_m : float
        How far a zone reaches around its homes and streets.

    Returns
    -------
    ndarray of Polygon or MultiPolygon, shape (n_zones,)
        Without overlaps, each home inside its own.
    """
    homes, home_zone = _homes(points_xy, owner)
    if not len(homes):
        return np.full(n_zones, shapely.Polygon(), dtype=object)
    seeds, zone = _seeds(homes, home_zone, territory)
    region = _region(seeds, cuts, reach_m)
    cells = _cells(seeds, region)
    parts, of_zone = _merged(cells, zone, region, n_zones)
    parts, of_zone = _inside_fences(parts, of_zone, fences, fence_of_zone)
    shapes = _gathered(*_adopted(parts, of_zone, homes, home_zone), n_zones)
    simple = shapely.coverage_simplify(shapes, SIMPLIFY_M)
    return _each_home_inside(simple, homes, home_zone, cells[: len(homes)])


def _homes(points_xy: ArrayLike, owner: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Homes that have a zone, one for each spot and zone, nudged apart where two zones share a spot."""
    xy, zone = np.asarray(points_xy, float).reshape(-1, 2), np.asarray(owner, np.int64)
    rows = np.unique(np.column_stack([np.round(xy[zone >= 0], 2), zone[zone >= 0]]), axis=0)
    homes, zones = rows[:, :2], rows[:, 2].astype(np.int64)
    _, spot, count = np.unique(homes, axis=0, return_inverse=True, return_counts=True)
    spot = spot.ravel()
    first = np.cumsum(count) - count
    rank = np.empty(len(homes), np.int64)
    order = np.argsort(spot, kind="stable")
    rank[order] = np.arange(len(homes)) - first[spot[order]]
    angle = 2 * np.pi * rank / count[spot]
    away = np.column_stack([np.cos(angle), np.sin(angle)]) * NUDGE_M
    return np.where((count[spot] > 1)[:, None], homes + away, homes), zones


def _seeds(
    homes: NDArray[np.float64],
    zone: NDArray[np.int64],
    territory: tuple[ArrayLike, Geometries] | None,
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Homes first, then points along the street pieces, none on top of another seed."""
    if territory is None or not len(territory[1]):
        return homes, zone
    street_zone, lines = np.asarray(territory[0], np.int64), np.asarray(territory[1])
    lines, street_zone = lines[street_zone >= 0], street_zone[street_zone >= 0]
    length = shapely.length(lines)
    pieces = np.maximum(1, np.ceil(length / SAMPLE_M)).astype(np.int64)
    line = np.repeat(np.arange(len(lines)), pieces)
    nth = np.arange(len(line)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    at = shapely.line_interpolate_point(lines[line], (nth + 0.5) / pieces[line], normalized=True)
    street = shapely.get_coordinates(at)
    lived_in = cKDTree(homes).query(street, distance_upper_bound=STREET_REACH_M)[0] < np.inf
    street, line = street[lived_in], line[lived_in]
    all_xy = np.concatenate([homes, street])
    _, keep = np.unique(np.round(all_xy, 1), axis=0, return_index=True)
    keep = np.union1d(keep, np.arange(len(homes)))
    seeds, of_zone = all_xy[keep], np.concatenate([zone, street_zone[line]])[keep]
    return seeds, _calmed(seeds, of_zone, len(homes))


def _calmed(
    seeds: NDArray[np.float64], zone: NDArray[np.int64], n_homes: int
) -> NDArray[np.int64]:
    """Let street seeds follow most of those around them: parallel lanes would fray the edges."""
    calm = zone.copy()
    k = min(CALM_NEIGHBOURS, len(seeds))
    near = cKDTree(seeds).query(seeds[n_homes:], k=k)[1].reshape(-1, k)
    for _ in range(CALM_ROUNDS if len(near) else 0):
        around = np.sort(calm[near], axis=1)
        alike = (around[:, :, None] == around[:, None, :]).sum(axis=2)
        most = around[np.arange(len(around)), alike.argmax(axis=1)]
        calm[n_homes:] = np.where(alike.max(axis=1) * 2 > k, most, calm[n_homes:])
    return calm


def _region(seeds: NDArray[np.float64], cuts: Sequence[Any], reach_m: float) -> Any:
    """Where people live: all that lies near a seed, smoothed, less water and railways."""
    near = shapely.union_all(shapely.buffer(shapely.points(seeds), reach_m, quad_segs=6))
    smooth = near.buffer(SMOOTH_M, quad_segs=6).buffer(-SMOOTH_M, quad_segs=6)
    cut = _without_small_holes(smooth).difference(_divides(cuts, smooth))
    return cut.buffer(-SLIVER_M, join_style="mitre").buffer(SLIVER_M, join_style="mitre")


def _divides(cuts: Sequence[Any], within: Any) -> Any:
    made = np.asarray(list(cuts), dtype=object)
    if not len(made):
        return shapely.Polygon()
    near = made[STRtree(made).query(within, predicate="intersects")]
    flat = shapely.get_dimensions(near) < 2
    near, flat = (a[flat | (shapely.area(near) > POND_M2)] for a in (near, flat))
    wide = np.where(flat, shapely.buffer(near, RAIL_HALF_WIDTH_M), near)
    return shapely.union_all(shapely.make_valid(wide))


def _without_small_holes(shape: Any) -> Any:
    polygons = shapely.get_parts(shape)
    filled = []
    for polygon in polygons:
        rings = [r for r in polygon.interiors if shapely.area(shapely.Polygon(r)) > HOLE_M2]
        filled.append(shapely.Polygon(polygon.exterior, rings))
    return shapely.union_all(filled)


def _cells(seeds: NDArray[np.float64], region: Any) -> Geometries:
    """Voronoi cells, one a seed, in the order of the seeds."""
    points = shapely.multipoints(seeds)
    made = shapely.voronoi_polygons(points, extend_to=shapely.envelope(region), ordered=True)
    return shapely.get_parts(made)


def _merged(
    cells: Geometries, zone: NDArray[np.int64], region: Any, n_zones: int
) -> tuple[Geometries, NDArray[np.int64]]:
    """Merge the cells of each zone, trim them, and take the pieces apart."""
    order = np.argsort(zone, kind="stable")
    at = np.searchsorted(zone[order], np.arange(n_zones + 1))
    whole = np.array(
        [shapely.coverage_union_all(cells[order[at[z] : at[z + 1]]]) for z in range(n_zones)]
    )
    shapely.prepare(region)
    trimmed = shapely.intersection(whole, region)
    parts, of_zone = shapely.get_parts(trimmed, return_index=True)
    solid = (shapely.get_dimensions(parts) == 2) & (shapely.area(parts) > 0)
    return parts[solid], of_zone[solid]


def _inside_fences(
    parts: Geometries,
    zone: NDArray[np.int64],
    fences: Mapping[str, Any] | None,
    fence_of_zone: ArrayLike | None,
) -> tuple[Geometries, NDArray[np.int64]]:
    if fences is None or fence_of_zone is None:
        return parts, zone
    nowhere = shapely.box(*shapely.total_bounds(parts))
    names = np.asarray(fence_of_zone, object)[zone]
    own = np.array([fences.get(str(name), nowhere) for name in names], dtype=object)
    cut, index = shapely.get_parts(shapely.intersection(parts, own), return_index=True)
    solid = (shapely.get_dimensions(cut) == 2) & (shapely.area(cut) > 0)
    return cut[solid], zone[index][solid]


def _adopted(
    parts: Geometries,
    zone: NDArray[np.int64],
    homes: NDArray[np.float64],
    home_zone: NDArray[np.int64],
) -> tuple[Geometries, NDArray[np.int64]]:
    """Give each piece in which nobody lives to the neighbour with the longest common edge."""
    tree = STRtree(parts)
    home, part = tree.query(shapely.points(homes), predicate="intersects")
    lived = np.zeros(len(parts), bool)
    lived[part[zone[part] == home_zone[home]]] = True
    adopted = zone.copy()
    gone = np.zeros(len(parts), bool)
    for p in np.flatnonzero(~lived):
        near = tree.query(parts[p], predicate="intersects")
        near = np.sort(near[lived[near]])
        edge = shapely.length(
            shapely.intersection(shapely.boundary(parts[p]), shapely.boundary(parts[near]))
        )
        if len(near) and edge.max() > 0:
            adopted[p] = zone[near[np.argmax(edge)]]
        else:
            gone[p] = True
    return parts[~gone], adopted[~gone]


def _gathered(parts: Geometries, zone: NDArray[np.int64], n_zones: int) -> Geometries:
    """Put the pieces of each zone together again, closing holes that belong to nobody."""
    shapes = np.full(n_zones, shapely.Polygon(), dtype=object)
    for z in np.unique(zone):
        shapes[z] = shapely.coverage_union_all(parts[zone == z])
    return shapes


def _each_home_inside(
    shapes: Geometries,
    homes: NDArray[np.float64],
    home_zone: NDArray[np.int64],
    cells: Geometries,
) -> Geometries:
    """Mend what trimming and smoothing cost: each home gets a small part of its own cell back."""
    points = shapely.points(homes)
    out = np.flatnonzero(~shapely.contains_properly(shapes[home_zone], points))
    if not len(out):
        return shapes
    mended = shapes.copy()
    spots = shapely.intersection(shapely.buffer(points[out], HOME_DISC_M, quad_segs=4), cells[out])
    tree = STRtree(shapes)
    spot, other = tree.query(spots, predicate="intersects")
    for z in np.unique(other):
        foreign = spot[(other == z) & (home_zone[out][spot] != z)]
        if len(foreign):
            mended[z] = shapely.difference(mended[z], shapely.union_all(spots[foreign]))
    for z in np.unique(home_zone[out]):
        mended[z] = shapely.union_all([mended[z], *spots[home_zone[out] == z]])
    return np.array([_polygons_only(shape) for shape in mended], dtype=object)


def _polygons_only(shape: Any) -> Any:
    if shape.geom_type in ("Polygon", "MultiPolygon"):
        return shape
    flat = [p for p in shapely.get_parts(shape) if shapely.get_dimensions(p) == 2]
    return shapely.union_all(flat) if flat else shapely.Polygon()


def colours(shapes: Geometries, *, apart_m: float = 20.0) -> NDArray[np.int64]:
    """Colour the zones so that neighbours differ, with few colours.

    Parameters
    ----------
    shapes : ndarray of polygon, shape (n_zones,)
        In the plane, metres.
    apart_m : float
        Zones this close are neighbours.

    Returns
    -------
    ndarray of int64, shape (n_zones,)
        0, 1, ...: saturation colouring (D. Brelaz, New methods to color the vertices of a graph, 1979).
    """
    a, b = STRtree(shapes).query(shapes, predicate="dwithin", distance=apart_m)
    graph = nx.Graph()
    graph.add_nodes_from(range(len(shapes)))
    graph.add_edges_from((int(i), int(j)) for i, j in zip(a, b, strict=True) if i < j)
    chosen = nx.greedy_color(graph, strategy="saturation_largest_first")
    return np.array([chosen[i] for i in range(len(shapes))], np.int64)
