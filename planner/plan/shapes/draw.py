"""Zone polygons: cells joined, trimmed, cut by rivers, railways and fences, and smoothed.

Edges are kept as one drawing of lines until the end: an edge between two zones is smoothed once,
for both sides, so that neither gaps nor overlaps appear.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike
from scipy.ndimage import gaussian_filter1d

from planner.model.arrays import Bools, Floats, Geometries, Ints
from planner.plan.shapes.cells import (
    dissolve,
    distinct_points,
    own_streets,
    seed_points,
    voronoi_cells,
)

__all__ = ["zone_shapes"]


GRID_M = 0.001
# Smoothing: points every 4 m under a bell of 9 m take the saw teeth off a border of cells and leave
# the corners of streets.
STEP_M = 4.0
SMOOTH_M = 9.0
HOLE_M2 = 6000.0
# Ground that each home keeps whatever smoothing does, metres around it.
CORE_M = 2.0
SLIT_M2 = 0.01
BEND_M = 1.0  # bends of a street that its surroundings do not show


def zone_shapes(
    points_xy: ArrayLike,
    owner: ArrayLike,
    n_zones: int,
    *,
    territory: tuple[ArrayLike, ArrayLike] | None = None,
    cuts: Iterable[Any] = (),
    fences: Mapping[Any, Any] | Sequence[Any] | None = None,
    fence_of_zone: ArrayLike | None = None,
    reach_m: float = 60.0,
) -> Geometries:
    """Draw one polygon for each zone.

    Homes of two zones on one spot cannot both be inside: they are drawn apart by the rule of
    `display_points`, and it is these points that lie strictly inside.

    Parameters
    ----------
    points_xy : array_like of float, shape (n, 2)
        Homes in a metric plane; rows that are not finite are left out.
    owner : array_like of int, shape (n,)
        Zone of each home, -1 for none: no zone is drawn over the place of such a home.
    territory : (array_like of int, array_like of LineString), optional
        Zone (-1 for none) and shape of pieces of street; a zone is drawn along its own.
    cuts : iterable of geometry, optional
        Rivers and railways: a zone does not reach across a line to where it has no home, and never
        covers a polygon, the spot of a home in it excepted.
    fences : mapping or sequence of Polygon, optional
        Boundaries that no zone crosses, the spot of a home outside its fence excepted.
    fence_of_zone : array_like, shape (n_zones,), optional
        Key of each zone's fence; a key that `fences` lacks leaves the zone free.
    reach_m : float
        Land farther than this from every home and street is left out.

    Returns
    -------
    ndarray of Polygon or MultiPolygon, shape (n_zones,)
        In the plane; empty for a zone without homes.

    Raises
    ------
    ValueError
        Shapes do not fit together, or a zone is out of range.
    """
    zone = np.asarray(owner, np.int64).reshape(-1)
    xy = np.asarray(points_xy, np.float64).reshape(-1, 2)
    if len(xy) != len(zone) or (len(zone) and not -1 <= zone.min() <= zone.max() < n_zones):
        raise ValueError("points_xy and owner differ in length, or a zone is out of range")
    xy, zone = distinct_points(xy, zone)
    if not (zone >= 0).any():
        return np.full(n_zones, shapely.MultiPolygon(), dtype=object)
    street_zone, streets = own_streets(territory, n_zones)
    seeds, seed_zone = seed_points(xy, zone, street_zone, streets)
    cells = voronoi_cells(seeds, reach_m)
    # Lines cut and let zones lie on both sides; polygons are taken out of the ground.
    lines, water = _split_cuts(cuts)
    area = _reach(xy, zone, street_zone, streets, reach_m).difference(water)
    walls = _walls(fences, fence_of_zone, n_zones)
    raw = dissolve(cells, seed_zone, n_zones)
    faces, face_zone = _faces(raw, area, lines, walls)
    # The order matters: faces are settled before anything is smoothed, since smoothing moves edges
    # off the cuts that decide who hangs on whom.
    face_zone = _settle(faces, face_zone, xy, zone, lines, walls)
    shapes = _smooth(dissolve(faces, face_zone, n_zones), walls)
    shapes = _clip(shapes, walls, water)
    shapes = _keep_homes(shapes, xy, zone, cells[: len(xy)])
    return _without_pinholes(shapes, xy[zone < 0], water, walls)


def _split_cuts(cuts: Iterable[Any]) -> tuple[Geometries, Any]:
    """Cut lines, and the union of cut polygons."""
    given = np.array([g for g in cuts if g is not None and not g.is_empty], dtype=object)
    parts = shapely.get_parts(given)
    flat = shapely.get_dimensions(parts)
    return parts[flat == 1], shapely.union_all(shapely.make_valid(parts[flat == 2]))


def _reach(xy: Floats, zone: Ints, street_zone: Ints, streets: Geometries, reach_m: float) -> Any:
    """Land near a home or a street, its bays and small holes filled, its outline smooth.

    Zone by zone, then all together: what one union of everything costs grows faster than the town.
    """
    # Homes thinned to a mesh: nobody sees 15 m in an outline that is smoothed anyway.
    own, mesh = zone >= 0, reach_m / 4
    spots = np.unique(np.column_stack([zone[own], np.round(xy[own] / mesh)]), axis=0)
    homes, lines = shapely.points(spots[:, 1:] * mesh), shapely.simplify(streets, BEND_M)
    near = np.concatenate([np.asarray(homes, object), np.asarray(lines, object)])
    owner = np.append(spots[:, 0].astype(np.int64), street_zone)
    # Twice the reach, to be taken back: bays narrower than that are filled on the way.
    wide, order = shapely.buffer(near, 2 * reach_m, quad_segs=4), np.argsort(owner, kind="stable")
    cuts = np.flatnonzero(np.diff(owner[order])) + 1
    area = shapely.union_all([shapely.union_all(some) for some in np.split(wide[order], cuts)])
    area = area.buffer(-1.5 * reach_m, quad_segs=4).buffer(reach_m / 2, quad_segs=8).simplify(0.5)
    filled = [
        shapely.Polygon(p.exterior, [r for r in p.interiors if shapely.Polygon(r).area > HOLE_M2])
        for p in shapely.get_parts(area)
    ]
    return shapely.union_all(filled)


def _walls(fences: Any, fence_of_zone: ArrayLike | None, n_zones: int) -> list[Any]:
    """Fence polygon of each zone, None for a free zone."""
    if fences is None or fence_of_zone is None:
        return [None] * n_zones
    table = fences if isinstance(fences, Mapping) else dict(enumerate(fences))
    made = {key: shapely.make_valid(value) for key, value in table.items()}
    keys = np.asarray(fence_of_zone).tolist()
    if len(keys) != n_zones:
        raise ValueError("fence_of_zone needs one key for each zone")
    return [made.get(key) for key in keys]


def _wall_lines(walls: list[Any]) -> Geometries:
    distinct = {id(w): w for w in walls if w is not None}
    return np.array([shapely.boundary(w) for w in distinct.values()], dtype=object)


def _polygonize(lines: Iterable[Any]) -> Geometries:
    """Faces of a drawing of lines."""
    # without a grid GEOS leaves crossings apart by rounding, and faces open
    noded = shapely.union_all(np.array(list(lines), dtype=object), grid_size=GRID_M)
    return shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))


def _where(faces: Geometries, shapes: Geometries) -> Ints:
    """Shape that each face lies in, -1 for none; the lowest where rounding finds two."""
    spot = shapely.point_on_surface(faces)
    face, shape = shapely.STRtree(shapes).query(spot, predicate="intersects")
    found = np.full(len(faces), len(shapes), np.int64)
    np.minimum.at(found, face, shape)
    return np.where(found < len(shapes), found, -1)


def _faces(
    raw: Geometries, area: Any, lines: Geometries, walls: list[Any]
) -> tuple[Geometries, Ints]:
    """Cut the ground by every edge there is; zone of each face, -1 for nobody's."""
    edges = [*shapely.boundary(raw), shapely.boundary(area), *lines, *_wall_lines(walls)]
    shapely.prepare(area)
    whole = shapely.box(*area.bounds)
    kept = shapely.intersection(np.array(edges, dtype=object), whole)
    faces = _polygonize(kept)
    spot = shapely.point_on_surface(faces)
    faces = faces[shapely.intersects(area, spot)]
    zone = _where(faces, raw)
    return faces, np.where(_allowed(faces, zone, walls), zone, -1)


def _allowed(faces: Geometries, zone: Ints, walls: list[Any]) -> Bools:
    """Whether each face lies within the fence of its zone."""
    wall = np.array([*walls, None], dtype=object)[zone]
    spot = shapely.point_on_surface(faces)
    return shapely.is_missing(wall) | shapely.covers(wall, spot)


def _settle(
    faces: Geometries, face_zone: Ints, xy: Floats, zone: Ints, lines: Geometries, walls: list[Any]
) -> Ints:
    """Give faces without a home to the neighbour with the longest common edge that is no cut.

    A face that hangs on nobody, because a river or a railway lies between, is left out.
    """
    home, face = shapely.STRtree(faces).query(shapely.points(xy), predicate="intersects")
    settled = np.zeros(len(faces), bool)
    settled[face[(zone[home] == face_zone[face]) & (zone[home] >= 0)]] = True
    strange = np.zeros(len(faces), bool)
    strange[face[zone[home] < 0]] = True
    left, right, length = _shared(faces, lines)
    result = np.where(settled, face_zone, -1)
    open_ = ~settled & ~strange
    while True:
        one = np.concatenate([left, right])
        two = np.concatenate([right, left])
        ask = open_[one] & (result[two] >= 0)
        f, z, m = one[ask], result[two][ask], np.concatenate([length, length])[ask]
        fits = _allowed(faces[f], z, walls)
        f, z, m = f[fits], z[fits], m[fits]
        if not len(f):
            return result
        pairs, back = np.unique(np.column_stack([f, z]), axis=0, return_inverse=True)
        total = np.bincount(back.reshape(-1), m)
        # A face stays with its own zone wherever it hangs on it.
        total += np.where(pairs[:, 1] == face_zone[pairs[:, 0]], 1e9, 0)
        order = np.lexsort((pairs[:, 1], -total, pairs[:, 0]))
        chosen = pairs[order][np.unique(pairs[order, 0], return_index=True)[1]]
        result[chosen[:, 0]] = chosen[:, 1]
        open_[chosen[:, 0]] = False


def _shared(faces: Geometries, lines: Geometries) -> tuple[Ints, Ints, Floats]:
    """Pairs of faces with a common edge off the cuts, and its length in metres."""
    points, face = shapely.get_coordinates(shapely.boundary(faces), return_index=True)
    step = face[1:] == face[:-1]
    keys = np.round(points / GRID_M).astype(np.int64)
    a, b, owner = keys[:-1][step], keys[1:][step], face[1:][step]
    swap = (a[:, 0] > b[:, 0]) | ((a[:, 0] == b[:, 0]) & (a[:, 1] > b[:, 1]))
    ends = np.where(swap[:, None], np.hstack([b, a]), np.hstack([a, b]))
    order = np.lexsort((owner, *ends.T[::-1]))
    ends, owner = ends[order], owner[order]
    twin = np.flatnonzero((ends[1:] == ends[:-1]).all(axis=1) & (owner[1:] != owner[:-1]))
    left, right = owner[twin], owner[twin + 1]
    span = ends[twin] * GRID_M
    length = np.hypot(span[:, 2] - span[:, 0], span[:, 3] - span[:, 1])
    if len(lines) and len(twin):
        middle = shapely.points((span[:, :2] + span[:, 2:]) / 2)
        cut = shapely.STRtree(lines).query(middle, predicate="dwithin", distance=0.01)[0]
        free = np.ones(len(twin), bool)
        free[cut] = False
        left, right, length = left[free], right[free], length[free]
    return left, right, length


def _smooth(shapes: Geometries, walls: list[Any]) -> Geometries:
    """Smooth each edge once for both sides; edges along a fence stay as they are."""
    drawing = shapely.union_all(shapely.boundary(shapes[~shapely.is_empty(shapes)]))
    arcs = shapely.get_parts(shapely.line_merge(drawing))
    fence = shapely.union_all(_wall_lines(walls))
    middle = shapely.line_interpolate_point(arcs, 0.5, normalized=True)
    fixed = shapely.dwithin(middle, fence, 0.05)
    drawn = [a if still else _smooth_arc(a) for a, still in zip(arcs, fixed, strict=True)]
    faces = _polygonize(drawn)
    zone = _where(faces, shapes)
    return dissolve(faces, zone, len(shapes))


def _smooth_arc(arc: Any) -> Any:
    """Gaussian smoothing along one line, its ends held; a ring has no ends."""
    n = int(arc.length / STEP_M)
    if n < 4:
        return arc
    at = np.linspace(0, 1, n + 1)
    xy = shapely.get_coordinates(shapely.line_interpolate_point(arc, at, normalized=True))
    sigma = min(SMOOTH_M / STEP_M, n / 6)
    if arc.is_closed:
        ring = gaussian_filter1d(xy[:-1], sigma, axis=0, mode="wrap")
        drawn = np.vstack([ring, ring[:1]])
    else:
        padded = np.vstack([2 * xy[0] - xy[:0:-1], xy, 2 * xy[-1] - xy[-2::-1]])
        drawn = gaussian_filter1d(padded, sigma, axis=0)[n : 2 * n + 1]
        drawn[0], drawn[-1] = xy[0], xy[-1]
    return shapely.LineString(drawn).simplify(0.4)


def _clip(shapes: Geometries, walls: list[Any], water: Any) -> Geometries:
    made = shapely.difference(shapes, water)
    wall = np.array([*walls, None], dtype=object)[:-1]
    inside = shapely.intersection(made, wall)
    return np.where(shapely.is_missing(wall), made, inside)


def _keep_homes(shapes: Geometries, xy: Floats, zone: Ints, cells: Geometries) -> Geometries:
    """Give back to each home what smoothing took, within its cell, and drop parts without homes."""
    homes = shapely.points(xy)
    own = zone >= 0
    core = shapely.intersection(shapely.buffer(homes, CORE_M, quad_segs=4), cells)
    safe = np.zeros(len(xy), bool)
    safe[own] = shapely.contains(shapes[zone[own]], core[own])
    lost = np.flatnonzero(~safe)
    made = _parts_with_homes(shapes, xy, zone)
    tree = shapely.STRtree(made)
    i, z = tree.query(core[lost], predicate="intersects")
    for other in np.unique(z):
        foreign = lost[i[z == other]]
        foreign = foreign[zone[foreign] != other]
        if len(foreign):
            made[other] = shapely.difference(made[other], shapely.union_all(core[foreign]))
    for mine in np.unique(zone[lost][zone[lost] >= 0]):
        made[mine] = shapely.union_all([made[mine], *core[lost[zone[lost] == mine]]])
    return np.array([_flat(g) for g in made], dtype=object)


def _parts_with_homes(shapes: Geometries, xy: Floats, zone: Ints) -> Geometries:
    parts, of = shapely.get_parts(shapes, return_index=True)
    home, part = shapely.STRtree(parts).query(shapely.points(xy), predicate="intersects")
    lived = np.zeros(len(parts), bool)
    lived[part[zone[home] == of[part]]] = True
    return dissolve(parts[lived], of[lived], len(shapes))


def _flat(shape: Any) -> Any:
    if shape.geom_type in ("Polygon", "MultiPolygon"):
        return shape
    parts = shapely.get_parts(shape)
    return shapely.union_all(parts[shapely.get_dimensions(parts) == 2])


def _without_pinholes(
    shapes: Geometries, nobodys: Floats, water: Any, walls: list[Any]
) -> Geometries:
    """Give a zone what it alone surrounds and nobody has, such as a part dropped for want of homes."""
    parts, of = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    inner = np.flatnonzero(np.append(False, part[1:] == part[:-1]))
    if not len(inner):
        return shapes
    tree, spots = shapely.STRtree(shapes), shapely.STRtree(list(map(shapely.Point, nobodys)))
    made = shapes.copy()
    for ring, mine in zip(rings[inner], of[part[inner]], strict=True):
        hole = shapely.Polygon(ring)
        if hole.area > HOLE_M2 or len(spots.query(hole, predicate="intersects")):
            continue
        others = [z for z in tree.query(hole, predicate="intersects") if z != mine]
        free = hole.difference(water).difference(shapely.union_all(shapes[others]))
        if walls[mine] is not None:
            free = free.intersection(walls[mine])
        if free.area > CORE_M:
            made[mine] = _sealed(_flat(shapely.union_all([made[mine], free], grid_size=GRID_M)))
    return made


def _sealed(shape: Any) -> Any:
    """Close the slits that rounding leaves along a filled hole."""
    parts = [
        shapely.Polygon(p.exterior, [r for r in p.interiors if shapely.Polygon(r).area > SLIT_M2])
        for p in shapely.get_parts(shape)
    ]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)
